// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The next attempt of an issue has a timer.
 *
 * @param error why; null for a continuation
 */
record Retry(@Nullable Integer attempt, @Nullable Long millis, @Nullable String error) {

  /** Tells it, and what it shows of the attempt before. */
  void tell(Subject subject, Endings endings) {
    Life open = subject.issue().newest();
    if (open != null && !subject.issue().endedSinceDispatch() && !Backoff.isOfNoRun(error)) {
      end(open, endings);
    }
    Scope scope = subject.pastScope();
    Fact.RuleBroken breach = breach(subject.issue(), subject.notebook.orchestrator());
    if (breach != null) {
      subject.say(scope, breach, subject.name() + breach.message());
    }
    String reason = error == null ? null : Brief.reason(error);
    String why = error == null ? "continuation" : reason;
    subject.claim(scope, Claim.RETRY_QUEUED, why, Quality.REPORTED);
    Instant at = subject.telling.when().at();
    Instant due = at == null || millis == null ? null : at.plusMillis(millis);
    subject.say(
        scope,
        new Fact.RetryScheduled(attempt, millis, due, reason),
        Brief.line(subject.name() + "again in " + millis + " ms, attempt " + attempt, why));
    subject.becomes(subject.issue().with().claim(Claim.RETRY_QUEUED).announced(attempt).issue());
    if (error != null && millis != null) {
      subject.notebook.write(subject.notebook.orchestrator().delayed(millis));
    }
  }

  /** Some ports do not say that the worker ended, only what comes next. */
  private void end(Life open, Endings endings) {
    if (error == null) {
      endings.complete(open);
    } else if (error.startsWith("stalled")) {
      endings.stall(open);
    } else {
      endings.fail(open, Failure.of(error));
    }
  }

  private Fact.@Nullable RuleBroken breach(Issue issue, Orchestrator orchestrator) {
    if (attempt == null || millis == null || attempt < 1) {
      return null;
    }
    return Backoff.broken(
        attempt,
        millis,
        issue.announced() != null ? issue.announced() : issue.pastAttempt(),
        issue.epoch() == orchestrator.epoch(),
        error == null,
        orchestrator.longestDelay());
  }
}
