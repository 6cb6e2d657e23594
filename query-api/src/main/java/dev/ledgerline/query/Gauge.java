// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.RunReader.LedgerLine;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads where everything stands: the ledger of each source, and how far questions are behind. */
final class Gauge {
  private final RunReader store;
  private final EventLog log;
  private final InstantSource clock;
  private final Supplier<Map<String, Long>> inFlight;
  private final String version;

  /**
   * @param inFlight records taken in and not yet decided, by source, now
   */
  Gauge(
      RunReader store,
      EventLog log,
      InstantSource clock,
      Supplier<Map<String, Long>> inFlight,
      String version) {
    this.store = store;
    this.log = log;
    this.clock = clock;
    this.inFlight = inFlight;
    this.version = version;
  }

  String version() {
    return version;
  }

  Status read() throws IOException {
    Position indexed = store.visible();
    Position durable = log.end();
    List<Status.SourceLine> sources = sources();
    return new Status(
        durable,
        indexed,
        lag(indexed, durable),
        sources,
        new Status.Sizes(log.sizeBytes(), store.sizeBytes()),
        version);
  }

  /** By name; one of which nothing is decided yet is among them. */
  private List<Status.SourceLine> sources() throws IOException {
    Map<String, Long> flying = inFlight.get();
    Map<String, Status.SourceLine> lines = new TreeMap<>();
    flying.forEach(
        (source, records) -> lines.put(source, new Status.SourceLine(source, 0, 0, 0, 0, records)));
    for (LedgerLine line : store.ledger()) {
      lines.put(
          line.source(),
          new Status.SourceLine(
              line.source(),
              line.stored(),
              line.duplicates(),
              line.rejected(),
              line.quarantined(),
              flying.getOrDefault(line.source(), 0L)));
    }
    return List.copyOf(lines.values());
  }

  private Status.Lag lag(Position indexed, Position durable) throws IOException {
    long entries = durable.number() - indexed.number();
    if (entries <= 0) {
      return Status.Lag.NONE;
    }
    Position kept = log.start().compareTo(indexed) > 0 ? log.start() : indexed;
    EventLog.LogEntry oldest = log.get(kept.plus(1));
    Instant since = oldest == null ? null : observedAt(oldest);
    long millis = since == null ? 0 : Duration.between(since, clock.instant()).toMillis();
    return new Status.Lag(entries, Math.max(0, millis));
  }

  /** Null where the entry is damaged. */
  private static @Nullable Instant observedAt(EventLog.LogEntry entry) {
    try {
      return switch (EntryCodec.decodeHeader(entry.bytes())) {
        case Entry.Recorded recorded -> recorded.observedAt();
        case Entry.Concluded concluded -> concluded.observedAt();
        case Entry.Refused refused -> refused.observedAt();
        case Entry.Repeated repeated -> repeated.observedAt();
        case Entry.Replayed replayed -> replayed.observedAt();
      };
    } catch (MalformedEntryException e) {
      return null; // the indexer passes it over and says so
    }
  }
}
