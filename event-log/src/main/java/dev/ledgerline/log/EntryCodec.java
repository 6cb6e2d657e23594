// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.log.ByteSource.UnknownConstantException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries in binary.
 *
 * <pre>
 *  entry      version (1 byte, 1) | tag (1 byte) | source text | observedAt time | body
 *
 *  1 Recorded   dialect text | id 16 | contentHash 8 | stream text? | number signed?
 *               | maybeOlderTwin flag | headers | events | original bytes
 *  2 Concluded  dialect text | stream text? | headers | events
 *  3 Refused    id text | dialect text? | stream text? | number signed?
 *               | code constant | pointer text? | message text | headers | record bytes
 *  4 Repeated   records number
 *  5 Replayed   quarantineId text
 *
 *  headers    run text? | thread text? | agent text? | task text?
 *  events     length of the rest number | count number | event ...
 *  event      length of the rest number | has (1 byte) | id 16 | source text | dialect text
 *             | observedAt time | nativeType text | nativeId text? | occurredAt time
 *             | timeQuality constant | order signed | flags number (bit n: constant n)
 *             | summary text | scope | fact tag number | length number | fields of the fact
 *  scope      run text? | runIdQuality constant | thread text? | task text? | turn text?
 *             | agent text? | parentRun text? | continuesRun text? | depth signed
 *             | nativeAttempt signed | trace text?
 *  has        bits of what the event has for itself; what it has not is left out
 *             1 id   2 source   4 dialect   8 observedAt        (without: as its entry)
 *             16 occurredAt   32 order   64 depth   128 nativeAttempt    (without: null)
 *
 *  number     7 bits a byte, lowest first, high bit: more follows
 *  signed     number, zigzag;  signed? a flag (one byte, 0 or 1) before it
 *  time       seconds since 1970 signed | nanoseconds number
 *  text       UTF-8 after a number: its length + 1; text? may be 0: null
 *  bytes      after a number: their length
 *  constant   number: its place in its enum;  null is 0 and all others one more in constant?
 * </pre>
 *
 * <p><b>How it may grow.</b> Constants are added at the end of their enum only. A new fact takes
 * the next tag; a known fact and an event take new fields at their end. Older readers make {@link
 * dev.ledgerline.event.Fact.UnknownFact} of facts and constants that they do not know, skip the
 * rest of a fact or event that is longer than they know, and leave out unknown flags. Any other
 * change is a new version.
 *
 * <p>A half of a surrogate pair is not UTF-8 and becomes {@code ?} in a text; the original keeps
 * what was sent.
 */
public final class EntryCodec {
  private static final int VERSION = 1;

  private static final int RECORDED = 1;
  private static final int CONCLUDED = 2;
  private static final int REFUSED = 3;
  private static final int REPEATED = 4;
  private static final int REPLAYED = 5;

  private static final int HAS_ID = 1;
  private static final int HAS_SOURCE = 2;
  private static final int HAS_DIALECT = 4;
  private static final int HAS_OBSERVED_AT = 8;
  private static final int HAS_OCCURRED_AT = 16;
  private static final int HAS_ORDER = 32;
  private static final int HAS_DEPTH = 64;
  private static final int HAS_NATIVE_ATTEMPT = 128;

  /** Bytes of an event that is no longer than usual, so that the buffer rarely grows. */
  private static final int USUAL_EVENT_BYTES = 384;

  private static final int USUAL_HEADER_BYTES = 256;

  private static final Rejection.Code[] CODES = Rejection.Code.values();
  private static final TimeQuality[] TIME_QUALITIES = TimeQuality.values();
  private static final RunIdQuality[] RUN_ID_QUALITIES = RunIdQuality.values();
  private static final Flag[] FLAGS = Flag.values();

  private EntryCodec() {}

  public static byte[] encode(Entry entry) {
    ByteSink out = new ByteSink(usualBytes(entry));
    out.raw(VERSION);
    out.raw(tag(entry));
    out.text(entry.source());
    out.instant(observedAt(entry));
    switch (entry) {
      case Entry.Recorded e -> {
        out.text(e.dialect());
        id(e.id(), out);
        out.fixed(e.contentHash());
        out.text(e.stream());
        out.optionalSigned(e.number());
        out.flag(e.maybeOlderTwin());
        headers(e.context(), out);
        events(e.events(), e.id(), e.source(), e.dialect(), e.observedAt(), out);
        return out.toByteArray(e.original());
      }
      case Entry.Concluded e -> {
        out.text(e.dialect());
        out.text(e.stream());
        headers(e.context(), out);
        events(e.events(), null, e.source(), e.dialect(), e.observedAt(), out);
      }
      case Entry.Refused e -> {
        out.text(e.id());
        out.text(e.dialect());
        out.text(e.stream());
        out.optionalSigned(e.number());
        out.constant(e.rejection().code());
        out.text(e.rejection().pointer());
        out.text(e.rejection().message());
        headers(e.context(), out);
        return out.toByteArray(e.record());
      }
      case Entry.Repeated e -> out.number(e.records());
      case Entry.Replayed e -> out.text(e.quarantineId());
    }
    return out.toByteArray();
  }

  public static Entry decode(byte[] bytes) throws MalformedEntryException {
    return decode(bytes, true);
  }

  /**
   * The entry without its events and without the bytes of its record, both empty: for counting and
   * for recent ids, at a fraction of the cost.
   */
  public static Entry decodeHeader(byte[] bytes) throws MalformedEntryException {
    return decode(bytes, false);
  }

  private static Entry decode(byte[] bytes, boolean whole) throws MalformedEntryException {
    ByteSource in = new ByteSource(bytes);
    int version = in.raw();
    if (version != VERSION) {
      throw new MalformedEntryException(
          "entry of version " + version + "; this program reads version " + VERSION);
    }
    try {
      Entry entry = decode(in, whole);
      if (in.remaining() > 0) {
        throw new MalformedEntryException(in.remaining() + " bytes too many");
      }
      return entry;
    } catch (UnknownConstantException e) {
      throw new MalformedEntryException(String.valueOf(e.getMessage()));
    }
  }

  private static Entry decode(ByteSource in, boolean whole)
      throws MalformedEntryException, UnknownConstantException {
    int tag = in.raw();
    String source = in.text();
    Instant observedAt = in.instant();
    return switch (tag) {
      case RECORDED -> recorded(in, whole, source, observedAt);
      case CONCLUDED -> concluded(in, whole, source, observedAt);
      case REFUSED -> refused(in, whole, source, observedAt);
      case REPEATED -> new Entry.Repeated(source, observedAt, in.count(Integer.MAX_VALUE));
      case REPLAYED -> new Entry.Replayed(source, observedAt, in.text());
      default -> throw new MalformedEntryException("no kind of entry has the tag " + tag);
    };
  }

  private static Entry.Recorded recorded(
      ByteSource in, boolean whole, String source, Instant observedAt)
      throws MalformedEntryException, UnknownConstantException {
    String dialect = in.text();
    EventId id = id(in);
    long contentHash = in.fixed();
    String stream = in.optionalText();
    Long number = in.optionalLong();
    boolean maybeOlderTwin = in.flag();
    Entry.Headers context = headers(in);
    List<Event> events = events(in, whole, id, source, dialect, observedAt);
    byte[] original = bytes(in, whole);
    return new Entry.Recorded(
        source,
        dialect,
        id,
        contentHash,
        stream,
        number,
        observedAt,
        maybeOlderTwin,
        context,
        original,
        events);
  }

  private static Entry.Concluded concluded(
      ByteSource in, boolean whole, String source, Instant observedAt)
      throws MalformedEntryException, UnknownConstantException {
    String dialect = in.text();
    String stream = in.optionalText();
    Entry.Headers context = headers(in);
    List<Event> events = events(in, whole, null, source, dialect, observedAt);
    return new Entry.Concluded(source, dialect, stream, observedAt, context, events);
  }

  private static Entry.Refused refused(
      ByteSource in, boolean whole, String source, Instant observedAt)
      throws MalformedEntryException, UnknownConstantException {
    String id = in.text();
    String dialect = in.optionalText();
    String stream = in.optionalText();
    Long number = in.optionalLong();
    Rejection rejection = new Rejection(in.constant(CODES), in.optionalText(), in.text());
    Entry.Headers context = headers(in);
    byte[] record = bytes(in, whole);
    return new Entry.Refused(
        source, id, observedAt, dialect, stream, number, rejection, context, record);
  }

  private static void events(
      List<Event> events,
      @Nullable EventId id,
      String source,
      String dialect,
      Instant observedAt,
      ByteSink out) {
    int block = out.startBlock();
    out.number(events.size());
    for (Event event : events) {
      int has =
          (event.id().equals(id) ? 0 : HAS_ID)
              | (event.source().equals(source) ? 0 : HAS_SOURCE)
              | (event.dialect().equals(dialect) ? 0 : HAS_DIALECT)
              | (event.observedAt().equals(observedAt) ? 0 : HAS_OBSERVED_AT);
      event(event, has, out);
    }
    out.endBlock(block);
  }

  private static List<Event> events(
      ByteSource in,
      boolean whole,
      @Nullable EventId id,
      String source,
      String dialect,
      Instant observedAt)
      throws MalformedEntryException, UnknownConstantException {
    ByteSource block = in.block();
    if (!whole) {
      return List.of();
    }
    int count = block.count(block.remaining());
    List<Event> events = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      events.add(event(block.block(), id, source, dialect, observedAt));
    }
    if (block.remaining() > 0) {
      throw new MalformedEntryException(block.remaining() + " bytes too many after the events");
    }
    return List.copyOf(events);
  }

  private static void event(Event event, int differs, ByteSink out) {
    Scope scope = event.scope();
    int has =
        differs
            | (event.occurredAt() == null ? 0 : HAS_OCCURRED_AT)
            | (event.order() == null ? 0 : HAS_ORDER)
            | (scope.depth() == null ? 0 : HAS_DEPTH)
            | (scope.nativeAttempt() == null ? 0 : HAS_NATIVE_ATTEMPT);
    int block = out.startBlock();
    out.raw(has);
    if ((has & HAS_ID) != 0) {
      id(event.id(), out);
    }
    if ((has & HAS_SOURCE) != 0) {
      out.text(event.source());
    }
    if ((has & HAS_DIALECT) != 0) {
      out.text(event.dialect());
    }
    if ((has & HAS_OBSERVED_AT) != 0) {
      out.instant(event.observedAt());
    }
    out.text(event.nativeType());
    out.text(event.nativeId());
    if (event.occurredAt() != null) {
      out.instant(event.occurredAt());
    }
    out.constant(event.timeQuality());
    if (event.order() != null) {
      out.signed(event.order());
    }
    out.number(flags(event.flags()));
    out.text(event.summary());
    out.text(scope.run());
    out.constant(scope.runIdQuality());
    out.text(scope.thread());
    out.text(scope.task());
    out.text(scope.turn());
    out.text(scope.agent());
    out.text(scope.parentRun());
    out.text(scope.continuesRun());
    if (scope.depth() != null) {
      out.signed(scope.depth());
    }
    if (scope.nativeAttempt() != null) {
      out.signed(scope.nativeAttempt());
    }
    out.text(scope.trace());
    FactCodec.write(event.fact(), out);
    out.endBlock(block);
  }

  private static Event event(
      ByteSource in,
      @Nullable EventId entryId,
      String entrySource,
      String entryDialect,
      Instant entryObservedAt)
      throws MalformedEntryException, UnknownConstantException {
    int has = in.raw();
    EventId id = (has & HAS_ID) != 0 ? id(in) : entryId;
    if (id == null) {
      throw new MalformedEntryException("an event without an id");
    }
    String source = (has & HAS_SOURCE) != 0 ? in.text() : entrySource;
    String dialect = (has & HAS_DIALECT) != 0 ? in.text() : entryDialect;
    Instant observedAt = (has & HAS_OBSERVED_AT) != 0 ? in.instant() : entryObservedAt;
    String nativeType = in.text();
    String nativeId = in.optionalText();
    Instant occurredAt = (has & HAS_OCCURRED_AT) != 0 ? in.instant() : null;
    TimeQuality timeQuality = in.constant(TIME_QUALITIES);
    Long order = (has & HAS_ORDER) != 0 ? (Long) in.signed() : null;
    Set<Flag> flags = flags(in.number());
    String summary = in.text();
    Scope scope = scope(in, has);
    return new Event(
        id,
        source,
        dialect,
        nativeType,
        nativeId,
        scope,
        occurredAt,
        observedAt,
        timeQuality,
        order,
        FactCodec.read(in, nativeType),
        flags,
        summary);
  }

  private static Scope scope(ByteSource in, int has)
      throws MalformedEntryException, UnknownConstantException {
    return new Scope(
        in.optionalText(),
        in.constant(RUN_ID_QUALITIES),
        in.optionalText(),
        in.optionalText(),
        in.optionalText(),
        in.optionalText(),
        in.optionalText(),
        in.optionalText(),
        (has & HAS_DEPTH) != 0 ? (Integer) in.integer() : null,
        (has & HAS_NATIVE_ATTEMPT) != 0 ? (Integer) in.integer() : null,
        in.optionalText());
  }

  private static void headers(Entry.Headers headers, ByteSink out) {
    out.text(headers.run());
    out.text(headers.thread());
    out.text(headers.agent());
    out.text(headers.task());
  }

  private static Entry.Headers headers(ByteSource in) throws MalformedEntryException {
    Entry.Headers headers =
        new Entry.Headers(
            in.optionalText(), in.optionalText(), in.optionalText(), in.optionalText());
    return headers.equals(Entry.Headers.NONE) ? Entry.Headers.NONE : headers;
  }

  private static void id(EventId id, ByteSink out) {
    out.fixed(id.high());
    out.fixed(id.low());
  }

  private static EventId id(ByteSource in) throws MalformedEntryException {
    return new EventId(in.fixed(), in.fixed());
  }

  private static byte[] bytes(ByteSource in, boolean whole) throws MalformedEntryException {
    if (whole) {
      return in.bytes();
    }
    in.block();
    return new byte[0];
  }

  private static long flags(Set<Flag> flags) {
    long bits = 0;
    for (Flag flag : flags) {
      bits |= 1L << flag.ordinal();
    }
    return bits;
  }

  private static Set<Flag> flags(long bits) {
    if (bits == 0) {
      return Set.of();
    }
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    for (Flag flag : FLAGS) {
      if ((bits & 1L << flag.ordinal()) != 0) {
        flags.add(flag);
      }
    }
    return Set.copyOf(flags);
  }

  private static int tag(Entry entry) {
    return switch (entry) {
      case Entry.Recorded e -> RECORDED;
      case Entry.Concluded e -> CONCLUDED;
      case Entry.Refused e -> REFUSED;
      case Entry.Repeated e -> REPEATED;
      case Entry.Replayed e -> REPLAYED;
    };
  }

  private static Instant observedAt(Entry entry) {
    return switch (entry) {
      case Entry.Recorded e -> e.observedAt();
      case Entry.Concluded e -> e.observedAt();
      case Entry.Refused e -> e.observedAt();
      case Entry.Repeated e -> e.observedAt();
      case Entry.Replayed e -> e.observedAt();
    };
  }

  private static int usualBytes(Entry entry) {
    return USUAL_HEADER_BYTES
        + switch (entry) {
          case Entry.Recorded e -> e.events().size() * USUAL_EVENT_BYTES;
          case Entry.Concluded e -> e.events().size() * USUAL_EVENT_BYTES;
          case Entry.Refused e -> 0;
          case Entry.Repeated e -> 0;
          case Entry.Replayed e -> 0;
        };
  }
}
