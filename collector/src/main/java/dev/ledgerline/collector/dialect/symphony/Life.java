// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of an issue that has not ended.
 *
 * @param attempt as its dispatch said; null for none
 * @param dispatchedAt null where its dispatch was not seen, or told no time
 * @param trace its OpenTelemetry trace, where the orchestrator tells one for each run
 * @param thread of its sessions; null before the first
 * @param turn that is open
 * @param ended the turn that ended last
 * @param streaming whether a session has started
 * @param failure what went wrong; the run ends when its task does
 * @param guessed it was taken for lost only because its issue was dispatched again
 */
record Life(
    String run,
    @Nullable Integer attempt,
    @Nullable Instant dispatchedAt,
    @Nullable String trace,
    @Nullable String thread,
    @Nullable String turn,
    @Nullable String ended,
    boolean streaming,
    @Nullable Failure failure,
    boolean guessed) {

  static Life begun(String run, @Nullable Integer attempt, @Nullable Instant dispatchedAt) {
    return new Life(run, attempt, dispatchedAt, null, null, null, null, false, null, false);
  }

  Life traced(@Nullable String trace) {
    return new Life(
        run, attempt, dispatchedAt, trace, thread, turn, ended, streaming, failure, guessed);
  }

  Life onThread(String thread) {
    return this.thread != null
        ? this
        : new Life(
            run, attempt, dispatchedAt, trace, thread, turn, ended, streaming, failure, guessed);
  }

  Life inTurn(@Nullable String turn) {
    return new Life(run, attempt, dispatchedAt, trace, thread, turn, ended, true, failure, guessed);
  }

  Life afterTurn(@Nullable String turn) {
    return new Life(run, attempt, dispatchedAt, trace, thread, null, turn, true, failure, guessed);
  }

  Life failing(Failure failure) {
    return new Life(
        run, attempt, dispatchedAt, trace, thread, turn, ended, streaming, failure, guessed);
  }

  Life lostByGuess() {
    return new Life(
        run, attempt, dispatchedAt, trace, thread, turn, ended, streaming, failure, true);
  }

  /** Whether a turn has ended and no other has begun. */
  boolean resting() {
    return streaming && turn == null && ended != null;
  }

  /**
   * Where it stands, in the words of the specification (7.2); null where its start was not seen.
   */
  @Nullable String phase() {
    return streaming ? "StreamingTurn" : dispatchedAt == null ? null : "PreparingWorkspace";
  }
}
