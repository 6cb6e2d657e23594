// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.BadCursorException;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.indexer.StoredEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page of things with records. It ends early where the records are large, so that a page of huge
 * ones stays small in memory.
 */
final class RecordPage {
  /** A page with more than this in its records ends there. */
  private static final long MAX_BYTES = 8L << 20;

  /** Events read in one go at first; doubled each time. */
  private static final int EVENTS_AT_FIRST = 8;

  /** The same for matches, each part of which is a search of its own. */
  private static final int HITS_AT_FIRST = 50;

  private RecordPage() {}

  /** A part of the list. */
  interface Part<T> {
    Page<T> read(int limit, @Nullable String cursor)
        throws IOException, DeadlineException, BadCursorException;
  }

  static Page<StoredEvent> ofEvents(int limit, @Nullable String cursor, Part<StoredEvent> part)
      throws IOException, DeadlineException, BadCursorException {
    return of(EVENTS_AT_FIRST, limit, cursor, part, event -> event.original().length);
  }

  static Page<Hit> ofHits(int limit, @Nullable String cursor, Part<Hit> part)
      throws IOException, DeadlineException, BadCursorException {
    return of(HITS_AT_FIRST, limit, cursor, part, hit -> hit.event().original().length);
  }

  /** Reads parts, small ones first, until the page is full in number or in bytes. */
  private static <T> Page<T> of(
      int firstChunk,
      int limit,
      @Nullable String cursor,
      Part<T> part,
      ToLongFunction<T> recordBytes)
      throws IOException, DeadlineException, BadCursorException {
    List<T> items = new ArrayList<>();
    String at = cursor;
    long bytes = 0;
    int chunk = firstChunk;
    do {
      Page<T> page = part.read(Math.min(chunk, limit - items.size()), at);
      for (T item : page.items()) {
        items.add(item);
        bytes += recordBytes.applyAsLong(item);
      }
      at = page.next();
      chunk *= 2;
    } while (at != null && items.size() < limit && bytes < MAX_BYTES);
    return new Page<>(items, at);
  }
}
