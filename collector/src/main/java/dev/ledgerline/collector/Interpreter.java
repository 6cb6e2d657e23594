// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.RecordReader.Reading;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the records of one delivery say: whose they are, and the events that they make. */
final class Interpreter {
  /** Further from its arrival, the time of an event is worth a flag. */
  private static final Duration SKEW = Duration.ofHours(24);

  private final KnownDialects dialects;
  private final Origin origin;
  private final Instant observedAt;
  private final Context base;

  Interpreter(KnownDialects dialects, Origin origin, Instant observedAt) {
    this.dialects = dialects;
    this.origin = origin;
    this.observedAt = observedAt;
    Entry.Headers ids = origin.ids();
    this.base =
        new Context(
            "",
            origin.stream(),
            null,
            ids.run(),
            ids.thread(),
            ids.agent(),
            ids.task(),
            observedAt);
  }

  /**
   * Whose record it is: of the dialect its stream was written in, else the first that claims it.
   */
  Dialect detect(RawRecord record, @Nullable String streamDialect) {
    Dialect usual = streamDialect == null ? null : dialects.named(streamDialect);
    if (usual != null && usual.claims(record)) {
      return usual;
    }
    return dialects.claiming(record);
  }

  Context context(String source, @Nullable Long number) {
    return new Context(
        source,
        base.stream(),
        number,
        base.run(),
        base.thread(),
        base.agent(),
        base.task(),
        observedAt);
  }

  /**
   * The entry of a record, encoded.
   *
   * @param recognisable whether it can be told from others by its id
   * @param forgetful whether ids are forgotten, so that an older record may have the same
   */
  byte[] entry(
      Reading reading,
      Dialect dialect,
      String source,
      @Nullable Long number,
      EventId id,
      List<Draft> drafts,
      boolean recognisable,
      boolean forgetful) {
    return EntryCodec.encode(
        new Entry.Recorded(
            source,
            dialect.name(),
            id,
            reading.hash(),
            origin.stream(),
            number,
            observedAt,
            recognisable && forgetful,
            origin.ids(),
            reading.record().bytes(),
            events(drafts, id, source, dialect.name(), recognisable)));
  }

  /** The events of a record: the headers fill what it lacks, and what is odd is flagged. */
  List<Event> events(
      List<Draft> drafts, EventId id, String source, String dialect, boolean recognisable) {
    if (drafts.size() == 1) {
      return List.of(event(drafts.getFirst(), id, source, dialect, recognisable));
    }
    List<Event> events = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      events.add(event(draft, id.event(events.size()), source, dialect, recognisable));
    }
    return events;
  }

  private Event event(
      Draft draft, EventId id, String source, String dialect, boolean recognisable) {
    return new Event(
        id,
        source,
        dialect,
        draft.nativeType(),
        draft.nativeId(),
        filled(draft.scope()),
        draft.occurredAt(),
        observedAt,
        draft.timeQuality(),
        draft.order(),
        draft.fact(),
        flags(draft, recognisable),
        draft.summary());
  }

  /** The headers fill what the record lacks. */
  private Scope filled(Scope scope) {
    Scope filled = scope;
    if (filled.run() == null && base.run() != null) {
      filled = filled.withRun(base.run(), RunIdQuality.NATIVE);
    }
    if (filled.thread() == null && base.thread() != null) {
      filled = filled.withThread(base.thread());
    }
    if (filled.agent() == null && base.agent() != null) {
      filled = filled.withAgent(base.agent());
    }
    if (filled.task() == null && base.task() != null) {
      filled = filled.withTask(base.task());
    }
    return filled;
  }

  private Set<Flag> flags(Draft draft, boolean recognisable) {
    Scope scope = draft.scope();
    boolean mismatch =
        differ(scope.run(), base.run())
            || differ(scope.thread(), base.thread())
            || differ(scope.agent(), base.agent())
            || differ(scope.task(), base.task());
    Instant occurredAt = draft.occurredAt();
    boolean skewed =
        occurredAt != null
            && (occurredAt.isBefore(observedAt.minus(SKEW))
                || occurredAt.isAfter(observedAt.plus(SKEW)));
    if (recognisable && !mismatch && !skewed) {
      return draft.flags();
    }
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    flags.addAll(draft.flags());
    if (mismatch) {
      flags.add(Flag.CONTEXT_MISMATCH);
    }
    if (skewed) {
      flags.add(Flag.CLOCK_SKEW);
    }
    if (!recognisable) {
      flags.add(Flag.NO_IDENTITY);
    }
    return flags;
  }

  private static boolean differ(@Nullable String said, @Nullable String header) {
    return said != null && header != null && !said.equals(header);
  }
}
