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
 *  footer                40
 *     place of the index 8
 *     blocks             4
 *     crc32c of the index 4
 *     last position      8   that this segment stands for
 *     sealed at          8   milliseconds since 1970
 *     magic              4   "LEND"
 *     crc32c             4   of the footer's bytes above
 * </pre>
 *
 * <p>It only repeats what the blocks say: where it is damaged, it is made again.
 */
final class SegmentIndex {
  private static final int FOOTER_BYTES = 40;
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
    Writer found = new Writer();
    long end = found.walk(opened, fileBytes);
    if (fileBytes - end != found.bytes() + FOOTER_BYTES) {
      lost.accept(found.last + 1);
    }
    return found.index();
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
    private ByteBuffer entries = ByteBuffer.allocate(64 * ENTRY_BYTES);

    /** First position of the last block. */
    private long last = -1;

    void add(long first, long offset) {
      if (!entries.hasRemaining()) {
        entries = ByteBuffer.allocate(entries.capacity() * 2).put(entries.flip());
      }
      entries.putLong(first).putLong(offset);
      last = first;
    }

    /**
     * Adds the blocks of that file, by their heads.
     *
     * @return where the last of them ends
     */
    long walk(StorageFile opened, long fileBytes) throws IOException {
      long at = SegmentHeader.BYTES;
      while (at < fileBytes) {
        Block.Head head = head(opened, at, fileBytes);
        if (head == null || head.first() <= last) {
          break;
        }
        add(head.first(), at);
        at += head.bytes();
      }
      return at;
    }

    private int bytes() {
      return entries.position();
    }

    private SegmentIndex index() {
      return SegmentIndex.of(entries.duplicate().flip());
    }

    /** Makes what was written before it a sealed segment. */
    void finish(FileAppender out, long last, Instant sealedAt) throws IOException {
      long indexAt = out.size();
      int length = entries.position();
      out.append(entries.array(), 0, length);
      Footer footer =
          new Footer(indexAt, length / ENTRY_BYTES, crc(entries.array(), length), last, sealedAt);
      out.append(footer.toBytes(), 0, FOOTER_BYTES);
      out.sync();
    }
  }

  record Footer(long indexAt, int blocks, int indexCrc, long last, Instant sealedAt) {
    static @Nullable Footer read(StorageFile opened) throws IOException {
      long at = opened.size() - FOOTER_BYTES;
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      if (at < SegmentHeader.BYTES
          || !Bytes.readFully(opened, bytes, at)
          || bytes.getInt(FOOTER_BYTES - 4) != crc(bytes.array(), FOOTER_BYTES - 4)
          || bytes.getInt(FOOTER_BYTES - 8) != MAGIC) {
        return null;
      }
      bytes.flip();
      return new Footer(
          bytes.getLong(),
          bytes.getInt(),
          bytes.getInt(),
          bytes.getLong(),
          Instant.ofEpochMilli(bytes.getLong()));
    }

    byte[] toBytes() {
      ByteBuffer bytes = ByteBuffer.allocate(FOOTER_BYTES);
      bytes.putLong(indexAt).putInt(blocks).putInt(indexCrc);
      bytes.putLong(last).putLong(sealedAt.toEpochMilli()).putInt(MAGIC);
      bytes.putInt(crc(bytes.array(), FOOTER_BYTES - 4));
      return bytes.array();
    }
  }
}
