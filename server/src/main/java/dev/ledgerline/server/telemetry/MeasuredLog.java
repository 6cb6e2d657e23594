// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.telemetry;

import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.ForwardingLog;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.LogFullException;
import dev.ledgerline.log.Position;
import java.util.List;
import java.util.function.DoubleConsumer;

/** A log that tells how long each append took until it was durable. */
final class MeasuredLog extends ForwardingLog {
  private final DoubleConsumer seconds;

  /**
   * A log that is measured.
   *
   * @param seconds is told, by the thread that waited
   */
  MeasuredLog(EventLog log, DoubleConsumer seconds) {
    super(log);
    this.seconds = seconds;
  }

  @Override
  public Appended enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    long began = System.nanoTime();
    return new MeasuredAppend(super.enqueue(entries), began, seconds);
  }

  private record MeasuredAppend(Appended appended, long began, DoubleConsumer seconds)
      implements Appended {
    @Override
    public Position first() {
      return appended.first();
    }

    @Override
    public Position last() {
      return appended.last();
    }

    @Override
    public void awaitDurable() throws LogFailedException, InterruptedException {
      appended.awaitDurable();
      seconds.accept((System.nanoTime() - began) / 1e9);
    }
  }
}
