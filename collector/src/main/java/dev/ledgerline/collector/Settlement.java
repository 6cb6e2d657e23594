// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.RecordReader.Reading;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of the records of one request, in order: stored, known, or refused. Holds
 * all that would change, and changes nothing until {@link #commit}. Used under the lock of its lane
 * by one thread.
 */
final class Settlement {
  /** What all requests have in common. */
  record House(KnownDialects dialects, RecentIds ids, RandomIds random, Decoding decoding) {}

  private final House house;
  private final Lane lane;
  private final Origin origin;
  private final @Nullable Dialect given;
  private final Instant observedAt;
  private final boolean wantsItems;

  private final DialectMemory.Changes memory;
  private final Map<EventId, Long> newIds;
  private final List<byte[]> entries;
  private final Map<String, Ledger.Tally> tallies = new LinkedHashMap<>();
  private final Set<Dialect> spoken = new LinkedHashSet<>();
  private final List<Receipt.ItemError> errors = new ArrayList<>();
  private final List<Receipt.Item> items = new ArrayList<>();

  /** Indexes into {@link #items} of what is stored, beside the index of its entry. */
  private final List<int[]> storedItems = new ArrayList<>();

  private final Interpreter interpreter;
  private long next;
  private @Nullable String streamDialect;
  private @Nullable EventId lastId;
  private int index;

  /**
   * @param expected about so many records
   */
  Settlement(
      House house,
      Lane lane,
      Origin origin,
      @Nullable Dialect given,
      Instant observedAt,
      boolean wantsItems,
      int expected) {
    this.newIds = HashMap.newHashMap(expected);
    this.entries = new ArrayList<>(expected);
    this.house = house;
    this.lane = lane;
    this.origin = origin;
    this.given = given;
    this.observedAt = observedAt;
    this.wantsItems = wantsItems;
    this.memory = lane.memory.changes();
    this.interpreter = new Interpreter(house.dialects(), origin, observedAt);
    if (origin.stream() != null) {
      Streams.End end = lane.streams.end(origin.stream());
      this.next = origin.offset() == null ? end.next() : origin.offset();
      this.streamDialect = end.dialect();
    }
  }

  void add(Reading reading) {
    RawRecord record = reading.record();
    Long number = origin.stream() == null ? null : (Long) next;
    Rejection unread = reading.rejection();
    // a record that was cut off will come whole, under the same number
    if (unread == null || unread.code() != Rejection.Code.TRUNCATED) {
      next++;
    }
    if (unread != null) {
      reject(given, number, unread, record);
    } else {
      Dialect dialect = given == null ? interpreter.detect(record, streamDialect) : given;
      settle(reading, dialect, number);
    }
    memory.dropRecord(); // what was stored has been kept
    index++;
  }

  private void settle(Reading reading, Dialect dialect, @Nullable Long number) {
    RawRecord record = reading.record();
    String source = origin.source() == null ? dialect.name() : origin.source();
    long hash = reading.hash();
    RecordReader.Ahead ahead = reading.ahead();
    if (ahead != null && ahead.forgetful() == house.ids.full()) {
      if (!repeats(ahead.id(), hash, source, dialect, number, record)) {
        store(ahead.entry(), dialect, source, ahead.id(), hash, true);
      }
      return;
    }
    EventId byNumber =
        number == null || origin.stream() == null
            ? null
            : EventId.named("stream", lane.name, origin.stream(), number.toString());
    // known by its number, it need not be read: the dialect has done that before
    if (byNumber != null && repeats(byNumber, hash, source, dialect, number, record)) {
      return;
    }
    Decoded decoded = reading.decoded();
    if (decoded == null) {
      Context context = interpreter.context(source, number);
      Memory view = memory.view(source, dialect.name());
      decoded = house.decoding.decode(record, dialect, context, view);
    }
    switch (decoded) {
      case Decoded.Rejected rejected -> reject(dialect, number, rejected.rejection(), record);
      case Decoded.Drafts drafts -> {
        String own = drafts.identity();
        EventId id =
            own != null
                ? EventId.named(source, dialect.name(), own)
                : byNumber != null ? byNumber : house.random.next();
        if (own != null && repeats(id, hash, source, dialect, number, record)) {
          return;
        }
        boolean recognisable = own != null || byNumber != null;
        byte[] entry =
            interpreter.entry(
                reading,
                dialect,
                source,
                number,
                id,
                drafts.drafts(),
                recognisable,
                house.ids.full());
        store(entry, dialect, source, id, hash, recognisable);
      }
    }
  }

  /** Whether the id is known; if so, the record has been dealt with. */
  private boolean repeats(
      EventId id,
      long hash,
      String source,
      Dialect dialect,
      @Nullable Long number,
      RawRecord record) {
    Long mine = newIds.get(id);
    RecentIds.Decision decision =
        mine == null
            ? house.ids.decide(id, hash)
            : mine == hash ? RecentIds.Decision.DUPLICATE : RecentIds.Decision.CONFLICT;
    switch (decision) {
      case NEW -> {
        return false;
      }
      case DUPLICATE -> {
        tally(source).duplicates++;
        lastId = id;
        spoken.add(dialect);
        item(id, Receipt.Status.DUPLICATE);
      }
      case CONFLICT -> reject(dialect, number, conflict(), record);
    }
    return true;
  }

  static Rejection conflict() {
    return new Rejection(
        Rejection.Code.CONFLICT,
        null,
        "another record is stored under the same identity; the first one stands");
  }

  private void store(
      byte[] entry, Dialect dialect, String source, EventId id, long hash, boolean recognisable) {
    entries.add(entry);
    if (recognisable) {
      newIds.put(id, hash);
    }
    memory.keepRecord();
    lastId = id;
    spoken.add(dialect);
    if (!house.dialects.isUnknown(dialect)) {
      streamDialect = dialect.name();
    }
    tally(source).stored++;
    if (wantsItems) {
      storedItems.add(new int[] {items.size(), entries.size() - 1});
      item(id, Receipt.Status.STORED);
    }
  }

  private void reject(
      @Nullable Dialect dialect, @Nullable Long number, Rejection rejection, RawRecord record) {
    String known = dialect == null || house.dialects.isUnknown(dialect) ? null : dialect.name();
    String source = origin.source();
    if (source == null) {
      source = known == null ? UnknownDialect.NAME : known;
    }
    entries.add(
        EntryCodec.encode(
            new Entry.Refused(
                source,
                UUID.randomUUID().toString(),
                observedAt,
                known,
                origin.stream(),
                number,
                rejection,
                origin.ids(),
                record.bytes())));
    tally(source).rejected++;
    if (known != null) {
      streamDialect = known;
    }
    errors.add(new Receipt.ItemError(index, rejection));
    item(null, Receipt.Status.REJECTED);
  }

  private void item(@Nullable EventId id, Receipt.Status status) {
    if (wantsItems) {
      items.add(new Receipt.Item(index, id == null ? null : id.toString(), status, null));
    }
  }

  private Ledger.Tally tally(String source) {
    return tallies.computeIfAbsent(source, s -> new Ledger.Tally());
  }

  /**
   * The body was a stream, and it has ended. What that means is identified by the last record, so
   * that sending it all again adds nothing.
   */
  void endStream() {
    EventId last = lastId;
    if (last == null) {
      return;
    }
    Long number = origin.stream() == null ? null : (Long) next;
    for (Dialect dialect : spoken) {
      String source = origin.source() == null ? dialect.name() : origin.source();
      EventId id = EventId.named("end", source, dialect.name(), last.toString());
      if (house.ids.decide(id, 0) != RecentIds.Decision.NEW) {
        continue;
      }
      List<Draft> drafts =
          dialect.endOfStream(
              interpreter.context(source, number), memory.view(source, dialect.name()));
      if (!drafts.isEmpty()) {
        List<Event> events = interpreter.events(drafts, id, source, dialect.name(), true);
        entries.add(
            EntryCodec.encode(
                new Entry.Concluded(
                    source, dialect.name(), origin.stream(), observedAt, origin.ids(), events)));
        newIds.put(id, 0L);
        memory.keepRecord();
      }
      memory.dropRecord();
    }
  }

  /** The entries of the log that say all this, in order. */
  List<byte[]> entries(@Nullable String replayed) {
    tallies.forEach(
        (source, tally) -> {
          if (tally.duplicates > 0) {
            entries.add(
                EntryCodec.encode(new Entry.Repeated(source, observedAt, tally.duplicates)));
          }
        });
    if (replayed != null) {
      String source = origin.source() == null ? UnknownDialect.NAME : origin.source();
      entries.add(EntryCodec.encode(new Entry.Replayed(source, observedAt, replayed)));
    }
    return entries;
  }

  Map<String, Ledger.Tally> tallies() {
    return tallies;
  }

  /** The entries are in the log: what they say is remembered. */
  void commit() {
    newIds.forEach(house.ids::add);
    memory.commit();
    if (origin.stream() != null) {
      lane.streams.advance(origin.stream(), next, streamDialect);
    }
  }

  /** The answer; {@code first} is the position of the first entry. */
  Receipt receipt(Position first, Position last) {
    for (int[] stored : storedItems) {
      Receipt.Item item = items.get(stored[0]);
      items.set(
          stored[0],
          new Receipt.Item(
              item.index(), item.eventId(), item.status(), first.plus(stored[1]).toString()));
    }
    int stored = 0;
    int duplicates = 0;
    int rejected = 0;
    for (Ledger.Tally tally : tallies.values()) {
      stored += tally.stored;
      duplicates += tally.duplicates;
      rejected += tally.rejected;
    }
    return new Receipt(
        stored + duplicates + rejected,
        stored,
        duplicates,
        rejected,
        last.toString(),
        List.copyOf(errors),
        List.copyOf(items));
  }
}
