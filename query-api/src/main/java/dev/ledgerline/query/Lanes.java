// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many questions look through the store at once: few, so that any number of them leaves
 * processors to ingest. The others queue, first come, first served, until their deadline.
 */
final class Lanes {
  private final Semaphore free;
  private final Duration patience;

  /**
   * @param patience how long a question queues at most
   */
  Lanes(int lanes, Duration patience) {
    this.free = new Semaphore(lanes, true);
    this.patience = patience;
  }

  /** Looks for an answer. */
  interface Search<T> {
    T answer() throws UnansweredException, IOException;
  }

  <T> T in(Search<T> search) throws UnansweredException, IOException {
    try {
      if (!free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new UnansweredException.TooSlow("too many questions at once; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnansweredException.TooSlow("the question was interrupted while it queued");
    }
    try {
      return search.answer();
    } finally {
      free.release();
    }
  }
}
