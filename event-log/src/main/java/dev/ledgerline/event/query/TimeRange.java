// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * From an instant on, until before another one.
 *
 * @param from null: from ever
 * @param until null: for ever
 */
public record TimeRange(@Nullable Instant from, @Nullable Instant until) {
  public boolean contains(Instant instant) {
    return (from == null || !instant.isBefore(from)) && (until == null || instant.isBefore(until));
  }
}
