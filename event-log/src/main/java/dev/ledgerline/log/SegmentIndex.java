// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Where the blocks of a segment are, as it stands behind them.
 *
 * <pre>
 *  index                    for each block
 *     first position     8
 *     place in the file  8
 *  footer                48
 *     place of the index 8
 *     blocks             4
 *     crc32c of the index 4
 *     last position      8   that this segment stands for
 *     sealed at          8   milliseconds since 1970
 *     mark               8   of the header: no entry of a sender ends with it
 *     magic              4   "LEND"
 *     crc32c             4   of the footer's bytes above
 * </pre>
 *
 * <p>It only repeats what the blocks say: where it is damaged, it is made again.
 */
final class SegmentIndex {
  private static final int FOOTER_BYTES = 48;
  private static final int ENTRY_BYTES = 16;
  private static final int MAGIC = 0x4c454e44;

  private final long[] firsts;
  private final long[] offsets;

  private SegmentIndex(long[] firsts, long[] offsets) {
    this.firsts = firsts;
    this.offsets = offsets;
  }

  int count() {
    return firsts.length;
  }

  long first(int block) {
    return firsts[block];
  }

  long offset(int block) {
    return offsets[block];
  }

  /** The block that holds that position if any does. */
  int blockOf(long position) {
    int found = Arrays.binarySearch(firsts, position);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }

  /** What the end of that file says; null where it is damaged, or not there. */
  static @Nullable SegmentIndex read(StorageFile opened) throws IOException {
    Footer footer = Footer.read(opened);
    if (footer == null) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(footer.blocks * ENTRY_BYTES);
    return Bytes.readFully(opened, bytes, footer.indexAt)
            && crc(bytes.array(), bytes.capacity()) == footer.indexCrc
        ? of(bytes.flip())
        : null;
  }

  private static SegmentIndex of(ByteBuffer entries) {
    int blocks = entries.remaining() / ENTRY_BYTES;
    long[] firsts = new long[blocks];
    long[] offsets = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      firsts[i] = entries.getLong();
      offsets[i] = entries.getLong();
    }
    return new SegmentIndex(firsts, offsets);
  }

  /**
   * Walks from block to block; one with damaged data is found out when it is read.
   *
   * @param lost is told the first position that may be gone if the walk ends too early
   */
  static SegmentIndex rebuild(StorageFile opened, long fileBytes, LongConsumer lost)
      throws IOException {
    Writer found = new Writer(0);
    long last = -1;
    long at = SegmentHeader.BYTES;
    for (Block.Head head = head(opened, at, fileBytes);
        head != null && head.first() > last;
        head = head(opened, at, fileBytes)) {
      found.add(head.first(), at);
      last = head.last();
      at += head.bytes();
    }
    if (fileBytes - at != found.entries.position() + FOOTER_BYTES) {
      lost.accept(last + 1);
    }
    return of(found.entries.flip());
  }

  /** The head that stands there, null where none can. */
  static Block.@Nullable Head head(StorageFile opened, long offset, long fileBytes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Block.HEAD_BYTES);
    if (!Bytes.readFully(opened, bytes, offset)) {
      return null;
    }
    Block.Head head = Block.Head.read(bytes, 0);
    return head.isPossible() && head.bytes() <= fileBytes - offset ? head : null;
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Grows with the blocks and is written behind them. */
  static final class Writer {
    private final long mark;
    private ByteBuffer entries = ByteBuffer.allocate(64 * ENTRY_BYTES);

    /**
     * @param mark of the file's header
     */
    Writer(long mark) {
      this.mark = mark;
    }

    void add(long first, long offset) {
      if (!entries.hasRemaining()) {
        entries = ByteBuffer.allocate(entries.capacity() * 2).put(entries.flip());
      }
      entries.putLong(first).putLong(offset);
    }

    /** Makes what was written before it a sealed segment. */
    void finish(FileAppender out, long last, Instant sealedAt) throws IOException {
      long indexAt = out.size();
      int length = entries.position();
      out.append(entries.array(), 0, length);
      Footer footer =
          new Footer(
              indexAt, length / ENTRY_BYTES, crc(entries.array(), length), last, sealedAt, mark);
      out.append(footer.toBytes(), 0, FOOTER_BYTES);
      out.sync();
    }
  }

  record Footer(long indexAt, int blocks, int indexCrc, long last, Instant sealedAt, long mark) {
    /** Null where there is none, or not that of this file. */
    static @Nullable Footer read(StorageFile opened) throws IOException {
      long size = opened.size();
      long at = size - FOOTER_BYTES;
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      if (at < SegmentHeader.BYTES
          || !Bytes.readFully(opened, bytes, at)
          || bytes.getInt(FOOTER_BYTES - 4) != crc(bytes.array(), FOOTER_BYTES - 4)
          || bytes.getInt(FOOTER_BYTES - 8) != MAGIC) {
        return null;
      }
      bytes.flip();
      Footer footer =
          new Footer(
              bytes.getLong(),
              bytes.getInt(),
              bytes.getInt(),
              bytes.getLong(),
              Instant.ofEpochMilli(bytes.getLong()),
              bytes.getLong());
      SegmentHeader header = SegmentHeader.read(opened);
      boolean fits =
          footer.blocks >= 0
              && footer.indexAt + (long) footer.blocks * ENTRY_BYTES + FOOTER_BYTES == size
              && (header == null || header.mark() == footer.mark);
      return fits ? footer : null;
    }

    byte[] toBytes() {
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      bytes.putLong(indexAt).putInt(blocks).putInt(indexCrc);
      bytes.putLong(last).putLong(sealedAt.toEpochMilli()).putLong(mark).putInt(MAGIC);
      bytes.putInt(crc(bytes.array(), FOOTER_BYTES - 4));
      return bytes.array();
    }
  }
}
