// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import dev.ledgerline.collector.file.Joiner;
import dev.ledgerline.collector.file.Joining;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records of an input, handed on in batches as they arrive. A thread of its own reads ahead a
 * little; whoever writes into the input is held up while a batch cannot be delivered, and nothing
 * is dropped.
 */
final class Lines {
  /** A batch is delivered when it has so many records, */
  private static final int BATCH_RECORDS = 100;

  /** or so many bytes, */
  private static final int BATCH_BYTES = 4 << 20;

  /** or when its first record has waited so long. */
  private static final Duration BATCH_AGE = Duration.ofMillis(50);

  /** So long a line of text waits for lines that continue it. */
  private static final Duration HOLD = Duration.ofMillis(100);

  /** No line that is handed on is empty. */
  private static final byte[] END = {};

  /** Read ahead at most, together; a longer line is read alone. */
  static final int AHEAD_BYTES = 16 << 20;

  /** Lines read ahead. */
  private final BlockingQueue<byte[]> ahead = new ArrayBlockingQueue<>(1_000);

  /** Bytes that may still be read ahead. */
  private final Semaphore room = new Semaphore(AHEAD_BYTES);

  private volatile @Nullable IOException broken;
  private final Joiner joiner;
  private boolean ended;

  Lines(InputStream input, Joining joining) {
    this.joiner = new Joiner(joining);
    Thread.ofPlatform().name("input").daemon().start(() -> read(input));
  }

  /** The next records, empty at the end of the input. Blank lines are left out. */
  List<byte[]> batch() throws IOException, InterruptedException {
    List<byte[]> batch = new ArrayList<>();
    long bytes = 0;
    long deadline = 0;
    while (!ended && batch.size() < BATCH_RECORDS && bytes < BATCH_BYTES) {
      byte[] line = next(batch.isEmpty(), deadline);
      if (line == null && !batch.isEmpty()) {
        return batch; // what is open may be continued while they are sent
      }
      byte @Nullable [] record;
      if (line == null || line.length == 0) {
        ended = line != null;
        record = joiner.end();
      } else {
        room.release(Math.min(line.length, AHEAD_BYTES));
        record = joiner.add(line);
        if (record != null) {
          bytes += add(record, batch);
        }
        record = joiner.isWhole() ? joiner.end() : null;
      }
      if (record != null) {
        bytes += add(record, batch);
      }
      if (batch.size() == 1) {
        deadline = System.nanoTime() + BATCH_AGE.toNanos();
      }
    }
    IOException e = broken;
    if (ended && e != null && batch.isEmpty()) {
      throw e;
    }
    return batch;
  }

  private byte @Nullable [] next(boolean first, long deadline) throws InterruptedException {
    if (!first) {
      return ahead.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return joiner.isOpen() ? ahead.poll(HOLD.toMillis(), TimeUnit.MILLISECONDS) : ahead.take();
  }

  private static int add(byte[] record, List<byte[]> batch) {
    batch.add(record);
    return record.length;
  }

  private void read(InputStream input) {
    try (InputStream in = new BufferedInputStream(input, 64 * 1024)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          hand(line);
        } else {
          line.write(b);
        }
      }
      hand(line);
    } catch (IOException e) {
      broken = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      offerEnd();
    }
  }

  private void hand(ByteArrayOutputStream line) throws InterruptedException {
    byte[] bytes = line.toByteArray();
    line.reset();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    boolean blank = true;
    for (int i = 0; i < length && blank; i++) {
      blank = bytes[i] == ' ' || bytes[i] == '\t';
    }
    if (!blank) {
      room.acquire(Math.min(length, AHEAD_BYTES));
      ahead.put(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }
  }

  private void offerEnd() {
    try {
      ahead.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
