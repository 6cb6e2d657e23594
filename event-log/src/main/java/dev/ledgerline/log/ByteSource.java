// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteSink} wrote. A length is checked against what is left before anything is
 * allocated for it.
 */
final class ByteSource {
  private final byte[] bytes;
  private final int end;
  private int at;

  ByteSource(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ByteSource(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** A constant that this version does not know. */
  static final class UnknownConstantException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownConstantException(String message) {
      super(message, null, false, false);
    }
  }

  int remaining() {
    return end - at;
  }

  int raw() throws MalformedEntryException {
    if (at >= end) {
      throw new MalformedEntryException("entry ends at byte " + at + " where more is expected");
    }
    return bytes[at++] & 0xff;
  }

  boolean flag() throws MalformedEntryException {
    return switch (raw()) {
      case 0 -> false;
      case 1 -> true;
      default -> throw new MalformedEntryException("neither 0 nor 1 at byte " + (at - 1));
    };
  }

  long fixed() throws MalformedEntryException {
    need(Long.BYTES);
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | (bytes[at++] & 0xff);
    }
    return value;
  }

  long number() throws MalformedEntryException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = raw();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new MalformedEntryException("number without an end before byte " + at);
  }

  long signed() throws MalformedEntryException {
    long value = number();
    return value >>> 1 ^ -(value & 1);
  }

  @Nullable Long optionalLong() throws MalformedEntryException {
    return flag() ? (Long) signed() : null;
  }

  int integer() throws MalformedEntryException {
    long value = signed();
    if (value != (int) value) {
      throw new MalformedEntryException("number out of range before byte " + at);
    }
    return (int) value;
  }

  @Nullable Integer optionalInteger() throws MalformedEntryException {
    return flag() ? (Integer) integer() : null;
  }

  int count(int atMost) throws MalformedEntryException {
    long count = number();
    if (count < 0 || count > atMost) {
      throw new MalformedEntryException("count " + count + " before byte " + at);
    }
    return (int) count;
  }

  byte[] bytes() throws MalformedEntryException {
    int length = length(number());
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  String text() throws MalformedEntryException {
    String value = optionalText();
    if (value == null) {
      throw new MalformedEntryException("no text before byte " + at + " where one is required");
    }
    return value;
  }

  @Nullable String optionalText() throws MalformedEntryException {
    long lengthPlusOne = number();
    if (lengthPlusOne == 0) {
      return null;
    }
    int length = length(lengthPlusOne - 1);
    at += length;
    return new String(bytes, at - length, length, StandardCharsets.UTF_8);
  }

  Instant instant() throws MalformedEntryException {
    long seconds = signed();
    long nanos = number();
    if (nanos < 0 || nanos > 999_999_999) {
      throw new MalformedEntryException("no time before byte " + at);
    }
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (DateTimeException | ArithmeticException e) {
      throw new MalformedEntryException("no time before byte " + at);
    }
  }

  @Nullable Instant optionalInstant() throws MalformedEntryException {
    return flag() ? instant() : null;
  }

  <E extends Enum<E>> E constant(E[] constants)
      throws MalformedEntryException, UnknownConstantException {
    return constant(constants, number());
  }

  <E extends Enum<E>> @Nullable E optionalConstant(E[] constants)
      throws MalformedEntryException, UnknownConstantException {
    long number = number();
    return number == 0 ? null : constant(constants, number - 1);
  }

  private <E extends Enum<E>> E constant(E[] constants, long number)
      throws UnknownConstantException {
    if (number < 0 || number >= constants.length) {
      throw new UnknownConstantException("constant " + number + " before byte " + at);
    }
    return constants[(int) number];
  }

  /** Reads within the next block only, and stands behind it from now on. */
  ByteSource block() throws MalformedEntryException {
    int length = length(number());
    at += length;
    return new ByteSource(bytes, at - length, at);
  }

  private int length(long length) throws MalformedEntryException {
    if (length < 0 || length > remaining()) {
      throw new MalformedEntryException(
          "length " + length + " before byte " + at + ", but " + remaining() + " bytes are left");
    }
    return (int) length;
  }

  private void need(int length) throws MalformedEntryException {
    length(length);
  }
}
