// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads batches out of files, all with the same buffer: one batch is held at a time. Used by one
 * thread.
 */
final class Batches {
  /** A batch has at most so many records, */
  private static final int MOST_RECORDS = 1_000;

  /** and is cut from so many bytes, unless a single record is longer. */
  private static final int USUAL_BYTES = 1 << 20;

  /** No server takes a longer record; of a longer line so much is sent, to be refused and kept. */
  private static final int LONGEST_RECORD = 9 << 20;

  private static final int MOST_BYTES = LONGEST_RECORD + Place.TAIL;

  /**
   * What was found.
   *
   * @param head the place of the file as it was, with the head of the file as it is
   * @param after the place behind the records
   */
  record Found(Place head, Place after, List<byte[]> records) {}

  private final Cutter cutter;
  private final String host;
  private byte[] buffer = new byte[USUAL_BYTES];

  Batches(Joining joining, String host) {
    this.cutter = new Cutter(joining);
    this.host = host;
  }

  String host() {
    return host;
  }

  /**
   * Reads on in a file.
   *
   * @param whole nothing will be added to the file
   * @param waited whether a record has waited long enough for lines that continue it
   * @return null where the file is not the one that was read before
   */
  @Nullable Found read(TrackedFile file, Content content, boolean whole, boolean waited, long now)
      throws IOException {
    shrink();
    while (true) {
      Place place = file.place;
      int tail = place.tailBytes();
      int n = content.read(place.at() - tail, buffer, 0, buffer.length);
      if (!place.goesOnIn(buffer, n)) {
        return null;
      }
      boolean end = n < buffer.length;
      if (end) {
        file.reached(place.at() + n - tail, now);
      }
      Cutter.Cut cut = cutter.cut(buffer, tail, n, whole && end, MOST_RECORDS);
      if (cut.records().isEmpty() && cut.heldTo() > cut.consumed() && waited) {
        cut = cutter.cut(buffer, tail, cut.heldTo(), true, MOST_RECORDS);
      }
      if (!cut.records().isEmpty() || cut.consumed() > tail || end) {
        return found(place, content, cut.consumed(), cut.records());
      }
      if (buffer.length == MOST_BYTES) {
        return longLine(place, content, whole, n);
      }
      buffer = new byte[Math.min(buffer.length * 2, MOST_BYTES)];
    }
  }

  /** Cuts a range that was cut before; null where the file is not that one any more. */
  @Nullable Found readAgain(TrackedFile file, Content content, long to) throws IOException {
    Place place = file.place;
    int tail = place.tailBytes();
    long bytes = to - place.at() + tail;
    buffer = new byte[(int) Math.max(USUAL_BYTES, Math.min(bytes, MOST_BYTES))];
    int n = content.read(place.at() - tail, buffer, 0, buffer.length);
    int wanted = (int) Math.min(bytes, MOST_BYTES);
    if (!place.goesOnIn(buffer, n)) {
      return null;
    }
    if (n < wanted) {
      return new Found(place, place, List.of()); // some of it is gone
    }
    if (wanted < bytes) {
      return longLine(place, content, true, n);
    }
    Cutter.Cut cut = cutter.cut(buffer, tail, wanted, true, Integer.MAX_VALUE);
    return found(place, content, wanted, cut.records());
  }

  private Found found(Place place, Content content, int consumed, List<byte[]> records)
      throws IOException {
    int tail = place.tailBytes();
    Place head = place.withHead(content, place.at() + consumed - tail);
    return new Found(head, head.read(buffer, 0, consumed, place.at() + consumed - tail), records);
  }

  /** Its end is looked for without keeping what stands before it. */
  private Found longLine(Place place, Content content, boolean whole, int n) throws IOException {
    int tail = place.tailBytes();
    byte[] record = Arrays.copyOfRange(buffer, tail, n);
    long at = place.at() + n - tail;
    byte[] last = Arrays.copyOfRange(buffer, n - Place.TAIL, n);
    while (true) {
      int more = content.read(at, buffer, 0, USUAL_BYTES);
      int newline = Cutter.newline(buffer, 0, more);
      int to = newline < 0 ? more : newline + 1;
      byte[] joined = Arrays.copyOf(last, last.length + to);
      System.arraycopy(buffer, 0, joined, last.length, to);
      last = Arrays.copyOfRange(joined, Math.max(0, joined.length - Place.TAIL), joined.length);
      at += to;
      if (newline >= 0 || (more == 0 && whole)) {
        Place after = place.read(last, 0, last.length, at);
        return new Found(place, after, List.of(record));
      }
      if (more == 0) {
        return new Found(place, place, List.of()); // not written to its end yet
      }
    }
  }

  /** One long line is no reason to keep a large buffer. */
  private void shrink() {
    if (buffer.length > USUAL_BYTES) {
      buffer = new byte[USUAL_BYTES];
    }
  }
}
