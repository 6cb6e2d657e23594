// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.state.Replay.Breach;
import dev.ledgerline.state.Replay.Move;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayTest {
  @Test
  void aWholeAttemptIsAllowedAndAStepBackIsNot() {
    Replay attempt = new Replay(StateMachine.standard("symphony-attempt"));
    assertTrue(go(attempt, State.STARTING, "PreparingWorkspace").opens());
    allowed(attempt, State.RUNNING, "StreamingTurn");
    allowed(attempt, State.RUNNING, "StreamingTurn");
    Breach breach = breach(attempt, State.STARTING, "PreparingWorkspace");
    assertEquals("Symphony 7.2, 9.2, 9.4", breach.clause().toString());
    assertEquals("PreparingWorkspace", breach.seen());
    assertEquals("a run does not go from StreamingTurn to PreparingWorkspace", breach.message());
    assertTrue(breach.expected().contains("Finishing"));
  }

  @Test
  void aStateToldInCanonicalWordsIsAnyOfThoseThatMeanIt() {
    Replay attempt = new Replay(StateMachine.standard("symphony-attempt"));
    allowed(attempt, State.STARTING, null);
    allowed(attempt, State.STARTING, "BuildingPrompt");
    allowed(attempt, State.STARTING, null);
    allowed(attempt, State.RUNNING, "some line of a log");
    allowed(attempt, State.COMPLETED, null);
    assertTrue(attempt.ended());
    assertEquals("a run that ended does not change", breach(attempt, State.FAILED, null).message());
  }

  @Test
  void theSourcesOwnWordSaysMoreThanWhatWeMakeOfIt() {
    Replay attempt = new Replay(StateMachine.standard("symphony-attempt"));
    allowed(attempt, State.STARTING, "PreparingWorkspace");
    allowed(attempt, State.COMPLETED, "CanceledByReconciliation"); // by the state of the tracker
    assertEquals("Symphony 7.2, 8.5", breach(attempt, State.RUNNING, null).clause().toString());
  }

  @Test
  void aWordOfSeveralStatesIsDecidedByWhatItMeans() {
    Replay run = new Replay(StateMachine.standard("agent-protocol"));
    allowed(run, State.RUNNING, "RunStarted");
    Breach untold = breach(run, State.UNKNOWN, "RunCompleted");
    assertEquals("Agent Protocol, Schema definitions, RunCompleted", untold.clause().toString());
    assertEquals("unknown (RunCompleted)", untold.seen());
    allowed(run, State.FAILED, "RunCompleted");
    assertEquals(
        "Agent Protocol, Pseudo-code example",
        breach(run, State.COMPLETED, "RunCompleted").clause().toString());
  }

  @Test
  void whatCannotBeReachedFromAnywhereIsABreachFromTheBeginning() {
    Replay run = new Replay(StateMachine.standard("agent-protocol"));
    Breach breach = breach(run, State.UNKNOWN, "RunCompleted");
    assertEquals("a run does not begin with unknown (RunCompleted)", breach.message());
  }

  @Test
  void itMayBeJoinedAnywhereAndOnlyItsBeginningOpensIt() {
    Replay claim = new Replay(StateMachine.standard("symphony-claim"));
    assertFalse(go(claim, State.RETRY_SCHEDULED, "RetryQueued").opens());
    allowed(claim, State.RUNNING, "Running");
    Breach breach = breach(claim, State.RUNNING, "Running");
    assertEquals("a run that is Running does not become so again", breach.message());
    assertEquals(List.of("Unclaimed", "RetryQueued", "Released", "Blocked"), breach.expected());
  }

  @Test
  void aConclusionIsOverruledByTheSourcesOwnWord() {
    Replay run = new Replay(StateMachine.standard("canonical-run"));
    run.concluded(State.RUNNING);
    allowed(run, State.QUEUED, null);
    assertNotNull(run.move(reported(State.WAITING, null), "run").breach());
    run.concluded(State.WAITING);
    allowed(run, State.RUNNING, null);
  }

  @Test
  void aStateThatTheMachineLacksIsNotJudged() {
    Replay turn = new Replay(StateMachine.standard("codex-turn"));
    allowed(turn, State.RUNNING, "turn.started");
    StateChange paused = reported(State.PAUSED, "turn.paused");
    Move move = turn.move(paused, "run");
    assertFalse(move.known());
    assertNull(move.breach());
    turn.take(move, paused);
    allowed(turn, State.RUNNING, "turn.started");
    StateChange word = reported(State.UNKNOWN, "turn.pondering");
    assertFalse(turn.move(word, "run").known());
  }

  @Test
  void whereTheSourceSaysThatItCameFromElsewhereARecordIsMissing() {
    Replay run = new Replay(StateMachine.standard("canonical-run"));
    allowed(run, State.QUEUED, null);
    StateChange change =
        new StateChange(
            Entity.RUN,
            null,
            State.RUNNING,
            State.WAITING,
            null,
            null,
            null,
            Quality.REPORTED,
            Firmness.FIRM);
    Move move = run.move(change, "run");
    assertTrue(move.gap());
    assertNull(move.breach());
  }

  @Test
  void onceEndedNoWordOfWhereItCameFromHelps() {
    Replay run = new Replay(StateMachine.standard("canonical-run"));
    allowed(run, State.RUNNING, null);
    allowed(run, State.COMPLETED, null);
    StateChange change =
        new StateChange(
            Entity.RUN,
            null,
            State.RUNNING,
            State.FAILED,
            null,
            null,
            null,
            Quality.REPORTED,
            Firmness.FIRM);
    assertNotNull(run.move(change, "run").breach());
  }

  @Test
  void onceCanBePutBackToWhereItStood() {
    Replay run = new Replay(StateMachine.standard("canonical-run"));
    allowed(run, State.RUNNING, null);
    Replay.Mark mark = run.mark();
    allowed(run, State.LOST, null);
    assertTrue(run.ended());
    run.backTo(mark);
    allowed(run, State.WAITING, null);
  }

  private static Move go(Replay replay, State to, @Nullable String word) {
    StateChange change = reported(to, word);
    Move move = replay.move(change, "run");
    assertNull(move.breach(), () -> String.valueOf(move.breach()));
    replay.take(move, change);
    return move;
  }

  private static void allowed(Replay replay, State to, @Nullable String word) {
    assertTrue(go(replay, to, word).known());
  }

  private static Breach breach(Replay replay, State to, @Nullable String word) {
    Breach breach = replay.move(reported(to, word), "run").breach();
    assertNotNull(breach);
    return breach;
  }

  private static StateChange reported(State to, @Nullable String word) {
    return StateChange.reported(Entity.RUN, to, word);
  }
}
