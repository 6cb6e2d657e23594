// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold.Placed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunFoldTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Fact START = StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted");
  private static final Fact SUCCESS =
      StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted");
  private static final Fact FAILURE =
      StateChange.reported(Entity.RUN, State.FAILED, "RunCompleted");

  private final RunFold fold = new RunFold(new RunKey("test", "r1"));
  private long seq;

  @Test
  void aRunGoesFromItsStartToItsEnd() {
    add(START);
    assertEquals(State.RUNNING, fold.summary().state());
    add(SUCCESS);
    RunSummary run = fold.summary();
    assertEquals(State.COMPLETED, run.state());
    assertEquals(Quality.REPORTED, run.stateQuality());
    assertEquals(RunSummary.VerdictResult.OK, run.verdict());
    assertEquals(1000L, run.durationMillis());
    assertEquals(2, run.events());
  }

  @Test
  void callsWithoutIdsAreMatchedFirstInFirstOutByName() {
    add(START);
    add(call(null, "fetch"));
    add(call(null, "fetch"));
    add(result(null, "fetch", ToolOutcome.OK));
    List<Step> steps = fold.steps();
    assertEquals(State.COMPLETED, steps.get(0).state());
    assertEquals(State.RUNNING, steps.get(1).state());
  }

  @Test
  void anErrorWithoutANameClosesTheOldestOpenCallOfItsAgent() {
    add(START);
    add(call(null, "plot"));
    add(call(null, "save"));
    add(new Fact.ToolResult(null, null, ToolOutcome.FAILED, null, "no backend", false, false));
    assertEquals(State.FAILED, fold.steps().get(0).state());
    assertEquals("no backend", fold.steps().get(0).error());
    assertEquals(1, fold.summary().failedTools());
    assertEquals(2, fold.summary().toolCalls());
  }

  @Test
  void aResultWithoutACallIsFlaggedAndMakesNoCall() {
    add(START);
    Placed placed = add(result(null, "never_called", ToolOutcome.OK));
    assertEquals(Set.of(Flag.ILLEGAL_TRANSITION), placed.flags());
    assertEquals(0, fold.summary().toolCalls());
    assertEquals(RunSummary.VerdictResult.VIOLATED, fold.summary().verdict());
  }

  @Test
  void theSameCallToldAgainIsOneCall() {
    add(START);
    add(call("c1", "ask"));
    add(call("c1", "ask"));
    add(result("c1", "ask", ToolOutcome.OK));
    assertEquals(1, fold.summary().toolCalls());
  }

  @Test
  void aTentativeResultIsCorrectedByALaterOneAndAFirmOneIsNot() {
    add(START);
    add(call("c1", "exec"));
    add(new Fact.ToolResult("c1", null, ToolOutcome.OK, null, null, false, true));
    add(result("c1", "exec", ToolOutcome.FAILED));
    add(result("c1", "exec", ToolOutcome.OK));
    assertEquals(State.FAILED, fold.steps().getFirst().state());
    assertEquals(1, fold.summary().failedTools());
  }

  @Test
  void whatFollowsTheEndIsKeptAndFlaggedAndChangesNothing() {
    add(START);
    add(call("c1", "slow"));
    add(SUCCESS);
    assertEquals(State.UNKNOWN, fold.steps().getFirst().state());
    assertEquals(
        Set.of(Flag.AFTER_END), add(new Fact.Message(Role.ASSISTANT, false, null)).flags());
    assertEquals(Set.of(Flag.AFTER_END, Flag.ILLEGAL_TRANSITION), add(FAILURE).flags());
    add(new Fact.WaitOpened("w", WaitKind.HUMAN_INPUT, "?", true, null, Quality.REPORTED));
    add(result("c1", "slow", ToolOutcome.OK));
    RunSummary run = fold.summary();
    assertEquals(State.COMPLETED, run.state());
    assertEquals(0, run.waits());
    assertEquals(6, run.events() - 1);
    assertEquals(State.COMPLETED, fold.steps().getFirst().state());
  }

  @Test
  void aSecondStartIsFlagged() {
    add(START);
    assertEquals(Set.of(Flag.ILLEGAL_TRANSITION), add(START).flags());
    assertEquals(1, fold.summary().violations());
  }

  @Test
  void aMissingStartIsFlaggedOnceAndTheRunGoesOn() {
    assertEquals(
        Set.of(Flag.ILLEGAL_TRANSITION),
        add(new Fact.Message(Role.ASSISTANT, false, null)).flags());
    assertTrue(add(call(null, "a")).flags().isEmpty());
    assertEquals(State.RUNNING, fold.summary().state());
    assertEquals(Quality.DERIVED, fold.summary().stateQuality());
  }

  @Test
  void anAnsweredWaitLetsTheRunGoOn() {
    add(START);
    add(wait("w1"));
    assertEquals(State.WAITING, fold.summary().state());
    assertEquals(1, fold.summary().openWaits());
    add(new Fact.WaitResolved(null, WaitOutcome.ANSWERED, "user", null, Quality.REPORTED));
    assertEquals(State.RUNNING, fold.summary().state());
    assertEquals(WaitOutcome.ANSWERED, fold.waits().getFirst().outcome());
    assertEquals(3L, fold.waits().getFirst().resolvedSeq());
  }

  @Test
  void progressEndsAWaitOfWhichNobodySaysHowItEnded() {
    add(START);
    add(wait("w1"));
    add(call(null, "go"));
    assertEquals(WaitOutcome.UNKNOWN, fold.waits().getFirst().outcome());
    assertEquals(State.RUNNING, fold.summary().state());
  }

  @Test
  void aCanceledRunCancelsItsWaits() {
    add(START);
    add(wait("w1"));
    add(StateChange.reported(Entity.RUN, State.CANCELED, "RunCompleted"));
    assertEquals(WaitOutcome.CANCELED, fold.waits().getFirst().outcome());
  }

  @Test
  void aSuspendedRunStaysSuspendedWhenALaterRunAnswers() {
    add(START);
    add(wait("w1"));
    add(StateChange.reported(Entity.RUN, State.SUSPENDED, null).derived(Firmness.SOFT));
    assertEquals(State.SUSPENDED, fold.summary().state());
    assertEquals(1, fold.summary().openWaits());
    add(new Fact.WaitResolved("w1", WaitOutcome.ANSWERED, null, "r2", Quality.DERIVED));
    assertEquals(State.SUSPENDED, fold.summary().state());
    assertEquals(0, fold.summary().openWaits());
    assertEquals("r2", fold.waits().getFirst().resolvedRun());
  }

  @Test
  void aSoftEndIsTakenBackByWhatComesLaterWithoutABreach() {
    add(START);
    add(StateChange.reported(Entity.RUN, State.LOST, null).derived(Firmness.SOFT));
    assertEquals(State.LOST, fold.summary().state());
    assertTrue(add(call("c", "a")).flags().isEmpty());
    assertEquals(State.RUNNING, fold.summary().state());
    assertNull(fold.summary().endedAt());
    add(SUCCESS);
    add(StateChange.reported(Entity.RUN, State.LOST, null).derived(Firmness.SOFT));
    assertEquals(State.COMPLETED, fold.summary().state());
    assertEquals(0, fold.summary().violations());
  }

  @Test
  void aRunThatIsReopenedRunsAgain() {
    add(START);
    add(FAILURE);
    add(
        new StateChange(
            Entity.RUN,
            null,
            null,
            State.RUNNING,
            null,
            "Retrying",
            null,
            Quality.REPORTED,
            Firmness.REOPENS));
    assertEquals(State.RUNNING, fold.summary().state());
    assertEquals(0, fold.summary().violations());
  }

  @Test
  void anAgentBelowTheRootIsAStepUnderTheCallThatMadeIt() {
    add(START);
    add(call(null, "Scout"), "Lead", 0);
    add(call(null, "weather"), "Scout", 1);
    add(result(null, "weather", ToolOutcome.OK), "Scout", 1);
    add(result(null, "Scout", ToolOutcome.OK), "Lead", 0);
    List<Step> steps = fold.steps();
    assertEquals(
        List.of(StepKind.TOOL, StepKind.AGENT, StepKind.TOOL),
        steps.stream().map(Step::kind).toList());
    assertEquals(steps.get(0).id(), steps.get(1).parentId());
    assertEquals(steps.get(1).id(), steps.get(2).parentId());
    assertEquals(State.COMPLETED, steps.get(1).state());
    assertEquals(2, fold.summary().toolCalls());
  }

  @Test
  void usageOfCallsAddsUpAndOfARunningTotalOnlyTheRiseCounts() {
    add(START);
    add(new Fact.ModelResponse(null, "m", TokenUsage.of(100L, 10L), null));
    add(new Fact.ModelResponse(null, "m", TokenUsage.of(200L, 20L), null));
    add(
        new Fact.UsageReported(
            "t", true, TokenUsage.of(1_000L, 50L), true, TokenUsage.of(700L, 40L)));
    add(
        new Fact.UsageReported(
            "t", true, TokenUsage.of(1_000L, 50L), true, TokenUsage.of(700L, 40L)));
    add(new Fact.UsageReported("other", false, TokenUsage.of(9L, 9L), false, null));
    TokenUsage usage = fold.usage();
    assertEquals(600L, usage == null ? null : usage.input());
    assertEquals(40L, usage == null ? null : usage.output());
    assertEquals(2, fold.summary().modelCalls());
  }

  @Test
  void aTotalWithoutABaselineSaysNothing() {
    add(START);
    add(new Fact.UsageReported("t", true, TokenUsage.of(1_000L, 50L), true, null));
    assertNull(fold.summary().usage());
  }

  @Test
  void aRunningTotalThatFallsBeginsANewCount() {
    add(START);
    add(new Fact.UsageReported("t", true, TokenUsage.of(500L, 0L), true, TokenUsage.UNTOLD));
    add(new Fact.UsageReported("t", true, TokenUsage.of(100L, 0L), true, TokenUsage.UNTOLD));
    TokenUsage usage = fold.usage();
    assertEquals(600L, usage == null ? null : usage.input());
  }

  @Test
  void theRunsOwnFailureIsOneError() {
    add(START);
    add(new Fact.ErrorReported("model", null, "boom", true));
    add(FAILURE);
    assertEquals(1, fold.summary().errors());
    RunFold other = new RunFold(new RunKey("test", "r2"));
    other.add(event(START, "a", 0, 1, null, null), 1);
    other.add(event(FAILURE, "a", 0, 2, null, null), 2);
    assertEquals(1, other.summary().errors());
  }

  @Test
  void aLateEventIsNoticedAndARebuildInSourceOrderSaysTheSameAsIfItHadBeenInTime() {
    List<Event> inOrder = story();
    RunFold expected = new RunFold(new RunKey("test", "r1"));
    inOrder.forEach(e -> expected.add(e, e.order() == null ? 0 : e.order()));
    Random random = new Random(42);
    for (int round = 0; round < 50; round++) {
      List<Event> shuffled = new ArrayList<>(inOrder);
      java.util.Collections.shuffle(shuffled, random);
      RunFold arrival = new RunFold(new RunKey("test", "r1"));
      record Seen(Event event, long seq, long order) {}
      List<Seen> seen = new ArrayList<>();
      long n = 0;
      for (Event e : shuffled) {
        n++;
        seen.add(new Seen(e, n, arrival.add(e, n).order()));
      }
      assertTrue(arrival.outOfOrder() || shuffled.equals(inOrder));
      seen.sort(Comparator.comparingLong(Seen::order).thenComparingLong(Seen::seq));
      RunFold rebuilt = new RunFold(new RunKey("test", "r1"));
      seen.forEach(s -> rebuilt.add(s.event(), s.seq()));
      assertFalse(rebuilt.outOfOrder());
      assertEquals(expected.summary(), rebuilt.summary());
    }
  }

  @Test
  void whatTellsNoTimeIsTakenToFollowTheNewestThatDoes() {
    fold.add(event(START, "a", 0, 1, null, NOON.minusSeconds(3600)), 1);
    fold.add(event(call("c", "x"), "a", 0, 2, null, null), 2);
    fold.add(event(SUCCESS, "a", 0, 3, null, NOON.minusSeconds(3590)), 3);
    RunSummary run = fold.summary();
    assertEquals(NOON.minusSeconds(3600), run.startedAt());
    assertEquals(10_000L, run.durationMillis());
    assertEquals(TimeQuality.SOURCE, run.timeQuality());
  }

  @Test
  void theTitleIsWhatTheUserAsked() {
    add(START);
    fold.add(event(new Fact.Message(Role.ASSISTANT, false, null), "a", 0, 2, "hello", null), 2);
    assertEquals("hello", fold.summary().title());
    fold.add(event(new Fact.Message(Role.USER, false, null), "a", 0, 3, "fix the build", null), 3);
    assertEquals("fix the build", fold.summary().title());
  }

  private static List<Event> story() {
    List<Fact> facts =
        List.of(
            START,
            call("c1", "read"),
            result("c1", "read", ToolOutcome.OK),
            wait("w1"),
            new Fact.WaitResolved("w1", WaitOutcome.ANSWERED, null, null, Quality.REPORTED),
            call("c2", "write"),
            result("c2", "write", ToolOutcome.FAILED),
            FAILURE);
    List<Event> events = new ArrayList<>();
    for (Fact fact : facts) {
      events.add(event(fact, "a", 0, events.size() + 1, null, null, (long) (events.size() + 1)));
    }
    return events;
  }

  private Placed add(Fact fact) {
    return add(fact, "Lead", 0);
  }

  private Placed add(Fact fact, String agent, int depth) {
    seq++;
    return fold.add(event(fact, agent, depth, seq, null, null), seq);
  }

  private static Event event(
      Fact fact, String agent, int depth, long n, @Nullable String summary, @Nullable Instant at) {
    return event(fact, agent, depth, n, summary, at, null);
  }

  private static Event event(
      Fact fact,
      String agent,
      int depth,
      long n,
      @Nullable String summary,
      @Nullable Instant at,
      @Nullable Long order) {
    return new Event(
        EventId.named("test", Long.toString(n)),
        "test",
        "agent-protocol",
        fact.getClass().getSimpleName(),
        null,
        Scope.of("r1", "t1", agent).withDepth(depth),
        at,
        NOON.plusSeconds(order == null ? n : 0),
        at == null ? TimeQuality.INGEST : TimeQuality.SOURCE,
        order,
        fact,
        Set.of(),
        summary == null ? "" : summary);
  }

  private static Fact call(@Nullable String id, String name) {
    return new Fact.ToolCall(id, name, null);
  }

  private static Fact result(@Nullable String id, String name, ToolOutcome outcome) {
    return new Fact.ToolResult(id, name, outcome, null, null, false, false);
  }

  private static Fact wait(String id) {
    return new Fact.WaitOpened(
        id, WaitKind.HUMAN_INPUT, "Which city?", true, null, Quality.REPORTED);
  }
}
