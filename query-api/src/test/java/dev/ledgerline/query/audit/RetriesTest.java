// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.run.audit.TimeClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final List<Event> words = new ArrayList<>();
  private final List<Task.Attempt> attempts = new ArrayList<>();
  private String dialect = "symphony-log";

  private static Instant at(long millis) {
    return NOON.plusMillis(millis);
  }

  private void word(long millis, Fact fact) {
    words.add(
        new Event(
            EventId.named("test", Integer.toString(words.size())),
            "here",
            dialect,
            "Type",
            null,
            Scope.of(attempts.isEmpty() ? null : attempts.getLast().run(), null, null)
                .withTask("task"),
            at(millis),
            NOON,
            TimeQuality.SOURCE,
            null,
            fact,
            Set.of(),
            ""));
  }

  private void retry(long millis, int attempt, long delay, @Nullable String error) {
    word(millis, new Fact.RetryScheduled(attempt, delay, null, error));
  }

  private void attempt(long from, @Nullable Long to, State state) {
    int number = attempts.size() + 1;
    attempts.add(
        new Task.Attempt(
            number,
            null,
            "here",
            "run-" + number,
            state,
            at(from),
            to == null ? null : at(to),
            null));
  }

  private List<Retry> audit(long now) {
    return Retries.of(words, attempts, at(now));
  }

  private List<@Nullable Boolean> oks() {
    return audit(1_000_000).stream().map(Retry::ok).toList();
  }

  @Test
  void aFailedAttemptIsTriedAgainAfterTenSecondsDoubledEachTime() {
    attempt(0, 5_000L, State.FAILED);
    retry(5_000, 1, 10_000, "it broke");
    attempt(15_003, 16_000L, State.FAILED);
    retry(16_000, 2, 20_000, "it broke");
    attempt(36_000, null, State.RUNNING);
    List<Retry> retries = audit(40_000);
    Retry first = retries.get(0);
    assertEquals(10_000L, first.expectedMillis());
    assertEquals(at(15_000), first.dueAt());
    assertEquals("run-2", first.startedRun());
    assertEquals(3L, first.lateMillis());
    assertEquals(true, first.ok());
    assertNull(first.note());
    assertEquals(20_000L, retries.get(1).expectedMillis());
    assertEquals(true, retries.get(1).ok());
  }

  @Test
  void aContinuationIsCheckedAfterASecond() {
    attempt(0, 5_000L, State.COMPLETED);
    retry(5_000, 1, 1_000, null);
    attempt(6_010, 7_000L, State.COMPLETED);
    retry(7_000, 1, 10_000, null);
    attempt(17_000, null, State.RUNNING);
    List<Retry> retries = audit(20_000);
    assertEquals(true, retries.get(0).ok());
    assertEquals(false, retries.get(1).ok());
    assertEquals(
        "a delay of 10000 ms where 1000 ms are documented for a continuation",
        retries.get(1).note());
  }

  @Test
  void theDelayStopsAtItsCap() {
    retry(0, 6, 300_000, "it broke");
    retry(400_000, 40, 300_000, "it broke");
    assertEquals(
        List.of(300_000L, 300_000L), audit(0).stream().map(Retry::expectedMillis).toList());
  }

  @Test
  void aLowerCapThatExplainsTheDelaysIsNoBreachForSure() {
    retry(0, 1, 10_000, "it broke");
    retry(20_000, 3, 30_000, "it broke");
    retry(60_000, 4, 30_000, "it broke");
    word(100_000, Fact.StateChange.reported(Entity.TASK, State.RELEASED, "released"));
    assertEquals(java.util.Arrays.asList(true, null, null), oks());
    retry(200_000, 2, 15_000, "it broke");
    word(300_000, Fact.StateChange.reported(Entity.TASK, State.RELEASED, "released"));
    assertEquals(java.util.Arrays.asList(true, null, null, false), oks());
  }

  @Test
  void anAttemptThatBeginsBeforeItIsDueIsNamed() {
    attempt(0, 5_000L, State.TIMED_OUT);
    retry(5_000, 1, 10_000, "stalled");
    attempt(5_006, null, State.RUNNING);
    Retry retry = audit(6_000).getFirst();
    assertEquals(false, retry.ok());
    assertEquals(-9_994L, retry.lateMillis());
    assertEquals("the next attempt began 9994 ms before it was due", retry.note());
  }

  @Test
  void whatReplacedARetryIsTold() {
    retry(0, 1, 10_000, "it broke");
    retry(10_000, 2, 20_000, "no available orchestrator slots");
    word(40_000, Fact.StateChange.reported(Entity.TASK, State.RELEASED, "released"));
    attempt(90_000, null, State.RUNNING);
    List<Retry> retries = audit(100_000);
    assertEquals("scheduled again before an attempt began", retries.get(0).note());
    assertEquals("the task ended before an attempt began", retries.get(1).note());
    assertNull(retries.get(1).startedAt());
    assertEquals(List.of(true, true), retries.stream().map(Retry::ok).toList());
  }

  @Test
  void nobodyKnowsYetWhatIsStillToCome() {
    retry(0, 1, 10_000, "it broke");
    assertEquals("still to come", audit(5_000).getFirst().note());
    assertEquals("no attempt began since it was due", audit(50_000).getFirst().note());
    assertNull(audit(50_000).getFirst().ok());
  }

  @Test
  void aSourceWithoutAFormulaIsHeldAgainstItsOwnWord() {
    dialect = "prefect";
    attempt(0, 5_000L, State.FAILED);
    retry(5_000, 1, 7_000, "it broke");
    attempt(12_100, null, State.RUNNING);
    Retry retry = audit(20_000).getFirst();
    assertNull(retry.expectedMillis());
    assertEquals(100L, retry.lateMillis());
    assertEquals(true, retry.ok());
  }

  @Test
  void theTimeBetweenAttemptsIsAccountedFor() {
    attempt(0, 5_000L, State.FAILED);
    retry(5_000, 1, 10_000, "it broke");
    retry(15_000, 2, 20_000, "no available orchestrator slots");
    attempt(36_000, 40_000L, State.FAILED);
    retry(40_000, 3, 40_000, "it broke");
    Task task = new Task("task", null, State.RETRY_SCHEDULED, attempts, at(80_000), List.of());
    TaskTime time = TaskTime.of(task, audit(50_000), List.of(), at(50_000));
    assertEquals(50_000, time.totalMillis());
    assertEquals(9_000, time.inRunsMillis());
    assertEquals(
        Map.of(TimeClass.TIMER, 20_000L, TimeClass.CAPACITY, 20_000L, TimeClass.UNKNOWN, 1_000L),
        time.between().millis());
  }

  @Test
  void runsThatCompleteAgainAndAgainAreALoop() {
    for (int i = 0; i < 7; i++) {
      attempt(i * 2_000L, i * 2_000L + 1_000L, State.COMPLETED);
    }
    attempt(200_000, 260_000L, State.COMPLETED);
    attempt(300_000, 300_500L, State.COMPLETED);
    attempt(301_000, 301_500L, State.FAILED);
    List<RunLoops.Loop> loops = RunLoops.of(attempts);
    assertEquals(1, loops.size());
    assertEquals(7, loops.getFirst().runs().size());
    assertEquals(at(1_000), loops.getFirst().from());
    assertEquals(at(13_000), loops.getFirst().to());
  }
}
