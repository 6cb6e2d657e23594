// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which lines belong to the record before them.
 *
 * @param begins lines that match begin a record, all others continue one; null: as {@code usual}
 *     says
 * @param usual indented lines and stack traces continue a line of text; otherwise each line is a
 *     record
 */
public record Joining(@Nullable Pattern begins, boolean usual) {
  /** Indented lines and the usual forms of stack traces continue a line of text. */
  public static final Joining USUAL = new Joining(null, true);

  /** Each line is a record. */
  public static final Joining NONE = new Joining(null, false);

  /** Where a stack trace goes on without being indented. */
  private static final List<byte[]> TRACES =
      List.of(
          ascii("Caused by:"),
          ascii("Suppressed:"),
          ascii("Traceback (most recent call last):"),
          ascii("During handling of the above exception"),
          ascii("The above exception was the direct cause"));

  private static final byte[] TRACEBACK = TRACES.get(2);

  public static Joining beginningWith(Pattern begins) {
    return new Joining(begins, false);
  }

  boolean perLine() {
    return begins == null && !usual;
  }

  /** Whether a line that is not blank goes on with the record. */
  boolean continues(Assembly record, byte[] in, int from, int to) {
    if (begins != null) {
      String line = new String(in, from, to - from, StandardCharsets.UTF_8);
      return !begins.matcher(line).lookingAt();
    }
    if (!usual) {
      return false;
    }
    boolean indented = in[from] == ' ' || in[from] == '\t';
    boolean closes = in[from] == '}' || in[from] == ']' || in[from] == ')';
    if (indented || closes) {
      return true;
    }
    if (record.isJson()) {
      return false;
    }
    for (byte[] trace : TRACES) {
      if (starts(in, from, to, trace)) {
        return true;
      }
    }
    // Python says what was raised in a line of its own, after the indented ones
    return record.inTraceback() && Character.isLetter(in[from]);
  }

  static boolean opensTraceback(byte[] in, int from, int to) {
    return starts(in, from, to, TRACEBACK);
  }

  private static boolean starts(byte[] in, int from, int to, byte[] text) {
    if (to - from < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (in[from + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
