// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A retry that was scheduled, against what is documented and what came.
 *
 * @param at when it was scheduled
 * @param attempt the number of the attempt to come, in the source's words
 * @param delayMillis as announced
 * @param expectedMillis as the documented formula has it, null where none is documented
 * @param startedAt when the next attempt really began; null where none did before the retry was
 *     replaced or the task released
 * @param lateMillis after it was due, below 0: too early
 * @param ok null where nobody can say: it is still to come, or a cap that no log tells would
 *     explain the delay
 * @param note why it is not ok, or what became of it; null where there is nothing to say
 * @param error why the attempt before failed; null for a continuation
 */
public record Retry(
    Instant at,
    @Nullable Integer attempt,
    @Nullable Long delayMillis,
    @Nullable Instant dueAt,
    @Nullable Long expectedMillis,
    @Nullable Instant startedAt,
    @Nullable String startedRun,
    @Nullable Long lateMillis,
    @Nullable Boolean ok,
    @Nullable String note,
    @Nullable String error) {

  /** Whether it waits for a place to run, not for its timer. */
  boolean lacksCapacity() {
    return error != null && error.contains("no available orchestrator slots");
  }
}
