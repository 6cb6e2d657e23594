// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where an event stands in the order of the source: by the source's own sequence, else by its time
 * in microseconds. A run is ordered by one of them, the first that was seen; an event that lacks it
 * stands with the one that arrived before it. Spans tell an interval when it is over and have no
 * place in that order.
 */
final class RunOrder {
  private enum By {
    SEQUENCE,
    TIME
  }

  private @Nullable By by;
  private long latest = Long.MIN_VALUE;
  private long previous;
  private boolean broken;

  /**
   * The order of an event; called once for each, as it is added.
   *
   * @param ofAnother it is numbered by another run
   */
  long of(Event event, boolean ofAnother) {
    Long own = ofAnother && by == By.SEQUENCE ? null : own(event);
    if (own == null) {
      return previous;
    }
    if (own < latest) {
      broken = true;
    }
    latest = Math.max(latest, own);
    previous = own;
    return own;
  }

  /** Whether one came that belongs before another that had come. */
  boolean broken() {
    return broken;
  }

  private @Nullable Long own(Event event) {
    if (event.fact() instanceof Fact.SpanRecorded) {
      return null;
    }
    if (by == null) {
      by = event.order() != null ? By.SEQUENCE : event.occurredAt() != null ? By.TIME : null;
    }
    if (by == By.SEQUENCE) {
      return event.order();
    }
    Instant told = event.occurredAt();
    return by == null || told == null
        ? null
        : (Long) ChronoUnit.MICROS.between(Instant.EPOCH, told);
  }
}
