// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a raw segment one after the other, and finds the next sound one where one is
 * damaged. For one thread at a time.
 */
final class RecordReader {
  /**
   * So much of unbroken sound records proves that they are where they belong. More than a block of
   * a disk, which may have been written to a wrong place whole.
   */
  private static final int CONVINCING_BYTES = 16 << 10;

  private final StorageFile file;
  private ByteBuffer buffer;
  private long bufferAt;
  private long offset;
  private long expected;

  private long position;
  private int payloadAt;
  private int payloadLength;

  /**
   * @param offset where a record starts
   * @param expected the position of that record
   */
  RecordReader(StorageFile file, long offset, long expected, int bufferBytes) {
    this.file = file;
    this.buffer = ByteBuffer.allocate(Math.max(bufferBytes, LogRecord.HEADER_BYTES)).limit(0);
    this.offset = offset;
    this.expected = expected;
  }

  /** The place in the file of the record that {@link #next} will look at. */
  long offset() {
    return offset;
  }

  /** The place in the file of the record that {@link #next} found. */
  long recordStart() {
    return bufferAt + payloadAt - LogRecord.HEADER_BYTES;
  }

  /** The position that the next record should have. */
  long expected() {
    return expected;
  }

  /** Position of the record that {@link #next} found. */
  long position() {
    return position;
  }

  /** Payload of the record that {@link #next} found. */
  byte[] payload() {
    int from = buffer.arrayOffset() + payloadAt;
    return Arrays.copyOfRange(buffer.array(), from, from + payloadLength);
  }

  /** The whole record that {@link #next} found is this long and starts there in the array. */
  byte[] array() {
    return buffer.array();
  }

  int recordAt() {
    return buffer.arrayOffset() + payloadAt - LogRecord.HEADER_BYTES;
  }

  int recordBytes() {
    return LogRecord.HEADER_BYTES + payloadLength;
  }

  /**
   * Goes on to the next record.
   *
   * @param limit where the file ends
   * @return null if there is one, else why not; the empty string is the very end
   */
  @Nullable String next(long limit) throws IOException {
    String damage = look(offset, expected, limit);
    if (damage == null) {
      take();
    }
    return damage;
  }

  /**
   * Behind a damaged record, goes to the next sound one, whatever its position; {@link #next} reads
   * it then.
   *
   * @return false if none follows
   */
  boolean findNextSound(long limit) throws IOException {
    long bestOffset = -1;
    long bestExpected = 0;
    long bestBytes = 0;
    for (long at = offset + 1; at <= limit - LogRecord.HEADER_BYTES; at++) {
      load(at, LogRecord.HEADER_BYTES, limit);
      long candidate = LogRecord.position(buffer, (int) (at - bufferAt));
      boolean plausible =
          candidate >= expected
              && candidate - expected <= (at - offset) / LogRecord.HEADER_BYTES
              && look(at, candidate, limit) == null;
      if (plausible) {
        long sound = soundBytes(at, candidate, limit);
        if (sound > bestBytes) {
          bestOffset = at;
          bestExpected = candidate;
          bestBytes = sound;
        }
        if (sound >= CONVINCING_BYTES || at + sound == limit) {
          break;
        }
      }
    }
    if (bestOffset < 0) {
      return false;
    }
    offset = bestOffset;
    expected = bestExpected;
    return true;
  }

  /** How far sound records follow each other from there, up to what convinces. */
  private long soundBytes(long from, long first, long limit) throws IOException {
    long at = from;
    long next = first;
    while (at - from < CONVINCING_BYTES && look(at, next, limit) == null) {
      at += recordBytes();
      next++;
    }
    return at - from;
  }

  private @Nullable String look(long at, long wanted, long limit) throws IOException {
    if (at == limit) {
      return "";
    }
    if (limit - at < LogRecord.HEADER_BYTES) {
      return "the file ends within the head of a record";
    }
    load(at, LogRecord.HEADER_BYTES, limit);
    int length = LogRecord.length(buffer, (int) (at - bufferAt));
    if (length < 0 || length > LogRecord.MAX_PAYLOAD_BYTES) {
      return "no length of a record";
    }
    if (limit - at - LogRecord.HEADER_BYTES < length) {
      return "the file ends within a record";
    }
    load(at, LogRecord.HEADER_BYTES + length, limit);
    int start = (int) (at - bufferAt);
    if (!LogRecord.isSound(buffer, start)) {
      return "checksum does not match";
    }
    position = LogRecord.position(buffer, start);
    if (position != wanted) {
      return "a record with the position " + position;
    }
    payloadAt = start + LogRecord.HEADER_BYTES;
    payloadLength = length;
    return null;
  }

  private void take() {
    offset = bufferAt + payloadAt + payloadLength;
    expected = position + 1;
  }

  /** Has that part of the file in the buffer. */
  private void load(long at, int length, long limit) throws IOException {
    if (at >= bufferAt && at + length <= bufferAt + buffer.limit()) {
      return;
    }
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocate(length);
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), limit - at));
    bufferAt = at;
    if (!Bytes.readFully(file, buffer, at)) {
      buffer.limit(0);
      throw new IOException("file is shorter than " + limit + " bytes");
    }
    buffer.flip();
  }
}
