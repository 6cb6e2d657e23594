// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that the collector remembers, and how it follows from the log: recent ids, ends of streams,
 * what dialects remember, the sums of the ledger. Reading the log again gives the same, with one
 * exception: a duplicate with an id of its own leaves no trace of its place in a stream.
 */
final class Remembrance {
  private static final Logger log = LoggerFactory.getLogger(Remembrance.class);

  /**
   * Without a checkpoint the dialects are run over so many of the newest entries only: parsing
   * costs ten times what reading does, and what they remember is of runs that are still going on.
   */
  private static final long REMEMBERED_ENTRIES = 200_000;

  final KnownDialects dialects;
  final RecentIds ids;
  final Lanes lanes;
  final Ledger ledger;
  private final RecordReader reader;

  Remembrance(KnownDialects dialects, Limits limits) {
    this.dialects = dialects;
    this.ids = new RecentIds(limits.recentIds());
    this.lanes = new Lanes(limits, dialects.names());
    this.ledger = new Ledger(limits.sources());
    this.reader = new RecordReader(limits, Redaction.off());
  }

  /**
   * Takes over what a checkpoint says and reads the log from there; all of it without one.
   *
   * @param journal where the ids of the checkpoint are read
   */
  void recover(EventLog log, @Nullable Checkpoint checkpoint, IdJournal journal)
      throws IOException {
    Position from = log.start();
    long remembered = log.end().number() - REMEMBERED_ENTRIES;
    if (checkpoint != null) {
      journal.load(checkpoint.ids(), ids::add);
      ids.drained();
      restore(checkpoint);
      from = checkpoint.position();
      remembered = from.number();
    }
    if (from.compareTo(Position.START) > 0 && checkpoint == null) {
      ids.forgetful();
    }
    try (EventLog.Cursor cursor = log.read(from)) {
      for (EventLog.LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        apply(entry.bytes(), entry.position().number() > remembered);
      }
    }
  }

  private void restore(Checkpoint checkpoint) {
    if (checkpoint.forgetful()) {
      ids.forgetful();
    }
    for (Ledger.Account account : checkpoint.accounts()) {
      ledger
          .restored(account.source())
          .add(account.stored(), account.duplicates(), account.rejected());
    }
    for (Checkpoint.StreamEnd end : checkpoint.streams()) {
      lane(end.lane()).streams.advance(end.stream(), end.next(), end.dialect());
    }
    for (Checkpoint.Remembered remembered : checkpoint.memory()) {
      lane(remembered.lane()).memory.put(remembered.key(), remembered.value());
    }
  }

  /** A picture of everything but the ids; nothing may change meanwhile. */
  Checkpoint picture(UUID log, Position position, List<IdJournal.Part> parts) {
    List<Checkpoint.StreamEnd> streams = new ArrayList<>();
    List<Checkpoint.Remembered> memory = new ArrayList<>();
    for (Lane lane : lanes.all()) {
      lane.streams.forEach(
          (stream, end) ->
              streams.add(new Checkpoint.StreamEnd(lane.name, stream, end.next(), end.dialect())));
      lane.memory.forEach(
          (key, value) -> memory.add(new Checkpoint.Remembered(lane.name, key, value)));
    }
    return new Checkpoint(log, position, ids.full(), parts, ledger.enqueued(), streams, memory);
  }

  private Lane lane(String name) {
    return lanes.of(name.equals(Lane.SHARED) ? null : name);
  }

  private void apply(byte[] bytes, boolean remember) throws IOException {
    switch (EntryCodec.decodeHeader(bytes)) {
      case Entry.Recorded entry -> {
        ledger.restored(entry.source()).add(1, 0, 0);
        if (!RandomIds.isRandom(entry.id())) {
          ids.add(entry.id(), entry.contentHash());
        }
        Lane lane = lanes.of(entry.source());
        Dialect dialect = dialects.named(entry.dialect());
        if (entry.stream() != null && entry.number() != null) {
          lane.streams.advance(
              entry.stream(), entry.number() + 1, dialect == null ? null : dialect.name());
        }
        if (remember && dialect != null && dialect.remembers()) {
          decode(dialect, lane, (Entry.Recorded) EntryCodec.decode(bytes));
        }
      }
      case Entry.Concluded header -> {
        Entry.Concluded entry = (Entry.Concluded) EntryCodec.decode(bytes);
        if (!entry.events().isEmpty()) {
          ids.add(entry.events().getFirst().id(), 0);
        }
        Dialect dialect = dialects.named(entry.dialect());
        if (remember && dialect != null) {
          conclude(dialect, lanes.of(entry.source()), entry);
        }
      }
      case Entry.Refused entry -> {
        ledger.restored(entry.source()).add(0, 0, 1);
        boolean counts = entry.rejection().code() != Rejection.Code.TRUNCATED;
        if (entry.stream() != null && entry.number() != null && counts) {
          lanes
              .of(entry.source())
              .streams
              .advance(entry.stream(), entry.number() + 1, entry.dialect());
        }
      }
      case Entry.Repeated entry -> ledger.restored(entry.source()).add(0, entry.records(), 0);
      case Entry.Replayed entry -> {}
    }
  }

  private void decode(Dialect dialect, Lane lane, Entry.Recorded entry) {
    Context context =
        context(
            entry.source(), entry.stream(), entry.number(), entry.context(), entry.observedAt());
    DialectMemory.Changes changes = lane.memory.changes();
    try {
      dialect.decode(
          reader.again(entry.original()), context, changes.view(entry.source(), dialect.name()));
      changes.keepRecord();
      changes.commit();
    } catch (RuntimeException e) {
      log.error("dialect {} failed on a record that it had read before", dialect.name(), e);
    }
  }

  private static void conclude(Dialect dialect, Lane lane, Entry.Concluded entry) {
    Long next = entry.stream() == null ? null : (Long) lane.streams.end(entry.stream()).next();
    Context context =
        context(entry.source(), entry.stream(), next, entry.context(), entry.observedAt());
    DialectMemory.Changes changes = lane.memory.changes();
    dialect.endOfStream(context, changes.view(entry.source(), dialect.name()));
    changes.keepRecord();
    changes.commit();
  }

  private static Context context(
      String source,
      @Nullable String stream,
      @Nullable Long number,
      Entry.Headers ids,
      Instant observedAt) {
    return new Context(
        source, stream, number, ids.run(), ids.thread(), ids.agent(), ids.task(), observedAt);
  }
}
