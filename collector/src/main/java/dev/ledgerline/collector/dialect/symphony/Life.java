// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of an issue that has not ended.
 *
 * @param attempt as its dispatch said; null for none
 * @param thread of its sessions; null before the first
 * @param turn that is open
 * @param streaming whether a session has started
 * @param failure what went wrong; the run ends when its task does
 * @param guessed it was taken for lost only because its issue was dispatched again
 */
record Life(
    String run,
    @Nullable Integer attempt,
    @Nullable String thread,
    @Nullable String turn,
    boolean streaming,
    @Nullable Failure failure,
    boolean guessed,
    @Nullable Instant dispatchedAt) {

  Life inSession(String thread, @Nullable String turn) {
    return new Life(
        run,
        attempt,
        this.thread == null ? thread : this.thread,
        turn,
        true,
        failure,
        guessed,
        dispatchedAt);
  }

  Life betweenTurns() {
    return new Life(run, attempt, thread, null, streaming, failure, guessed, dispatchedAt);
  }

  Life failing(Failure failure) {
    return new Life(run, attempt, thread, turn, streaming, failure, guessed, dispatchedAt);
  }

  Life lostByGuess() {
    return new Life(run, attempt, thread, turn, streaming, failure, true, dispatchedAt);
  }
}
