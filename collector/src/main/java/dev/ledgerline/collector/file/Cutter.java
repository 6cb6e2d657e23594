// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts bytes into records. The same closed range is always cut the same way. */
final class Cutter {
  /**
   * What was cut.
   *
   * @param records none is blank
   * @param consumed behind the last byte that belongs to them or to blank lines between
   * @param heldTo behind the last line that could still be continued; {@code consumed} where there
   *     is none
   */
  record Cut(List<byte[]> records, int consumed, int heldTo) {}

  private final Joining joining;

  Cutter(Joining joining) {
    this.joining = joining;
  }

  /**
   * Cuts a range that begins with a line.
   *
   * @param closed nothing will follow, so that the last record ends where the range does
   */
  Cut cut(byte[] in, int from, int to, boolean closed, int mostRecords) {
    List<byte[]> records = new ArrayList<>();
    @Nullable Assembly open = null;
    int consumed = from;
    int line = from;
    while (line < to && records.size() < mostRecords) {
      int newline = newline(in, line, to);
      if (newline < 0 && !closed) {
        break;
      }
      int next = newline < 0 ? to : newline + 1;
      int first = afterMark(in, line, newline < 0 ? to : newline);
      int end = trimmed(in, first, newline < 0 ? to : newline);
      if (end == first) {
        consumed = open == null ? next : consumed;
      } else if (open != null && joining.continues(open, in, first, end)) {
        open.join(in, first, end);
      } else {
        if (open != null) {
          records.add(open.bytes());
          consumed = line;
          if (records.size() == mostRecords) {
            return new Cut(records, consumed, consumed);
          }
        }
        open = new Assembly(in, first, end);
      }
      line = next;
      if (open != null && (joining.perLine() || open.isWhole())) {
        records.add(open.bytes());
        consumed = line;
        open = null;
      }
    }
    if (open != null && closed && line >= to) {
      records.add(open.bytes());
      return new Cut(records, to, to);
    }
    return new Cut(records, consumed, open == null ? consumed : line);
  }

  static int newline(byte[] in, int from, int to) {
    for (int i = from; i < to; i++) {
      if (in[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** A byte order mark is no part of a record, nor are the zeros of a hole. */
  private static int afterMark(byte[] in, int from, int to) {
    int i = from;
    while (i < to && in[i] == 0) {
      i++;
    }
    boolean mark =
        to - i >= 3
            && (in[i] & 0xff) == 0xef
            && (in[i + 1] & 0xff) == 0xbb
            && (in[i + 2] & 0xff) == 0xbf;
    return mark ? i + 3 : i;
  }

  /** Where the line ends without what nobody sees; {@code from} for a blank one. */
  private static int trimmed(byte[] in, int from, int to) {
    int end = to;
    while (end > from && (in[end - 1] == ' ' || in[end - 1] == '\t' || in[end - 1] == '\r')) {
      end--;
    }
    return end;
  }
}
