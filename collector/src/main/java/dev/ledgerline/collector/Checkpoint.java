// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.log.Position;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the collector remembered at a position of its log. Everything in it follows from the log: it
 * only saves reading all of it again, and may be deleted at any time.
 *
 * @param log which it belongs to
 * @param forgetful older ids than those of the parts were stored once
 * @param ids where the recent ids stand
 */
record Checkpoint(
    UUID log,
    Position position,
    boolean forgetful,
    List<IdJournal.Part> ids,
    List<Ledger.Account> accounts,
    List<StreamEnd> streams,
    List<Remembered> memory) {

  Checkpoint with(List<IdJournal.Part> ids, boolean forgetful) {
    return new Checkpoint(log, position, forgetful, ids, accounts, streams, memory);
  }

  /** Where a stream of a lane ended. */
  record StreamEnd(String lane, String stream, long next, @Nullable String dialect) {}

  /** What a dialect remembers. */
  record Remembered(String lane, DialectMemory.Key key, Record value) {}
}
