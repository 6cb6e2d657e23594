// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static dev.ledgerline.collector.dialect.symphony.Telling.change;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.collector.dialect.symphony.Telling.When;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
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
import org.jspecify.annotations.Nullable;

/**
 * What one record adds to what is known of an orchestrator and its issues: its facts, and what is
 * remembered for the next record. Used by one thread for one record.
 */
final class Story {
  /**
   * A dispatch of an issue whose run is open means that the orchestrator has started again, which
   * takes it longer than that; in less it has dispatched twice.
   */
  private static final Duration QUICKEST_RESTART = Duration.ofSeconds(2);

  /** How long the last words of a worker that is being stopped may take. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** A thread belongs to one run: before it nothing was spent. */
  private static final TokenUsage NOTHING_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  private final Notebook notebook;
  final Telling telling;
  private final When when;
  private final TrackerStates trackerStates;
  private final @Nullable Instant before;

  @Nullable String id;
  Issue issue = Issue.UNSEEN;

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
    this.notebook = new Notebook(memory, context.stream());
    this.telling = new Telling(context, when);
    this.when = when;
    this.trackerStates = trackerStates;
    this.before = before;
  }

  /** What was told, and nothing more to come. */
  List<Draft> told() {
    return telling.drafts();
  }

  /** The record speaks of an issue; {@code name} is what people call it. */
  void about(String issueId, @Nullable String name) {
    id = issueId;
    issue = notebook.issue(issueId, name);
  }

  /** The record names an issue without its id; false where nobody has heard of it. */
  boolean aboutNamed(String name) {
    String named = notebook.named(name);
    if (named != null) {
      about(named, name);
    }
    return named != null;
  }

  /** The log begins, or began before it was seen. */
  void begins(@Nullable Boolean whole) {
    notebook.begins(whole, when.at());
  }

  // --- the process

  /** Everything that ran runs no more, and nobody says how it ended. */
  void restarted(String why) {
    loseAll(why, false);
  }

  private void loseAll(String why, boolean guessed) {
    List<String> others = new ArrayList<>();
    for (String open : notebook.orchestrator().open()) {
      Issue loser = open.equals(id) ? issue : notebook.known(open);
      if (loser != null && notebook.isOfAnother(loser)) {
        others.add(open);
      } else if (loser != null) {
        Issue after = lose(open, loser, why, guessed);
        issue = open.equals(id) ? after : issue;
      }
    }
    notebook.write(notebook.orchestrator().restarted(others));
  }

  private Issue lose(String open, Issue loser, String why, boolean guessed) {
    List<Life> lost = new ArrayList<>(loser.lost());
    for (Life life : loser.lives()) {
      telling.lose(open, loser, life, why);
      lost.add(guessed ? life.lostByGuess() : life);
    }
    telling.loseClaim(open, loser, why);
    Issue after =
        loser
            .with()
            .lives(List.of())
            .lost(lost)
            .claim(Claim.UNCLAIMED)
            .announced(null)
            .past(loser.lives().isEmpty() ? loser.past() : null, null)
            .issue();
    notebook.write(open, after);
    return after;
  }

  // --- a run

  /** The issue is given to a worker. */
  void dispatched(@Nullable Integer attempt, @Nullable String pid) {
    dispatched(attempt, pid, null);
  }

  void dispatched(@Nullable Integer attempt, @Nullable String pid, @Nullable String trace) {
    if (id == null) {
      return;
    }
    Life open = issue.newest();
    if (pid != null && notebook.process(pid) != null) {
      loseAll("the orchestrator started again", open != null);
    } else if (open != null && open.failure() != null) {
      end(open, open.failure());
    } else if (open != null && !quick()) {
      loseAll("the orchestrator started again", true);
    }
    String run = id + "@" + telling.moment();
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
            .epoch(notebook.orchestrator().epoch())
            .announced(null)
            .issue();
    remember();
    if (pid != null) {
      notebook.started(pid, id, run);
    }
  }

  private boolean quick() {
    return before != null
        && when.at() != null
        && Duration.between(before, when.at()).compareTo(QUICKEST_RESTART) < 0;
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
          change(Entity.RUN, State.RUNNING, life.phase(), "StreamingTurn"),
          name() + "session started");
    }
    String turn = session == null ? null : session.turn();
    if (turn != null && !turn.equals(life.turn()) && !turn.equals(life.ended())) {
      say(scope, change(Entity.TURN, State.RUNNING, null, "session_started"), "");
    }
    becomes(life, now.inTurn(turn == null ? life.turn() : turn));
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
    becomes(life, now);
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
      becomes(life, life.failing(failure));
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

  void complete(Life life) {
    mustHaveRun(life);
    end(
        life,
        change(Entity.RUN, State.COMPLETED, life.phase(), "Succeeded")
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

  void end(Life life, Failure failure) {
    Scope scope = scope(id, life);
    if (failure.asked() != null) {
      mustHaveRun(life);
      say(scope, asked(life, failure.asked(), failure.reason(), Quality.DERIVED), name() + "asks");
    } else if (life.failure() == null && failure.isError()) {
      say(scope, error(failure), name() + failure.reason());
    }
    end(
        life,
        change(Entity.RUN, failure.state(), life.phase(), failure.word()).because(failure.reason()),
        failure.reason());
  }

  static Fact asked(Life life, WaitKind kind, @Nullable String prompt, Quality quality) {
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
        change(Entity.RUN, State.SUSPENDED, life.phase(), "Blocked").because(Brief.reason(prompt)),
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
          change(Entity.RUN, State.TIMED_OUT, life.phase(), "Stalled").because("stalled"),
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
          change(Entity.RUN, state, life.phase(), "CanceledByReconciliation")
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
    if (open != null && !issue.endedSinceDispatch() && !Backoff.isOfNoRun(error)) {
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
      notebook.write(notebook.orchestrator().delayed(millis));
    }
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
    Orchestrator orchestrator = notebook.orchestrator();
    return Backoff.broken(
        attempt,
        millis,
        issue.announced() != null ? issue.announced() : issue.pastAttempt(),
        issue.epoch() == orchestrator.epoch(),
        error == null,
        orchestrator.longestDelay());
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
    boolean highest = notebook.isHighest(session.thread(), total);
    say(
        scope(id, life, session),
        new Fact.UsageReported(session.thread(), true, total, highest, NOTHING_YET),
        "tokens of the thread: " + total.effectiveTotal());
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
    Notebook.Pid known = notebook.process(pid);
    Scope scope = known == null ? telling.scope() : telling.scope(known.issue(), known.run());
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
  @Nullable Life working(@Nullable Session session) {
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
    Orchestrator orchestrator = notebook.orchestrator();
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
          change(Entity.RUN, State.RUNNING, life.phase(), null).derived(Firmness.FIRM),
          "");
    }
  }

  void end(Life life, StateChange change, String summary) {
    say(scope(id, life), change, name() + summary);
    issue = issue.ending(life);
    remember();
  }

  void becomes(Life before, Life now) {
    if (!before.equals(now)) {
      issue = issue.replacing(before, now);
      remember();
    }
  }

  void resolveWait(WaitOutcome outcome, @Nullable String byRun) {
    String waiting = issue.waitingRun();
    if (waiting == null || id == null) {
      return;
    }
    say(
        telling.scope(id, waiting),
        new Fact.WaitResolved(null, outcome, null, byRun, Quality.DERIVED),
        name() + outcome.word());
    issue = issue.with().waitingRun(null).issue();
  }

  void claim(Scope scope, Claim claim, @Nullable String reason, Quality quality) {
    boolean again = issue.claim() == claim && claim != Claim.RETRY_QUEUED;
    if (again) {
      return; // told before, it is no change
    }
    // a restart drops every claim, whether a line says so or not
    boolean dropped = issue.epoch() != notebook.orchestrator().epoch();
    boolean seen = issue.epoch() >= 0 || issue.claim() != Claim.UNCLAIMED;
    Claim from = !seen ? null : dropped ? Claim.UNCLAIMED : issue.claim();
    say(
        scope,
        new StateChange(
            Entity.TASK,
            issue.identifier(),
            from == null ? null : from.state,
            claim.state,
            from == null ? null : from.word,
            claim.word,
            reason,
            quality,
            Firmness.FIRM),
        Brief.line(issue.identifier(), claim.word, reason));
  }

  // --- in short

  String name() {
    return id == null ? "" : issue.shown(id) + ": ";
  }

  Scope scope() {
    return telling.scope();
  }

  Scope scope(@Nullable String issueId, Life life) {
    return telling.scope(issueId, life);
  }

  Scope scope(@Nullable String issueId, Life life, @Nullable Session session) {
    return telling.scope(issueId, life, session);
  }

  Scope pastScope() {
    return telling.after(id, issue);
  }

  void say(Scope scope, Fact fact, String summary) {
    telling.say(scope, fact, summary);
  }

  void remember() {
    if (id != null) {
      notebook.write(id, issue);
    }
  }
}
