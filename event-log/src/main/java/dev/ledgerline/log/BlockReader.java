// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of a raw segment one after the other, and finds the next sound one where one is
 * damaged. For one thread at a time.
 */
final class BlockReader {
  /**
   * So much of unbroken sound blocks proves that they are where they belong. More than a block of a
   * disk, which may have been written to a wrong place whole.
   */
  private static final int CONVINCING_BYTES = 16 << 10;

  /** Records to a byte that is lost, at most: the content of a block is usually 64 KiB. */
  private static final long DENSEST = 1 << 10;

  private final StorageFile file;
  private ByteBuffer buffer;
  private long bufferAt;
  private long offset;
  private long expected;

  /** The last position of the blocks that {@link #soundBytes} went through. */
  private long soundLast;

  private int at;
  private Block.Head head = new Block.Head(0, 0, 0, 0);

  /**
   * @param offset where a block starts
   * @param expected the first position of that block
   */
  BlockReader(StorageFile file, long offset, long expected, int bufferBytes) {
    this.file = file;
    this.buffer = ByteBuffer.allocate(Math.max(bufferBytes, Block.HEAD_BYTES)).limit(0);
    this.offset = offset;
    this.expected = expected;
  }

  /** The place in the file of the block that {@link #next} will look at. */
  long offset() {
    return offset;
  }

  /** The first position that the next block should have. */
  long expected() {
    return expected;
  }

  /** Head of the block that {@link #next} found. */
  Block.Head head() {
    return head;
  }

  /** The place in the file of the block that {@link #next} found. */
  long blockStart() {
    return bufferAt + at;
  }

  /** The block that {@link #next} found stands in this array from {@link #blockAt}. */
  byte[] array() {
    return buffer.array();
  }

  int blockAt() {
    return at;
  }

  /** Content of the block that {@link #next} found; null where it is not what its head says. */
  byte @Nullable [] content() {
    return Block.content(buffer.array(), at, head);
  }

  /**
   * Goes on to the next block.
   *
   * @param limit where the file ends
   * @return null if there is one, else why not; the empty string is the very end
   */
  @Nullable String next(long limit) throws IOException {
    String damage = look(offset, expected, limit);
    if (damage == null) {
      offset = blockStart() + head.bytes();
      expected = head.last() + 1;
    }
    return damage;
  }

  /**
   * Behind a damaged block, goes to the next sound one, whatever its position; {@link #next} reads
   * it then.
   *
   * @return false if none follows
   */
  boolean findNextSound(long limit) throws IOException {
    long bestOffset = -1;
    long bestExpected = 0;
    long bestLast = Long.MAX_VALUE;
    long bestBytes = 0;
    for (long place = offset + 1; place <= limit - Block.HEAD_BYTES; place++) {
      load(place, Block.HEAD_BYTES, limit);
      Block.Head candidate = Block.Head.read(buffer, (int) (place - bufferAt));
      long first = candidate.first();
      boolean plausible =
          candidate.isPossible()
              && first >= expected
              && first - expected <= (place - offset) * DENSEST
              && look(place, first, limit) == null;
      if (plausible) {
        long sound = soundBytes(place, first, limit);
        if (sound > bestBytes && first <= bestLast) { // behind the best it contradicts nothing
          bestOffset = place;
          bestExpected = first;
          bestLast = soundLast;
          bestBytes = sound;
        }
        if (sound >= CONVINCING_BYTES || place + sound == limit) {
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

  /** How far sound blocks follow each other from there, up to what convinces. */
  private long soundBytes(long from, long first, long limit) throws IOException {
    long place = from;
    long next = first;
    while (place - from < CONVINCING_BYTES && look(place, next, limit) == null) {
      place += head.bytes();
      next = head.last() + 1;
    }
    soundLast = next - 1;
    return place - from;
  }

  private @Nullable String look(long place, long wanted, long limit) throws IOException {
    if (place == limit) {
      return "";
    }
    if (limit - place < Block.HEAD_BYTES) {
      return "the file ends within the head of a block";
    }
    load(place, Block.HEAD_BYTES, limit);
    Block.Head found = Block.Head.read(buffer, (int) (place - bufferAt));
    if (!found.isPossible()) {
      return "no head of a block";
    }
    if (limit - place < found.bytes()) {
      return "the file ends within a block";
    }
    load(place, found.bytes(), limit);
    int start = (int) (place - bufferAt);
    if (!Block.isSound(buffer.array(), start, found)) {
      return "checksum does not match";
    }
    if (found.first() != wanted) {
      return "a block with the position " + found.first();
    }
    at = start;
    head = found;
    return null;
  }

  /** Has that part of the file in the buffer. */
  private void load(long place, int length, long limit) throws IOException {
    if (place >= bufferAt && place + length <= bufferAt + buffer.limit()) {
      return;
    }
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocate(length);
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), limit - place));
    bufferAt = place;
    if (!Bytes.readFully(file, buffer, place)) {
      buffer.limit(0);
      throw new IOException("file is shorter than " + limit + " bytes");
    }
    buffer.flip();
  }
}
