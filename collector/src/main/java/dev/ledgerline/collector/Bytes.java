// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Searching and hashing in byte arrays, eight bytes at a time. */
final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private static final long SEED = 0x6c65_6467_6572_6c69L;
  private static final long ODD_1 = 0x9e37_79b9_7f4a_7c15L;
  private static final long ODD_2 = 0xc2b2_ae3d_27d4_eb4fL;

  private Bytes() {}

  /** Where that byte stands first, or -1. */
  static int indexOf(byte wanted, byte[] bytes, int from, int to) {
    long pattern = (wanted & 0xffL) * ONES;
    int i = from;
    for (; i + 8 <= to; i += 8) {
      long differs = (long) LONGS.get(bytes, i) ^ pattern;
      long zeroes = (differs - ONES) & ~differs & HIGH_BITS; // exact for the lowest match
      if (zeroes != 0) {
        return i + (Long.numberOfTrailingZeros(zeroes) >> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  static boolean equal(byte[] expected, byte[] bytes, int from, int to) {
    return Arrays.equals(expected, 0, expected.length, bytes, from, to);
  }

  /**
   * A hash of the content that is the same in every process and release, as it stands in the log.
   * It tells other content under the same id from the same content; it protects against nobody who
   * builds collisions, and need not: he could only hide his own second record behind his first.
   */
  static long hash(byte[] bytes) {
    long a = SEED ^ (bytes.length * ODD_1);
    long b = a ^ ODD_2;
    long c = ~a;
    long d = ~b;
    int i = 0;
    for (; i + 32 <= bytes.length; i += 32) { // four at once: each waits for its own last only
      a = mix(a ^ (long) LONGS.get(bytes, i));
      b = mix(b ^ (long) LONGS.get(bytes, i + 8));
      c = mix(c ^ (long) LONGS.get(bytes, i + 16));
      d = mix(d ^ (long) LONGS.get(bytes, i + 24));
    }
    long hash = mix(mix(mix(a ^ b) ^ c) ^ d);
    for (; i + 8 <= bytes.length; i += 8) {
      hash = mix(hash ^ (long) LONGS.get(bytes, i));
    }
    long rest = 0;
    for (; i < bytes.length; i++) {
      rest = (rest << 8) | (bytes[i] & 0xffL);
    }
    return mix(mix(hash ^ rest) ^ ODD_2);
  }

  /** Both halves of a 128-bit product, folded: every bit of the input moves every bit. */
  private static long mix(long value) {
    long a = value ^ ODD_1;
    return Math.unsignedMultiplyHigh(a, ODD_2) ^ (a * ODD_2);
  }
}
