// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static dev.ledgerline.collector.dialect.symphony.Telling.change;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What an orchestrator leaves unsaid and other words of it show: that a run began, that it ended,
 * that another attempt is to come. Part of the story of one record.
 */
final class Untold {
  private final Story story;
  private final Subject subject;
  private final Endings endings;

  Untold(Story story) {
    this.story = story;
    this.subject = story.subject;
    this.endings = story.endings;
  }

  /**
   * Something of the run with that trace. Where the orchestrator does not tell that it tries again,
   * another trace, or work where no run is open, shows it.
   *
   * @param begins whether such a record can be the first of a run
   */
  void inTrace(@Nullable String trace, boolean begins) {
    Life open = subject.issue().newest();
    if (open != null && open.trace() == null && trace != null) {
      subject.becomes(open, open.traced(trace));
      return;
    }
    boolean another =
        open != null && trace != null && open.trace() != null && !trace.equals(open.trace());
    if (another) {
      endUntold(open);
    }
    if (begins && (open == null || another)) {
      story.dispatched(null, null, trace);
    }
  }

  /**
   * A session of a source that tells sessions and nothing of runs: its thread is the run. Another
   * thread of the issue shows that the one before has ended.
   */
  void joins(Session session) {
    String id = subject.id();
    if (id == null || Issue.find(subject.issue().lives(), session.thread()) != null) {
      return;
    }
    String run = id + "@" + session.thread();
    if (run.equals(subject.issue().past())) {
      return; // a late word of a run that has ended
    }
    subject.resolveWait(WaitOutcome.SUPERSEDED, run);
    Issue ended = subject.issue();
    for (Life life : ended.lives()) {
      subject.telling.lose(id, ended, life, "another session of the issue began");
      ended = ended.ending(life);
    }
    Life life = Life.begun(run, null, null).onThread(session.thread());
    subject.claim(subject.scope(life), Claim.RUNNING, null, Quality.DERIVED);
    subject.becomes(ended.opening(life).with().claim(Claim.RUNNING).issue());
  }

  /** An agent process of the issue ended before it had a session. */
  void neverStarted(String process, Failure failure) {
    String id = subject.id();
    if (id == null) {
      return;
    }
    Life life = Life.begun(id + "@" + process, null, null);
    subject.becomes(subject.issue().opening(life));
    endings.fail(life, failure);
  }

  /** The agent wants something, and its run goes on once it has got it. */
  void asks(@Nullable Session session, WaitKind kind, @Nullable String prompt) {
    Life life = story.workers.working(session);
    if (life != null && subject.issue().waitingRun() == null) {
      subject.say(
          subject.scope(life, session),
          Endings.asked(life, kind, prompt, Quality.REPORTED),
          Brief.line(subject.name() + "asks", prompt));
      subject.becomes(subject.issue().with().waitingRun(life.run()).issue());
    }
  }

  /** A run ended, and no record says so: after a turn by itself, within one it was stopped. */
  void endUntold(@Nullable Life life) {
    if (life == null) {
      return;
    }
    if (life.failure() != null) {
      endings.fail(life, life.failure());
    } else if (life.resting()) {
      endings.complete(life);
      queuedAgain("continuation");
    } else {
      endings.stop(life, State.CANCELED, "stopped");
      subject.release("stopped");
    }
  }

  /** The workspace of the issue is taken away: whatever ran in it has ended. */
  void cleaned() {
    for (Life life : subject.issue().lives()) {
      if (life.resting()) {
        endings.complete(life);
      } else {
        endUntold(life);
      }
    }
    subject.release("workspace removed");
  }

  /** Nothing is left to do unless another turn comes. */
  void rests() {
    Life life = subject.issue().newest();
    if (life != null && life.resting()) {
      subject.say(
          subject.scope(life),
          change(Entity.RUN, State.COMPLETED, life.phase(), "Succeeded")
              .because("its turn completed and nothing came after it")
              .derived(Firmness.SOFT),
          subject.name() + "turn completed");
    }
  }

  /** The worker has made, or opened, a thread. */
  void onThread(@Nullable Session session) {
    Life life = story.workers.working(session);
    if (life != null && session != null) {
      subject.becomes(life, life.onThread(session.thread()));
    }
  }

  /**
   * The worker ended, and the issue stays claimed for another attempt (specification 7.1). For
   * orchestrators that do not say so.
   */
  void queuedAgain(String why) {
    if (subject.id() != null
        && subject.issue().claim() == Claim.RUNNING
        && subject.issue().lives().isEmpty()) {
      subject.claim(subject.pastScope(), Claim.RETRY_QUEUED, why, Quality.DERIVED);
      subject.becomes(subject.issue().with().claim(Claim.RETRY_QUEUED).issue());
    }
  }

  /** A line of the issue that must not be taken for a sign of life of its run. */
  void lineOfIssue(@Nullable String level, String summary) {
    subject.say(subject.telling.scope().withTask(subject.id()), new Fact.LogLine(level), summary);
  }

  /** Whether the run is between two turns, so that no line of it says that it goes on. */
  boolean resting() {
    Life life = subject.issue().newest();
    return life == null || life.resting();
  }
}
