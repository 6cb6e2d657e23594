// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Another log, as it is; for one that watches or changes a part of what it does. */
public abstract class ForwardingLog implements EventLog {
  private final EventLog log;

  protected ForwardingLog(EventLog log) {
    this.log = log;
  }

  @Override
  public UUID id() {
    return log.id();
  }

  @Override
  public Appended enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    return log.enqueue(entries);
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
