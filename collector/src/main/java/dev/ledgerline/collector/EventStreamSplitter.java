// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.RecordSplitter.Pieces;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events: the {@code data} of each is a record, its other fields and the comments are
 * not. {@code [DONE]}, with which model APIs end a stream, is no record.
 */
final class EventStreamSplitter {
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final byte[] body;
  private final int length;
  private final Pieces pieces;

  /** The first data line of the event that is being read; -1 while it has none. */
  private int dataFrom = -1;

  private int dataTo;

  /** All data lines, once there is more than one. */
  private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);

  EventStreamSplitter(byte[] body, int length, Pieces pieces) {
    this.body = body;
    this.length = length;
    this.pieces = pieces;
  }

  void split(int start) throws DeliveryRefusedException {
    int from = start;
    while (from < length) {
      int end = endOfLine(from);
      if (end == from) {
        dispatch(false);
      } else {
        line(from, end);
      }
      boolean crlf = end + 1 < length && body[end] == '\r' && body[end + 1] == '\n';
      from = end + (crlf ? 2 : 1);
    }
    dispatch(true);
  }

  private int endOfLine(int from) {
    int i = from;
    while (i < length && body[i] != '\n' && body[i] != '\r') {
      i++;
    }
    return i;
  }

  private void line(int from, int to) {
    boolean data =
        to - from >= 5
            && body[from] == 'd'
            && body[from + 1] == 'a'
            && body[from + 2] == 't'
            && body[from + 3] == 'a'
            && body[from + 4] == ':';
    if (!data) {
      return;
    }
    int first = from + 5 < to && body[from + 5] == ' ' ? from + 6 : from + 5;
    if (dataFrom < 0) {
      dataFrom = first;
      dataTo = to;
    } else {
      if (joined.size() == 0) {
        joined.write(body, dataFrom, dataTo - dataFrom);
      }
      joined.write('\n');
      joined.write(body, first, to - first);
    }
  }

  private void dispatch(boolean last) throws DeliveryRefusedException {
    if (dataFrom < 0) {
      return;
    }
    byte[] in = joined.size() == 0 ? body : joined.toByteArray();
    int from = joined.size() == 0 ? dataFrom : 0;
    int to = joined.size() == 0 ? dataTo : in.length;
    joined.reset();
    dataFrom = -1;
    from = RecordSplitter.skipSpace(in, from, to);
    if (from < to && !Bytes.equal(DONE, in, from, to)) {
      pieces.add(new Piece(in, from, to, false, last, null));
    }
  }
}
