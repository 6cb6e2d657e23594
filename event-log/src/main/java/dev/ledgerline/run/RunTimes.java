// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.TimeQuality;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a run began and ended. A source that tells times tells the order too: an event without a
 * time is taken to follow the newest one that had one; where none had, the time of arrival stands
 * in and {@link #quality} says so.
 */
final class RunTimes {
  private @Nullable Instant startedAt;
  private @Nullable Instant endedAt;
  private @Nullable Instant newestTold;
  private @Nullable Instant newest;
  private Instant lastObservedAt = Instant.MIN;
  private TimeQuality quality = TimeQuality.INGEST;

  /** Notices an event and says when it happened. */
  Instant of(Event event) {
    boolean toldNothing = quality == TimeQuality.INGEST;
    Instant at = at(event);
    boolean firstTold = toldNothing && quality != TimeQuality.INGEST;
    newest = newest == null || firstTold || at.isAfter(newest) ? at : newest;
    return at;
  }

  private Instant at(Event event) {
    if (event.observedAt().isAfter(lastObservedAt)) {
      lastObservedAt = event.observedAt();
    }
    Instant told = event.occurredAt();
    if (told == null) {
      Instant at = newestTold == null ? event.observedAt() : newestTold;
      began(at);
      return at;
    }
    if (quality == TimeQuality.INGEST) {
      // What came before told no time of its own: the first event that does says when things were.
      startedAt = told;
      quality = event.timeQuality();
    }
    if (newestTold == null || told.isAfter(newestTold)) {
      newestTold = told;
    }
    began(told);
    return told;
  }

  /** It was under way at that time. */
  void began(Instant at) {
    if (startedAt == null || at.isBefore(startedAt)) {
      startedAt = at;
    }
  }

  void ended(@Nullable Instant at) {
    endedAt = at == null || startedAt == null || !at.isBefore(startedAt) ? at : startedAt;
  }

  Instant startedAt() {
    return startedAt == null ? Instant.EPOCH : startedAt;
  }

  @Nullable Instant endedAt() {
    return endedAt;
  }

  /** Of the newest event, by the times that {@link #of} gave. */
  Instant newest() {
    return newest == null ? startedAt() : newest;
  }

  Instant lastObservedAt() {
    return lastObservedAt;
  }

  TimeQuality quality() {
    return quality;
  }
}
