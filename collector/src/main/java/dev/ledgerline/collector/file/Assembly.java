// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * One record while its lines are put together. Lines of text are joined as OTP's logger joins them
 * ({@code single_line}: a comma and a space instead of the break and what indents the next line),
 * so that dialects see one form; lines of JSON with a space. Used by one thread.
 */
final class Assembly {
  /** A record of more lines or bytes is no record any more; both bound what a bad rule can eat. */
  private static final int MOST_LINES = 1_000;

  private static final int MOST_BYTES = 1 << 20;

  private final ByteArrayOutputStream joined = new ByteArrayOutputStream();
  private final boolean json;
  private int lines;
  private byte last;
  private boolean closed;
  private boolean traceback;
  private boolean indented;

  Assembly(byte[] in, int from, int to) {
    int first = from;
    while (first < to && (in[first] == ' ' || in[first] == '\t')) {
      first++;
    }
    json = in[first] == '{';
    closed = json && in[to - 1] == '}';
    add(in, from, to);
  }

  void join(byte[] in, int from, int to) {
    int first = from;
    while (in[first] == ' ' || in[first] == '\t') {
      first++;
    }
    closed = json && first == from && in[from] == '}';
    if (!json && last != ',') {
      joined.write(',');
    }
    joined.write(' ');
    indented = first > from;
    add(in, first, to);
    if (traceback && !indented && lines > 2 && !Joining.opensTraceback(in, first, to)) {
      traceback = false; // that was what was raised
    }
  }

  private void add(byte[] in, int from, int to) {
    lines++;
    last = in[to - 1];
    traceback |= Joining.opensTraceback(in, from, to);
    joined.write(in, from, to - from);
  }

  boolean isJson() {
    return json;
  }

  /** In the indented part of a trace of Python. */
  boolean inTraceback() {
    return traceback && indented;
  }

  /** Nothing can belong to it any more. */
  boolean isWhole() {
    return closed || lines >= MOST_LINES || joined.size() >= MOST_BYTES;
  }

  byte[] bytes() {
    byte[] bytes = joined.toByteArray();
    int nul = 0;
    while (nul < bytes.length && bytes[nul] == 0) {
      nul++; // the hole that a writer leaves whose file was truncated under it
    }
    return nul == 0 ? bytes : Arrays.copyOfRange(bytes, nul, bytes.length);
  }
}
