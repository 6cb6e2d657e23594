// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.DeliveryRefusedException.Code;
import dev.ledgerline.event.Rejection;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds where the records of a delivery begin and end, without parsing them: one pass over the
 * bytes. One bad record does not hide the next.
 */
final class RecordSplitter {
  private final Limits limits;

  RecordSplitter(Limits limits) {
    this.limits = limits;
  }

  /**
   * The records of a body.
   *
   * @param length bytes of {@code body} that count
   * @throws DeliveryRefusedException no record could be delimited, or there are too many
   */
  Pieces split(byte[] body, int length, RecordFormat format) throws DeliveryRefusedException {
    int from = afterByteOrderMark(body, length);
    int start = skipSpace(body, from, length);
    if (start == length) {
      throw new DeliveryRefusedException(Code.BAD_REQUEST, "the body is empty");
    }
    RecordFormat resolved = format == RecordFormat.SNIFFED ? sniff(body, start, length) : format;
    Pieces pieces = new Pieces(limits.requestRecords(), resolved == RecordFormat.EVENT_STREAM);
    switch (resolved) {
      case JSON -> json(body, start, length, pieces);
      case JSON_LINES -> lines(body, start, length, false, pieces);
      case TEXT -> lines(body, from, length, true, pieces);
      case EVENT_STREAM -> new EventStreamSplitter(body, length, pieces).split(from);
      case SNIFFED -> throw new IllegalStateException("a sniffed format is one of the others");
    }
    return pieces;
  }

  /**
   * Finds the records of one message of a topic: JSON may hold several, text is one record with all
   * of its lines.
   */
  Pieces splitMessage(byte[] value) throws DeliveryRefusedException {
    int from = afterByteOrderMark(value, value.length);
    int start = skipSpace(value, from, value.length);
    if (start == value.length || sniff(value, start, value.length) != RecordFormat.TEXT) {
      return split(value, value.length, RecordFormat.SNIFFED);
    }
    Pieces pieces = new Pieces(1, false);
    pieces.add(new Piece(value, from, value.length, true, false, null));
    return pieces;
  }

  /** What was found, in order; refuses more than it may hold. */
  static final class Pieces {
    private final List<Piece> list = new ArrayList<>();
    private final int most;
    private final boolean endsStream;

    private Pieces(int most, boolean endsStream) {
      this.most = most;
      this.endsStream = endsStream;
    }

    void add(Piece piece) throws DeliveryRefusedException {
      if (list.size() == most) {
        throw new DeliveryRefusedException(
            Code.TOO_LARGE, "the request has more than " + most + " records, which is the limit");
      }
      list.add(piece);
    }

    List<Piece> list() {
      return list;
    }

    /** The body was an event stream, and it has ended. */
    boolean endsStream() {
      return endsStream;
    }
  }

  private static int afterByteOrderMark(byte[] body, int length) throws DeliveryRefusedException {
    if (length >= 2) {
      int first = body[0] & 0xff;
      int second = body[1] & 0xff;
      if (first == 0 || second == 0 || (first >= 0xfe && second >= 0xfe)) {
        throw new DeliveryRefusedException(
            Code.INVALID_ENCODING, "the body is not UTF-8 (it looks like UTF-16 or UTF-32)");
      }
      if (first == 0x1f && second == 0x8b) {
        throw new DeliveryRefusedException(
            Code.INVALID_ENCODING,
            "the body is gzip; one layer of it needs Content-Encoding: gzip, more are not read");
      }
      if (length >= 3 && first == 0xef && second == 0xbb && (body[2] & 0xff) == 0xbf) {
        return 3;
      }
    }
    return 0;
  }

  private static RecordFormat sniff(byte[] body, int start, int length) {
    if (body[start] == '{') {
      return RecordFormat.JSON;
    }
    if (body[start] == '[') {
      // a log line may begin with a bracket, too: [2026-01-01 …
      int next = skipSpace(body, start + 1, length);
      boolean array = next == length || body[next] == '{' || body[next] == ']' || body[next] == '[';
      return array ? RecordFormat.JSON : RecordFormat.TEXT;
    }
    for (String field : List.of("data:", "event:", ":", "id:", "retry:")) {
      if (startsWith(body, start, length, field)) {
        return RecordFormat.EVENT_STREAM;
      }
    }
    return RecordFormat.TEXT;
  }

  private static boolean startsWith(byte[] body, int at, int length, String text) {
    if (at + text.length() > length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (body[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static void json(byte[] body, int start, int length, Pieces pieces)
      throws DeliveryRefusedException {
    if (body[start] == '[') {
      array(body, start + 1, length, pieces);
    } else if (body[start] != '{') {
      throw new DeliveryRefusedException(
          Code.INVALID_JSON, "the body is neither a JSON object nor an array of them");
    } else if (secondLineIsAnObject(body, start, length)) {
      lines(body, start, length, false, pieces);
    } else {
      objects(body, start, length, pieces);
    }
  }

  /** No pretty-printed object looks like that; one record a line does. */
  private static boolean secondLineIsAnObject(byte[] body, int start, int length) {
    int line = Bytes.indexOf((byte) '\n', body, start, length);
    if (line < 0) {
      return false;
    }
    int next = skipSpace(body, line, length);
    return next < length && body[next] == '{' && body[next - 1] == '\n';
  }

  /** Objects one after the other; what {@code curl -d @file} makes of lines. */
  private static void objects(byte[] body, int start, int length, Pieces pieces)
      throws DeliveryRefusedException {
    int from = start;
    while (from < length) {
      int to = endOfValue(body, from, length);
      if (to < 0) {
        if (pieces.list().isEmpty()) {
          throw new DeliveryRefusedException(
              Code.TRUNCATED, "the body ends inside of a JSON object");
        }
        pieces.add(truncated(body, from, length));
        return;
      }
      int next = skipSpace(body, to, length);
      boolean garbage = next < length && !opens(body[next]);
      if (garbage && Bytes.indexOf((byte) '\n', body, to, next) >= 0) {
        pieces.add(Piece.json(body, from, to));
        from = textLines(body, next, length, pieces);
      } else {
        pieces.add(
            Piece.json(body, from, garbage ? length : to)); // the reader says what is wrong with it
        from = garbage ? length : next;
      }
    }
  }

  /** Lines between objects that say something else, each one record; behind the last of them. */
  private static int textLines(byte[] body, int start, int length, Pieces pieces)
      throws DeliveryRefusedException {
    int from = start;
    while (from < length && !opens(body[from])) {
      int newline = Bytes.indexOf((byte) '\n', body, from, length);
      int end = newline < 0 ? length : newline;
      pieces.add(Piece.json(body, from, trimEnd(body, from, end)));
      from = skipSpace(body, end, length);
    }
    return from;
  }

  private static boolean opens(byte b) {
    return b == '{' || b == '[';
  }

  private static void array(byte[] body, int start, int length, Pieces pieces)
      throws DeliveryRefusedException {
    int from = skipSpace(body, start, length);
    if (from < length && body[from] == ']') {
      afterArray(body, from + 1, length, pieces);
      return;
    }
    while (true) {
      from = skipSpace(body, from, length);
      int end = endOfElement(body, from, length);
      if (end < 0) {
        cutArray(body, from, length, pieces);
        return;
      }
      int to = trimEnd(body, from, end);
      if (to == from) {
        pieces.add(
            Piece.rejected(
                body, from, to, Rejection.Code.INVALID_JSON, "nothing between two commas"));
      } else {
        pieces.add(Piece.json(body, from, to));
      }
      if (body[end] == ']') {
        afterArray(body, end + 1, length, pieces);
        return;
      }
      from = end + 1;
    }
  }

  /** The array has no end: its last record may be whole all the same. */
  private static void cutArray(byte[] body, int from, int length, Pieces pieces)
      throws DeliveryRefusedException {
    int to = trimEnd(body, from, length);
    if (to > from && body[from] == '{' && endOfValue(body, from, to) == to) {
      pieces.add(Piece.json(body, from, to));
      pieces.add(truncated(body, to, to));
    } else {
      pieces.add(truncated(body, from, to));
    }
  }

  private static void afterArray(byte[] body, int from, int length, Pieces pieces)
      throws DeliveryRefusedException {
    int next = skipSpace(body, from, length);
    if (next < length) {
      pieces.add(
          Piece.rejected(
              body,
              next,
              length,
              Rejection.Code.INVALID_JSON,
              "there is something after the end of the array"));
    }
  }

  private static Piece truncated(byte[] body, int from, int to) {
    return Piece.rejected(
        body, from, to, Rejection.Code.TRUNCATED, "the body ends before this record does");
  }

  private static void lines(byte[] body, int start, int length, boolean text, Pieces pieces)
      throws DeliveryRefusedException {
    int from = start;
    while (from < length) {
      int newline = Bytes.indexOf((byte) '\n', body, from, length);
      int end = newline < 0 ? length : newline;
      int first = text ? from : skipSpace(body, from, end);
      int to = trimEnd(body, first, end);
      if (to > first) {
        pieces.add(new Piece(body, first, to, text, newline < 0, null));
      }
      from = end + 1;
    }
  }

  /** Behind the bracket that closes the one at {@code from}, or -1. */
  private static int endOfValue(byte[] body, int from, int length) {
    int depth = 0;
    int i = from;
    while (i < length) {
      switch (body[i]) {
        case '"' -> {
          i = endOfString(body, i + 1, length);
          if (i < 0) {
            return -1;
          }
        }
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return i + 1;
          }
        }
        default -> {}
      }
      i++;
    }
    return -1;
  }

  /** The comma or bracket that ends the element at {@code from} of an array, or -1. */
  private static int endOfElement(byte[] body, int from, int length) {
    int depth = 0;
    int i = from;
    while (i < length) {
      switch (body[i]) {
        case '"' -> {
          i = endOfString(body, i + 1, length);
          if (i < 0) {
            return -1;
          }
        }
        case '{', '[' -> depth++;
        case '}' -> depth--;
        case ']' -> {
          if (depth <= 0) {
            return i;
          }
          depth--;
        }
        case ',' -> {
          if (depth <= 0) {
            return i;
          }
        }
        default -> {}
      }
      i++;
    }
    return -1;
  }

  /** The quote that ends a string, or -1. */
  private static int endOfString(byte[] body, int from, int length) {
    int i = from;
    while (i < length) {
      byte b = body[i];
      if (b == '"') {
        return i;
      }
      i += b == '\\' ? 2 : 1;
    }
    return -1;
  }

  static int skipSpace(byte[] body, int from, int to) {
    int i = from;
    while (i < to && isSpace(body[i])) {
      i++;
    }
    return i;
  }

  private static int trimEnd(byte[] body, int from, int to) {
    int i = to;
    while (i > from && isSpace(body[i - 1])) {
      i--;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
