// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the lines of an orchestrator mean, one rule at a time. */
class SymphonyLogRulesTest {
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
  private static final String CTX = "issue_id=id-1 issue_identifier=MT-1";
  private static final String OTHER = "issue_id=id-2 issue_identifier=MT-2";
  private static final String THREAD = "01a1f866-1612-72d0-9bb6-a896f2133e9b";
  private static final String SECOND_THREAD = "01a1f867-1612-72d0-9bb6-a896f2133e9b";
  private static final String TURN = "01a1f866-1d70-7f73-8ce2-6558da7b57ca";

  private final Recorder recorder = new Recorder("symphony-log");

  /** A line at that second, to the millisecond. */
  private static String at(double second, String message) {
    Instant time = START.plus(Duration.ofMillis(Math.round(second * 1000)));
    String micros = time.toString().replace("Z", "");
    micros = micros.contains(".") ? micros : micros + ".000";
    return micros + "000+00:00 info: " + message;
  }

  private void log(double second, String message) {
    recorder.tell(at(second, message));
  }

  private static String run(String issue, double second) {
    return issue + "@" + START.plus(Duration.ofMillis(Math.round(second * 1000)));
  }

  private void dispatch(double second, String ctx, String pid, String attempt) {
    log(
        second,
        "Dispatching issue to agent: %s pid=#PID<0.%s.0> attempt=%s worker_host=local"
            .formatted(ctx, pid, attempt));
  }

  private static String session(String thread) {
    return " session_id=" + thread + "-" + TURN;
  }

  private List<Fact.RuleBroken> breaches() {
    return recorder.events().stream()
        .filter(event -> event.fact() instanceof Fact.RuleBroken)
        .map(event -> (Fact.RuleBroken) event.fact())
        .toList();
  }

  private Fact.StateChange lastOfTask(String task) {
    Fact.StateChange last = null;
    for (Event event : recorder.events()) {
      if (task.equals(event.scope().task())
          && event.fact() instanceof Fact.StateChange change
          && change.entity() == Entity.TASK) {
        last = change;
      }
    }
    assertNotNull(last);
    return last;
  }

  @Test
  void aDispatchIsARunNamedByItsIssueAndItsTime() {
    dispatch(1, CTX, "500", "nil");
    RunSummary run = recorder.run(run("id-1", 1)).summary();
    assertEquals(State.STARTING, run.state());
    assertEquals("id-1", run.task());
    assertEquals("MT-1", run.title());
    assertNull(run.nativeAttempt());
  }

  @Test
  void startingAloneIsNoRun() {
    log(1, "Starting agent run for " + CTX + " worker_hosts=[\"local\"]");
    log(2, "Starting worker attempt for " + CTX + " worker_host=local");
    assertTrue(recorder.runs().isEmpty());
  }

  @Test
  void theTrackersStateDecidesHowAStoppedRunEnded() {
    List<String> states = List.of("Human Review", "done", "MERGED", "Canceled", "Backlog");
    for (int i = 0; i < states.size(); i++) {
      dispatch(i * 10, CTX, "50" + i, "nil");
      String kind = i % 2 == 0 ? "non-active" : "terminal";
      log(
          i * 10 + 5,
          "Issue moved to %s state: %s state=%s; stopping active agent"
              .formatted(kind, CTX, states.get(i)));
    }
    List<String> ends =
        recorder.runs().values().stream()
            .map(run -> run.summary().state().word() + " " + run.summary().reason())
            .toList();
    assertEquals(
        List.of(
            "completed tracker_state:Human Review",
            "completed tracker_state:done",
            "completed tracker_state:MERGED",
            "canceled tracker_state:Canceled",
            "canceled tracker_state:Backlog"),
        ends);
    recorder.runs().values().forEach(run -> assertEquals(0, run.summary().violations()));
  }

  @Test
  void anIssueThatIsGoneOrNoLongerOursCancelsItsRun() {
    dispatch(1, CTX, "500", "nil");
    log(
        2,
        "Issue no longer visible during running-state refresh: " + CTX + "; stopping active agent");
    dispatch(11, CTX, "501", "nil");
    log(
        12,
        "Issue no longer routed to this worker: " + CTX + " assignee=nil; stopping active agent");
    assertEquals(State.CANCELED, recorder.state(run("id-1", 1)));
    assertEquals("tracker_state:(not visible)", recorder.run(run("id-1", 1)).summary().reason());
    assertEquals(State.CANCELED, recorder.state(run("id-1", 11)));
    assertEquals(State.RELEASED, lastOfTask("id-1").to());
  }

  @Test
  void whatWasAskedStandsOpenUntilTheTaskGoesOn() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex session started for " + CTX + session(THREAD));
    log(
        3,
        "Codex session ended with error for "
            + CTX
            + session(THREAD)
            + ": {:approval_required, %{\"method\" => \"execCommandApproval\"}}");
    log(3.5, "Agent task blocked for " + CTX + session(THREAD) + ": codex turn requires approval");
    assertEquals(State.SUSPENDED, recorder.state(run("id-1", 1)));
    assertEquals(List.of("approval open"), recorder.waits(run("id-1", 1)));
    assertEquals(State.WAITING, lastOfTask("id-1").to());

    dispatch(60, CTX, "501", "nil");
    assertEquals(List.of("approval superseded"), recorder.waits(run("id-1", 1)));
    assertEquals(run("id-1", 1), recorder.run(run("id-1", 60)).summary().continuesRun());
    assertEquals(List.of(), breaches());
  }

  @Test
  void whatWasAskedIsLostWhereTheRunFailsForIt() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex session started for " + CTX + session(THREAD));
    String term = "{:turn_input_required, %{\"params\" => %{}}}";
    log(3, "Codex session ended with error for " + CTX + session(THREAD) + ": " + term);
    log(3.1, "Agent run failed for " + CTX + ": " + term);
    log(
        3.2,
        "Agent task exited for issue_id=id-1"
            + session(THREAD)
            + " reason={%RuntimeError{message: \"Agent run failed for "
            + CTX
            + ": {:turn_input_required}\"}, []}; scheduling retry");
    assertEquals(State.FAILED, recorder.state(run("id-1", 1)));
    assertEquals(List.of("human_input unknown"), recorder.waits(run("id-1", 1)));
  }

  @Test
  void theErrorTermDecides() {
    String[] terms = {":turn_timeout", "{:turn_cancelled, %{}}", "{:port_exit, 127}", ":oops"};
    State[] states = {State.TIMED_OUT, State.CANCELED, State.FAILED, State.FAILED};
    for (int i = 0; i < terms.length; i++) {
      dispatch(i * 10, CTX, "50" + i, "nil");
      log(i * 10 + 1, "Codex session started for " + CTX + session(THREAD));
      log(i * 10 + 3, "Agent run failed for " + CTX + ": " + terms[i]);
      log(i * 10 + 4, "Agent task exited for issue_id=id-1 session_id=n/a reason={:x}; scheduling");
      RunSummary run = recorder.run(run("id-1", i * 10)).summary();
      assertEquals(states[i], run.state());
      assertEquals(terms[i], run.reason());
      assertEquals(states[i] == State.CANCELED ? 0 : 1, run.errors());
    }
  }

  @Test
  void aStalledIssueIsDispatchedAgainAtOnceWithoutABreach() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex session started for " + CTX + session(THREAD));
    log(9, "Issue stalled: " + CTX + session(THREAD) + " elapsed_ms=7643; restarting with backoff");
    log(
        9.002,
        "Retrying "
            + CTX
            + " in 10000ms (attempt 1) error=stalled for 7643ms without codex activity");
    dispatch(9.008, CTX, "510", "nil");
    assertEquals(State.TIMED_OUT, recorder.state(run("id-1", 1)));
    assertEquals("stalled", recorder.run(run("id-1", 1)).summary().reason());
    assertEquals(State.STARTING, recorder.state(run("id-1", 9.008)));
    assertEquals(List.of(), breaches());
  }

  @Test
  void whatRanWhenTheServerStartedAgainIsLost() {
    dispatch(1, CTX, "500", "nil");
    dispatch(2, OTHER, "501", "nil");
    log(3, "Codex session started for " + OTHER + session(THREAD));
    log(30, "Running SymphonyElixirWeb.Endpoint with Bandit 1.10.3 at 127.0.0.1:4041 (http)");
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
    assertEquals(State.LOST, recorder.state(run("id-2", 2)));
    assertEquals(State.LOST, lastOfTask("id-2").to());
    log(31, "Issue state is terminal: " + OTHER + " state=Done; removing associated workspace");
    assertEquals(State.LOST, recorder.state(run("id-2", 2)));
    assertEquals(State.RELEASED, lastOfTask("id-2").to());
  }

  @Test
  void aTerminatedOrchestratorLosesItsRuns() {
    dispatch(1, CTX, "500", "nil");
    log(3, "SIGTERM received - shutting down");
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
  }

  @Test
  void aProcessIdThatComesAgainShowsARestart() {
    dispatch(1, CTX, "308", "nil");
    dispatch(60, OTHER, "308", "nil");
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
    assertEquals(State.STARTING, recorder.state(run("id-2", 60)));
  }

  @Test
  void aDispatchOfARunningIssueAfterASilenceShowsARestart() {
    dispatch(1, CTX, "500", "nil");
    dispatch(2, OTHER, "501", "nil");
    dispatch(14, CTX, "310", "nil");
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
    assertEquals(State.LOST, recorder.state(run("id-2", 2)));
    assertEquals(List.of(), breaches());
  }

  @Test
  void unlessTheOldRunSpeaksAgain() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex session started for " + CTX + session(THREAD));
    dispatch(14, CTX, "310", "nil");
    log(15, "Codex session completed for " + CTX + session(THREAD));
    assertEquals(State.RUNNING, recorder.state(run("id-1", 1)));
    assertEquals(1, breaches().size());
    assertTrue(breaches().getFirst().clause().startsWith("7.4 / 8.2"));
  }

  @Test
  void aDispatchOfARunningIssueWithinAMomentIsASecondOne() {
    dispatch(1, CTX, "500", "nil");
    dispatch(2, CTX, "501", "nil");
    assertEquals(State.STARTING, recorder.state(run("id-1", 1)));
    assertEquals(List.of("7.4 / 8.2 claimed and running checks required before launch"), clauses());
  }

  private List<String> clauses() {
    return breaches().stream().map(Fact.RuleBroken::clause).toList();
  }

  @Test
  void aFailureBeforeARestartIsStillAFailure() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Agent run failed for " + CTX + ": {:port_exit, 1}");
    log(30, "Skipping startup terminal workspace cleanup; failed to fetch terminal issues: :x");
    assertEquals(State.FAILED, recorder.state(run("id-1", 1)));
  }

  @Test
  void aLogThatBeganLateHasRunsFromTheirFirstWordOn() {
    log(1, "Codex notification: \"item/completed\"");
    log(2, "Codex session completed for " + CTX + session(THREAD));
    log(2.1, "Completed agent run for " + CTX + session(THREAD) + " workspace=/w turn=2/4");
    log(3, "Agent task completed for issue_id=id-1" + session(THREAD) + "; scheduling");
    log(3.1, "Retrying " + CTX + " in 1000ms (attempt 1)");
    assertEquals(List.of(), breaches());
    assertEquals(State.COMPLETED, recorder.state("id-1@" + THREAD));
    assertEquals(Verdict.Result.UNKNOWN, recorder.run("id-1@" + THREAD).summary().verdict());
  }

  private void in(String stream, double second, String message) {
    Context context = new Context("pond", stream, null, null, null, null, null, Golden.OBSERVED);
    recorder.send(List.of(at(second, message)), context, false);
  }

  private static final String RESTART = "Running SymphonyElixirWeb.Endpoint with Bandit 1.10.3";

  private static String dispatching(String ctx, int pid) {
    return "Dispatching issue to agent: " + ctx + " pid=#PID<0." + pid + ".0> attempt=nil";
  }

  @Test
  void theNextFileOfALogGoesOnWithTheRunsOfTheOneBefore() {
    in("log.1", 1, dispatching(CTX, 500));
    in("log.2", 2, "Codex session started for " + CTX + session(THREAD));
    in("log.2", 3, RESTART);
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
    assertEquals(List.of(), breaches());
  }

  @Test
  void anotherOrchestratorMayStartAgainWithoutHarm() {
    in("one", 1, dispatching(CTX, 500));
    in("two", 2, dispatching(OTHER, 500));
    in("one", 3, "Codex session started for " + CTX + session(THREAD));
    in("two", 4, RESTART);
    assertEquals(State.RUNNING, recorder.state(run("id-1", 1)));
    assertEquals(State.LOST, recorder.state(run("id-2", 2)));
    in("one", 5, RESTART);
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
  }

  @Test
  void endsOfRunsThatNobodySawAreNoBreach() {
    dispatch(0, OTHER, "500", "nil");
    log(1, "Agent task completed for issue_id=id-1" + session(THREAD) + "; scheduling");
    log(2, "Agent task finished for issue_id=id-1" + session(THREAD) + " reason=:normal");
    log(3, "Issue no longer visible, removing claim issue_id=id-1");
    assertEquals(List.of(), breaches());
    assertEquals(1, recorder.runs().size());
  }

  @Test
  void aPollThatFailsRaisesTheAttemptAndIsNoRun() {
    dispatch(1, CTX, "500", "1");
    log(2, "Agent run failed for " + CTX + ": :x");
    log(2, "Agent task exited for issue_id=id-1 session_id=n/a reason={:x}; scheduling retry");
    log(2, "Retrying " + CTX + " in 12000ms (attempt 2) error=agent exited: :x");
    log(14, "Retry poll failed for " + CTX + ": {:linear_api_status, 503}");
    log(14, "Retrying " + CTX + " in 12000ms (attempt 3) error=retry poll failed: {:x}");
    dispatch(26, CTX, "501", "3");
    assertEquals(List.of(), breaches());
    assertEquals(2, recorder.runs().size());
    assertEquals(3, recorder.run(run("id-1", 26)).summary().nativeAttempt());
    Event last =
        recorder.events().stream()
            .filter(event -> event.fact() instanceof Fact.RetryScheduled)
            .reduce((a, b) -> b)
            .orElseThrow();
    assertEquals(
        new Fact.RetryScheduled(3, 12_000L, START.plusSeconds(26), "retry poll failed: {:x}"),
        last.fact());
  }

  @Test
  void aDelayThatIsShorterThanOneThatWasKeptIsABreach() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Agent task exited for issue_id=id-1 session_id=n/a reason={:x}; scheduling retry");
    log(2, "Retrying " + CTX + " in 10000ms (attempt 1) error=agent exited: :x");
    log(3, "Retrying " + CTX + " in 20000ms (attempt 2) error=no available orchestrator slots");
    log(4, "Retrying " + CTX + " in 10000ms (attempt 3) error=no available orchestrator slots");
    log(5, "Retrying " + CTX + " in 160000ms (attempt 4) error=no available orchestrator slots");
    assertEquals(
        List.of("40000 ms", "80000 ms"),
        breaches().stream().map(Fact.RuleBroken::expected).toList());
  }

  @Test
  void anAttemptMayJumpWhereTheDispatchBeforeItWasNotSeen() {
    dispatch(0, OTHER, "400", "nil");
    log(2, "Retrying " + CTX + " in 40000ms (attempt 3) error=agent exited: :x");
    assertEquals(List.of(), breaches());
    log(30, "Running SymphonyElixirWeb.Endpoint with Bandit 1.10.3 at 127.0.0.1:4041 (http)");
    log(31, "Retrying " + OTHER + " in 40000ms (attempt 3) error=agent exited: :x");
    assertEquals(List.of(), breaches());
  }

  @Test
  void lastWordsOfAWorkerThatIsBeingStoppedAreNoBreach() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex session started for " + CTX + session(THREAD));
    log(3, "Issue moved to terminal state: " + CTX + " state=Done; stopping active agent");
    log(3.2, "Codex session completed for " + CTX + session(THREAD));
    assertEquals(List.of(), breaches());
    log(9, "Codex session started for " + CTX + session(THREAD));
    assertEquals(List.of("7.1 Released has no live worker"), clauses());
  }

  @Test
  void linesOfSeveralProcessesAreALittleOutOfOrder() {
    dispatch(1, CTX, "500", "nil");
    log(0.5, "Starting agent run for " + CTX + " worker_host=local");
    assertEquals(List.of(), breaches());
    log(-2, "Starting worker attempt for " + CTX + " worker_host=local");
    assertEquals(List.of("(ordering, no clause)"), clauses());
    Instant earliest = START.plusMillis(500);
    assertEquals(earliest, recorder.run(run("id-1", 1)).summary().startedAt());
  }

  @Test
  void notificationsBelongToNoRun() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Codex notification: \"item/agentMessage/delta\"");
    Event event = recorder.events().getLast();
    assertEquals(Kind.LOG, event.kind());
    assertNull(event.scope().run());
  }

  @Test
  void aLineThatWasTornAndGoesOnWithTheNextIsTheNext() {
    String torn = at(1, "Codex session started for " + CTX + " session_id=01a1f8");
    recorder.tell(
        torn + at(2, "Dispatching issue to agent: " + CTX + " pid=#PID<0.5.0> attempt=nil"));
    assertEquals(List.of(), breaches());
    assertEquals(List.of(run("id-1", 2)), List.copyOf(recorder.runs().keySet()));
  }

  @Test
  void aLineThatWasCutOffDoesNothing() {
    dispatch(1, OTHER, "500", "nil");
    String whole =
        at(2, "Dispatching issue to agent: " + CTX + " pid=#PID<0.5.0> attempt=nil worker_host=l");
    for (int end = 1; end < whole.indexOf(" attempt"); end++) {
      recorder.tell(whole.substring(0, end));
    }
    String session = at(3, "Codex session started for " + OTHER + session(THREAD));
    recorder.tell(session.substring(0, session.length() - 5));
    assertEquals(1, recorder.runs().size());
    assertNull(recorder.run(run("id-2", 1)).summary().thread());
    assertEquals(List.of(), breaches().stream().filter(b -> b.clause().startsWith("7")).toList());
  }

  @Test
  void quotedLinesOfALogAreNotRead() {
    recorder.tell(
        at(1, "Codex turn stream output: ")
            + at(0, "Dispatching issue to agent: " + CTX + " pid=#PID<0.5.0> attempt=nil"));
    assertTrue(recorder.runs().isEmpty());
  }

  @Test
  void forksNameOtherAgentsAndAppendKeysOfTheirOwn() {
    dispatch(1, "issue_id=1 issue_identifier=1", "500", "nil slot=2 forced=true model=x");
    log(2, "Claude session started for issue_id=1 issue_identifier=1" + session(THREAD));
    log(3, "Claude session completed for issue_id=1 issue_identifier=1" + session(THREAD));
    log(4, "Agent task completed for issue_id=1" + session(THREAD) + "; scheduling");
    assertEquals(State.COMPLETED, recorder.state(run("1", 1)));
    assertEquals(THREAD, recorder.run(run("1", 1)).summary().thread());
    assertEquals(List.of(), breaches());
  }

  @Test
  void otherLoggersPutOtherThingsBeforeTheMessage() {
    String message =
        "Dispatching issue to agent: issue_id=%s issue_identifier=X-1 attempt=<nil> worker_host=x";
    recorder.tell(
        "2026/11/20 10:00:01.120000 " + message.formatted("go"),
        "2026-11-20 10:00:02,120 INFO symphony.orchestrator: " + message.formatted("py"),
        "2026-11-20T10:00:03Z [info] " + message.formatted("short"));
    assertEquals(
        List.of(
            "go@2026-11-20T10:00:01.120Z",
            "py@2026-11-20T10:00:02.120Z",
            "short@2026-11-20T10:00:03Z"),
        List.copyOf(recorder.runs().keySet()));
    assertEquals(
        TimeQuality.DERIVED, recorder.run("py@2026-11-20T10:00:02.120Z").summary().timeQuality());
    assertEquals(List.of(), breaches());
  }

  @Test
  void coloursAreNoPartOfALine() {
    recorder.tell(
        "\u001b[32m"
            + at(1, "Dispatching issue to agent: " + CTX + " pid=#PID<0.5.0> attempt=2\u001b[0m"));
    assertEquals(2, recorder.run(run("id-1", 1)).summary().nativeAttempt());
  }

  @Test
  void theSameComplaintIsOneError() {
    for (int i = 0; i < 5; i++) {
      recorder.tell(
          at(i, "Invalid WORKFLOW.md config: polling.interval_ms").replace(" info: ", " error: "));
    }
    List<Kind> kinds = recorder.events().stream().map(Event::kind).toList();
    assertEquals(List.of(Kind.ERROR, Kind.LOG, Kind.LOG, Kind.LOG, Kind.LOG), kinds);
  }

  @Test
  void tokensOfThePagesAreNoCredentialsOfTheOrchestrator() {
    log(
        1,
        "CONNECTED TO Phoenix.LiveView.Socket in 2ms, Parameters: %{\"_csrf_token\" =>"
            + " \"[redacted:key:12345678]\"}");
    assertEquals(List.of(), breaches());
    log(2, "Tracker request headers: authorization [redacted:key:12345678]");
    assertEquals(List.of("15.3 do not log API tokens"), clauses());
  }

  @Test
  void aHookWithoutAnIssueBelongsToTheOneOfThatName() {
    dispatch(1, CTX, "500", "nil");
    log(2, "Issue moved to terminal state: " + CTX + " state=Done; stopping active agent");
    log(3, "Running workspace hook hook=before_remove issue_id=n/a issue_identifier=MT-1");
    log(4, "Running workspace hook hook=before_remove issue_id=n/a issue_identifier=MT-9");
    List<Event> events = recorder.events();
    assertEquals(run("id-1", 1), events.get(events.size() - 2).scope().run());
    assertNull(events.getLast().scope().task());
    assertEquals(List.of(), breaches());
  }

  @Test
  void theSameLinesByAnotherWayAddNothing() {
    String dispatch =
        at(1, "Dispatching issue to agent: " + CTX + " pid=#PID<0.5.0> attempt=nil worker_host=x");
    recorder.tell(dispatch);
    recorder.tellAs(null, null, dispatch);
    assertEquals(1, recorder.stored());
    assertEquals(1, recorder.duplicates());
  }

  @Test
  void claimsWhatOnlyAnOrchestratorSays() {
    assertTrue(claims(at(1, "whatever an Elixir process says")));
    assertTrue(claims("2026/11/20 10:00:01 Retrying issue_id=1 issue_identifier=X in 1ms"));
    assertFalse(claims("2026/11/20 10:00:01 engine.go:702: [Debug] HERTZ: Method=POST"));
    assertFalse(claims("05:01:15 INFO  event=issue_section issue=BOOK-51 msg=\"Issue BOOK-51\""));
    assertFalse(claims("just words"));
    assertFalse(claims(""));
  }

  private static boolean claims(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    RawRecord record = new RawRecord(bytes, Recorder.parse(bytes));
    return Dialects.standard().inOrder().stream().anyMatch(dialect -> dialect.claims(record));
  }

  @Test
  void answersWhateverALineIsTurnedInto() {
    List<String> lines =
        Golden.all()
            .filter(golden -> golden.file().toString().endsWith(".log"))
            .flatMap(golden -> golden.lines().stream())
            .filter(line -> line instanceof Golden.Line.Sent)
            .map(line -> ((Golden.Line.Sent) line).record())
            .toList();
    assertFalse(lines.isEmpty());
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      String line = mutant(lines, random);
      assertDoesNotThrow(() -> recorder.tell(line), () -> "seed " + seed + ": " + line);
    }
    // what is left may look like a number
    recorder.rejections().forEach(r -> assertEquals(Rejection.Code.INVALID_FIELD, r.code()));
    recorder.runs().values().forEach(run -> assertNotNull(run.summary().state()));
  }

  /** A line that lacks a piece, has one of another, or one that nobody would expect. */
  private static String mutant(List<String> lines, Random random) {
    String line = lines.get(random.nextInt(lines.size()));
    int from = random.nextInt(line.length() + 1);
    int to = from + random.nextInt(line.length() - from + 1);
    String other = lines.get(random.nextInt(lines.size()));
    String piece =
        switch (random.nextInt(6)) {
          case 0 -> "";
          case 1 -> other.substring(random.nextInt(other.length()));
          case 2 -> "=".repeat(random.nextInt(40)) + " : ; \u0000\u202e\ud83d";
          case 3 -> "9".repeat(random.nextInt(40));
          case 4 -> " issue_id= issue_identifier=: session_id=; state= reason=";
          default -> "\u001b[31m\u001b[";
        };
    return line.substring(0, from) + piece + line.substring(to);
  }

  // --- symphony-ts

  private void ts(String time, String event, String keys, String text) {
    String message = text.isEmpty() ? "" : " message=\\\"" + text + "\\\"";
    recorder.tell(
        "{\"timestamp\":\"%s\",\"level\":\"info\",\"event\":\"%s\",\"message\":\"event=%s%s\"%s}"
            .formatted(time, event, event, message, keys.isEmpty() ? "" : "," + keys));
  }

  private void ts(int second, String event, String keys, String text) {
    ts(
        String.format(Locale.ROOT, "2026-11-20T05:00:%02d.000-05:00", second),
        event,
        "\"issue_id\":\"id-1\",\"issue_identifier\":\"MT-1\"" + (keys.isEmpty() ? "" : "," + keys),
        text);
  }

  private static final String TS_SESSION =
      "\"session_id\":\"s\",\"thread_id\":\"" + SECOND_THREAD + "\",\"turn_id\":\"turn-1\"";

  @Test
  void aWorkerOfTheTypeScriptPortIsARun() {
    ts(1, "worker_spawned", "\"attempt\":null", "Worker spawned for issue.");
    ts(2, "session_started", TS_SESSION, "session_started");
    ts(3, "turn_completed", TS_SESSION + ",\"input_tokens\":5,\"total_tokens\":7", "");
    ts(4, "worker_exit_normal", "\"session_id\":null", "Worker completed normally.");
    ts(4, "stage_completed", "\"session_id\":null,\"total_tokens\":99", "Stage completed.");
    RunSummary run = recorder.run(run("id-1", 1)).summary();
    assertEquals(State.COMPLETED, run.state());
    assertEquals(SECOND_THREAD, run.thread());
    assertNotNull(run.usage());
    assertEquals(7L, run.usage().total());
    assertEquals(0, run.violations());
  }

  @Test
  void theTypeScriptPortTellsStopsAndStallsAsFailures() {
    ts(1, "worker_spawned", "\"attempt\":null", "");
    ts(2, "agent_runner_error", "", "Stopped due to terminal_state.");
    ts(2, "worker_exit_abnormal", "\"reason\":\"stopped after terminal_state\"", "");
    ts(10, "worker_spawned", "\"attempt\":1", "");
    ts(11, "agent_runner_error", "", "Codex session stalled for 7000ms.");
    ts(11, "worker_exit_abnormal", "\"reason\":\"Codex session stalled for 7000ms.\"", "");
    ts(20, "worker_spawned", "\"attempt\":2", "");
    ts(21, "session_started", TS_SESSION, "");
    ts(22, "turn_input_required", "\"error_code\":\"codex_user_input_required\"", "It asks.");
    ts(22, "worker_exit_abnormal", "\"reason\":\"It asks.\"", "");
    assertEquals(State.CANCELED, recorder.state(run("id-1", 1)));
    assertEquals(0, recorder.run(run("id-1", 1)).summary().errors());
    assertEquals(State.TIMED_OUT, recorder.state(run("id-1", 10)));
    assertEquals("stalled", recorder.run(run("id-1", 10)).summary().reason());
    assertEquals(State.FAILED, recorder.state(run("id-1", 20)));
    assertEquals(List.of("human_input unknown"), recorder.waits(run("id-1", 20)));
    assertEquals(2, recorder.run(run("id-1", 20)).summary().nativeAttempt());
  }

  @Test
  void theHourAfterMidnightOfTheTypeScriptPortIsCalled24() {
    ts("2026-11-21T24:02:25.726-05:00", "poll_tick_completed", "", "Poll tick completed.");
    Event event = recorder.events().getLast();
    assertEquals(Instant.parse("2026-11-21T05:02:25.726Z"), event.occurredAt());
    assertTrue(event.flags().contains(Flag.INVALID_FIELD));
  }

  @Test
  void aRetryTimerOfTheTypeScriptPortOutlivesItsShutdown() {
    ts(1, "worker_spawned", "\"attempt\":null", "");
    ts("2026-11-20T05:00:02.000-05:00", "shutdown_complete", "", "Shutdown complete.");
    ts(7, "worker_spawned", "\"attempt\":1", "");
    assertEquals(State.LOST, recorder.state(run("id-1", 1)));
    assertEquals(State.STARTING, recorder.state(run("id-1", 7)));
    assertEquals(List.of(), breaches());
  }
}
