// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Event;
import dev.ledgerline.state.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * For histories made at random: whatever order their events arrive in, a fold of them in the order
 * of the source says the same. What fails is told with its seed.
 */
class AnyOrderTest {
  private static final RunKey RUN = new RunKey("test", "r1");

  /** An event as it arrived, and where its source says it stands. */
  private record Arrived(Event event, long seq, long order) {}

  @Test
  void aFoldInSourceOrderSaysTheSameWhateverTheOrderOfArrival() {
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      List<Event> history = RandomHistory.of(random);
      RunFold expected = folded(history);
      for (int round = 0; round < 4; round++) {
        List<Event> shuffled = shuffled(history, random);
        isTheSame(expected, history, shuffled, "seed " + seed + ", round " + round);
      }
    }
  }

  private static void isTheSame(
      RunFold expected, List<Event> history, List<Event> arrival, String which) {
    RunFold asArrived = new RunFold(RUN);
    List<Arrived> arrived = new ArrayList<>();
    for (Event event : arrival) {
      long seq = arrived.size() + 1L;
      arrived.add(new Arrived(event, seq, asArrived.add(event, seq).order()));
    }
    assertEquals(!arrival.equals(history), asArrived.outOfOrder(), which);

    arrived.sort(Comparator.comparingLong(Arrived::order).thenComparingLong(Arrived::seq));
    assertEquals(history, arrived.stream().map(Arrived::event).toList(), which);

    RunFold rebuilt = new RunFold(RUN);
    arrived.forEach(one -> rebuilt.add(one.event(), one.seq()));
    assertFalse(rebuilt.outOfOrder(), which);
    assertEquals(expected.summary(), rebuilt.summary(), which);
    assertEquals(states(expected), states(rebuilt), which);
    assertEquals(breaches(expected), breaches(rebuilt), which);
    assertEquals(expected.waits().size(), rebuilt.waits().size(), which);
    assertEquals(
        expected.steps().stream().map(Step::durationMillis).toList(),
        rebuilt.steps().stream().map(Step::durationMillis).toList(),
        which);
  }

  @Test
  void theSameHistoryTwiceGivesTheSameInEveryPart() {
    for (int seed = 0; seed < 100; seed++) {
      List<Event> history = RandomHistory.of(new Random(seed));
      RunFold one = folded(history);
      RunFold other = folded(RandomHistory.of(new Random(seed)));
      assertEquals(one.steps(), other.steps());
      assertEquals(one.waits(), other.waits());
      assertEquals(one.transitions(), other.transitions());
      assertEquals(one.verdict(), other.verdict());
    }
  }

  @Test
  void aVerdictAgreesWithItsSummaryAndItsTransitions() {
    int violated = 0;
    for (int seed = 0; seed < 400; seed++) {
      RunFold fold = folded(RandomHistory.of(new Random(seed)));
      RunSummary summary = fold.summary();
      String which = "seed " + seed;
      assertEquals(summary.verdict(), fold.verdict().result(), which);
      assertEquals(summary.violations(), fold.verdict().count(), which);
      assertEquals(summary.violations(), fold.verdict().violations().size(), which);
      long illegal = fold.transitions().stream().filter(change -> !change.legal()).count();
      assertTrue(illegal <= summary.violations(), which);
      for (Transition change : fold.transitions()) {
        assertEquals(change.legal(), change.clause() == null, which);
      }
      violated += summary.violations() > 0 ? 1 : 0;
    }
    assertTrue(violated > 50 && violated < 350, violated + " of 400 are violated");
  }

  private static RunFold folded(List<Event> history) {
    RunFold fold = new RunFold(RUN);
    for (int i = 0; i < history.size(); i++) {
      fold.add(history.get(i), i + 1L);
    }
    return fold;
  }

  /** Anything from two neighbours that changed places to no order at all. */
  private static List<Event> shuffled(List<Event> history, Random random) {
    List<Event> shuffled = new ArrayList<>(history);
    if (random.nextBoolean()) {
      Collections.shuffle(shuffled, random);
      return shuffled;
    }
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      int at = random.nextInt(shuffled.size());
      shuffled.add(Math.min(shuffled.size() - 1, at + random.nextInt(5)), shuffled.remove(at));
    }
    return shuffled;
  }

  private static List<String> states(RunFold fold) {
    return fold.transitions().stream()
        .map(
            change ->
                change.at()
                    + " "
                    + change.entity()
                    + " "
                    + change.entityId()
                    + " "
                    + change.from()
                    + " "
                    + change.to()
                    + " "
                    + change.clause())
        .toList();
  }

  private static List<String> breaches(RunFold fold) {
    return fold.verdict().violations().stream().map(AnyOrderTest::breach).toList();
  }

  private static String breach(Violation violation) {
    return violation.eventId() + " " + violation.clause() + " " + violation.message();
  }
}
