// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static dev.ledgerline.collector.dialect.symphony.Telling.change;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import org.jspecify.annotations.Nullable;

/** The ways in which a run ends. */
final class Endings {
  private final Subject subject;

  Endings(Subject subject) {
    this.subject = subject;
  }

  /** By itself. */
  void complete(Life life) {
    mustHaveRun(life);
    end(
        life,
        change(Entity.RUN, State.COMPLETED, life.phase(), "Succeeded")
            .because("normal exit")
            .derived(Firmness.FIRM),
        "ended by itself");
  }

  /** With a failure, which is told several times; the first one counts. */
  void fail(Life life, Failure last) {
    Failure failure = life.failure() == null ? last : life.failure();
    if (failure.asked() != null) {
      mustHaveRun(life);
      subject.say(
          subject.scope(life),
          asked(life, failure.asked(), failure.reason(), Quality.DERIVED),
          subject.name() + "asks");
    } else if (life.failure() == null && failure.isError()) {
      subject.say(subject.scope(life), failure.error(), subject.name() + failure.reason());
    }
    end(
        life,
        change(Entity.RUN, failure.state(), life.phase(), failure.word()).because(failure.reason()),
        failure.reason());
  }

  /** The agent wants something. */
  static Fact asked(Life life, WaitKind kind, @Nullable String prompt, Quality quality) {
    String turn = life.turn() != null ? life.turn() : life.ended();
    return new Fact.WaitOpened(
        turn != null ? turn : kind.word(), kind, Brief.reason(prompt), true, null, quality);
  }

  /** With a question; the issue stays claimed until somebody answers it. */
  void block(Life life, @Nullable String prompt) {
    mustHaveRun(life);
    String reason = Brief.reason(prompt);
    Scope scope = subject.scope(life);
    subject.say(
        scope,
        asked(life, kind(life.failure(), prompt), prompt, Quality.REPORTED),
        Brief.line(subject.name() + "blocked", prompt));
    end(
        life,
        change(Entity.RUN, State.SUSPENDED, life.phase(), "Blocked").because(reason),
        "blocked");
    subject.claim(scope, Claim.BLOCKED, reason, Quality.REPORTED);
    subject.becomes(subject.issue().with().claim(Claim.BLOCKED).waitingRun(life.run()).issue());
  }

  private static WaitKind kind(@Nullable Failure failure, @Nullable String prompt) {
    if (failure != null && failure.asked() != null) {
      return failure.asked();
    }
    boolean approval = prompt != null && prompt.contains("approval");
    return approval ? WaitKind.APPROVAL : WaitKind.HUMAN_INPUT;
  }

  /** By the orchestrator, after it was silent for too long. */
  void stall(Life life) {
    end(
        life,
        change(Entity.RUN, State.TIMED_OUT, life.phase(), "Stalled").because("stalled"),
        "stalled");
  }

  /** By the orchestrator, whose issue it is no longer. */
  void stop(Life life, State state, String reason) {
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

  /** The log does not show every phase: what completes has been running. */
  private void mustHaveRun(Life life) {
    if (!life.streaming()) {
      subject.say(
          subject.scope(life),
          change(Entity.RUN, State.RUNNING, life.phase(), null).derived(Firmness.FIRM),
          "");
    }
  }

  private void end(Life life, StateChange change, String summary) {
    subject.say(subject.scope(life), change, subject.name() + summary);
    subject.becomes(subject.issue().ending(life));
  }
}
