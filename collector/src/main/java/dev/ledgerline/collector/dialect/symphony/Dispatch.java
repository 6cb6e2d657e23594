// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import static dev.ledgerline.collector.dialect.symphony.Telling.change;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.symphony.Issue.Claim;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An issue is given to a worker: a run begins, and what was open before it is accounted for. */
final class Dispatch {
  /**
   * A dispatch of an issue whose run is open means that the orchestrator has started again, which
   * takes it longer than that; in less it has dispatched twice.
   */
  private static final Duration QUICKEST_RESTART = Duration.ofSeconds(2);

  private final Subject subject;
  private final Endings endings;
  private final @Nullable Instant before;

  /**
   * @param before time of the record before, null for the first
   */
  Dispatch(Subject subject, Endings endings, @Nullable Instant before) {
    this.subject = subject;
    this.endings = endings;
    this.before = before;
  }

  /**
   * Begins a run.
   *
   * @param pid of the worker, by which a later line may name it
   */
  void begin(@Nullable Integer attempt, @Nullable String pid, @Nullable String trace) {
    String id = subject.id();
    if (id == null) {
      return;
    }
    settle(pid);
    String run = id + "@" + subject.telling.moment();
    Life life = Life.begun(run, attempt, subject.telling.when().at()).traced(trace);
    Scope scope = subject.scope(life);
    String waiting = subject.issue().waitingRun();
    subject.say(
        waiting == null ? scope : scope.withContinuesRun(waiting),
        change(Entity.RUN, State.STARTING, null, "PreparingWorkspace"),
        Brief.line(
            subject.issue().identifier(),
            "dispatched",
            attempt == null ? null : "attempt " + attempt));
    subject.claim(scope, Claim.RUNNING, null, Quality.REPORTED);
    subject.resolveWait(WaitOutcome.SUPERSEDED, run);
    Life still = subject.issue().newest();
    if (still != null) {
      subject.say(scope, Breach.secondDispatch(still.run()), "dispatched while it was running");
    }
    subject.becomes(
        subject
            .issue()
            .opening(life)
            .with()
            .claim(Claim.RUNNING)
            .epoch(subject.notebook.orchestrator().epoch())
            .announced(null)
            .issue());
    if (pid != null) {
      subject.notebook.started(pid, id, run);
    }
  }

  /** A run that is still open has ended, or was lost, unless this is a second dispatch. */
  private void settle(@Nullable String pid) {
    Life open = subject.issue().newest();
    if (pid != null && subject.notebook.process(pid) != null) {
      restarted(open != null);
    } else if (open != null && open.failure() != null) {
      endings.fail(open, open.failure());
    } else if (open != null && !quick()) {
      restarted(true);
    }
  }

  private void restarted(boolean guessed) {
    new Restart(subject, "the orchestrator started again", guessed).loseAll();
  }

  private boolean quick() {
    Instant at = subject.telling.when().at();
    return before != null
        && at != null
        && Duration.between(before, at).compareTo(QUICKEST_RESTART) < 0;
  }
}
