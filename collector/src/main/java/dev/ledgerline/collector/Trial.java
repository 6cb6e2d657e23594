// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.RecordReader.Reading;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a collector would make of records, without a log: the same readers, dialects, limits and
 * identity, for one stream whose records come in order. Used by one thread.
 */
public final class Trial {
  /** What would become of a record. */
  public sealed interface Outcome {
    /**
     * It would be stored.
     *
     * @param record as it came
     */
    record Stored(String dialect, RawRecord record, List<Event> events) implements Outcome {}

    /** The same record was there before. */
    record Duplicate(String dialect) implements Outcome {}

    /**
     * It would go to quarantine.
     *
     * @param dialect null where none claimed it
     */
    record Rejected(@Nullable String dialect, Rejection rejection) implements Outcome {}
  }

  /** Where a record stands in a body, and what becomes of it. */
  public interface Sink {
    /**
     * Takes a record.
     *
     * @param line on which it begins, from 1
     */
    void take(long line, Outcome outcome);
  }

  /** Ids that are known again, some 32 bytes each; an older duplicate is not seen. */
  private static final int MOST_IDS = 1_000_000;

  private final KnownDialects dialects;
  private final RecordSplitter splitter;
  private final RecordReader reader;
  private final Decoding decoding;
  private final RecentIds ids;
  private final DialectMemory memory;
  private final Interpreter interpreter;
  private final @Nullable Dialect given;
  private final @Nullable String source;
  private @Nullable String streamDialect;
  private long number;

  /**
   * A trial that has seen nothing.
   *
   * @param dialect given by who asks; null: told from each record
   * @param origin its stream and offset do not matter
   * @throws DeliveryRefusedException there is no such dialect
   */
  public Trial(
      List<Dialect> all,
      Limits limits,
      Redaction redaction,
      @Nullable String dialect,
      Origin origin,
      Instant now)
      throws DeliveryRefusedException {
    this.dialects = new KnownDialects(all);
    this.given = dialect == null ? null : dialects.named(dialect);
    if (dialect != null && given == null) {
      throw new DeliveryRefusedException(
          DeliveryRefusedException.Code.UNKNOWN_DIALECT,
          "there is no dialect of that name; there are " + String.join(", ", dialects.names()));
    }
    this.source = origin.source();
    this.splitter = new RecordSplitter(limits);
    this.reader = new RecordReader(limits, redaction);
    this.decoding = new Decoding(new IdLength(limits.idBytes()));
    this.ids = new RecentIds(Math.min(MOST_IDS, limits.recentIds()));
    this.memory = new DialectMemory(limits::memoryPerSource);
    this.interpreter =
        new Interpreter(dialects, new Origin(source, "lint", null, origin.ids()), now);
  }

  public Set<String> dialects() {
    return dialects.names();
  }

  /**
   * Takes a whole body.
   *
   * @throws DeliveryRefusedException no record could be delimited, or there are too many
   */
  @SuppressWarnings("ReferenceEquality") // whether a piece stands in the body itself
  public void body(byte[] body, int length, RecordFormat format, Sink sink)
      throws DeliveryRefusedException {
    long line = 1;
    int at = 0;
    for (Piece piece : splitter.split(body, length, format).list()) {
      if (piece.in() == body) {
        for (; at < piece.from(); at++) {
          line += body[at] == '\n' ? 1 : 0;
        }
      }
      sink.take(line, settle(reader.read(piece)));
    }
  }

  /**
   * Takes one record.
   *
   * @param in may be used again when this returns
   * @param text a line that need not be JSON
   */
  public Outcome record(byte[] in, int from, int to, boolean text) {
    return settle(reader.read(new Piece(in, from, to, text, false, null)));
  }

  private Outcome settle(Reading reading) {
    long own = number++;
    if (reading.rejection() != null) {
      return new Outcome.Rejected(given == null ? null : given.name(), reading.rejection());
    }
    RawRecord record = reading.record();
    Dialect dialect = given == null ? interpreter.detect(record, streamDialect) : given;
    String from = source == null ? dialect.name() : source;
    DialectMemory.Changes changes = memory.changes();
    String known = dialects.isUnknown(dialect) ? null : dialect.name();
    streamDialect = known == null ? streamDialect : known;
    Decoded decoded =
        decoding.decode(
            record, dialect, interpreter.context(from, own), changes.view(from, dialect.name()));
    return switch (decoded) {
      case Decoded.Rejected rejected -> new Outcome.Rejected(known, rejected.rejection());
      case Decoded.Drafts drafts -> {
        EventId id = new EventId(own, own);
        if (drafts.identity() != null) {
          id = EventId.named(from, dialect.name(), drafts.identity());
          long hash = Bytes.hash(record.bytes());
          RecentIds.Decision decision = ids.decide(id, hash);
          if (decision == RecentIds.Decision.DUPLICATE) {
            yield new Outcome.Duplicate(dialect.name());
          }
          if (decision == RecentIds.Decision.CONFLICT) {
            yield new Outcome.Rejected(known, Settlement.conflict());
          }
          ids.add(id, hash);
        }
        changes.keepRecord();
        changes.commit();
        yield new Outcome.Stored(
            dialect.name(), record, events(drafts.drafts(), id, from, dialect.name()));
      }
    };
  }

  private List<Event> events(List<Draft> drafts, EventId id, String from, String dialect) {
    return interpreter.events(drafts, id, from, dialect, true);
  }
}
