// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.log.Position;

/**
 * The place of an event in the log as one number: the entry's number above, the event's place in
 * its entry in the low {@value #BITS} bits. A run has the ordinal of its first event.
 */
final class Ordinal {
  private static final int BITS = 16;

  /** Events of one entry beyond this cannot be told apart. */
  static final int MAX_EVENTS = 1 << BITS;

  private Ordinal() {}

  static long of(Position position, int event) {
    return (position.number() << BITS) | event;
  }

  /** The smallest ordinal of any event after that position. */
  static long after(Position position) {
    return (position.number() + 1) << BITS;
  }

  static Position position(long ordinal) {
    return Position.of(ordinal >>> BITS);
  }

  static int event(long ordinal) {
    return (int) (ordinal & (MAX_EVENTS - 1));
  }
}
