// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The entries of one append as blocks, on their way to the disk. */
final class Batch implements EventLog.Appended {
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  private final int entries;
  private final DurableEnd durable;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final List<Start> starts = new ArrayList<>();
  private byte[] blocks = new byte[0];
  private int bytes;
  private long first;

  /**
   * Where a block begins.
   *
   * @param entry number of its first entry in the batch, from 0
   */
  private record Start(int at, int entry) {}

  /** Hashes and compresses the entries, on the thread of who appends. */
  Batch(List<byte[]> entries, BlockPacker packer, DurableEnd durable) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("nothing to append");
    }
    for (byte[] entry : entries) {
      if (entry.length > Block.MAX_PAYLOAD_BYTES) {
        throw new IllegalArgumentException(
            "an entry of " + entry.length + " bytes; at most " + Block.MAX_PAYLOAD_BYTES);
      }
    }
    this.entries = entries.size();
    this.durable = durable;
    int packed = 0;
    for (byte[] entry : entries) {
      if (packer.isFullFor(entry.length)) {
        packed += add(packer, packed);
      }
      packer.add(entry);
    }
    add(packer, packed);
  }

  private int add(BlockPacker packer, int packed) {
    int records = packer.records();
    packer.pack();
    int more = packer.packedBytes();
    if (blocks.length - bytes < more) {
      int needed = Math.addExact(bytes, more);
      long roomy = packed + records == entries ? needed : Math.min(MAX_BYTES, needed * 3L / 2);
      blocks = Arrays.copyOf(blocks, (int) Math.max(needed, roomy));
    }
    System.arraycopy(packer.packed(), 0, blocks, bytes, more);
    starts.add(new Start(bytes, packed));
    bytes += more;
    return records;
  }

  int bytes() {
    return bytes;
  }

  /** Called once, before anybody else sees the batch. */
  void place(long first) {
    this.first = first;
    for (Start start : starts) {
      Block.place(blocks, start.at, first + start.entry);
    }
  }

  long firstNumber() {
    return first;
  }

  long lastNumber() {
    return first + entries - 1;
  }

  byte[] array() {
    return blocks;
  }

  /** Notes where each block stands when the batch begins at that place of the file. */
  void noteIn(RawSegment segment, long offset) {
    for (Start start : starts) {
      segment.note(first + start.entry, offset + start.at);
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
