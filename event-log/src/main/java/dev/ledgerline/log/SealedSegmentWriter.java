// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * Writes a {@link SealedSegment}; it exists when {@link #finish} has returned and not before.
 * Blocks that are large enough stay as they are, small ones become one.
 */
final class SealedSegmentWriter implements AutoCloseable {
  private final FileAppender out;
  private final int blockBytes;
  private final BlockPacker small;

  /** Position of the first record in {@link #small}. */
  private long smallFirst;

  private final SegmentIndex.Writer index;

  SealedSegmentWriter(StorageFile file, ByteBuffer buffer, int blockBytes, UUID log, long first)
      throws IOException {
    this.out = new FileAppender(file, buffer, 0);
    this.blockBytes = blockBytes;
    this.small = new BlockPacker(blockBytes);
    SegmentHeader header = SegmentHeader.of(true, log, first);
    this.index = new SegmentIndex.Writer(header.mark());
    out.append(header.toBytes(), 0, SegmentHeader.BYTES);
  }

  /** Adds the block that was found last. */
  void add(BlockReader blocks) throws IOException {
    Block.Head head = blocks.head();
    byte[] content = head.contentLength() >= blockBytes / 2 ? null : blocks.content();
    if (content == null) {
      writeSmall();
      write(blocks.array(), blocks.blockAt(), head.bytes(), head.first());
      return;
    }
    for (Records records = new Records(head.first(), content); records.next(); ) {
      boolean gap = records.position() != smallFirst + small.records();
      if (gap || small.isFullFor(records.bytes() - Block.RECORD_HEAD_BYTES)) {
        writeSmall();
      }
      if (small.records() == 0) {
        smallFirst = records.position();
      }
      small.add(records);
    }
  }

  void finish(long last, Instant sealedAt) throws IOException {
    writeSmall();
    index.finish(out, last, sealedAt);
  }

  private void writeSmall() throws IOException {
    if (small.records() > 0) {
      small.pack();
      Block.place(small.packed(), 0, smallFirst);
      write(small.packed(), 0, small.packedBytes(), smallFirst);
    }
  }

  private void write(byte[] array, int at, int bytes, long first) throws IOException {
    index.add(first, out.size());
    out.append(array, at, bytes);
  }

  @Override
  public void close() throws IOException {
    small.close();
    out.close();
  }
}
