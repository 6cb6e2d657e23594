// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Goes through the content of a block, record by record. For one thread at a time. */
final class Records {
  static final Records NONE = new Records(1, new byte[0]);

  private final ByteBuffer content;
  private long position;
  private int at;
  private int end;

  /**
   * Stands before the first record.
   *
   * @param content of a whole block
   */
  Records(long first, byte[] content) {
    this.content = ByteBuffer.wrap(content);
    this.position = first - 1;
  }

  /** Goes on to the next record; false at the end. */
  boolean next() {
    if (end == content.capacity()) {
      return false;
    }
    at = end;
    end = at + Block.RECORD_HEAD_BYTES + content.getInt(at);
    position++;
    return true;
  }

  long position() {
    return position;
  }

  byte[] array() {
    return content.array();
  }

  /** Where the record begins in the array. */
  int at() {
    return at;
  }

  /** With its head. */
  int bytes() {
    return end - at;
  }

  EventLog.LogEntry entry() {
    return new EventLog.LogEntry(
        Position.of(position),
        Arrays.copyOfRange(content.array(), at + Block.RECORD_HEAD_BYTES, end));
  }

  /** Goes on to the first record at or behind that position; null at the end. */
  EventLog.@Nullable LogEntry from(long wanted) {
    while (next()) {
      if (position >= wanted) {
        return entry();
      }
    }
    return null;
  }
}
