// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An interval in which a run could not go on, and for what.
 *
 * @param outcome null while it is open
 * @param resolvedRun the later run that answered, null where it was this one
 */
public record Wait(
    String id,
    WaitKind kind,
    @Nullable String agent,
    @Nullable String prompt,
    Instant openedAt,
    @Nullable Instant resolvedAt,
    @Nullable WaitOutcome outcome,
    @Nullable String resolvedBy,
    @Nullable String resolvedRun,
    long openedSeq,
    @Nullable Long resolvedSeq,
    Quality quality) {

  public boolean open() {
    return outcome == null;
  }

  /** The same, answered by a run under that id. */
  public Wait answeredBy(String run) {
    return new Wait(
        id,
        kind,
        agent,
        prompt,
        openedAt,
        resolvedAt,
        outcome,
        resolvedBy,
        run,
        openedSeq,
        resolvedSeq,
        quality);
  }

  /** The same, over at that time, and nothing says how. */
  Wait ended(Instant at) {
    return new Wait(
        id,
        kind,
        agent,
        prompt,
        openedAt,
        at.isBefore(openedAt) ? openedAt : at,
        WaitOutcome.UNKNOWN,
        null,
        null,
        openedSeq,
        null,
        quality);
  }
}
