// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.file.Joiner;
import dev.ledgerline.collector.file.Joining;
import dev.ledgerline.collector.lint.Lint;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An input that is read once, line by line through one buffer; an array of records or an event
 * stream is read whole. Used by one thread.
 */
final class LintedInput {
  private static final int BUFFER = 1 << 20;

  private final InputStream in;
  private final Joining joining;
  private final Limits limits;
  private final Joiner joiner;
  private byte[] buffer = new byte[BUFFER];
  private int length;
  private boolean ended;
  private long line = 1;

  /** The line on which the record that may go on began. */
  private long openLine;

  LintedInput(InputStream in, Joining joining, Limits limits) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.joining = joining;
    this.limits = limits;
    this.joiner = new Joiner(joining);
  }

  /** Has all of it judged. */
  void into(Lint lint) throws IOException, DeliveryRefusedException {
    fill(0);
    if (isBody()) {
      while (!ended && length <= limits.requestBytes()) {
        fill(0);
      }
      if (length > limits.requestBytes()) {
        throw new DeliveryRefusedException(
            DeliveryRefusedException.Code.TOO_LARGE,
            "an array or an event stream of more than "
                + limits.requestBytes()
                + " bytes; one record a line may be as long as it likes");
      }
      lint.body(buffer, length, RecordFormat.SNIFFED);
      return;
    }
    int from = 0;
    int scanned = 0; // behind from, without an end of a line
    while (true) {
      int newline = newline(from + scanned);
      if (newline < 0 && !ended) {
        scanned = length - from;
        System.arraycopy(buffer, from, buffer, 0, scanned);
        length = scanned;
        from = 0;
        fill(scanned);
        scanned = Math.min(scanned, Math.max(0, length - 1));
        continue;
      }
      scanned = 0;
      int to = newline < 0 ? length : newline;
      line(lint, from, to);
      line++;
      if (newline < 0) {
        break;
      }
      from = newline + 1;
    }
    open(lint, joiner.end());
  }

  /** Reads more behind what is there; the buffer grows where a record needs it. */
  private void fill(int used) throws IOException {
    if (used > limits.requestBytes()) {
      skipLine();
      return;
    }
    if (length == buffer.length) {
      // a longer line is refused as too large when it is judged, so that it need not be kept whole
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int n = in.readNBytes(buffer, length, Math.max(1, Math.min(BUFFER, buffer.length - length)));
    length += n;
    ended = n == 0;
  }

  /** The beginning of a line that no server takes is enough to say so. */
  private void skipLine() throws IOException {
    length = limits.recordBytes() + 2;
    for (int b = in.read(); ; b = in.read()) {
      if (b < 0 || b == '\n') {
        ended = b < 0;
        buffer[length - 1] = '\n';
        return;
      }
    }
  }

  private boolean isBody() {
    int i = 0;
    while (i < length && (buffer[i] == ' ' || buffer[i] == '\n' || buffer[i] == '\r')) {
      i++;
    }
    if (i == length) {
      return false;
    }
    int next = i + 1;
    while (next < length && (buffer[next] == ' ' || buffer[next] == '\n')) {
      next++;
    }
    boolean array =
        buffer[i] == '['
            && next < length
            && (buffer[next] == '{' || buffer[next] == ']' || buffer[next] == '[');
    return array || starts(i, "data:") || starts(i, "event:") || starts(i, "id:");
  }

  private boolean starts(int at, String text) {
    if (at + text.length() > length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (buffer[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int newline(int from) {
    for (int i = from; i < length; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void line(Lint lint, int start, int end) {
    int from = start;
    if (line == 1 && end - from >= 3 && (buffer[from] & 0xff) == 0xef) {
      from += 3; // a byte order mark
    }
    int to = end;
    while (to > from && buffer[to - 1] <= ' ' && buffer[to - 1] >= 0) {
      to--;
    }
    if (to == from) {
      return;
    }
    boolean whole = buffer[from] == '{' && buffer[to - 1] == '}';
    if (whole || joining.equals(Joining.NONE)) {
      open(lint, joiner.end());
      lint.record(line, buffer, from, to, buffer[from] != '{');
      return;
    }
    byte[] copy = Arrays.copyOfRange(buffer, from, to);
    boolean wasOpen = joiner.isOpen();
    byte @Nullable [] before = joiner.add(copy);
    open(lint, before);
    if (before != null || !wasOpen) {
      openLine = line;
    }
    if (joiner.isWhole()) {
      open(lint, joiner.end());
    }
  }

  private void open(Lint lint, byte @Nullable [] record) {
    if (record != null && record.length > 0) {
      lint.record(openLine, record, 0, record.length, record[0] != '{');
    }
  }
}
