// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.LedgerLine;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;

/**
 * Both indexes at one position. Stays the same while new entries are indexed. A question
 * {@linkplain #open opens} it, looks, and {@linkplain #release releases} it.
 */
final class View {
  private final DirectoryReader events;
  private final DirectoryReader runs;
  final Position position;
  final List<LedgerLine> ledger;

  /** Takes over one reference to each reader. */
  View(DirectoryReader events, DirectoryReader runs, Position position, List<LedgerLine> ledger) {
    this.events = events;
    this.runs = runs;
    this.position = position;
    this.ledger = ledger;
  }

  DirectoryReader eventsReader() {
    return events;
  }

  DirectoryReader runsReader() {
    return runs;
  }

  /** False where its last owner has let it go already. */
  boolean open() {
    if (!events.tryIncRef()) {
      return false;
    }
    if (!runs.tryIncRef()) {
      release(events);
      return false;
    }
    return true;
  }

  void release() {
    release(events);
    release(runs);
  }

  private static void release(DirectoryReader reader) {
    try {
      reader.decRef();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A searcher of its own for each question, since the deadline is the searcher's. */
  IndexSearcher events(Instant deadline) {
    return searcher(events, deadline);
  }

  IndexSearcher runs(Instant deadline) {
    return searcher(runs, deadline);
  }

  private static IndexSearcher searcher(DirectoryReader reader, Instant deadline) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    if (!deadline.equals(Instant.MAX)) {
      searcher.setTimeout(() -> Instant.now().isAfter(deadline));
    }
    return searcher;
  }

  /** What was found may not be everything if the searcher ran out of time. */
  static void inTime(IndexSearcher searcher) throws DeadlineException {
    if (searcher.timedOut()) {
      throw new DeadlineException();
    }
  }
}
