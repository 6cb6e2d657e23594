// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static dev.ledgerline.collector.dialect.symphony.Telling.change;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one record adds to what is known of an orchestrator and its issues: its facts, and what is
 * remembered for the next record. Used by one thread for one record.
 */
final class Story {
  /** A thread belongs to one run: before it nothing was spent. */
  private static final TokenUsage NOTHING_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  final Subject subject;
  final Workers workers;
  final Endings endings;
  private final TrackerStates trackerStates;
  private final @Nullable Instant before;

  /**
   * The story so far.
   *
   * @param before time of the record before, null for the first
   */
  Story(
      Context context,
      Memory memory,
      TrackerStates trackerStates,
      Telling.When when,
      @Nullable Instant before) {
    this.subject = new Subject(new Notebook(memory, context.stream()), new Telling(context, when));
    this.workers = new Workers(subject);
    this.endings = new Endings(subject);
    this.trackerStates = trackerStates;
    this.before = before;
  }

  /** What was told, and nothing more to come. */
  List<Draft> told() {
    return subject.telling.drafts();
  }

  /** The record speaks of an issue; {@code name} is what people call it. */
  void about(String issueId, @Nullable String name) {
    subject.about(issueId, name);
  }

  /** The record names an issue without its id; false where nobody has heard of it. */
  boolean aboutNamed(String name) {
    String named = subject.notebook.named(name);
    if (named != null) {
      about(named, name);
    }
    return named != null;
  }

  // --- the process

  /** The log begins, or began before it was seen. */
  void begins(@Nullable Boolean whole) {
    subject.notebook.begins(whole, subject.telling.when().at());
  }

  /** Everything that ran runs no more, and nobody says how it ended. */
  void restarted(String why) {
    new Restart(subject, why, false).loseAll();
  }

  // --- a run and its turns

  /** The issue is given to a worker. */
  void dispatched(@Nullable Integer attempt, @Nullable String pid) {
    dispatched(attempt, pid, null);
  }

  void dispatched(@Nullable Integer attempt, @Nullable String pid, @Nullable String trace) {
    new Dispatch(subject, endings, before).begin(attempt, pid, trace);
  }

  /** A turn begins. */
  void turnStarted(@Nullable Session session) {
    Life life = workers.working(session);
    if (life == null) {
      return;
    }
    Life now = session == null ? life : life.onThread(session.thread());
    Scope scope = subject.scope(now, session);
    if (!life.streaming()) {
      subject.say(
          scope,
          change(Entity.RUN, State.RUNNING, life.phase(), "StreamingTurn"),
          subject.name() + "session started");
    }
    String turn = session == null ? null : session.turn();
    if (turn != null && !turn.equals(life.turn()) && !turn.equals(life.ended())) {
      subject.say(scope, change(Entity.TURN, State.RUNNING, null, "session_started"), "");
    }
    subject.becomes(life, now.inTurn(turn == null ? life.turn() : turn));
  }

  /** The worker of the issue says something that changes nothing. */
  void worked(@Nullable Session session) {
    workers.working(session);
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
    Life life = workers.working(session);
    if (life != null) {
      turnEnded(life, session, change);
    }
  }

  /** Told twice, a turn ended as it was told first. */
  private Life turnEnded(Life life, @Nullable Session session, StateChange change) {
    String turn = session != null && session.turn() != null ? session.turn() : life.turn();
    Life now = session == null ? life : life.onThread(session.thread());
    if (turn != null && !turn.equals(life.ended())) {
      subject.say(subject.scope(now).withTurn(turn), change, Brief.line(change.reason()));
    }
    now = now.afterTurn(turn == null ? life.ended() : turn);
    subject.becomes(life, now);
    return now;
  }

  /** A turn ended with an error, which will end the run. */
  void turnFailed(@Nullable Session session, Failure failure) {
    Life life = workers.working(session);
    if (life != null) {
      Life now =
          turnEnded(
              life,
              session,
              change(Entity.TURN, failure.state(), null, failure.wordOfTurn())
                  .because(failure.reason()));
      failing(now, subject.scope(now, session), failure);
    }
  }

  /** The run will fail. */
  void failing(Failure failure) {
    Life life = subject.issue().newest();
    if (life != null) {
      failing(life, subject.scope(life), failure);
    }
  }

  /** A failure is told several times; the first one counts. */
  private void failing(Life life, Scope scope, Failure failure) {
    if (life.failure() == null) {
      if (failure.isError()) {
        subject.say(scope, failure.error(), subject.name() + failure.reason());
      }
      subject.becomes(life, life.failing(failure));
    }
  }

  // --- how it ends, and what comes then

  /** The worker ended by itself. */
  void completed(@Nullable Session session) {
    Life life = workers.ending(session);
    if (life != null) {
      endings.complete(life);
    }
  }

  /** The worker crashed. */
  void crashed(@Nullable Session session, Failure failure) {
    Life life = workers.ending(session);
    if (life != null) {
      endings.fail(life, failure);
    }
  }

  /** The worker ended, and the issue stays claimed until somebody answers what it asked. */
  void blocked(@Nullable Session session, @Nullable String prompt) {
    Life life = workers.ending(session);
    if (life != null) {
      endings.block(life, prompt);
    }
  }

  /** The worker was silent for too long and is stopped. */
  void stalled(@Nullable Session session) {
    Life life = workers.ending(session);
    if (life != null) {
      endings.stall(life);
    }
  }

  /**
   * The issue is no longer for this orchestrator: its worker is stopped, the claim goes away.
   *
   * @param trackerState null where the issue is not seen, or not for it, any more
   */
  void stopped(@Nullable String trackerState, String reason) {
    State state = trackerState == null ? State.CANCELED : trackerStates.ofRun(trackerState);
    for (Life life : subject.issue().lives()) {
      endings.stop(life, state, reason);
    }
    released(reason);
  }

  /** The claim goes away. */
  void released(String reason) {
    subject.release(reason);
  }

  /**
   * The next attempt has a timer.
   *
   * @param error why; null for a continuation
   */
  void retrying(@Nullable Integer attempt, @Nullable Long millis, @Nullable String error) {
    if (subject.id() != null) {
      new Retry(attempt, millis, error).tell(subject, endings);
    }
  }

  // --- what belongs to it

  /** What an agent did; where its run is not known it is a line and no more. */
  void fact(@Nullable Session session, Fact fact, String summary) {
    Life life = workers.of(session);
    if (life == null) {
      line(null, summary);
    } else {
      subject.say(subject.scope(life, session), fact, summary);
    }
  }

  /**
   * What a thread has spent in all. Only the highest reading counts: Codex counts down to nothing
   * when a context overflows.
   */
  void spent(@Nullable Session session, TokenUsage total) {
    Life life = workers.of(session);
    if (life == null || session == null) {
      return;
    }
    boolean highest = subject.notebook.isHighest(session.thread(), total);
    subject.say(
        subject.scope(life, session),
        new Fact.UsageReported(session.thread(), true, total, highest, NOTHING_YET),
        "tokens of the thread: " + total.effectiveTotal());
  }

  /** A line that changes nothing. */
  void line(@Nullable String level, String summary) {
    subject.say(subject.scope(), new Fact.LogLine(level), summary);
  }

  /** A line about the run that a process had begun. */
  void lineOf(String pid, @Nullable String level, String summary) {
    Notebook.Pid known = subject.notebook.process(pid);
    Telling telling = subject.telling;
    Scope scope = known == null ? telling.scope() : telling.scope(known.issue(), known.run());
    subject.say(scope, new Fact.LogLine(level), summary);
  }

  /** Something went wrong that is not the fault of any run. */
  void trouble(String category, String message) {
    subject.say(
        subject.telling.scope(), new Fact.ErrorReported(category, null, message, false), message);
  }

  /** The orchestrator broke a rule. */
  void broken(Fact.RuleBroken breach) {
    subject.broke(breach);
  }
}
