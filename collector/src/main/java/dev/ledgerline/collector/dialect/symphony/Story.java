// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one record adds to what is known of an orchestrator and its issues: its facts, and what is
 * remembered for the next record. Used by one thread for one record.
 */
final class Story {
  static final String AGENT = "symphony";

  /**
   * A dispatch of an issue whose run is open means that the orchestrator has started again, which
   * takes it longer than that; in less it has dispatched twice.
   */
  private static final Duration QUICKEST_RESTART = Duration.ofSeconds(2);

  /** How long the last words of a worker that is being stopped may take. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final long CONTINUATION_MILLIS = 1_000;
  private static final long BASE_DELAY_MILLIS = 10_000;

  /** A thread belongs to one run: before it nothing was spent. */
  private static final TokenUsage NOTHING_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  /** When a source says that it happened, and by which words. */
  record When(@Nullable Instant at, TimeQuality quality, String nativeType, Set<Flag> flags) {}

  /** Which stream the newest record of the source came from. */
  record Speaking(String stream) {}

  /** Which process started which run. */
  record Pid(int epoch, String issue, String run) {}

  /** The highest reading of a thread's tokens. */
  record Spent(TokenUsage total) {}

  /** Which issue has that name. */
  record Named(String issue) {}

  private final Context context;
  private final Memory memory;
  private final TrackerStates trackerStates;
  private final When when;
  private final @Nullable Instant before;
  private final List<Draft> drafts = new ArrayList<>(4);

  private final String stream;
  private Orchestrator orchestrator;
  private @Nullable String id;
  private Issue issue = Issue.UNSEEN;

  /**
   * The story so far.
   *
   * @param before time of the record before, null for the first
   */
  Story(
      Context context,
      Memory memory,
      TrackerStates trackerStates,
      When when,
      @Nullable Instant before) {
    this.context = context;
    this.memory = memory;
    this.trackerStates = trackerStates;
    this.when = when;
    this.before = before;
    this.stream = context.stream() == null ? "" : context.stream();
    this.orchestrator = orchestratorNow();
  }

  /** A stream that begins goes on where the one before it ended, unless that one goes on itself. */
  private Orchestrator orchestratorNow() {
    Orchestrator own = orchestrator(stream);
    Speaking last = memory.recall("speaking", Speaking.class);
    if (own != null && last != null && last.stream().equals(stream)) {
      return own;
    }
    memory.remember("speaking", new Speaking(stream));
    Orchestrator before = last == null ? null : orchestrator(last.stream());
    Orchestrator now =
        own != null ? own.amongOthers() : before != null ? before.continued() : Orchestrator.UNSEEN;
    memory.remember(keyOf(stream), now);
    return now;
  }

  private @Nullable Orchestrator orchestrator(String stream) {
    return memory.recall(keyOf(stream), Orchestrator.class);
  }

  private static String keyOf(String stream) {
    return "orchestrator/" + stream;
  }

  private void remember(Orchestrator now) {
    if (!now.equals(orchestrator)) {
      orchestrator = now;
      memory.remember(keyOf(stream), now);
    }
  }

  /** What was told, and nothing more to come. */
  List<Draft> told() {
    return drafts;
  }

  /** The record speaks of an issue; {@code name} is what people call it. */
  void about(String issueId, @Nullable String name) {
    id = issueId;
    Issue known = memory.recall(key(issueId), Issue.class);
    issue = (known == null ? Issue.UNSEEN : known).called(name).in(stream);
    if (name != null) {
      Named named = memory.recall("name/" + name, Named.class);
      if (named == null || !named.issue().equals(issueId)) {
        memory.remember("name/" + name, new Named(issueId));
      }
    }
    if (!issue.equals(known)) {
      remember();
    }
  }

  /** The record names an issue without its id; false where nobody has heard of it. */
  boolean aboutNamed(String name) {
    Named named = memory.recall("name/" + name, Named.class);
    if (named == null) {
      return false;
    }
    about(named.issue(), name);
    return true;
  }

  /** The log begins, or began before it was seen. */
  void begins(@Nullable Boolean whole) {
    if (orchestrator.first() == null || (orchestrator.whole() == null && whole != null)) {
      remember(orchestrator.begun(whole, when.at()));
    }
  }

  // --- the process

  /** Everything that ran runs no more, and nobody says how it ended. */
  void restarted(String why) {
    loseAll(why, false);
  }

  private void loseAll(String why, boolean guessed) {
    List<String> others = new ArrayList<>();
    for (String open : orchestrator.open()) {
      boolean own = open.equals(id);
      Issue loser = own ? issue : memory.recall(key(open), Issue.class);
      if (loser == null) {
        continue;
      }
      if (isOfAnother(loser)) {
        others.add(open);
        continue;
      }
      List<Life> lost = new ArrayList<>(loser.lost());
      for (Life life : loser.lives()) {
        drafts.add(lost(open, loser, life, why));
        lost.add(guessed ? life.lostByGuess() : life);
      }
      drafts.add(taskLost(open, loser, why));
      Life newest = loser.newest();
      Issue after =
          loser
              .with()
              .lives(List.of())
              .lost(lost)
              .claim(Claim.UNCLAIMED)
              .announced(null)
              .past(newest == null ? loser.past() : null, null)
              .issue();
      memory.remember(key(open), after);
      if (own) {
        issue = after;
      }
    }
    remember(orchestrator.restarted(others));
  }

  /** Whether the issue belongs to a process that runs beside this one. */
  private boolean isOfAnother(Issue loser) {
    String owner = loser.stream();
    Orchestrator theirs = owner == null || owner.equals(stream) ? null : orchestrator(owner);
    return theirs != null && theirs.besideOthers();
  }

  private Draft lost(String issueId, Issue loser, Life life, String why) {
    Failure failure = life.failure();
    Fact fact =
        failure != null
            ? change(Entity.RUN, failure.state(), phase(life), failure.word())
                .because(failure.reason())
                .derived(Firmness.FIRM)
            : new StateChange(
                Entity.RUN,
                null,
                null,
                State.LOST,
                phase(life),
                "Lost",
                why,
                Quality.SYNTHESIZED,
                Firmness.SOFT);
    // without a time: nobody knows when it ended
    return Draft.of(scope(issueId, life), when.nativeType(), fact, name(issueId, loser) + why);
  }

  private Draft taskLost(String issueId, Issue loser, String why) {
    return Draft.of(
        scope().withTask(issueId),
        when.nativeType(),
        new StateChange(
            Entity.TASK,
            loser.identifier(),
            null,
            State.LOST,
            loser.claim().word,
            Claim.UNCLAIMED.word,
            why,
            Quality.SYNTHESIZED,
            Firmness.SOFT),
        name(issueId, loser) + why);
  }

  // --- a run

  /** The issue is given to a worker. */
  void dispatched(@Nullable Integer attempt, @Nullable String pid) {
    dispatched(attempt, pid, null);
  }

  private void dispatched(@Nullable Integer attempt, @Nullable String pid, @Nullable String trace) {
    if (id == null) {
      return;
    }
    Pid seen = pid == null ? null : memory.recall(keyOfProcess(pid), Pid.class);
    boolean again = seen != null && seen.epoch() == orchestrator.epoch();
    Life open = issue.newest();
    if (again) {
      loseAll("the orchestrator started again", open != null);
    } else if (open != null && open.failure() != null) {
      end(open, open.failure());
    } else if (open != null && !quick()) {
      loseAll("the orchestrator started again", true);
    }
    String run = id + "@" + dispatchTime();
    Life life = Life.begun(run, attempt, when.at()).traced(trace);
    Scope scope = scope(id, life);
    String waiting = issue.waitingRun();
    say(
        waiting == null ? scope : scope.withContinuesRun(waiting),
        change(Entity.RUN, State.STARTING, null, "PreparingWorkspace"),
        Brief.line(
            issue.identifier(), "dispatched", attempt == null ? null : "attempt " + attempt));
    claim(scope, Claim.RUNNING, null, Quality.REPORTED);
    if (waiting != null) {
      resolveWait(WaitOutcome.SUPERSEDED, run);
    }
    Life still = issue.newest();
    if (still != null) {
      say(scope, Breach.secondDispatch(still.run()), "dispatched while it was running");
    }
    issue =
        issue
            .opening(life)
            .with()
            .claim(Claim.RUNNING)
            .epoch(orchestrator.epoch())
            .announced(null)
            .issue();
    remember();
    if (pid != null) {
      memory.remember(keyOfProcess(pid), new Pid(orchestrator.epoch(), id, run));
    }
  }

  private String dispatchTime() {
    if (when.at() != null) {
      return when.at().toString();
    }
    return context.stream() != null
        ? context.stream() + ":" + context.number()
        : context.observedAt().toString();
  }

  private boolean quick() {
    return before != null
        && when.at() != null
        && Duration.between(before, when.at()).compareTo(QUICKEST_RESTART) < 0;
  }

  /**
   * Something of the run with that trace. Where the orchestrator does not tell that it tries again,
   * another trace, or work where no run is open, shows it.
   *
   * @param begins whether such a record can be the first of a run
   */
  void inTrace(@Nullable String trace, boolean begins) {
    Life open = issue.newest();
    if (open != null && open.trace() == null && trace != null) {
      change(open, open.traced(trace));
      return;
    }
    boolean another =
        open != null && trace != null && open.trace() != null && !trace.equals(open.trace());
    if (another) {
      endUntold(open);
    }
    if (begins && (open == null || another)) {
      dispatched(null, null, trace);
    }
  }

  /**
   * A session of a source that tells sessions and nothing of runs: its thread is the run. Another
   * thread of the issue shows that the one before has ended.
   */
  void joins(Session session) {
    if (id == null || Issue.find(issue.lives(), session.thread()) != null) {
      return;
    }
    String run = id + "@" + session.thread();
    if (run.equals(issue.past())) {
      return; // a late word of a run that has ended
    }
    if (issue.waitingRun() != null) {
      resolveWait(WaitOutcome.SUPERSEDED, run);
    }
    for (Life life : issue.lives()) {
      drafts.add(lost(id, issue, life, "another session of the issue began"));
      issue = issue.ending(life);
    }
    Life life = Life.begun(run, null, null).onThread(session.thread());
    claim(scope(id, life), Claim.RUNNING, null, Quality.DERIVED);
    issue = issue.opening(life).with().claim(Claim.RUNNING).issue();
    remember();
  }

  /** An agent process of the issue ended before it had a session. */
  void neverStarted(String process, Failure failure) {
    if (id == null) {
      return;
    }
    Life life = Life.begun(id + "@" + process, null, null);
    issue = issue.opening(life);
    end(life, failure);
  }

  /** The agent wants something, and its run goes on once it has got it. */
  void asks(@Nullable Session session, WaitKind kind, @Nullable String prompt) {
    Life life = working(session);
    if (life != null && issue.waitingRun() == null) {
      say(
          scope(id, life, session),
          asked(life, kind, prompt, Quality.REPORTED),
          Brief.line(name() + "asks", prompt));
      issue = issue.with().waitingRun(life.run()).issue();
      remember();
    }
  }

  /** A run ended, and no record says so: after a turn by itself, within one it was stopped. */
  void endUntold(@Nullable Life life) {
    if (life == null) {
      return;
    }
    if (life.failure() != null) {
      end(life, life.failure());
    } else if (life.resting()) {
      complete(life);
      queuedAgain("continuation");
    } else {
      end(
          life,
          change(Entity.RUN, State.CANCELED, phase(life), "CanceledByReconciliation")
              .because("stopped")
              .derived(Firmness.FIRM),
          "stopped");
      released("stopped");
    }
  }

  /** The workspace of the issue is taken away: whatever ran in it has ended. */
  void cleaned() {
    for (Life life : issue.lives()) {
      if (life.resting()) {
        complete(life);
      } else {
        endUntold(life);
      }
    }
    released("workspace removed");
  }

  /** Nothing is left to do unless another turn comes. */
  void rests() {
    Life life = issue.newest();
    if (life != null && life.resting()) {
      say(
          scope(id, life),
          change(Entity.RUN, State.COMPLETED, phase(life), "Succeeded")
              .because("its turn completed and nothing came after it")
              .derived(Firmness.SOFT),
          name() + "turn completed");
    }
  }

  /** The worker has made, or opened, a thread. */
  void onThread(@Nullable Session session) {
    Life life = working(session);
    if (life != null && session != null) {
      change(life, life.onThread(session.thread()));
    }
  }

  /** A turn begins. */
  void turnStarted(@Nullable Session session) {
    Life life = working(session);
    if (life == null) {
      return;
    }
    Life now = session == null ? life : life.onThread(session.thread());
    Scope scope = scope(id, now, session);
    if (!life.streaming()) {
      say(
          scope,
          change(Entity.RUN, State.RUNNING, phase(life), "StreamingTurn"),
          name() + "session started");
    }
    String turn = session == null ? null : session.turn();
    if (turn != null && !turn.equals(life.turn()) && !turn.equals(life.ended())) {
      say(scope, change(Entity.TURN, State.RUNNING, null, "session_started"), "");
    }
    change(life, now.inTurn(turn == null ? life.turn() : turn));
  }

  /** The worker of the issue says something that changes nothing. */
  void worked(@Nullable Session session) {
    working(session);
  }

  /** A turn ended without an error; the log does not show whether it did what it should. */
  void turnCompleted(@Nullable Session session) {
    turnEnded(
        session,
        change(Entity.TURN, State.COMPLETED, null, "turn_completed").derived(Firmness.FIRM));
  }

  /**
   * A turn ended as Codex itself says.
   *
   * @param word of the runtime events (specification 10.4)
   */
  void turnEnded(@Nullable Session session, State state, String word, @Nullable String reason) {
    turnEnded(session, change(Entity.TURN, state, null, word).because(Brief.reason(reason)));
  }

  private void turnEnded(@Nullable Session session, StateChange change) {
    Life life = working(session);
    if (life != null) {
      turnEnded(life, session, change);
    }
  }

  /** Told twice, a turn ended as it was told first. */
  private Life turnEnded(Life life, @Nullable Session session, StateChange change) {
    String turn = session != null && session.turn() != null ? session.turn() : life.turn();
    Life now = session == null ? life : life.onThread(session.thread());
    if (turn != null && !turn.equals(life.ended())) {
      say(scope(id, now).withTurn(turn), change, Brief.line(change.reason()));
    }
    now = now.afterTurn(turn == null ? life.ended() : turn);
    change(life, now);
    return now;
  }

  /** A turn ended with an error, which will end the run. */
  void turnFailed(@Nullable Session session, Failure failure) {
    Life life = working(session);
    if (life != null) {
      Life now =
          turnEnded(
              life,
              session,
              change(Entity.TURN, failure.state(), null, failure.wordOfTurn())
                  .because(failure.reason()));
      failed(now, scope(id, now, session), failure);
    }
  }

  /** The run will fail. */
  void failing(Failure failure) {
    Life life = issue.newest();
    if (life != null) {
      failed(life, scope(id, life), failure);
    }
  }

  /** A failure is told several times; the first one counts. */
  private void failed(Life life, Scope scope, Failure failure) {
    if (life.failure() == null) {
      if (failure.isError()) {
        say(scope, error(failure), name() + failure.reason());
      }
      change(life, life.failing(failure));
    }
  }

  private static Fact error(Failure failure) {
    return new Fact.ErrorReported(failure.category(), failure.code(), failure.reason(), true);
  }

  /** The worker ended by itself. */
  void completed(@Nullable Session session) {
    Life life = endable(session);
    if (life != null) {
      complete(life);
    }
  }

  private void complete(Life life) {
    mustHaveRun(life);
    end(
        life,
        change(Entity.RUN, State.COMPLETED, phase(life), "Succeeded")
            .because("normal exit")
            .derived(Firmness.FIRM),
        "ended by itself");
  }

  /** The worker crashed. */
  void crashed(@Nullable Session session, Failure failure) {
    Life life = endable(session);
    if (life != null) {
      Failure first = life.failure();
      end(life, first == null ? failure : first);
    }
  }

  private void end(Life life, Failure failure) {
    Scope scope = scope(id, life);
    if (failure.asked() != null) {
      mustHaveRun(life);
      say(scope, asked(life, failure.asked(), failure.reason(), Quality.DERIVED), name() + "asks");
    } else if (life.failure() == null && failure.isError()) {
      say(scope, error(failure), name() + failure.reason());
    }
    end(
        life,
        change(Entity.RUN, failure.state(), phase(life), failure.word()).because(failure.reason()),
        failure.reason());
  }

  private static Fact asked(Life life, WaitKind kind, @Nullable String prompt, Quality quality) {
    String turn = life.turn() != null ? life.turn() : life.ended();
    return new Fact.WaitOpened(
        turn != null ? turn : kind.word(), kind, Brief.reason(prompt), true, null, quality);
  }

  /** The worker ended, and the issue stays claimed until somebody answers what it asked. */
  void blocked(@Nullable Session session, @Nullable String prompt) {
    Life life = endable(session);
    if (life == null || id == null) {
      return;
    }
    Failure failure = life.failure();
    WaitKind kind =
        failure != null && failure.asked() != null
            ? failure.asked()
            : prompt != null && prompt.contains("approval")
                ? WaitKind.APPROVAL
                : WaitKind.HUMAN_INPUT;
    mustHaveRun(life);
    Scope scope = scope(id, life);
    say(scope, asked(life, kind, prompt, Quality.REPORTED), Brief.line(name() + "blocked", prompt));
    end(
        life,
        change(Entity.RUN, State.SUSPENDED, phase(life), "Blocked").because(Brief.reason(prompt)),
        "blocked");
    claim(scope, Claim.BLOCKED, Brief.reason(prompt), Quality.REPORTED);
    issue = issue.with().claim(Claim.BLOCKED).waitingRun(life.run()).issue();
    remember();
  }

  /** The worker was silent for too long and is stopped. */
  void stalled(@Nullable Session session) {
    Life life = endable(session);
    if (life != null) {
      end(
          life,
          change(Entity.RUN, State.TIMED_OUT, phase(life), "Stalled").because("stalled"),
          "stalled");
    }
  }

  /**
   * The issue is no longer for this orchestrator: its worker is stopped, the claim goes away.
   *
   * @param trackerState null where the issue is not seen, or not for it, any more
   */
  void stopped(@Nullable String trackerState, String reason) {
    State state = trackerState == null ? State.CANCELED : trackerStates.ofRun(trackerState);
    for (Life life : issue.lives()) {
      if (state == State.COMPLETED) {
        mustHaveRun(life);
      }
      end(
          life,
          change(Entity.RUN, state, phase(life), "CanceledByReconciliation")
              .because(reason)
              .derived(Firmness.FIRM),
          reason);
    }
    released(reason);
  }

  /** The claim goes away. */
  void released(String reason) {
    if (id == null) {
      return;
    }
    resolveWait(WaitOutcome.CANCELED, null);
    claim(pastScope(), Claim.RELEASED, reason, Quality.REPORTED);
    issue = issue.with().claim(Claim.RELEASED).announced(null).releasedAt(when.at()).issue();
    remember();
  }

  /**
   * The next attempt has a timer.
   *
   * @param error why; null for a continuation
   */
  void retrying(@Nullable Integer attempt, @Nullable Long millis, @Nullable String error) {
    if (id == null) {
      return;
    }
    Life open = issue.newest();
    if (open != null && !issue.endedSinceDispatch() && !isOfTheOrchestrator(error)) {
      endBecauseOfRetry(open, error);
    }
    Scope scope = pastScope();
    Fact.RuleBroken breach = judged(attempt, millis, error);
    if (breach != null) {
      say(scope, breach, name() + breach.message());
    }
    String why = error == null ? "continuation" : Brief.reason(error);
    claim(scope, Claim.RETRY_QUEUED, why, Quality.REPORTED);
    Instant due = when.at() == null || millis == null ? null : when.at().plusMillis(millis);
    say(
        scope,
        new Fact.RetryScheduled(attempt, millis, due, error == null ? null : Brief.reason(error)),
        Brief.line(name() + "again in " + millis + " ms, attempt " + attempt, why));
    issue = issue.with().claim(Claim.RETRY_QUEUED).announced(attempt).issue();
    remember();
    if (error != null && millis != null) {
      remember(orchestrator.delayed(millis));
    }
  }

  /**
   * The worker ended, and the issue stays claimed for another attempt (specification 7.1). For
   * orchestrators that do not say so.
   */
  void queuedAgain(String why) {
    if (id != null && issue.claim() == Claim.RUNNING && issue.lives().isEmpty()) {
      claim(pastScope(), Claim.RETRY_QUEUED, why, Quality.DERIVED);
      issue = issue.with().claim(Claim.RETRY_QUEUED).issue();
      remember();
    }
  }

  /** Why an attempt could not begin: no run is meant. */
  private static boolean isOfTheOrchestrator(@Nullable String error) {
    return error != null
        && (error.startsWith("no available orchestrator slots")
            || error.startsWith("retry poll failed")
            || error.startsWith("failed to spawn agent"));
  }

  /** Some ports do not say that the worker ended, only what comes next. */
  private void endBecauseOfRetry(Life open, @Nullable String error) {
    if (error == null) {
      complete(open);
    } else if (error.startsWith("stalled")) {
      stalled(null);
    } else {
      Failure first = open.failure();
      end(open, first == null ? Failure.of(error) : first);
    }
  }

  private Fact.@Nullable RuleBroken judged(
      @Nullable Integer attempt, @Nullable Long millis, @Nullable String error) {
    if (attempt == null || millis == null || attempt < 1) {
      return null;
    }
    if (error == null) {
      return millis == CONTINUATION_MILLIS ? null : Breach.continuationDelay(millis);
    }
    Integer last = issue.announced() != null ? issue.announced() : issue.pastAttempt();
    boolean seen = issue.epoch() == orchestrator.epoch();
    if (seen && attempt > (last == null ? 0 : last) + 1) {
      return Breach.attemptJump(last, attempt, millis);
    }
    // no line tells the cap: a shorter delay is the cap itself, unless a longer one was kept before
    long usual = BASE_DELAY_MILLIS << Math.min(attempt - 1, 30);
    boolean wrong = millis > usual || (millis < usual && orchestrator.longestDelay() > millis);
    return wrong ? Breach.delay(usual, attempt, millis) : null;
  }

  // --- what belongs to it

  /** What an agent did; where its run is not known it is a line and no more. */
  void fact(@Nullable Session session, Fact fact, String summary) {
    Life life = issue.of(session == null ? null : session.thread());
    if (life == null) {
      line(null, summary);
    } else {
      say(scope(id, life, session), fact, summary);
    }
  }

  /**
   * What a thread has spent in all. Only the highest reading counts: Codex counts down to nothing
   * when a context overflows.
   */
  void spent(@Nullable Session session, TokenUsage total) {
    Life life = issue.of(session == null ? null : session.thread());
    if (life == null || session == null) {
      return;
    }
    String key = "spent/" + session.thread();
    Spent before = memory.recall(key, Spent.class);
    Long was = before == null ? null : before.total().effectiveTotal();
    Long now = total.effectiveTotal();
    boolean higher = was == null || (now != null && now > was);
    if (higher) {
      memory.remember(key, new Spent(total));
    }
    say(
        scope(id, life, session),
        new Fact.UsageReported(session.thread(), true, total, higher, NOTHING_YET),
        "tokens of the thread: " + now);
  }

  /** A line of the issue that must not be taken for a sign of life of its run. */
  void lineOfIssue(@Nullable String level, String summary) {
    say(scope().withTask(id), new Fact.LogLine(level), summary);
  }

  /** Whether the run is between two turns, so that no line of it says that it goes on. */
  boolean resting() {
    Life life = issue.newest();
    return life == null || life.resting();
  }

  /** A line that changes nothing. */
  void line(@Nullable String level, String summary) {
    Life life = issue.newest();
    say(
        id == null ? scope() : life == null ? pastScope() : scope(id, life),
        new Fact.LogLine(level),
        summary);
  }

  /** A line about the run that a process had begun. */
  void lineOf(String pid, @Nullable String level, String summary) {
    Pid known = memory.recall(keyOfProcess(pid), Pid.class);
    boolean current = known != null && known.epoch() == orchestrator.epoch();
    Scope scope =
        known == null || !current
            ? scope()
            : scope().withTask(known.issue()).withRun(known.run(), RunIdQuality.DERIVED);
    say(scope, new Fact.LogLine(level), summary);
  }

  /** Something went wrong that is not the fault of any run. */
  void trouble(String category, String message) {
    say(scope(), new Fact.ErrorReported(category, null, message, false), message);
  }

  void broken(Fact.RuleBroken breach) {
    Life life = issue.newest();
    Scope scope = id == null ? scope() : life == null ? pastScope() : scope(id, life);
    say(scope, breach, (id == null ? "" : name()) + breach.message());
  }

  /**
   * The run that a worker's word belongs to. Where the claim is gone, or there never was one, that
   * is a breach and no run; where the log is not whole, a run that began before it.
   */
  private @Nullable Life working(@Nullable Session session) {
    if (id == null) {
      return null;
    }
    Life lost = Issue.find(issue.lost(), session == null ? null : session.thread());
    if (lost != null) {
      return revived(lost);
    }
    Life life = issue.of(session == null ? null : session.thread());
    if (life != null) {
      return life;
    }
    if (issue.claim() == Claim.RELEASED) {
      if (isLateWord()) {
        broken(Breach.afterRelease());
      }
      return null;
    }
    boolean seen = issue.past() != null || !issue.lost().isEmpty() || issue.epoch() >= 0;
    if (seen || session == null) {
      return null;
    }
    if (began(session)) {
      say(
          scope().withTask(id).withThread(session.thread()),
          Breach.neverDispatched(),
          name() + "never dispatched");
      return null;
    }
    Life joined = Life.begun(id + "@" + session.thread(), null, null);
    claim(scope(id, joined), Claim.RUNNING, null, Quality.DERIVED);
    issue = issue.opening(joined).with().claim(Claim.RUNNING).issue();
    remember();
    return joined;
  }

  /** Whether the session began after the log did, which was seen from its start on. */
  private boolean began(Session session) {
    Instant first = orchestrator.first();
    Instant made = session.made();
    return Boolean.TRUE.equals(orchestrator.whole())
        && (first == null || made == null || !made.isBefore(first));
  }

  private boolean isLateWord() {
    Instant released = issue.releasedAt();
    return released == null
        || when.at() == null
        || when.at().isAfter(released.plus(LAST_WORDS))
        || when.quality() != TimeQuality.SOURCE;
  }

  /** A session of a run speaks that was taken for lost: there was no restart. */
  private Life revived(Life lost) {
    List<Life> others = new ArrayList<>(issue.lost());
    others.remove(lost);
    List<Life> lives = new ArrayList<>(issue.lives());
    lives.addFirst(lost);
    issue = issue.with().lost(others).lives(lives).issue();
    remember();
    if (lost.guessed() && issue.lives().size() > 1) {
      say(scope(id, lost), Breach.spokeAgain(lost.run()), name() + "two runs at once");
    }
    return lost;
  }

  /** The run that ends when the worker of that session does; null where it has ended. */
  private @Nullable Life endable(@Nullable Session session) {
    String thread = session == null ? null : session.thread();
    Life lost = Issue.find(issue.lost(), thread);
    if (lost != null) {
      return revived(lost);
    }
    Life known = Issue.find(issue.lives(), thread);
    if (known != null) {
      return known;
    }
    return thread == null || !issue.endedSinceDispatch() ? issue.newest() : null;
  }

  /** The log does not show every phase: what completes has been running. */
  private void mustHaveRun(Life life) {
    if (!life.streaming()) {
      say(
          scope(id, life),
          change(Entity.RUN, State.RUNNING, phase(life), null).derived(Firmness.FIRM),
          "");
    }
  }

  private void end(Life life, StateChange change, String summary) {
    say(scope(id, life), change, name() + summary);
    issue = issue.ending(life);
    remember();
  }

  private void change(Life before, Life now) {
    if (!before.equals(now)) {
      issue = issue.replacing(before, now);
      remember();
    }
  }

  private void resolveWait(WaitOutcome outcome, @Nullable String byRun) {
    String waiting = issue.waitingRun();
    if (waiting == null || id == null) {
      return;
    }
    say(
        scope().withTask(id).withRun(waiting, RunIdQuality.DERIVED),
        new Fact.WaitResolved(null, outcome, null, byRun, Quality.DERIVED),
        name() + outcome.word());
    issue = issue.with().waitingRun(null).issue();
  }

  private void claim(Scope scope, Claim claim, @Nullable String reason, Quality quality) {
    boolean again = issue.claim() == claim && claim != Claim.RETRY_QUEUED;
    if (again) {
      return; // told before, it is no change
    }
    // a restart drops every claim, whether a line says so or not
    boolean dropped = issue.epoch() >= 0 && issue.epoch() != orchestrator.epoch();
    Claim from = dropped ? Claim.UNCLAIMED : issue.claim();
    say(
        scope,
        new StateChange(
            Entity.TASK,
            issue.identifier(),
            from.state,
            claim.state,
            from.word,
            claim.word,
            reason,
            quality,
            Firmness.FIRM),
        Brief.line(issue.identifier(), claim.word, reason));
  }

  private static StateChange change(
      Entity entity, State to, @Nullable String nativeFrom, @Nullable String nativeTo) {
    return new StateChange(
        entity, null, null, to, nativeFrom, nativeTo, null, Quality.REPORTED, Firmness.FIRM);
  }

  private static @Nullable String phase(Life life) {
    return life.streaming()
        ? "StreamingTurn"
        : life.dispatchedAt() == null ? null : "PreparingWorkspace";
  }

  /** What stands before a summary: the issue as people call it. */
  private String name() {
    return id == null ? "" : name(id, issue);
  }

  private static String name(String id, Issue issue) {
    return (issue.identifier() == null ? id : issue.identifier()) + ": ";
  }

  private Scope scope() {
    return Scope.NONE.withAgent(context.agent() != null ? context.agent() : AGENT);
  }

  private Scope scope(@Nullable String issueId, Life life) {
    return scope()
        .withRun(life.run(), RunIdQuality.DERIVED)
        .withThread(life.thread())
        .withTask(issueId)
        .withNativeAttempt(life.attempt())
        .withTrace(life.trace());
  }

  private Scope scope(@Nullable String issueId, Life life, @Nullable Session session) {
    Scope scope = scope(issueId, life);
    return session == null ? scope : scope.withThread(session.thread()).withTurn(session.turn());
  }

  /** Of what concerns the issue after its run: the run is where it is looked for. */
  private Scope pastScope() {
    Scope scope = scope().withTask(id);
    return issue.past() == null
        ? scope
        : scope.withRun(issue.past(), RunIdQuality.DERIVED).withNativeAttempt(issue.pastAttempt());
  }

  private void say(Scope scope, Fact fact, String summary) {
    drafts.add(
        new Draft(
            scope,
            when.nativeType(),
            null,
            when.at(),
            when.at() == null ? TimeQuality.INGEST : when.quality(),
            null,
            fact,
            when.flags(),
            summary));
  }

  private void remember() {
    if (id == null) {
      return;
    }
    memory.remember(key(id), issue);
    remember(orchestrator.working(id, !issue.lives().isEmpty()));
  }

  private String keyOfProcess(String pid) {
    return "pid/" + stream + "/" + pid;
  }

  private static String key(String issueId) {
    return "issue/" + issueId;
  }
}
