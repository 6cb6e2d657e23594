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
import dev.ledgerline.state.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
  void aBrokenRuleIsAViolationAndChangesNothingElse() {
    add(START);
    Placed placed = add(new Fact.RuleBroken("Symphony 8.4", "1000 ms", "5000 ms", "too long"));
    assertEquals(Set.of(Flag.ILLEGAL_TRANSITION), placed.flags());
    assertEquals(Verdict.Result.VIOLATED, fold.summary().verdict());
    assertEquals(State.RUNNING, fold.summary().state());
  }

  @Test
  void whatHoldsUpOneCallIsNotOverBecauseAnotherGoesOn() {
    add(START);
    add(new Fact.ToolCall("a", "exec", null));
    add(approvalOf("a"));
    add(new Fact.ToolCall("b", "exec", null));
    add(approvalOf("b"));
    add(new Fact.WaitResolved("wait-b", WaitOutcome.APPROVED, null, null, Quality.REPORTED));
    add(new Fact.ToolResult("b", null, ToolOutcome.OK, null, null, false, false));
    assertEquals(State.WAITING, fold.summary().state());
    assertEquals(1, fold.summary().openWaits());
    add(new Fact.ToolResult("a", null, ToolOutcome.OK, null, null, false, false));
    assertEquals(State.RUNNING, fold.summary().state());
    assertEquals(WaitOutcome.UNKNOWN, fold.waits().getFirst().outcome());
  }

  @Test
  void howAWaitEndedMayBeToldAfterItWasOver() {
    add(START);
    add(approvalOf("a"));
    add(new Fact.WaitResolved("wait-a", WaitOutcome.UNKNOWN, null, null, Quality.REPORTED));
    add(new Fact.WaitResolved("wait-a", WaitOutcome.DENIED, "Ana", null, Quality.DERIVED));
    add(new Fact.WaitResolved("wait-a", WaitOutcome.APPROVED, "Bo", null, Quality.DERIVED));
    Wait wait = fold.waits().getFirst();
    assertEquals(WaitOutcome.DENIED, wait.outcome());
    assertEquals("Ana", wait.resolvedBy());
    assertEquals(3L, wait.resolvedSeq());
  }

  @Test
  void whatASuspendedRunWaitedForMayBeOverLater() {
    add(START);
    add(wait("w1"));
    add(StateChange.reported(Entity.RUN, State.SUSPENDED, "Blocked"));
    Placed placed =
        add(new Fact.WaitResolved("w1", WaitOutcome.CANCELED, null, null, Quality.SYNTHESIZED));
    assertEquals(Set.of(), placed.flags());
    assertEquals(State.SUSPENDED, fold.summary().state());
    assertEquals(WaitOutcome.CANCELED, fold.waits().getFirst().outcome());
  }

  @Test
  void aRunThatHadOnlyBegunMayBeLost() {
    add(StateChange.reported(Entity.RUN, State.STARTING, "PreparingWorkspace"));
    add(StateChange.reported(Entity.RUN, State.LOST, null).derived(Firmness.SOFT));
    assertEquals(State.LOST, fold.summary().state());
  }

  @Test
  void whatIsToldOfTheTaskAfterTheEndOfItsRunIsNoActOfTheRun() {
    add(START);
    add(FAILURE);
    assertEquals(Set.of(), add(new Fact.RetryScheduled(2, 10_000L, null, null)).flags());
    assertEquals(Set.of(), add(new Fact.LogLine("info")).flags());
  }

  @Test
  void aRunGoesFromItsStartToItsEnd() {
    add(START);
    assertEquals(State.RUNNING, fold.summary().state());
    add(SUCCESS);
    RunSummary run = fold.summary();
    assertEquals(State.COMPLETED, run.state());
    assertEquals(Quality.REPORTED, run.stateQuality());
    assertEquals(Verdict.Result.OK, run.verdict());
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
    assertEquals(Verdict.Result.VIOLATED, fold.summary().verdict());
  }

  @Test
  @Timeout(60) // minutes, if every open call were looked at
  void modelCallsThatAreNeverAnsweredDoNotSlowDownThoseThatFollow() {
    add(START);
    for (int i = 0; i < 150_000; i++) {
      add(new Fact.ModelRequest("m" + i, "small"));
    }
    assertEquals(150_000, fold.summary().modelCalls());
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
  void whatIsTakenBackDoesNotCountAndWhatIsWhollyTakenBackWasNeverTold() {
    TokenUsage wrong = new TokenUsage(100L, 10L, 110L, null, null, null, null);
    TokenUsage right = new TokenUsage(7L, 1L, 8L, null, null, null, null);
    add(START);
    add(new Fact.UsageReported("t", false, wrong, true, null));
    add(new Fact.UsageReported("t", false, wrong.negated(), true, null));
    assertNull(fold.usage());
    add(new Fact.UsageReported("t", false, wrong, true, null));
    add(new Fact.UsageReported("t", false, right, true, null));
    add(new Fact.UsageReported("t", false, wrong.negated(), true, null));
    assertEquals(right, fold.usage());
  }

  @Test
  void aConclusionAfterTheEndIsNoActOfTheRun() {
    add(START);
    add(StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted"));
    StateChange lost = StateChange.reported(Entity.RUN, State.LOST, "").derived(Firmness.SOFT);
    assertEquals(Set.of(), add(lost).flags());
    assertEquals(State.COMPLETED, fold.state());
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

  @Test
  void transitionsSayFromWhereToWhereAndWhetherTheyWereAllowed() {
    add(START);
    add(wait("w1"));
    add(new Fact.WaitResolved("w1", WaitOutcome.DENIED, "Ana", null, Quality.REPORTED));
    add(SUCCESS);
    add(FAILURE);
    List<String> seen =
        fold.transitions().stream()
            .map(
                t ->
                    t.seq() + " " + t.from().word() + ">" + t.to().word() + (t.legal() ? "" : " !"))
            .toList();
    assertEquals(
        List.of(
            "1 unknown>running",
            "2 running>waiting",
            "3 waiting>running",
            "4 running>completed",
            "5 completed>failed !"),
        seen);
    assertEquals("Agent Protocol, Pseudo-code example", fold.transitions().getLast().clause());
    assertEquals("Ana", fold.waits().getFirst().resolvedBy());
  }

  @Test
  void aWaitToldTwiceIsOneAndAnUnknownOneResolvesNothing() {
    add(START);
    add(wait("w1"));
    add(wait("w1"));
    add(new Fact.WaitResolved("other", WaitOutcome.ANSWERED, null, null, Quality.REPORTED));
    assertEquals(1, fold.summary().waits());
    assertEquals(1, fold.summary().openWaits());
    assertEquals(State.WAITING, fold.summary().state());
  }

  @Test
  void aWaitThatDoesNotBlockLeavesTheRunRunningThroughProgress() {
    add(START);
    add(
        new Fact.WaitOpened(
            "a1", WaitKind.APPROVAL, "rm -rf build?", false, "c1", Quality.REPORTED));
    add(call("c2", "ls"));
    assertEquals(State.RUNNING, fold.summary().state());
    assertEquals(1, fold.summary().openWaits());
    assertEquals(State.WAITING, fold.steps().getFirst().state());
  }

  @Test
  void announcedAgentsAndTurnsAreStepsAroundWhatHappensInThem() {
    add(START);
    change(Entity.TURN, "turn-a", State.RUNNING);
    add(call("c1", "ask_scout"));
    change(Entity.AGENT, "Scout", State.RUNNING);
    Placed inner = add(call("c2", "look"), "Scout", 0);
    add(result("c2", "look", ToolOutcome.OK), "Scout", 0);
    change(Entity.AGENT, "Scout", State.COMPLETED);
    add(result("c1", "ask_scout", ToolOutcome.OK));
    change(Entity.TURN, "turn-a", State.COMPLETED);
    change(Entity.TURN, "turn-b", State.COMPLETED);
    List<Step> steps = fold.steps();
    assertEquals(
        List.of(StepKind.TURN, StepKind.TOOL, StepKind.AGENT, StepKind.TOOL),
        steps.stream().map(Step::kind).toList());
    assertTrue(
        steps.stream().allMatch(step -> step.state() == State.COMPLETED && step.endedAt() != null));
    assertEquals("turn-2", steps.get(0).id());
    assertEquals("turn-2", steps.get(1).parentId());
    assertEquals("agent-4", steps.get(3).parentId());
    assertEquals(4L, inner.parentSeq());
    assertEquals("tool-5", inner.stepId());
    assertEquals(1000L, steps.get(3).durationMillis());
  }

  @Test
  void callIdsAreUniqueWithinATurnOnly() {
    fold.add(turned("t1", call("call_1", "exec"), 1), 1);
    fold.add(turned("t1", result("call_1", "exec", ToolOutcome.OK), 2), 2);
    fold.add(turned("t2", call("call_1", "exec"), 3), 3);
    fold.add(turned("t2", result("call_1", "exec", ToolOutcome.FAILED), 4), 4);
    assertEquals(2, fold.summary().toolCalls());
    assertEquals(1, fold.summary().failedTools());
  }

  @Test
  void modelCallsAreMatchedByIdElseFirstInFirstOutAndAnAnswerAloneIsACall() {
    add(START);
    add(new Fact.ModelRequest("a", "small"));
    add(new Fact.ModelRequest("b", "small"));
    add(new Fact.ModelResponse("b", "large", null, "overloaded"));
    add(new Fact.ModelRequest(null, null));
    add(new Fact.ModelResponse(null, "x", TokenUsage.of(1L, 1L), null));
    add(new Fact.ModelResponse("z", "y", null, null));
    assertEquals(4, fold.summary().modelCalls());
    assertEquals(
        List.of(State.COMPLETED, State.FAILED, State.RUNNING, State.COMPLETED),
        fold.steps().stream().map(Step::state).toList());
    assertEquals("large", fold.steps().get(1).name());
    assertEquals("overloaded", fold.steps().get(1).error());
  }

  @Test
  @Timeout(20)
  void whatIsLeftOpenDoesNotMakeTheNextEventDearer() {
    add(START);
    int many = 60_000;
    for (int i = 0; i < many; i++) {
      add(new Fact.ModelRequest("m" + i, null), "aide-" + i, 1);
      add(
          new Fact.WaitOpened("w" + i, WaitKind.REVIEW, null, false, null, Quality.REPORTED),
          "aide-" + i,
          1);
    }
    assertEquals(2 * many, fold.summary().steps());
    assertEquals(many, fold.summary().openWaits());
    assertEquals(State.RUNNING, fold.summary().state());
  }

  @Test
  void progressOfACallBelongsToItAndElseToWhatIsAround() {
    add(START);
    add(call("c1", "export"));
    assertEquals("tool-2", add(new Fact.ToolProgress("c1", null)).stepId());
    assertEquals("tool-2", add(new Fact.ToolProgress(null, "export")).stepId());
    assertNull(add(new Fact.ToolProgress(null, "other")).stepId());
    assertEquals(4, fold.steps().getFirst().lastSeq());
  }

  @Test
  void aCallToldOnlyWhenItEndedIsACallOfItsOwn() {
    add(START);
    add(new Fact.ToolResult("w", "web_search", ToolOutcome.UNTOLD, null, null, true, false));
    assertEquals(1, fold.summary().toolCalls());
    assertEquals(State.COMPLETED, fold.steps().getFirst().state());
  }

  @Test
  void spansBecomeStepsInWhateverOrderTheyCome() {
    span("child", "root", StepKind.MODEL, ToolOutcome.UNTOLD, TokenUsage.of(7L, 3L), 1);
    span("orphan", "never-seen", StepKind.TOOL, ToolOutcome.FAILED, null, 2);
    span("root", null, StepKind.AGENT, ToolOutcome.OK, null, 0);
    RunSummary run = fold.summary();
    assertEquals(State.RUNNING, run.state());
    assertEquals(NOON, run.startedAt());
    assertEquals(1, run.toolCalls());
    assertEquals(1, run.failedTools());
    assertEquals(1, run.modelCalls());
    assertEquals(10L, run.usage() == null ? null : run.usage().effectiveTotal());
    assertEquals("root", fold.steps().get(0).parentId());
    assertNull(fold.steps().get(1).parentId());
    assertFalse(fold.outOfOrder());
  }

  @Test
  void anEndWithoutAnErrorIsNoSuccessWhileSomebodyIsAsked() {
    add(START);
    add(new Fact.WaitOpened("w", WaitKind.APPROVAL, "pay?", false, null, Quality.DERIVED));
    add(StateChange.reported(Entity.RUN, State.COMPLETED, "OK").derived(Firmness.FIRM));
    assertEquals(State.SUSPENDED, fold.summary().state());
    assertEquals(1, fold.summary().openWaits());
  }

  @Test
  void aRunOfSpansIsCalledLikeItsRoot() {
    span("child", "root", StepKind.MODEL, ToolOutcome.OK, null, 1);
    assertNull(fold.summary().title());
    span("root", null, StepKind.AGENT, ToolOutcome.OK, null, 0);
    assertEquals("root", fold.summary().title());
  }

  @Test
  void theFirstThatIsToldOfARunStands() {
    Scope bare = Scope.of("r1", null, null);
    fold.add(scoped(bare.withDepth(0).withAgent("Lead"), 1), 1);
    fold.add(
        scoped(bare.withThread("t1").withTask("task").withParentRun("p").withTrace("0a"), 2), 2);
    fold.add(
        scoped(
            bare.withThread("t2").withContinuesRun("r0").withNativeAttempt(3).withAgent("Aide"), 3),
        3);
    RunSummary run = fold.summary();
    assertEquals("t1", run.thread());
    assertEquals("task", run.task());
    assertEquals("p", run.parentRun());
    assertEquals("r0", run.continuesRun());
    assertEquals(3, run.nativeAttempt());
    assertEquals(List.of("Lead", "Aide"), run.agents());
    assertEquals("Lead", run.agent());
    assertEquals(List.of("0a"), run.traces());
    assertEquals(NOON.plusSeconds(3), run.lastObservedAt());
  }

  private Placed change(Entity entity, String id, State to) {
    return add(
        new StateChange(entity, id, null, to, null, null, null, Quality.REPORTED, Firmness.FIRM));
  }

  private static Event turned(String turn, Fact fact, long n) {
    Event event = event(fact, "a", 0, n, null, null);
    return scoped(event, event.scope().withTurn(turn));
  }

  private static Event scoped(Scope scope, long n) {
    return scoped(event(new Fact.Snapshot(), "a", 0, n, null, null), scope);
  }

  private static Event scoped(Event e, Scope scope) {
    return new Event(
        e.id(),
        e.source(),
        "codex-rollout",
        e.nativeType(),
        e.nativeId(),
        scope,
        e.occurredAt(),
        e.observedAt(),
        e.timeQuality(),
        e.order(),
        e.fact(),
        e.flags(),
        e.summary());
  }

  private void span(
      String id,
      @Nullable String parent,
      StepKind kind,
      ToolOutcome outcome,
      @Nullable TokenUsage usage,
      int startSecond) {
    Instant start = NOON.plusSeconds(startSecond);
    add(
        new Fact.SpanRecorded(
            id,
            parent,
            kind,
            id,
            null,
            start,
            start.plusSeconds(5),
            outcome,
            null,
            usage,
            null,
            parent == null));
  }

  @Test
  void theBeginningOfAnIntervalThatIsToldAfterItsEndTakesNothingOfItBack() {
    TokenUsage usage = TokenUsage.of(10L, 2L);
    span("m", null, StepKind.MODEL, ToolOutcome.OK, usage, 1);
    add(
        new Fact.SpanRecorded(
            "m",
            null,
            StepKind.MODEL,
            "m",
            null,
            NOON.plusSeconds(1),
            null,
            ToolOutcome.UNTOLD,
            null,
            null,
            null,
            true));

    Step step = fold.stepAt(0);
    assertEquals(NOON.plusSeconds(6), step.endedAt());
    assertEquals(usage, step.usage());
    assertEquals(State.COMPLETED, step.state());
    assertEquals(2, step.lastSeq());
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

  private static Fact approvalOf(String call) {
    return new Fact.WaitOpened(
        "wait-" + call, WaitKind.APPROVAL, null, true, call, Quality.REPORTED);
  }

  private static Fact wait(String id) {
    return new Fact.WaitOpened(
        id, WaitKind.HUMAN_INPUT, "Which city?", true, null, Quality.REPORTED);
  }
}
