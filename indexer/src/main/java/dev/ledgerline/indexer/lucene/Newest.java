// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is newer, where both the time of the source and the order of arrival have a say. Times that
 * are a second apart decide, so that an old log may be sent after a newer one; what is closer
 * stands as it arrived, since real logs step back by less than that.
 */
final class Newest {
  private static final Duration STEP = Duration.ofSeconds(1);

  private Newest() {}

  /** Null where there is nothing. */
  static <T> @Nullable T of(List<T> all, Function<T, Instant> at, ToLongFunction<T> arrival) {
    Instant latest = Instant.MIN;
    for (T one : all) {
      latest = at.apply(one).isAfter(latest) ? at.apply(one) : latest;
    }
    T newest = null;
    for (T one : all) {
      boolean candidate = Duration.between(at.apply(one), latest).compareTo(STEP) <= 0;
      if (candidate && (newest == null || arrival.applyAsLong(one) > arrival.applyAsLong(newest))) {
        newest = one;
      }
    }
    return newest;
  }

  /** Whether the first is newer than the second. */
  static boolean isLater(Instant at, long arrival, Instant thanAt, long thanArrival) {
    Duration after = Duration.between(thanAt, at);
    return after.abs().compareTo(STEP) > 0 ? after.isPositive() : arrival > thanArrival;
  }
}
