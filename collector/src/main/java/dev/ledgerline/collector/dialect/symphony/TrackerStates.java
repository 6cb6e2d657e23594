// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.State;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What it means that an issue went to a state of the tracker while an agent was at work on it. The
 * agent moves its own issue when it is done, and the orchestrator then stops it: in real use that
 * is how success ends. Which states mean success is a matter of the tracker's set-up.
 */
public final class TrackerStates {
  /** What usually means that the work is done. */
  public static final TrackerStates USUAL =
      new TrackerStates(
          Set.of(
              "Done",
              "Human Review",
              "In Review",
              "Review",
              "Merging",
              "Merged",
              "Resolved",
              "Closed",
              "Completed"));

  private final Set<String> done;

  /**
   * A table.
   *
   * @param done the states that mean success, in any case; every other means that the run was
   *     canceled
   */
  public TrackerStates(Set<String> done) {
    Set<String> lower = new HashSet<>();
    done.forEach(state -> lower.add(normal(state)));
    this.done = Set.copyOf(lower);
  }

  /** What became of a run that was stopped because its issue had that state. */
  State ofRun(String trackerState) {
    return meanDone(trackerState) ? State.COMPLETED : State.CANCELED;
  }

  /** Whether the work at an issue in that state is done. */
  public boolean meanDone(String trackerState) {
    return done.contains(normal(trackerState));
  }

  private static String normal(String state) {
    return state.strip().toLowerCase(Locale.ROOT);
  }
}
