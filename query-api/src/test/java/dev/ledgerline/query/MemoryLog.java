// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A log in memory, to which retention can be played. */
public final class MemoryLog implements EventLog {
  private final UUID id = new UUID(0, 1);
  private final List<byte[]> entries = new ArrayList<>();
  private long retired;

  public Position append(Entry entry) {
    return enqueue(List.of(EntryCodec.encode(entry))).last();
  }

  /** Forgets everything up to that position. */
  public synchronized void retire(Position last) {
    retired = last.number();
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public synchronized Appended enqueue(List<byte[]> more) {
    Position first = Position.of(entries.size() + 1);
    entries.addAll(more);
    Position last = Position.of(entries.size());
    notifyAll();
    return new Appended() {
      @Override
      public Position first() {
        return first;
      }

      @Override
      public Position last() {
        return last;
      }

      @Override
      public void awaitDurable() {}
    };
  }

  @Override
  public synchronized Position start() {
    return Position.of(retired);
  }

  @Override
  public synchronized Position end() {
    return Position.of(entries.size());
  }

  @Override
  public Position enqueued() {
    return end();
  }

  @Override
  public void awaitDurable(Position position) {}

  @Override
  public synchronized boolean awaitBeyond(Position position, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (entries.size() <= position.number()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }

  @Override
  public Cursor read(Position after) {
    return new Cursor() {
      private long at = after.number();

      @Override
      public @Nullable LogEntry next() {
        synchronized (MemoryLog.this) {
          at = Math.max(at, retired) + 1;
          LogEntry entry = get(Position.of(at));
          at = entry == null ? at - 1 : at;
          return entry;
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized @Nullable LogEntry get(Position position) {
    return position.number() <= retired || position.number() > entries.size()
        ? null
        : new LogEntry(position, entries.get((int) position.number() - 1));
  }

  @Override
  public synchronized long sizeBytes() {
    return entries.stream().mapToLong(entry -> entry.length).sum();
  }

  @Override
  public void close() {}
}
