// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunTimeTest {
  private static final Instant NOON = RandomHistory.NOON;
  private final List<Event> events = new ArrayList<>();

  /** {@code second} seconds after noon. */
  private void at(int second, @Nullable String agent, int depth, Fact fact) {
    events.add(
        new Event(
            EventId.named("test", Integer.toString(events.size())),
            "test",
            "test",
            "Type",
            null,
            Scope.of("r1", null, agent).withDepth(depth),
            NOON.plusSeconds(second),
            NOON,
            TimeQuality.SOURCE,
            null,
            fact,
            Set.of(),
            ""));
  }

  private void at(int second, Fact fact) {
    at(second, "root", 0, fact);
  }

  private RunTime time(Period... children) {
    return RunTime.of(RandomHistory.folded(events), List.of(children), NOON.plusSeconds(1_000));
  }

  private static Fact run(State state) {
    return Fact.StateChange.reported(Entity.RUN, state, state.word());
  }

  private static Fact call(String id) {
    return new Fact.ToolCall(id, "grep", null);
  }

  private static Fact result(String id) {
    return new Fact.ToolResult(id, "grep", ToolOutcome.OK, null, null, false, false);
  }

  private static Fact opens(String id, WaitKind kind) {
    return new Fact.WaitOpened(id, kind, null, true, null, Quality.REPORTED);
  }

  private static Fact resolves(String id) {
    return new Fact.WaitResolved(id, WaitOutcome.ANSWERED, null, null, Quality.REPORTED);
  }

  private static void assertSums(RunTime time, RandomHistoryCase of) {
    long total = time.to().toEpochMilli() - time.from().toEpochMilli();
    assertEquals(total, time.whole().totalMillis(), of::toString);
    assertEquals(total, sum(time.whole()), of::toString);
    for (RunTime.AgentTime share : time.byAgent()) {
      assertEquals(share.ledger().totalMillis(), sum(share.ledger()), of::toString);
      assertTrue(share.ledger().totalMillis() <= total, of::toString);
    }
  }

  private record RandomHistoryCase(long seed, boolean timed) {}

  private static long sum(TimeLedger ledger) {
    return ledger.millis().values().stream()
        .peek(ms -> assertTrue(ms > 0, "what is listed took time"))
        .mapToLong(Long::longValue)
        .sum();
  }

  @Test
  void everyMillisecondOfAnyHistoryIsInOneClass() {
    int withTime = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      RandomHistoryCase of = new RandomHistoryCase(seed, seed % 5 != 0);
      History history = RandomHistory.folded(new RandomHistory(of.seed, of.timed).events());
      Random random = new Random(seed);
      List<Period> children = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        Instant from = NOON.plusMillis(random.nextInt(200_000) - 20_000);
        children.add(new Period(from, from.plusMillis(random.nextInt(90_000) - 10_000)));
      }
      RunTime time = RunTime.of(history, children, RandomHistory.LATER);
      assertSums(time, of);
      Long duration = history.run().durationMillis();
      if (duration != null) {
        assertEquals(duration, time.whole().totalMillis(), of::toString);
        withTime++;
      }
    }
    assertTrue(withTime > 1_000, "histories that end: " + withTime);
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    for (long seed = 0; seed < 1_000; seed++) {
      RandomHistoryCase of = new RandomHistoryCase(seed, true);
      List<Event> events = new RandomHistory(seed, true).events();
      boolean spans = events.stream().anyMatch(e -> e.fact() instanceof Fact.SpanRecorded);
      boolean untimed = events.stream().anyMatch(e -> e.occurredAt() == null);
      if (spans || untimed) {
        continue; // these have no place of their own in the order of the source
      }
      RunTime inOrder = RunTime.of(RandomHistory.folded(events), List.of(), RandomHistory.LATER);
      RunTime mixed =
          RunTime.of(
              RandomHistory.folded(RandomHistory.shuffled(events, seed)),
              List.of(),
              RandomHistory.LATER);
      assertEquals(inOrder, mixed, of::toString);
    }
  }

  @Test
  void whatIsToldCountsByItsClassAndTheRestIsUnknown() {
    at(0, run(State.RUNNING));
    at(10, call("a"));
    at(30, result("a"));
    at(40, run(State.COMPLETED));
    assertEquals(
        Map.of(TimeClass.TOOL, 20_000L, TimeClass.UNKNOWN, 20_000L), time().whole().millis());
  }

  @Test
  void whoTellsHowLongModelCallsTakeIsIdleBetweenThem() {
    at(0, run(State.RUNNING));
    at(10, new Fact.ModelRequest("m", "model"));
    at(15, new Fact.ModelResponse("m", "model", null, null));
    at(40, run(State.COMPLETED));
    assertEquals(Map.of(TimeClass.MODEL, 5_000L, TimeClass.IDLE, 35_000L), time().whole().millis());
  }

  @Test
  void anAnswerAloneDoesNotTellHowLongTheCallTook() {
    at(0, run(State.RUNNING));
    at(15, new Fact.ModelResponse(null, "model", null, null));
    at(40, run(State.COMPLETED));
    assertEquals(Map.of(TimeClass.UNKNOWN, 40_000L), time().whole().millis());
  }

  @Test
  void aWaitWinsOverTheToolThatAsks() {
    at(0, run(State.RUNNING));
    at(10, call("a"));
    at(12, opens("w", WaitKind.APPROVAL));
    at(30, resolves("w"));
    at(35, result("a"));
    at(40, run(State.COMPLETED));
    assertEquals(
        Map.of(TimeClass.APPROVAL, 18_000L, TimeClass.TOOL, 7_000L, TimeClass.UNKNOWN, 15_000L),
        time().whole().millis());
  }

  @Test
  void anOpenWaitLastsUntilNowButASilentRunEndsWithItsNewestEvent() {
    at(0, run(State.RUNNING));
    at(10, opens("w", WaitKind.HUMAN_INPUT));
    assertEquals(990_000L, time().whole().millis(TimeClass.HUMAN_INPUT));
    events.removeLast();
    at(20, call("a"));
    at(25, new Fact.Message(Role.ASSISTANT, false, null));
    assertEquals(NOON.plusSeconds(25), time().to());
    assertEquals(5_000L, time().whole().millis(TimeClass.TOOL));
  }

  @Test
  void aCallWithoutAnAnswerIsUnknownOnceItsRunIsOver() {
    at(0, run(State.RUNNING));
    at(1, new Fact.ModelRequest("m", "model"));
    at(2, new Fact.ModelResponse("m", "model", null, null));
    at(10, call("a"));
    at(40, run(State.FAILED));
    assertEquals(
        Map.of(TimeClass.MODEL, 1_000L, TimeClass.IDLE, 9_000L, TimeClass.UNKNOWN, 30_000L),
        time().whole().millis());
  }

  @Test
  void aQueuedRunWaitsForCapacityAndAPausedOneIsIdle() {
    at(0, run(State.QUEUED));
    at(10, run(State.RUNNING));
    at(20, run(State.PAUSED));
    at(25, run(State.RUNNING));
    at(30, run(State.COMPLETED));
    assertEquals(
        Map.of(TimeClass.CAPACITY, 10_000L, TimeClass.IDLE, 5_000L, TimeClass.UNKNOWN, 15_000L),
        time().whole().millis());
  }

  @Test
  void aChildRunCountsWhereNothingElseOfTheRunDoes() {
    at(0, run(State.RUNNING));
    at(10, call("a"));
    at(30, result("a"));
    at(60, run(State.COMPLETED));
    RunTime time = time(new Period(NOON.plusSeconds(20), NOON.plusSeconds(90)));
    assertEquals(
        Map.of(TimeClass.TOOL, 20_000L, TimeClass.CHILD, 30_000L, TimeClass.UNKNOWN, 10_000L),
        time.whole().millis());
  }

  @Test
  void anAgentThatWasCalledHasTheTimeOfItsCalls() {
    at(0, run(State.RUNNING));
    at(10, "coder", 1, call("a"));
    at(30, "coder", 1, result("a"));
    at(40, "coder", 1, Fact.StateChange.reported(Entity.AGENT, State.COMPLETED, "done"));
    at(60, run(State.COMPLETED));
    RunTime time = time();
    assertEquals(
        List.of("root", "coder"), time.byAgent().stream().map(RunTime.AgentTime::agent).toList());
    assertEquals(
        Map.of(TimeClass.CHILD, 30_000L, TimeClass.UNKNOWN, 30_000L),
        time.byAgent().get(0).ledger().millis());
    assertEquals(
        Map.of(TimeClass.TOOL, 20_000L, TimeClass.UNKNOWN, 10_000L),
        time.byAgent().get(1).ledger().millis());
    assertEquals(20_000L, time.whole().millis(TimeClass.TOOL));
  }
}
