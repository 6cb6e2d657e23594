// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.collector.RecordReader.Reading;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.IntakeUnavailableException.Reason;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.Appended;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.LogFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes deliveries and answers once what they say is durable: read (in parallel), settled in order
 * within a lane ({@link Settlement}), put into the log, waited for. Safe for use by many threads.
 *
 * <p>After a {@link LogFailedException} the collector takes nothing more; it and its log are opened
 * again together.
 */
public final class Collector implements Intake, AutoCloseable {
  /** Larger deliveries are parsed record by record instead of all before the lock is taken. */
  private static final int READ_AHEAD_BYTES = 4 << 20;

  private static final int DISK_FULL_RETRY_SECONDS = 30;
  private static final int NOT_READY_RETRY_SECONDS = 5;

  private final EventLog log;
  private final KnownDialects dialects;
  private final Limits limits;
  private final InstantSource clock;
  private final RecordSplitter splitter;
  private final RecordReader reader;
  private final Redaction redaction;
  private final Settlement.House house;
  private final Remembrance remembrance;

  /** Shared by those who put into the log; exclusive for who takes a picture of the memory. */
  private final ReadWriteLock settling = new ReentrantReadWriteLock();

  private @Nullable Checkpoints checkpoints;

  /**
   * A collector that remembers nothing yet.
   *
   * @param dialects in the order in which they may claim a record
   */
  public Collector(
      EventLog log,
      List<Dialect> dialects,
      Limits limits,
      Redaction redaction,
      InstantSource clock) {
    this.log = log;
    this.dialects = new KnownDialects(dialects);
    this.limits = limits;
    this.clock = clock;
    this.redaction = redaction;
    this.splitter = new RecordSplitter(limits);
    this.reader = new RecordReader(limits, redaction);
    this.remembrance = new Remembrance(this.dialects, limits);
    this.house =
        new Settlement.House(
            this.dialects,
            remembrance.ids,
            new RandomIds(),
            new Decoding(new IdLength(limits.idBytes())));
  }

  /**
   * Remembers what the log says, as if there had been no restart; to be called before anything is
   * taken. From then on checkpoints are kept in that folder, which may be deleted at any time.
   */
  public void recover(Path folder) throws IOException {
    if (checkpoints != null) {
      throw new IllegalStateException("recovered already");
    }
    checkpoints = Checkpoints.recover(folder, log, remembrance, settling.writeLock(), limits);
  }

  /** Writes a last checkpoint; requests must have ended. The log stays open. */
  @Override
  public void close() {
    if (checkpoints != null) {
      checkpoints.close();
    }
  }

  /** What is remembered now, without the ids. */
  Checkpoint picture() {
    settling.writeLock().lock();
    try {
      return remembrance.picture(log.id(), log.enqueued(), List.of());
    } finally {
      settling.writeLock().unlock();
    }
  }

  public Limits limits() {
    return limits;
  }

  public Ledger ledger() {
    return remembrance.ledger;
  }

  /**
   * What would become of a delivery, with nothing stored and nothing counted.
   *
   * @throws DeliveryRefusedException there is no such dialect
   */
  public Trial trial(@Nullable String dialect, Origin origin) throws DeliveryRefusedException {
    return new Trial(dialects.all(), limits, redaction, dialect, origin, clock.instant());
  }

  /** The names of the dialects, in the order in which they may claim a record. */
  public Set<String> dialects() {
    return dialects.names();
  }

  /**
   * Takes the body of a request.
   *
   * @throws DeliveryRefusedException nothing of it was stored; what could not be delimited is
   *     counted as one rejected record and kept in quarantine
   * @throws IntakeUnavailableException nothing of it was stored; the sender should try again later
   */
  public Receipt take(Delivery delivery)
      throws DeliveryRefusedException, IntakeUnavailableException, InterruptedException {
    return take(delivery, null);
  }

  private Receipt take(Delivery delivery, @Nullable String replayed)
      throws DeliveryRefusedException, IntakeUnavailableException, InterruptedException {
    Dialect dialect = given(delivery.dialect());
    RecordSplitter.Pieces pieces;
    try {
      pieces = splitter.split(delivery.body(), delivery.length(), delivery.format());
    } catch (DeliveryRefusedException e) {
      if (e.code().status() == 400) {
        refuse(delivery.body(), delivery.length(), delivery.dialect(), delivery.origin(), e);
      }
      throw e;
    }
    return take(
        pieces.list(),
        pieces.endsStream(),
        delivery.origin(),
        dialect,
        clock.instant(),
        delivery.items(),
        replayed);
  }

  private @Nullable Dialect given(@Nullable String name) throws DeliveryRefusedException {
    if (name == null) {
      return null;
    }
    Dialect dialect = dialects.named(name);
    if (dialect == null) {
      throw new DeliveryRefusedException(
          Code.UNKNOWN_DIALECT,
          "there is no dialect of that name; there are " + String.join(", ", dialects.names()));
    }
    return dialect;
  }

  @Override
  public Receipt take(String dialect, List<byte[]> records, Context context)
      throws IntakeUnavailableException, InterruptedException {
    List<Piece> pieces = new ArrayList<>(records.size());
    for (byte[] record : records) {
      pieces.add(Piece.json(record, 0, record.length));
    }
    return takePieces(dialect, pieces, context, true);
  }

  @Override
  public Receipt takeAlike(String dialect, List<Alike> groups, Context context)
      throws IntakeUnavailableException, InterruptedException {
    return takePieces(dialect, AlikePieces.of(groups, reader), context, false);
  }

  private Receipt takePieces(String dialect, List<Piece> pieces, Context context, boolean items)
      throws IntakeUnavailableException, InterruptedException {
    Dialect known = dialects.named(dialect);
    if (known == null) {
      throw new IllegalArgumentException("there is no dialect " + dialect);
    }
    Origin origin =
        new Origin(
            context.source(),
            context.stream(),
            context.number(),
            new Entry.Headers(context.run(), context.thread(), context.agent(), context.task()));
    return take(pieces, false, origin, known, context.observedAt(), items, null);
  }

  /**
   * Delivers a record from quarantine again.
   *
   * @param repaired what to deliver instead of the record; null: as it is
   */
  public Receipt replay(Entry.Refused refused, byte @Nullable [] repaired)
      throws DeliveryRefusedException, IntakeUnavailableException, InterruptedException {
    byte[] body = repaired == null ? refused.record() : repaired;
    String source = refused.source().equals(UnknownDialect.NAME) ? null : refused.source();
    Origin origin = new Origin(source, refused.stream(), refused.number(), refused.context());
    String dialect =
        refused.dialect() != null && dialects.named(refused.dialect()) != null
            ? refused.dialect()
            : null;
    return take(
        new Delivery(body, body.length, RecordFormat.SNIFFED, dialect, origin, true), refused.id());
  }

  /**
   * Takes messages of a topic in their order. What cannot be read is kept in quarantine under the
   * stream and the number of its message.
   *
   * @return what became of them, several messages to a receipt; all of it is durable
   * @throws IntakeUnavailableException some may have been stored, and are recognised when they come
   *     again under the same stream and number
   */
  public List<Receipt> take(List<Message> messages)
      throws IntakeUnavailableException, InterruptedException {
    List<Pending> pending = new ArrayList<>();
    try {
      for (MessageGroups.Group group : MessageGroups.of(messages, splitter, limits)) {
        Message first = group.first();
        DeliveryRefusedException refused = group.refused();
        Dialect dialect = null;
        try {
          dialect = given(first.dialect());
        } catch (DeliveryRefusedException e) {
          refused = e;
        }
        if (refused != null) {
          refuse(first.value(), first.value().length, null, first.origin(), refused);
          continue;
        }
        pending.add(
            put(
                group.pieces(),
                group.endsStream(),
                group.origin(),
                dialect,
                clock.instant(),
                false,
                null));
      }
    } finally {
      for (Pending part : pending) {
        part.awaitDurable();
      }
    }
    return pending.stream().map(Pending::receipt).toList();
  }

  private Receipt take(
      List<Piece> pieces,
      boolean endsStream,
      Origin origin,
      @Nullable Dialect dialect,
      Instant observedAt,
      boolean items,
      @Nullable String replayed)
      throws IntakeUnavailableException, InterruptedException {
    Pending pending = put(pieces, endsStream, origin, dialect, observedAt, items, replayed);
    pending.awaitDurable();
    return pending.receipt();
  }

  /**
   * What has been put into the log and is not durable yet.
   *
   * @param appended null where nothing had to be put there
   */
  private record Pending(
      Receipt receipt, @Nullable Appended appended, Map<Ledger.Book, Ledger.Tally> booked) {
    void awaitDurable() throws InterruptedException {
      if (appended != null) {
        Collector.awaitDurable(appended);
        booked.forEach(Ledger.Book::settle);
      }
    }
  }

  private Pending put(
      List<Piece> pieces,
      boolean endsStream,
      Origin origin,
      @Nullable Dialect dialect,
      Instant observedAt,
      boolean items,
      @Nullable String replayed)
      throws IntakeUnavailableException, InterruptedException {
    if (origin.source() != null) {
      remembrance.ledger.book(origin.source()); // a source too many must not get a lane either
    }
    List<Reading> readings =
        dialect != null && !dialect.remembers() && origin.stream() == null
            ? decodeAhead(pieces, origin, dialect, observedAt)
            : readAhead(pieces);
    Lane lane = remembrance.lanes.of(origin.source());
    Settlement settlement;
    Appended appended;
    Map<Ledger.Book, Ledger.Tally> booked;
    lane.lock.lockInterruptibly();
    settling.readLock().lock();
    try {
      settlement = new Settlement(house, lane, origin, dialect, observedAt, items, pieces.size());
      for (int i = 0; i < pieces.size(); i++) {
        settlement.add(readings.isEmpty() ? reader.read(pieces.get(i)) : readings.get(i));
      }
      if (endsStream) {
        settlement.endStream();
      }
      List<byte[]> entries = settlement.entries(replayed);
      booked = book(settlement.tallies());
      if (entries.isEmpty()) {
        return new Pending(settlement.receipt(log.end(), log.end()), null, Map.of());
      }
      appended = enqueue(entries, booked);
      settlement.commit();
    } finally {
      settling.readLock().unlock();
      lane.lock.unlock();
    }
    return new Pending(settlement.receipt(appended.first(), appended.last()), appended, booked);
  }

  /**
   * Read, decoded and encoded before the lane is taken, one after the other: what it is made from
   * is still in the processor's cache, and no more than one tree is in memory.
   */
  private List<Reading> decodeAhead(
      List<Piece> pieces, Origin origin, Dialect dialect, Instant observedAt) {
    String source = origin.source() == null ? dialect.name() : origin.source();
    Interpreter interpreter = new Interpreter(dialects, origin, observedAt);
    Context context = interpreter.context(source, null);
    List<Reading> readings = new ArrayList<>(pieces.size());
    for (Piece piece : pieces) {
      Reading reading = reader.read(piece);
      if (reading.rejection() != null) {
        readings.add(reading);
        continue;
      }
      Decoded decoded = house.decoding().decode(reading.record(), dialect, context);
      RecordReader.Ahead ahead = null;
      if (decoded instanceof Decoded.Drafts drafts && drafts.identity() != null) {
        EventId id = EventId.named(source, dialect.name(), drafts.identity());
        boolean forgetful = house.ids().full();
        byte[] entry =
            interpreter.entry(reading, dialect, source, null, id, drafts.drafts(), true, forgetful);
        ahead = new RecordReader.Ahead(id, entry, forgetful);
      }
      readings.add(reading.as(decoded, ahead));
    }
    return readings;
  }

  /** Read before the lane is taken, as long as the trees of all records together stay small. */
  private List<Reading> readAhead(List<Piece> pieces) {
    long bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.length();
    }
    if (bytes > READ_AHEAD_BYTES) {
      return List.of();
    }
    List<Reading> readings = new ArrayList<>(pieces.size());
    for (Piece piece : pieces) {
      readings.add(reader.read(piece));
    }
    return readings;
  }

  private Map<Ledger.Book, Ledger.Tally> book(Map<String, Ledger.Tally> tallies)
      throws IntakeUnavailableException {
    Map<Ledger.Book, Ledger.Tally> booked = new HashMap<>();
    for (Map.Entry<String, Ledger.Tally> tally : tallies.entrySet()) {
      booked.put(remembrance.ledger.book(tally.getKey()), tally.getValue());
    }
    return booked;
  }

  private Appended enqueue(List<byte[]> entries, Map<Ledger.Book, Ledger.Tally> booked)
      throws IntakeUnavailableException, InterruptedException {
    booked.forEach(Ledger.Book::begin);
    boolean enqueued = false;
    try {
      Appended appended = log.enqueue(entries);
      enqueued = true;
      return appended;
    } catch (LogFullException e) {
      throw new IntakeUnavailableException(
          Reason.DISK_FULL, "the disk is nearly full", DISK_FULL_RETRY_SECONDS);
    } catch (LogFailedException e) {
      throw new IntakeUnavailableException(
          Reason.NOT_READY, "the log cannot be written", NOT_READY_RETRY_SECONDS);
    } finally {
      if (!enqueued) {
        booked.forEach(Ledger.Book::abandon);
      }
    }
  }

  private static void awaitDurable(Appended appended) throws InterruptedException {
    try {
      appended.awaitDurable();
    } catch (LogFailedException e) {
      throw new OutcomeUnknownException(e);
    }
  }

  /** Keeps the beginning of a request that holds no record, and counts it as one. */
  public void refuse(
      byte[] body,
      int length,
      @Nullable String dialect,
      Origin origin,
      DeliveryRefusedException why)
      throws IntakeUnavailableException, InterruptedException {
    String source = origin.source();
    if (source == null) {
      source = dialect == null ? UnknownDialect.NAME : dialect;
    }
    byte[] kept = redaction.clean(body, 0, Math.min(length, Limits.REFUSED_REQUEST_BYTES));
    Entry.Refused refused =
        new Entry.Refused(
            source,
            UUID.randomUUID().toString(),
            clock.instant(),
            dialect,
            origin.stream(),
            origin.offset(),
            new Rejection(code(why), null, String.valueOf(why.getMessage())),
            origin.ids(),
            kept);
    Ledger.Tally tally = new Ledger.Tally();
    tally.rejected = 1;
    Map<Ledger.Book, Ledger.Tally> booked = book(Map.of(source, tally));
    Appended appended;
    settling.readLock().lock();
    try {
      appended = enqueue(List.of(EntryCodec.encode(refused)), booked);
    } finally {
      settling.readLock().unlock();
    }
    awaitDurable(appended);
    booked.forEach(Ledger.Book::settle);
  }

  private static Rejection.Code code(DeliveryRefusedException why) {
    return switch (why.code()) {
      case INVALID_ENCODING -> Rejection.Code.INVALID_ENCODING;
      case TRUNCATED -> Rejection.Code.TRUNCATED;
      case INVALID_JSON -> Rejection.Code.INVALID_JSON;
      case TOO_LARGE -> Rejection.Code.TOO_LARGE;
      default -> Rejection.Code.INVALID_FIELD;
    };
  }
}
