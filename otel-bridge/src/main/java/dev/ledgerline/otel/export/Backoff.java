// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long to leave a target alone: twice as long after each failure, up to a longest pause, each
 * between half of it and the whole by chance, so that many senders do not come back at once. What
 * the target asked for is waited for at least (OTLP specification, OTLP/HTTP Throttling).
 */
public record Backoff(Duration first, Duration longest) {
  public static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));

  /** A target that asks for more is asked again after that all the same: it may be mistaken. */
  static final Duration MOST_ASKED_FOR = Duration.ofHours(1);

  /**
   * The next pause.
   *
   * @param failures in a row, from 1
   */
  Duration pause(int failures, @Nullable Duration asked, RandomGenerator random) {
    long most = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures - 1, 30));
    long own = most / 2 + random.nextLong(most / 2 + 1);
    long told = asked == null ? 0 : Math.min(asked.toMillis(), MOST_ASKED_FOR.toMillis());
    return Duration.ofMillis(Math.max(own, told));
  }
}
