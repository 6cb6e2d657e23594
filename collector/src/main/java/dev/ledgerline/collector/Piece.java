// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Intake;
import dev.ledgerline.event.Rejection;
import org.jspecify.annotations.Nullable;

/**
 * Where one record stands in a delivery.
 *
 * @param in the body, or a buffer of its own where the record is not in one piece there
 * @param from first byte
 * @param to behind the last byte
 * @param text a line that need not be JSON
 * @param last nothing follows that would show where it ends: incomplete JSON was cut off
 * @param rejection why it cannot be read, already known from delimiting it
 * @param head where this is the item of a record that begins like others; else null
 * @param tree the item, where it came as a tree too
 */
record Piece(
    byte[] in,
    int from,
    int to,
    boolean text,
    boolean last,
    @Nullable Rejection rejection,
    RecordReader.@Nullable Head head,
    Intake.@Nullable Tree tree) {

  Piece(byte[] in, int from, int to, boolean text, boolean last, @Nullable Rejection rejection) {
    this(in, from, to, text, last, rejection, null, null);
  }

  static Piece json(byte[] in, int from, int to) {
    return new Piece(in, from, to, false, false, null);
  }

  static Piece item(RecordReader.Head head, Intake.Item item) {
    return new Piece(item.json(), 0, item.json().length, false, false, null, head, item.tree());
  }

  static Piece rejected(byte[] in, int from, int to, Rejection.Code code, String message) {
    return new Piece(in, from, to, false, false, new Rejection(code, null, message));
  }

  int length() {
    return to - from;
  }
}
