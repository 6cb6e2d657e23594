// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.List;

/**
 * A run with its intervals, as of one moment.
 *
 * @param run its state as it is shown, so that a silent run is lost
 * @param states changes of the run's own state, in the order of the source
 * @param newestAt when its newest event happened
 */
public record History(
    RunSummary run, List<Step> steps, List<Wait> waits, List<Transition> states, Instant newestAt) {

  public static History of(RunSummary shown, RunFold fold) {
    return new History(
        shown,
        fold.steps(),
        fold.waits(),
        fold.transitions().stream().filter(change -> change.entity() == Entity.RUN).toList(),
        fold.newestAt());
  }

  /**
   * How far the run is accounted for: to its end; where it goes on, to the newest that is known of
   * it, and where it waits, to {@code now}, since nothing else can have happened. A lost run ends
   * with what was known last.
   */
  public Instant until(Instant now) {
    Instant ended = run.endedAt();
    if (ended != null) {
      return ended;
    }
    Instant last = later(run.startedAt(), newestAt);
    for (Step step : steps) {
      last = step.endedAt() == null ? last : later(last, step.endedAt());
    }
    for (Wait wait : waits) {
      last = wait.resolvedAt() == null ? last : later(last, wait.resolvedAt());
    }
    return run.openWaits() > 0 && !run.state().terminal() ? later(last, now) : last;
  }

  /** Whether a step still goes on, as opposed to one of which nobody told the end. */
  static boolean goesOn(Step step) {
    return step.endedAt() == null
        && (step.state() == State.RUNNING || step.state() == State.WAITING);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
