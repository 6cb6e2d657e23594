// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A growing buffer and the primitives of {@link EntryCodec}. */
final class ByteSink {
  private static final int LONGEST_VARINT = 10;

  private byte[] bytes;
  private int size;

  ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    size = 0;
  }

  int capacity() {
    return bytes.length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Everything, and behind it one more array as {@link #bytes} writes it; copied once. */
  byte[] toByteArray(byte[] last) {
    number(last.length);
    byte[] all = Arrays.copyOf(bytes, size + last.length);
    System.arraycopy(last, 0, all, size, last.length);
    return all;
  }

  void raw(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  void flag(boolean value) {
    raw(value ? 1 : 0);
  }

  void fixed(long value) {
    reserve(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  void number(long value) {
    reserve(LONGEST_VARINT);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void signed(long value) {
    number((value << 1) ^ (value >> 63));
  }

  void optionalSigned(@Nullable Number value) {
    flag(value != null);
    if (value != null) {
      signed(value.longValue());
    }
  }

  void bytes(byte[] value) {
    number(value.length);
    reserve(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  void text(@Nullable String value) {
    if (value == null) {
      raw(0);
      return;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    number(utf8.length + 1L);
    reserve(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
  }

  void instant(Instant value) {
    signed(value.getEpochSecond());
    number(value.getNano());
  }

  void optionalInstant(@Nullable Instant value) {
    flag(value != null);
    if (value != null) {
      instant(value);
    }
  }

  void constant(Enum<?> value) {
    number(value.ordinal());
  }

  void optionalConstant(@Nullable Enum<?> value) {
    number(value == null ? 0 : value.ordinal() + 1L);
  }

  /** Starts a block that will be preceded by its length; give the result to {@link #endBlock}. */
  int startBlock() {
    raw(0);
    return size;
  }

  void endBlock(int start) {
    int length = size - start;
    int extra = 0;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
      extra++;
    }
    if (extra > 0) {
      reserve(extra);
      System.arraycopy(bytes, start, bytes, start + extra, length);
    }
    size = start - 1;
    number(length);
    size += length;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
    }
  }
}
