// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of every segment.
 *
 * <pre>
 *   0  magic            8   "LEDGRLOG" as it was appended, "LEDGZST1" packed together
 *   8  format version   4   2
 *  12  zero             4
 *  16  log id          16
 *  32  first position   8
 *  40  mark             8   random; the footer of this file repeats it, and nobody else knows it
 *  48  zero            12
 *  60  crc32c           4   of all the above
 * </pre>
 */
record SegmentHeader(boolean sealed, UUID log, long first, long mark) {
  static final int BYTES = 64;

  private static final long RAW_MAGIC = 0x4c454447524c4f47L;
  private static final long SEALED_MAGIC = 0x4c4544475a535431L;
  private static final int VERSION = 2;
  private static final int CRC = 60;

  /** The header of a new file. */
  static SegmentHeader of(boolean sealed, UUID log, long first) {
    return new SegmentHeader(sealed, log, first, UUID.randomUUID().getMostSignificantBits());
  }

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(sealed ? SEALED_MAGIC : RAW_MAGIC).putInt(VERSION).putInt(0);
    bytes.putLong(log.getMostSignificantBits()).putLong(log.getLeastSignificantBits());
    bytes.putLong(first).putLong(mark);
    return bytes.putInt(CRC, crc(bytes.array())).array();
  }

  /**
   * The header of that file, null where it is damaged.
   *
   * @throws IOException it could not be read, or another version wrote it
   */
  static @Nullable SegmentHeader read(StorageFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    if (!Bytes.readFully(file, bytes, 0) || bytes.getInt(CRC) != crc(bytes.array())) {
      return null;
    }
    long magic = bytes.getLong(0);
    if (magic != RAW_MAGIC && magic != SEALED_MAGIC) {
      return null;
    }
    int version = bytes.getInt(8);
    if (version != VERSION) {
      throw new IOException(
          "segment of format version " + version + "; this program reads version " + VERSION);
    }
    return new SegmentHeader(
        magic == SEALED_MAGIC,
        new UUID(bytes.getLong(16), bytes.getLong(24)),
        bytes.getLong(32),
        bytes.getLong(40));
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC);
    return (int) crc.getValue();
  }
}
