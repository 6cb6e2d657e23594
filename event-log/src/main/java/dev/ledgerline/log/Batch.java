// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The entries of one append as records, on their way to the disk. */
final class Batch implements EventLog.Appended {
  private final ByteBuffer records;
  private final int[] starts;
  private final DurableEnd durable;
  private final CountDownLatch settled = new CountDownLatch(1);
  private long first;

  /** Hashes the entries, on the thread of who appends. */
  Batch(List<byte[]> entries, DurableEnd durable) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("nothing to append");
    }
    this.durable = durable;
    this.starts = new int[entries.size()];
    long bytes = 0;
    for (byte[] entry : entries) {
      if (entry.length > LogRecord.MAX_PAYLOAD_BYTES) {
        throw new IllegalArgumentException(
            "an entry of " + entry.length + " bytes; at most " + LogRecord.MAX_PAYLOAD_BYTES);
      }
      bytes += LogRecord.bytes(entry);
    }
    this.records = ByteBuffer.allocate(Math.toIntExact(bytes));
    MessageDigest leafHash = LogRecord.leafHash();
    int at = 0;
    for (int i = 0; i < starts.length; i++) {
      byte[] entry = entries.get(i);
      starts[i] = at;
      LogRecord.write(entry, records, at, leafHash);
      at += LogRecord.bytes(entry);
    }
  }

  int bytes() {
    return records.capacity();
  }

  /** Called once, before anybody else sees the batch. */
  void place(long first) {
    this.first = first;
    for (int i = 0; i < starts.length; i++) {
      LogRecord.place(records, starts[i], first + i);
    }
  }

  long firstNumber() {
    return first;
  }

  long lastNumber() {
    return first + starts.length - 1;
  }

  byte[] array() {
    return records.array();
  }

  /** Notes where each record stands when the batch begins at that place of the file. */
  void noteIn(RawSegment segment, long offset) {
    for (int i = 0; i < starts.length; i++) {
      segment.note(first + i, offset + starts[i]);
    }
  }

  /** It is durable, or never will be. */
  void settle() {
    settled.countDown();
  }

  @Override
  public Position first() {
    return Position.of(first);
  }

  @Override
  public Position last() {
    return Position.of(lastNumber());
  }

  @Override
  public void awaitDurable() throws LogFailedException, InterruptedException {
    settled.await();
    if (durable.get() < lastNumber()) {
      durable.throwIfFailed();
    }
  }
}
