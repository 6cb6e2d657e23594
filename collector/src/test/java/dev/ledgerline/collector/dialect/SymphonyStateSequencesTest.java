// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunSummary;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two snapshots and what must have happened between them, seldom as it is. */
class SymphonyStateSequencesTest {
  private static final String FIRST = "i-1@2026-01-01T00:00:00Z";

  private final Recorder recorder = new Recorder(null);
  private int second;
  private int total;

  private void poll(String running, String retrying, String blocked) {
    recorder.tell(snapshot(++second, running, retrying, blocked));
  }

  private String snapshot(int at, String running, String retrying, String blocked) {
    return """
        {"generated_at":"2026-01-01T00:00:%02dZ","running":[%s],"retrying":[%s],"blocked":[%s],\
        "codex_totals":{"total_tokens":%d,"seconds_running":%d}}"""
        .formatted(at, running, retrying, blocked, total, at);
  }

  private static String running(int started, String session, int tokens) {
    return """
        {"issue_id":"i-1","issue_identifier":"POND-1","state":"Todo","session_id":%s,\
        "started_at":"2026-01-01T00:00:%02dZ","tokens":{"input_tokens":%d,"output_tokens":0,"total_tokens":%d}}"""
        .formatted(session, started, tokens, tokens);
  }

  private static String retry(int attempt, int due, String error) {
    return """
        {"issue_id":"i-1","attempt":%d,"due_at":"2026-01-01T00:00:%02dZ","error":%s}"""
        .formatted(attempt, due, error);
  }

  private static String session(int turn) {
    return "\"01a1f866-1612-72d0-9bb6-a896f2133e9b-01a1f866-1d70-7f73-8ce2-00000000000%d\""
        .formatted(turn);
  }

  private long retries() {
    return recorder.events().stream()
        .filter(event -> event.fact() instanceof Fact.RetryScheduled)
        .count();
  }

  private RunSummary end(String error) {
    poll(running(0, session(1), 0), "", "");
    poll("", retry(2, 20, error), "");
    return recorder.run(FIRST).summary();
  }

  @Test
  void aRetryTellsHowTheRunBeforeItEnded() {
    RunSummary run = end("\"agent exited: {:port_exit, 1}\"");
    assertEquals(State.FAILED, run.state());
    assertEquals(Quality.SYNTHESIZED, run.stateQuality());
  }

  @Test
  void aContinuationFollowsANormalExit() {
    assertEquals(State.COMPLETED, end("null").state());
  }

  @Test
  void aStalledRunTimedOut() {
    assertEquals(State.TIMED_OUT, end("\"stalled for 7771ms without codex activity\"").state());
  }

  @Test
  void aRetryOfARetrySaysNothingOfTheRun() {
    assertEquals(State.LOST, end("\"no available orchestrator slots\"").state());
  }

  @Test
  void aRunThatFailedForWantOfAnAnswerHasAWaitOfWhichTheOutcomeIsUnknown() {
    end("\"agent exited: {:approval_required, %{}}\"");
    assertEquals(State.FAILED, recorder.state(FIRST));
    assertEquals(List.of("approval unknown"), recorder.waits(FIRST));
  }

  @Test
  void anIssueThatIsInNoListWasReleasedAndItsRunIsLost() {
    poll(running(0, session(1), 0), "", "");
    poll("", "", "");
    assertEquals(State.LOST, recorder.state(FIRST));
    assertTrue(
        recorder.events().stream()
            .anyMatch(
                event ->
                    event.fact() instanceof Fact.StateChange change
                        && change.to() == State.RELEASED));
  }

  @Test
  void aTimerThatJittersIsNoOtherTimer() {
    poll("", retry(1, 20, "\"boom\""), "");
    for (int due = 21; due < 23; due++) {
      poll("", retry(1, due, "\"boom\""), "");
    }
    assertEquals(1, retries());
    poll("", retry(1, 40, "\"boom\""), "");
    assertEquals(2, retries());
    poll("", retry(2, 40, "\"boom\""), "");
    assertEquals(3, retries());
  }

  @Test
  void aSessionHasATurnForEachOfItsIds() {
    poll(running(0, "null", 0), "", "");
    assertEquals(State.STARTING, recorder.state(FIRST));
    poll(running(0, session(1), 0), "", "");
    assertEquals(State.RUNNING, recorder.state(FIRST));
    poll(running(0, session(2), 0), "", "");
    assertEquals(
        List.of(State.COMPLETED, State.RUNNING),
        recorder.run(FIRST).steps().stream().map(step -> step.state()).toList());
    assertEquals("01a1f866-1612-72d0-9bb6-a896f2133e9b", recorder.run(FIRST).summary().thread());
  }

  @Test
  void tokensAreTheHighestReadingOfAThread() {
    poll(running(0, session(1), 100), "", "");
    poll(running(0, session(1), 90), "", "");
    poll(running(0, session(1), 120), "", "");
    TokenUsage usage = recorder.run(FIRST).summary().usage();
    assertNotNull(usage);
    assertEquals(120L, usage.input());
    poll(running(3, session(2), 150), "", ""); // another run of the same thread
    TokenUsage next = recorder.run("i-1@2026-01-01T00:00:03Z").summary().usage();
    assertNotNull(next);
    assertEquals(30L, next.input());
  }

  @Test
  void sumsThatFallWereBegunAnewByAnotherProcess() {
    total = 500;
    poll(running(0, session(1), 0), "", "");
    total = 10;
    poll(running(2, "null", 0), "", "");
    assertEquals(State.LOST, recorder.state(FIRST));
    assertEquals("the instance was started again", recorder.run(FIRST).summary().reason());
    assertEquals(State.STARTING, recorder.state("i-1@2026-01-01T00:00:02Z"));
  }

  @Test
  void aBlockedIssueWaitsUntilItIsInAnotherList() {
    poll(running(0, session(1), 0), "", "");
    poll(
        "",
        "",
        """
        {"issue_id":"i-1","session_id":%s,"blocked_at":"2026-01-01T00:00:02Z","error":"codex turn requires approval_required"}"""
            .formatted(session(1)));
    assertEquals(State.SUSPENDED, recorder.state(FIRST));
    assertEquals(List.of("approval open"), recorder.waits(FIRST));
    poll(running(3, "null", 0), "", "");
    assertEquals(List.of("approval superseded"), recorder.waits(FIRST));
    assertEquals(State.SUSPENDED, recorder.state(FIRST));
    CorpusTruthTest.hasNoBreach(recorder.run(FIRST));
  }

  @Test
  void nothingFollowsFromASnapshotThatComesLate() {
    poll(running(0, session(1), 0), "", "");
    second = 10;
    poll("", "", "");
    int before = recorder.events().size();
    recorder.tell(snapshot(5, running(0, session(1), 0), "", ""));
    assertEquals(before + 1, recorder.events().size());
    assertEquals(State.LOST, recorder.state(FIRST));
  }

  @Test
  void theSameSnapshotSaysNothingASecondTime() {
    String same = snapshot(1, running(0, session(1), 7), retry(1, 5, "null"), "");
    recorder.tell(same);
    int before = recorder.events().size();
    recorder.tell(same);
    assertEquals(before, recorder.events().size());
    assertFalse(recorder.runs().isEmpty());
  }

  @Test
  void rowsBeyondTheLimitAreSaidToBePassedOver() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i <= SymphonySnapshot.MOST_ROWS; i++) {
      rows.append(i == 0 ? "" : ",")
          .append("{\"issue_id\":\"i-" + i + "\",\"started_at\":\"2026-01-01T00:00:00Z\"}");
    }
    poll(rows.toString(), "", "");
    assertEquals(SymphonySnapshot.MOST_ROWS, recorder.runs().size());
    assertEquals("1 rows were passed over", recorder.events().getFirst().summary());
  }
}
