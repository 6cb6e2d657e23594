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
    pause(Duration.ZERO);
  }

  /**
   * @param atLeast what the server asked for
   */
  void pause(Duration atLeast) throws InterruptedException {
    long millis = next.toMillis();
    millis = ThreadLocalRandom.current().nextLong(millis / 2, millis + 1);
    Thread.sleep(Math.max(millis, atLeast.toMillis()));
    next = next.compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
  }
}
