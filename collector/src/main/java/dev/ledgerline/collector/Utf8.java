// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF. */
final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8() {}

  /** Where the first byte stands that is not UTF-8, or -1. */
  static int invalidAt(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      // most of JSON is ASCII: eight bytes at a time
      while (i + 8 <= to && ((long) LONGS.get(bytes, i) & HIGH_BITS) == 0) {
        i += 8;
      }
      while (i < to && bytes[i] >= 0) {
        i++;
      }
      if (i < to) {
        int length = sequenceAt(bytes, i, to);
        if (length == 0) {
          return i;
        }
        i += length;
      }
    }
    return -1;
  }

  /** Bytes of the sequence with a first byte above 0x7F at {@code i}, 0 if it is none. */
  private static int sequenceAt(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xff;
    if (first >= 0xc2 && first <= 0xdf) {
      return continues(bytes, i + 1, to, 0x80, 0xbf) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
      int low = first == 0xe0 ? 0xa0 : 0x80;
      int high = first == 0xed ? 0x9f : 0xbf;
      return continues(bytes, i + 1, to, low, high) && continues(bytes, i + 2, to, 0x80, 0xbf)
          ? 3
          : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
      int low = first == 0xf0 ? 0x90 : 0x80;
      int high = first == 0xf4 ? 0x8f : 0xbf;
      return continues(bytes, i + 1, to, low, high)
              && continues(bytes, i + 2, to, 0x80, 0xbf)
              && continues(bytes, i + 3, to, 0x80, 0xbf)
          ? 4
          : 0;
    }
    return 0;
  }

  private static boolean continues(byte[] bytes, int i, int to, int low, int high) {
    return i < to && (bytes[i] & 0xff) >= low && (bytes[i] & 0xff) <= high;
  }

  /** Whether the text is longer than that in UTF-8; cheap where it is clearly shorter. */
  static boolean isLonger(String text, int bytes) {
    if (text.length() > bytes) {
      return true;
    }
    return text.length() * 3 > bytes && length(text) > bytes;
  }

  private static int length(String text) {
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // each half of a surrogate pair is two of the four bytes
      length += c < 0x80 ? 1 : (c < 0x800 || Character.isSurrogate(c)) ? 2 : 3;
    }
    return length;
  }
}
