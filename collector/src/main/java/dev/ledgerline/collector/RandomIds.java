// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.EventId;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of records that nothing identifies: a random half of this process and a count, as a UUID of
 * version 4. Unlike ids with a name (version 5) they never come again.
 */
final class RandomIds {
  private final long high;
  private final AtomicLong count;

  RandomIds() {
    SecureRandom random = new SecureRandom();
    this.high = (random.nextLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L;
    this.count = new AtomicLong(random.nextLong());
  }

  EventId next() {
    long low = (count.incrementAndGet() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new EventId(high, low);
  }

  /** Whether the id is such a one. */
  static boolean isRandom(EventId id) {
    return (id.high() & 0xf000L) == 0x4000L;
  }
}
