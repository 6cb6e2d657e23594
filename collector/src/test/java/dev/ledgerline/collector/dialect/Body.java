// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A body as it is posted. */
record Body(
    List<String> records, @Nullable String run, @Nullable String thread, boolean eventStream) {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  Context context(String source, int index) {
    return new Context(source, "stream " + index, null, run, thread, null, null, NOW);
  }
}
