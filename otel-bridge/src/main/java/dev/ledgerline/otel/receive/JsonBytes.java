// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** JSON being written as UTF-8; the caller puts the commas. Used by one thread. */
final class JsonBytes {
  private static final byte[] HEX = ascii("0123456789abcdef");

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = ONES << 7;
  private static final long SPACES = ' ' * ONES;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;

  /** Per ASCII character: 0 as it is, 'u' as a number, else the letter behind the backslash. */
  private static final byte[] ESCAPES = new byte[128];

  static {
    Arrays.fill(ESCAPES, 0, ' ', (byte) 'u');
    ESCAPES['\b'] = 'b';
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\f'] = 'f';
    ESCAPES['\r'] = 'r';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  private byte[] bytes;
  private int length;

  JsonBytes(int expected) {
    bytes = new byte[expected];
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  int length() {
    return length;
  }

  /** What was written there, where it is ASCII. */
  @SuppressWarnings("deprecation") // the one constructor that looks at no byte twice
  String ascii(int from, int to) {
    return new String(bytes, 0, from, to - from);
  }

  /** Forgets what was written after that. */
  void backTo(int length) {
    this.length = length;
  }

  JsonBytes put(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  /** As it is. */
  JsonBytes put(byte[] json) {
    room(json.length);
    System.arraycopy(json, 0, bytes, length, json.length);
    length += json.length;
    return this;
  }

  /** As it is: digits, names of constants. */
  @SuppressWarnings("deprecation") // the one getBytes that makes no copy of an ASCII string
  JsonBytes putAscii(String text) {
    room(text.length());
    text.getBytes(0, text.length(), bytes, length);
    length += text.length();
    return this;
  }

  JsonBytes string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return quoted(utf8, 0, utf8.length);
  }

  /** A string that stands in {@code [from, to)}; what is no UTF-8 becomes U+FFFD. */
  JsonBytes string(byte[] utf8, int from, int to) {
    int begin = length;
    put('"');
    for (int start = from; ; ) {
      int special = special(utf8, start, to);
      run(utf8, start, special);
      if (special == to) {
        return put('"');
      }
      if (utf8[special] < 0) {
        length = begin;
        return string(new String(utf8, from, to - from, StandardCharsets.UTF_8));
      }
      escape(utf8[special]);
      start = special + 1;
    }
  }

  /** The first byte that does not stand for itself or is not ASCII, eight at a time. */
  private static int special(byte[] utf8, int from, int to) {
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long word = (long) LONGS.get(utf8, i);
      long quote = word ^ QUOTES;
      long backslash = word ^ BACKSLASHES;
      // the lowest bit is exact: a borrow comes only from a byte that is special itself
      long special =
          (word
                  | ((word - SPACES) & ~word)
                  | ((quote - ONES) & ~quote)
                  | ((backslash - ONES) & ~backslash))
              & HIGH_BITS;
      if (special != 0) {
        return i + (Long.numberOfTrailingZeros(special) >> 3);
      }
    }
    while (i < to && utf8[i] >= 0 && ESCAPES[utf8[i]] == 0) {
      i++;
    }
    return i;
  }

  private JsonBytes quoted(byte[] utf8, int from, int to) {
    room(to - from + 2);
    bytes[length++] = '"';
    int start = from;
    for (int i = from; i < to; i++) {
      byte b = utf8[i];
      if (b >= 0 && ESCAPES[b] != 0) {
        run(utf8, start, i);
        escape(b);
        start = i + 1;
      }
    }
    run(utf8, start, to);
    return put('"');
  }

  private void run(byte[] utf8, int from, int to) {
    room(to - from);
    System.arraycopy(utf8, from, bytes, length, to - from);
    length += to - from;
  }

  private void escape(byte b) {
    room(6);
    bytes[length++] = '\\';
    bytes[length++] = ESCAPES[b];
    if (ESCAPES[b] == 'u') {
      bytes[length++] = '0';
      bytes[length++] = '0';
      bytes[length++] = (byte) ('0' + (b >> 4));
      bytes[length++] = (byte) Character.toUpperCase(HEX[b & 15]);
    }
  }

  JsonBytes hex(byte[] in, int from, int to) {
    room((to - from) * 2 + 2);
    bytes[length++] = '"';
    for (int i = from; i < to; i++) {
      bytes[length++] = HEX[(in[i] >> 4) & 15];
      bytes[length++] = HEX[in[i] & 15];
    }
    bytes[length++] = '"';
    return this;
  }

  JsonBytes base64(byte[] in, int from, int to) {
    return put('"').put(Base64.getEncoder().encode(Arrays.copyOfRange(in, from, to))).put('"');
  }

  JsonBytes number(long number) {
    if (number < 0) {
      return putAscii(Long.toString(number));
    }
    int digits = 1;
    for (long left = number / 10; left > 0; left /= 10) {
      digits++;
    }
    room(digits);
    length += digits;
    long left = number;
    for (int i = length - 1; i >= length - digits; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    return this;
  }

  /** 64 bits are too many for a number of JavaScript: they are written as strings. */
  JsonBytes quotedNumber(long number, boolean unsigned) {
    put('"');
    if (unsigned && number < 0) {
      putAscii(Long.toUnsignedString(number));
    } else {
      number(number);
    }
    return put('"');
  }

  JsonBytes number(double number) {
    if (Double.isFinite(number)) {
      return putAscii(Double.toString(number));
    }
    return putAscii(
        Double.isNaN(number) ? "\"NaN\"" : number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, Math.addExact(length, length >> 1)));
    }
  }
}
