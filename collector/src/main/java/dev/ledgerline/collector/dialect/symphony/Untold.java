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

  Untold(Story story) {
    this.story = story;
  }

  /**
   * Something of the run with that trace. Where the orchestrator does not tell that it tries again,
   * another trace, or work where no run is open, shows it.
   *
   * @param begins whether such a record can be the first of a run
   */
  void inTrace(@Nullable String trace, boolean begins) {
    Life open = story.issue.newest();
    if (open != null && open.trace() == null && trace != null) {
      story.becomes(open, open.traced(trace));
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
    String id = story.id;
    if (id == null || Issue.find(story.issue.lives(), session.thread()) != null) {
      return;
    }
    String run = id + "@" + session.thread();
    if (run.equals(story.issue.past())) {
      return; // a late word of a run that has ended
    }
    if (story.issue.waitingRun() != null) {
      story.resolveWait(WaitOutcome.SUPERSEDED, run);
    }
    for (Life life : story.issue.lives()) {
      story.telling.lose(id, story.issue, life, "another session of the issue began");
      story.issue = story.issue.ending(life);
    }
    Life life = Life.begun(run, null, null).onThread(session.thread());
    story.claim(story.scope(id, life), Claim.RUNNING, null, Quality.DERIVED);
    story.issue = story.issue.opening(life).with().claim(Claim.RUNNING).issue();
    story.remember();
  }

  /** An agent process of the issue ended before it had a session. */
  void neverStarted(String process, Failure failure) {
    String id = story.id;
    if (id == null) {
      return;
    }
    Life life = Life.begun(id + "@" + process, null, null);
    story.issue = story.issue.opening(life);
    story.end(life, failure);
  }

  /** The agent wants something, and its run goes on once it has got it. */
  void asks(@Nullable Session session, WaitKind kind, @Nullable String prompt) {
    Life life = story.working(session);
    if (life != null && story.issue.waitingRun() == null) {
      story.say(
          story.scope(story.id, life, session),
          Story.asked(life, kind, prompt, Quality.REPORTED),
          Brief.line(story.name() + "asks", prompt));
      story.issue = story.issue.with().waitingRun(life.run()).issue();
      story.remember();
    }
  }

  /** A run ended, and no record says so: after a turn by itself, within one it was stopped. */
  void endUntold(@Nullable Life life) {
    if (life == null) {
      return;
    }
    if (life.failure() != null) {
      story.end(life, life.failure());
    } else if (life.resting()) {
      story.complete(life);
      queuedAgain("continuation");
    } else {
      story.end(
          life,
          change(Entity.RUN, State.CANCELED, life.phase(), "CanceledByReconciliation")
              .because("stopped")
              .derived(Firmness.FIRM),
          "stopped");
      story.released("stopped");
    }
  }

  /** The workspace of the issue is taken away: whatever ran in it has ended. */
  void cleaned() {
    for (Life life : story.issue.lives()) {
      if (life.resting()) {
        story.complete(life);
      } else {
        endUntold(life);
      }
    }
    story.released("workspace removed");
  }

  /** Nothing is left to do unless another turn comes. */
  void rests() {
    Life life = story.issue.newest();
    if (life != null && life.resting()) {
      story.say(
          story.scope(story.id, life),
          change(Entity.RUN, State.COMPLETED, life.phase(), "Succeeded")
              .because("its turn completed and nothing came after it")
              .derived(Firmness.SOFT),
          story.name() + "turn completed");
    }
  }

  /** The worker has made, or opened, a thread. */
  void onThread(@Nullable Session session) {
    Life life = story.working(session);
    if (life != null && session != null) {
      story.becomes(life, life.onThread(session.thread()));
    }
  }

  /**
   * The worker ended, and the issue stays claimed for another attempt (specification 7.1). For
   * orchestrators that do not say so.
   */
  void queuedAgain(String why) {
    if (story.id != null && story.issue.claim() == Claim.RUNNING && story.issue.lives().isEmpty()) {
      story.claim(story.pastScope(), Claim.RETRY_QUEUED, why, Quality.DERIVED);
      story.issue = story.issue.with().claim(Claim.RETRY_QUEUED).issue();
      story.remember();
    }
  }

  /** A line of the issue that must not be taken for a sign of life of its run. */
  void lineOfIssue(@Nullable String level, String summary) {
    story.say(story.scope().withTask(story.id), new Fact.LogLine(level), summary);
  }

  /** Whether the run is between two turns, so that no line of it says that it goes on. */
  boolean resting() {
    Life life = story.issue.newest();
    return life == null || life.resting();
  }
}
