// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * An entry as it stands in a segment.
 *
 * <pre>
 *   0  payload length   4
 *   4  crc32c           4   of length, leaf hash and payload, XOR crc32c of the position
 *   8  position         8   its number
 *  16  leaf hash       32   SHA-256 of a zero byte and the payload (RFC 6962, 2.1)
 *  48  payload
 * </pre>
 *
 * <p>Big endian. The position is mixed in by XOR so that the appending threads can do the costly
 * part of the checksum before they know it. A file that ends in zeros ends before them: no position
 * is 0.
 */
final class LogRecord {
  static final int HEADER_BYTES = 48;

  /**
   * Far above the largest record (8 MiB) with its events; no length in a file is trusted beyond.
   */
  static final int MAX_PAYLOAD_BYTES = 128 << 20;

  private static final int LENGTH = 0;
  private static final int CRC = 4;
  private static final int POSITION = 8;
  private static final int LEAF_HASH = 16;
  private static final int LEAF_HASH_BYTES = 32;

  private LogRecord() {}

  /** Hashes leaves; for one thread at a time. */
  static MessageDigest leafHash() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static int bytes(byte[] payload) {
    return HEADER_BYTES + payload.length;
  }

  /** Writes all but what {@link #place} adds. */
  static void write(byte[] payload, ByteBuffer to, int at, MessageDigest leafHash) {
    leafHash.update((byte) 0);
    byte[] hash = leafHash.digest(payload);
    to.putInt(at + LENGTH, payload.length);
    to.put(at + LEAF_HASH, hash);
    to.put(at + HEADER_BYTES, payload);
    to.putInt(at + CRC, contentCrc(to, at, payload.length));
  }

  /** Gives a record that was written its position. */
  static void place(ByteBuffer in, int at, long position) {
    in.putInt(at + CRC, in.getInt(at + CRC) ^ positionCrc(position));
    in.putLong(at + POSITION, position);
  }

  static int length(ByteBuffer in, int at) {
    return in.getInt(at + LENGTH);
  }

  static long position(ByteBuffer in, int at) {
    return in.getLong(at + POSITION);
  }

  /** Whether the record there, all of whose bytes are in the buffer, is as it was written. */
  static boolean isSound(ByteBuffer in, int at) {
    return in.getInt(at + CRC)
        == (contentCrc(in, at, length(in, at)) ^ positionCrc(position(in, at)));
  }

  private static int contentCrc(ByteBuffer in, int at, int length) {
    CRC32C crc = new CRC32C();
    byte[] array = in.array();
    int start = in.arrayOffset() + at;
    crc.update(array, start + LENGTH, 4);
    crc.update(array, start + LEAF_HASH, LEAF_HASH_BYTES + length);
    return (int) crc.getValue();
  }

  private static int positionCrc(long position) {
    CRC32C crc = new CRC32C();
    for (int shift = 56; shift >= 0; shift -= 8) {
      crc.update((int) (position >>> shift));
    }
    return (int) crc.getValue();
  }
}
