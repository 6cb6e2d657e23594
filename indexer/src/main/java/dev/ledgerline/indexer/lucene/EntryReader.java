// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries that documents point to. Remembers the last one, since the events of one record
 * stand together. Used by one thread at a time.
 */
final class EntryReader {
  private static final byte[] NO_RECORD = {};

  private final Source source;
  private @Nullable Position last;
  private @Nullable Entry entry;

  /** Where entries are got from. */
  interface Source {
    EventLog.@Nullable LogEntry get(Position position) throws IOException;
  }

  EntryReader(EventLog log) {
    this(log::get);
  }

  EntryReader(Source source) {
    this.source = source;
  }

  /** Null where the log does not keep it any more. */
  @Nullable Entry entry(Position position) throws IOException {
    if (!position.equals(last)) {
      EventLog.LogEntry found = source.get(position);
      try {
        entry = found == null ? null : EntryCodec.decode(found.bytes());
      } catch (MalformedEntryException e) {
        throw new IOException("the log's entry " + position + " cannot be read", e);
      }
      last = position;
    }
    return entry;
  }

  /** Null where the log does not keep it any more. */
  @Nullable Event event(long ordinal) throws IOException {
    Entry found = entry(Ordinal.position(ordinal));
    List<Event> events = found == null ? List.of() : events(found);
    int n = Ordinal.event(ordinal);
    return n < events.size() ? events.get(n) : null;
  }

  static List<Event> events(Entry entry) {
    return switch (entry) {
      case Entry.Recorded recorded -> recorded.events();
      case Entry.Concluded concluded -> concluded.events();
      case Entry.Refused r -> List.of();
      case Entry.Repeated r -> List.of();
      case Entry.Replayed r -> List.of();
    };
  }

  /** The record of an entry; empty where no single record stands behind its events. */
  static byte[] original(Entry entry) {
    return entry instanceof Entry.Recorded recorded ? recorded.original() : NO_RECORD;
  }
}
