// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.log.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a delivery and what it is part of.
 *
 * @param source as named by the sender or by its key; null: the dialect of each record
 * @param stream null without one
 * @param offset number of the first record in its stream; null: where the stream ended
 */
public record Origin(
    @Nullable String source, @Nullable String stream, @Nullable Long offset, Entry.Headers ids) {

  /** Nothing was said. */
  public static final Origin UNTOLD = new Origin(null, null, null, Entry.Headers.NONE);
}
