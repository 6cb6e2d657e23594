// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.telemetry;

import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.LogFullException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A log that tells how long each append took until it was durable.
 *
 * @param seconds is told, by the thread that waited
 */
record MeasuredLog(EventLog log, DoubleConsumer seconds) implements EventLog {
  @Override
  public UUID id() {
    return log.id();
  }

  @Override
  public Appended enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    long began = System.nanoTime();
    return new MeasuredAppend(log.enqueue(entries), began, seconds);
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

  @Override
  public Position start() {
    return log.start();
  }

  @Override
  public Position end() {
    return log.end();
  }

  @Override
  public Position enqueued() {
    return log.enqueued();
  }

  @Override
  public void awaitDurable(Position position) throws LogFailedException, InterruptedException {
    log.awaitDurable(position);
  }

  @Override
  public boolean awaitBeyond(Position position, Duration atMost) throws InterruptedException {
    return log.awaitBeyond(position, atMost);
  }

  @Override
  public Cursor read(Position after) throws IOException {
    return log.read(after);
  }

  @Override
  public @Nullable LogEntry get(Position position) throws IOException {
    return log.get(position);
  }

  @Override
  public long sizeBytes() {
    return log.sizeBytes();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
