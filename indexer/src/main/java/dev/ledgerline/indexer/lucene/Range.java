// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.event.query.TermValue;
import dev.ledgerline.event.query.TimeRange;
import java.time.Instant;

/** What a comparison allows, both ends inclusive. */
record Range(long from, long to) {
  boolean isEmpty() {
    return from > to;
  }

  static Range ofTime(FieldTerm term, Instant now) throws BadQueryException {
    TimeRange times = TermValue.times(term, now);
    return new Range(
        times.from() == null ? Long.MIN_VALUE : Fields.time(times.from()),
        times.until() == null ? Long.MAX_VALUE : Fields.time(times.until()) - 1);
  }

  static Range ofDuration(FieldTerm term) throws BadQueryException {
    return of(term, TermValue.duration(term).toNanos() / 1e6);
  }

  /** Of whole numbers; {@code events>2.5} begins at 3. */
  static Range ofCount(FieldTerm term) throws BadQueryException {
    return of(term, TermValue.number(term));
  }

  private static Range of(FieldTerm term, double number) {
    long floor = (long) Math.floor(number);
    long ceiling = (long) Math.ceil(number);
    return switch (term.comparison()) {
      case EQUAL -> new Range(ceiling, floor);
      case GREATER -> new Range(floor + 1, Long.MAX_VALUE);
      case GREATER_OR_EQUAL -> new Range(ceiling, Long.MAX_VALUE);
      case LESS -> new Range(Long.MIN_VALUE, ceiling - 1);
      case LESS_OR_EQUAL -> new Range(Long.MIN_VALUE, floor);
    };
  }
}
