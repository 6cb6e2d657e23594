// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the words that secrets stand beside, in one pass that costs about a third of a
 * nanosecond per byte where there are none.
 *
 * <pre>
 *   word     p a s s w o r d        core: three of its bytes that are rare in text
 *   core           s w o
 *   record   . . p|a s|s w|o r|d .  read in pairs: one of the pairs (s,w) and (w,o) is met,
 *   pairs    ^   ^   ^   ^   ^      wherever the word begins
 * </pre>
 *
 * A table of all pairs says which are in a core, and another what may stand before or behind them
 * there; only then the core, the word and its rule are looked at.
 */
final class SecretWords {
  private static final VarHandle PAIRS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final int HASH_SHIFT = 18;

  /**
   * A word to look for.
   *
   * @param core where its three rare bytes begin
   */
  private record Word(byte[] text, boolean anyCase, int core, SecretRule rule) {}

  /** The number of each pair of bytes that is in a core; 0 for all others. */
  private final short[] pairs = new short[1 << 16];

  private short count;

  /** By pair, as bits: the lower six bits of the bytes that stand before it in a core. */
  private long[] before = new long[64];

  private long[] behind = new long[64];

  /** By the hash of the core. Those of another core with that hash do not match. */
  private final Word[] @Nullable [] byCore = new Word[1 << (32 - HASH_SHIFT)][];

  /**
   * Adds a word.
   *
   * @param text at least three ASCII characters
   * @param core three characters of it
   */
  void add(String text, String core, boolean anyCase, SecretRule rule) {
    int at = text.indexOf(core);
    if (core.length() != 3 || at < 0 || text.chars().anyMatch(c -> c > 0x7f)) {
      throw new IllegalArgumentException("no core of " + text + ": " + core);
    }
    Word word =
        new Word(
            (anyCase ? lower(text) : text).getBytes(StandardCharsets.US_ASCII), anyCase, at, rule);
    int variants = anyCase ? 8 : 1;
    List<Integer> seen = new ArrayList<>();
    for (int variant = 0; variant < variants; variant++) {
      int a = inCase(core.charAt(0), anyCase, (variant & 1) != 0);
      int b = inCase(core.charAt(1), anyCase, (variant & 2) != 0);
      int c = inCase(core.charAt(2), anyCase, (variant & 4) != 0);
      int key = (a << 16) | (b << 8) | c;
      if (!seen.contains(key)) {
        seen.add(key);
        int first = pair(a, b);
        int second = pair(b, c);
        behind[first] |= 1L << c;
        before[second] |= 1L << a;
        Word[] known = byCore[hash(key)];
        Word[] more = known == null ? new Word[1] : Arrays.copyOf(known, known.length + 1);
        more[more.length - 1] = word;
        byCore[hash(key)] = more;
      }
    }
  }

  private int pair(int a, int b) {
    int pair = (a << 8) | b;
    if (pairs[pair] == 0) {
      pairs[pair] = ++count;
      if (count == before.length) {
        before = Arrays.copyOf(before, 2 * count);
        behind = Arrays.copyOf(behind, 2 * count);
      }
    }
    return pairs[pair];
  }

  private static int inCase(char c, boolean anyCase, boolean upper) {
    if (!anyCase) {
      return c;
    }
    return upper ? Character.toUpperCase(c) : Character.toLowerCase(c);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** The first secret in {@code [at, to)} of the record {@code [from, to)}, or null. */
  @Nullable Secret next(byte[] bytes, int from, int at, int to) {
    int last = to - 2;
    for (int i = at; i <= last; i += 2) {
      int pair = pairs[(short) PAIRS.get(bytes, i) & 0xffff];
      if (pair != 0
          && ((i < last && (behind[pair] >>> bytes[i + 2] & 1) != 0)
              || (i > at && (before[pair] >>> bytes[i - 1] & 1) != 0))) {
        Secret secret = around(bytes, i, from, at, to);
        if (secret != null) {
          return secret;
        }
      }
    }
    return null;
  }

  private @Nullable Secret around(byte[] bytes, int i, int from, int at, int to) {
    for (int core = Math.max(at, i - 1); core <= i && core + 3 <= to; core++) {
      int key =
          ((bytes[core] & 0xff) << 16) | ((bytes[core + 1] & 0xff) << 8) | (bytes[core + 2] & 0xff);
      Word[] words = byCore[hash(key)];
      if (words != null) {
        for (Word word : words) {
          int start = core - word.core;
          int end = start + word.text.length;
          if (start >= at && end <= to && matches(word, bytes, start)) {
            Secret secret = word.rule.at(bytes, start, end, from, to);
            if (secret != null && secret.from() >= at) {
              return secret;
            }
          }
        }
      }
    }
    return null;
  }

  private static int hash(int core) {
    return (core * 0x9e37_79b1) >>> HASH_SHIFT;
  }

  private static boolean matches(Word word, byte[] bytes, int start) {
    for (int i = 0; i < word.text.length; i++) {
      int b = bytes[start + i];
      if (word.anyCase && b >= 'A' && b <= 'Z') {
        b += 'a' - 'A';
      }
      if (b != word.text[i]) {
        return false;
      }
    }
    return true;
  }
}
