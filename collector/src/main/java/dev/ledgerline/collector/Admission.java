// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.IntakeUnavailableException.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of requests may be in memory at a time, all senders together. A request reserves
 * before it reads; where there is no room it waits a little and is then refused, so that overload
 * costs the sender a retry and never the process its heap.
 */
public final class Admission {
  private static final int UNIT_BYTES = 1 << 10;
  private static final int RETRY_AFTER_SECONDS = 1;

  private final Semaphore units;
  private final int allUnits;
  private final Duration wait;

  /**
   * @param budgetBytes of all requests; see {@link #defaultBudgetBytes}
   * @param wait for room
   */
  public Admission(long budgetBytes, Duration wait) {
    this.allUnits = Math.toIntExact(Math.max(1, budgetBytes / UNIT_BYTES));
    this.units = new Semaphore(allUnits, true);
    this.wait = wait;
  }

  /** A tenth of the heap, but room for at least one request of the greatest size. */
  public static long defaultBudgetBytes(Limits limits) {
    return Math.max(Runtime.getRuntime().maxMemory() / 10, limits.requestBytes());
  }

  /** Reserves nothing yet. */
  public Hold hold() {
    return new Hold();
  }

  /** Bytes that are reserved now, rounded up to KiB. */
  public long heldBytes() {
    return (long) (allUnits - units.availablePermits()) * UNIT_BYTES;
  }

  /** What one request has reserved; given back when it is closed. Used by one thread. */
  public final class Hold implements AutoCloseable {
    private int held;

    private Hold() {}

    /**
     * Makes the reservation at least that large.
     *
     * @throws IntakeUnavailableException there was no room in time
     */
    public void atLeast(long bytes) throws IntakeUnavailableException, InterruptedException {
      int wanted = (int) Math.min(allUnits, (bytes + UNIT_BYTES - 1) / UNIT_BYTES);
      if (wanted <= held) {
        return;
      }
      int more = wanted - held;
      if (!units.tryAcquire(more) // barges: no queue while there is room
          && !units.tryAcquire(more, wait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IntakeUnavailableException(
            Reason.OVERLOADED,
            "requests of "
                + (heldBytes() >> 20)
                + " MiB are being processed, which is all there is room for",
            RETRY_AFTER_SECONDS);
      }
      held = wanted;
    }

    @Override
    public void close() {
      units.release(held);
      held = 0;
    }
  }
}
