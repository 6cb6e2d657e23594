// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a critical path.
 *
 * @param step the step that the time went into; null where no step of the run is known to have
 * @param waitId the wait that it was, null where it was none
 */
public record Segment(
    String run, @Nullable String step, @Nullable String waitId, Instant from, Instant to) {

  public long millis() {
    return to.toEpochMilli() - from.toEpochMilli();
  }
}
