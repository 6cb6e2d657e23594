// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Entries that follow each other, checked and compressed together: what a segment consists of.
 *
 * <pre>
 *   0  data length      4
 *   4  content length   4   the same where the data is the content itself; else it is zstd
 *   8  records          4
 *  12  crc32c           4   of the three above and the data, XOR crc32c of the position
 *  16  first position   8   its number; the records follow it without a gap
 *  24  data
 *
 *  content   record ...
 *  record    payload length 4 | leaf hash 32 | payload
 * </pre>
 *
 * <p>Big endian. The leaf hash is SHA-256 of a zero byte and the payload (RFC 6962, 2.1). The
 * position is mixed into the checksum by XOR so that the appending threads can do all the costly
 * work before they know it. A file that ends in zeros ends before them: no position is 0.
 */
final class Block {
  static final int HEAD_BYTES = 24;
  static final int RECORD_HEAD_BYTES = 36;
  static final int LEAF_HASH_BYTES = 32;

  /**
   * Far above the largest record (8 MiB) with its events; no length in a file is trusted beyond.
   */
  static final int MAX_PAYLOAD_BYTES = 128 << 20;

  private static final int MAX_CONTENT_BYTES = MAX_PAYLOAD_BYTES + (1 << 20);

  private static final int CONTENT = 4;
  private static final int RECORDS = 8;
  private static final int CRC = 12;
  private static final int FIRST = 16;

  private Block() {}

  /** What stands before the data. */
  record Head(int dataLength, int contentLength, int records, long first) {
    static Head read(ByteBuffer in, int at) {
      return new Head(
          in.getInt(at), in.getInt(at + CONTENT), in.getInt(at + RECORDS), in.getLong(at + FIRST));
    }

    boolean isPossible() {
      return dataLength > 0
          && dataLength <= contentLength
          && contentLength <= MAX_CONTENT_BYTES
          && records > 0
          && records <= contentLength / RECORD_HEAD_BYTES
          && first > 0;
    }

    int bytes() {
      return HEAD_BYTES + dataLength;
    }

    long last() {
      return first + records - 1;
    }
  }

  /** Writes the head of a block whose data is there, all but what {@link #place} adds. */
  static void close(byte[] block, int dataLength, int contentLength, int records) {
    ByteBuffer out = ByteBuffer.wrap(block);
    out.putInt(dataLength).putInt(contentLength).putInt(records);
    out.putInt(crc(block, 0, dataLength)).putLong(0);
  }

  /** Gives a block that was written its first position. */
  static void place(byte[] array, int at, long first) {
    ByteBuffer block = ByteBuffer.wrap(array);
    block.putInt(at + CRC, block.getInt(at + CRC) ^ crc(first));
    block.putLong(at + FIRST, first);
  }

  /** Whether the block there, all of whose bytes are in the array, is as it was written. */
  static boolean isSound(byte[] array, int at, Head head) {
    int crc = ByteBuffer.wrap(array).getInt(at + CRC);
    return crc == (crc(array, at, head.dataLength) ^ crc(head.first));
  }

  /** The content of a sound block; null where it is not what its head says. */
  static byte @Nullable [] content(byte[] array, int at, Head head) {
    int from = at + HEAD_BYTES;
    byte[] content;
    if (head.dataLength == head.contentLength) {
      content = Arrays.copyOfRange(array, from, from + head.dataLength);
    } else {
      content = new byte[head.contentLength];
      try {
        long length =
            Zstd.decompressByteArray(content, 0, content.length, array, from, head.dataLength);
        if (length != content.length) {
          return null;
        }
      } catch (ZstdException e) {
        return null;
      }
    }
    return holds(content, head.records) ? content : null;
  }

  private static boolean holds(byte[] content, int records) {
    ByteBuffer in = ByteBuffer.wrap(content);
    int at = 0;
    for (int i = 0; i < records; i++) {
      int left = content.length - at - RECORD_HEAD_BYTES;
      int length = left < 0 ? -1 : in.getInt(at);
      if (length < 0 || length > left) {
        return false;
      }
      at += RECORD_HEAD_BYTES + length;
    }
    return at == content.length;
  }

  private static int crc(byte[] array, int at, int dataLength) {
    CRC32C crc = new CRC32C();
    crc.update(array, at, CRC);
    crc.update(array, at + HEAD_BYTES, dataLength);
    return (int) crc.getValue();
  }

  private static int crc(long position) {
    CRC32C crc = new CRC32C();
    for (int shift = 56; shift >= 0; shift -= 8) {
      crc.update((int) (position >>> shift));
    }
    return (int) crc.getValue();
  }
}
