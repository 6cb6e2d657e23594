// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import dev.ledgerline.state.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CriticalPathTest {
  private static final Instant NOON = RandomHistory.NOON;

  private static Instant at(long second) {
    return NOON.plusSeconds(second);
  }

  private static RunSummary run(String id, long from, long to) {
    return new RunSummary(
        new RunKey("test", id),
        List.of(),
        null,
        null,
        null,
        null,
        null,
        null,
        "root",
        List.of("root"),
        "test",
        List.of(),
        State.COMPLETED,
        Quality.REPORTED,
        null,
        RunIdQuality.NATIVE,
        TimeQuality.SOURCE,
        at(from),
        at(to),
        1,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        null,
        Verdict.Result.OK,
        0,
        null,
        at(to));
  }

  private static Step step(String id, @Nullable String parent, long from, @Nullable Long to) {
    return new Step(
        id,
        parent,
        StepKind.TOOL,
        id,
        "root",
        null,
        0,
        to == null ? State.UNKNOWN : State.COMPLETED,
        at(from),
        to == null ? null : at(to),
        1,
        1,
        null,
        null);
  }

  private static Wait waiting(String id, long from, long to) {
    return new Wait(
        id,
        WaitKind.APPROVAL,
        null,
        null,
        at(from),
        at(to),
        WaitOutcome.APPROVED,
        null,
        null,
        1,
        2L,
        Quality.REPORTED);
  }

  private static Family family(
      String id, long from, long to, List<Step> steps, List<Wait> waits, Family... children) {
    return new Family(
        new History(run(id, from, to), steps, waits, List.of(), at(to)), List.of(children));
  }

  /** Run, step or wait, and seconds. */
  private static List<String> path(Family family) {
    return CriticalPath.of(family, at(1_000)).stream()
        .map(
            s ->
                "%s %s %d"
                    .formatted(
                        s.run(),
                        s.step() != null ? s.step() : s.waitId() != null ? s.waitId() : "-",
                        s.millis() / 1000))
        .toList();
  }

  @Test
  void whatEndedLastBeforeWasWaitedFor() {
    assertEquals(
        List.of("r - 10", "r long 50", "r - 5", "r last 30", "r - 5"),
        path(
            family(
                "r",
                0,
                100,
                List.of(
                    step("short", null, 10, 40L),
                    step("long", null, 10, 60L),
                    step("last", null, 65, 95L)),
                List.of())));
  }

  @Test
  void insideAStepTheSameIsAskedAgain() {
    assertEquals(
        List.of("r - 10", "r agent 10", "r inner 60", "r agent 10", "r - 10"),
        path(
            family(
                "r",
                0,
                100,
                List.of(
                    step("agent", null, 10, 90L),
                    step("inner", "agent", 20, 80L),
                    step("beside", "agent", 30, 70L),
                    step("parallel", null, 10, 85L)),
                List.of())));
  }

  @Test
  void aStepThatOutlivesItsParentIsNotLost() {
    assertEquals(
        List.of("r agent 10", "r late 80", "r - 10"),
        path(
            family(
                "r",
                0,
                100,
                List.of(step("agent", null, 0, 20L), step("late", "agent", 10, 90L)),
                List.of())));
  }

  @Test
  void waitsAndChildRunsStandInsideWhatEnclosesThem() {
    Family child = family("c", 30, 70, List.of(step("work", null, 40, 60L)), List.of());
    assertEquals(
        List.of(
            "r - 5",
            "r tool 5",
            "r w 10",
            "r tool 10",
            "c - 10",
            "c work 20",
            "c - 10",
            "r tool 20",
            "r - 10"),
        path(
            family(
                "r",
                0,
                100,
                List.of(step("tool", null, 5, 90L)),
                List.of(waiting("w", 10, 20)),
                child)));
  }

  @Test
  void aChildRunThatGoesOnEndsWithItsParent() {
    Family child = family("c", 30, 400, List.of(step("work", null, 40, 300L)), List.of());
    assertEquals(
        List.of("r - 30", "c - 10", "c work 60"),
        path(family("r", 0, 100, List.of(), List.of(), child)));
  }

  @Test
  void parentsInACircleAreNoParents() {
    assertEquals(
        List.of("r - 10", "r b 20", "r - 70"),
        path(
            family(
                "r",
                0,
                100,
                List.of(
                    step("a", "b", 10, 30L), step("b", "a", 10, 30L), step("self", "self", 5, 5L)),
                List.of())));
  }

  @Test
  void aStepWithoutAnEndHoldsNothingUp() {
    assertEquals(
        List.of("r - 100"),
        path(family("r", 0, 100, List.of(step("open", null, 10, null)), List.of())));
  }

  @Test
  void anEmptyRunHasNoPath() {
    assertEquals(List.of(), path(family("r", 50, 50, List.of(), List.of())));
  }

  @Test
  void thePathOfAnyFamilyHasNoGapAndAddsUp() {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      Family family = random(random, "r", 3);
      List<Segment> path = CriticalPath.of(family, RandomHistory.LATER);
      History run = family.run();
      Instant until = run.until(RandomHistory.LATER);
      long sum = 0;
      Instant before = run.run().startedAt();
      for (Segment segment : path) {
        assertEquals(before, segment.from(), "seed " + seed);
        assertTrue(segment.millis() > 0, "seed " + seed);
        sum += segment.millis();
        before = segment.to();
      }
      if (!path.isEmpty()) {
        assertEquals(until, before, "seed " + seed);
      }
      assertEquals(
          until.toEpochMilli() - run.run().startedAt().toEpochMilli(), sum, "seed " + seed);
      assertEquals(path, CriticalPath.of(mixed(family, random), RandomHistory.LATER));
    }
  }

  private static Family random(Random random, String id, int depth) {
    History run =
        RandomHistory.folded(
            new RunKey("test", id), new RandomHistory(random.nextLong(), true).events());
    List<Family> children = new ArrayList<>();
    for (int i = depth == 0 ? 0 : random.nextInt(3); i > 0; i--) {
      children.add(random(random, id + i, depth - 1));
    }
    return new Family(run, children);
  }

  private static Family mixed(Family family, Random random) {
    List<Step> steps = new ArrayList<>(family.run().steps());
    List<Wait> waits = new ArrayList<>(family.run().waits());
    List<Family> children =
        new ArrayList<>(family.children().stream().map(child -> mixed(child, random)).toList());
    Collections.shuffle(steps, random);
    Collections.shuffle(waits, random);
    Collections.shuffle(children, random);
    History run = family.run();
    return new Family(new History(run.run(), steps, waits, run.states(), run.newestAt()), children);
  }

  @Test
  @Timeout(20)
  void aVeryDeepAndAVeryWideRunArePathsToo() {
    List<Step> deep = new ArrayList<>();
    List<Step> wide = new ArrayList<>();
    List<Wait> waits = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      deep.add(step("d" + i, i == 0 ? null : "d" + (i - 1), 0, 200_000L - i));
      wide.add(step("s" + i, null, i, i + 1L));
      waits.add(waiting("w" + i, i, i + 1L));
    }
    assertEquals(100_000, CriticalPath.of(family("r", 0, 200_000, deep, List.of()), NOON).size());
    assertEquals(
        100_001, CriticalPath.of(family("r", 0, 200_000, wide, waits), at(200_000)).size());
  }
}
