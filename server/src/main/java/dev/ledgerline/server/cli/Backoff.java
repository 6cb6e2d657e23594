// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next try: twice as long each time up to five seconds, and less by
 * chance, so that many clients do not come back at once.
 */
final class Backoff {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private Duration next = SHORTEST;

  void reset() {
    next = SHORTEST;
  }

  void pause() throws InterruptedException {
    Thread.sleep(next(Duration.ZERO));
  }

  /**
   * How long the next pause is.
   *
   * @param atLeast what the server asked for
   */
  Duration next(Duration atLeast) {
    long millis = next.toMillis();
    millis = ThreadLocalRandom.current().nextLong(millis / 2, millis + 1);
    next = next.compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
    return Duration.ofMillis(Math.max(millis, atLeast.toMillis()));
  }
}
