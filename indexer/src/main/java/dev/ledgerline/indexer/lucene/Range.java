// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.Query.FieldTerm;
import java.time.Instant;

/** What a comparison allows, both ends inclusive. */
record Range(long from, long to) {
  boolean isEmpty() {
    return from > to;
  }

  static Range ofTime(FieldTerm term, Instant now) {
    Values.Span span = Values.time(term.value(), now);
    long from = Fields.time(span.from());
    long last = span.to().equals(span.from()) ? from : Fields.time(span.to()) - 1;
    return of(term, from, last);
  }

  static Range ofDuration(FieldTerm term) {
    long millis = Values.duration(term.value());
    return of(term, millis, millis);
  }

  /** Of whole numbers; {@code events>2.5} begins at 3. */
  static Range ofCount(FieldTerm term) {
    double number = Values.number(term.value());
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

  private static Range of(FieldTerm term, long first, long last) {
    return switch (term.comparison()) {
      case EQUAL -> new Range(first, last);
      case GREATER -> new Range(last + 1, Long.MAX_VALUE);
      case GREATER_OR_EQUAL -> new Range(first, Long.MAX_VALUE);
      case LESS -> new Range(Long.MIN_VALUE, first - 1);
      case LESS_OR_EQUAL -> new Range(Long.MIN_VALUE, last);
    };
  }
}
