// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended, as far as what is left of it in a snapshot tells.
 *
 * @param word the specification's (7.2)
 * @param turn how the turn ended that was open then
 * @param asked what the agent wanted when it was stopped, null if nothing
 * @param known false where nothing tells how it ended
 */
record SymphonyRunEnd(
    State state,
    String word,
    State turn,
    @Nullable String reason,
    @Nullable WaitKind asked,
    boolean known) {

  private static final Set<String> GIVEN_UP = Set.of("canceled", "cancelled", "duplicate");

  /** Nobody saw it end. */
  static SymphonyRunEnd unseen(String why) {
    return new SymphonyRunEnd(State.LOST, "Lost", State.LOST, why, null, false);
  }

  /** By the error of the retry that follows; none is the continuation after a normal exit. */
  static SymphonyRunEnd of(@Nullable String error) {
    if (error == null) {
      return new SymphonyRunEnd(
          State.COMPLETED, "Succeeded", State.COMPLETED, "a continuation is scheduled", null, true);
    }
    if (error.startsWith("no available orchestrator slots")
        || error.startsWith("retry poll failed")
        || error.startsWith("failed to spawn agent")) {
      return unseen("its own retry was over before a snapshot was made");
    }
    WaitKind asked = asks(error);
    if (error.startsWith("stalled ")) {
      return new SymphonyRunEnd(State.TIMED_OUT, "Stalled", State.LOST, error, null, true);
    }
    if (error.contains("turn_timeout")) {
      return new SymphonyRunEnd(State.TIMED_OUT, "TimedOut", State.TIMED_OUT, error, null, true);
    }
    if (error.contains("turn_cancelled")) {
      return new SymphonyRunEnd(
          State.CANCELED, "turn_cancelled", State.CANCELED, error, null, true);
    }
    return new SymphonyRunEnd(State.FAILED, "Failed", State.FAILED, error, asked, true);
  }

  /**
   * The issue is in no list any more: its state in the tracker may tell why. An agent that moves
   * its own issue is stopped in the middle of a turn.
   */
  static SymphonyRunEnd byTracker(@Nullable String trackerState, TrackerStates states) {
    String state = trackerState == null ? "" : trackerState.toLowerCase(Locale.ROOT);
    String reason = "tracker_state:" + trackerState;
    if (states.meanDone(state)) {
      return new SymphonyRunEnd(State.COMPLETED, "Succeeded", State.LOST, reason, null, true);
    }
    if (GIVEN_UP.contains(state)) {
      return new SymphonyRunEnd(
          State.CANCELED, "CanceledByReconciliation", State.LOST, reason, null, true);
    }
    return unseen("in no list any more; a snapshot does not say how it ended");
  }

  /** What an error says that the agent wanted of a person; null if nothing. */
  static @Nullable WaitKind asks(String error) {
    if (error.contains("approval_required") || error.contains("requestApproval")) {
      return WaitKind.APPROVAL;
    }
    boolean input =
        error.contains("input_required")
            || error.contains("requestUserInput")
            || error.contains("elicitation")
            || error.contains("requires operator input");
    return input ? WaitKind.HUMAN_INPUT : null;
  }

  /** Of the turn that was open: the words of its events (10.4). */
  String turnWord() {
    return switch (turn) {
      case COMPLETED -> "Completed";
      case TIMED_OUT -> "TimedOut";
      case CANCELED -> "Cancelled";
      case FAILED -> "Failed";
      default -> "Lost";
    };
  }
}
