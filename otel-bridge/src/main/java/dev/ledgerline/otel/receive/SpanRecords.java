// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The spans of one export as records. What spans share is kept once and written into a record only
 * when it is asked for, so that an export takes about its own size in memory.
 */
final class SpanRecords implements Iterable<byte[]> {
  /** Spans of one resource and scope; the head is the record up to the span itself. */
  private record Group(byte[] head, List<byte[]> spans) {}

  private final List<Group> groups = new ArrayList<>();
  private long bytes;

  void add(byte[] head, List<byte[]> spans) {
    groups.add(new Group(head, spans));
    for (byte[] span : spans) {
      bytes += (long) head.length + span.length + 1;
    }
  }

  /** The size of all records written out. */
  long bytes() {
    return bytes;
  }

  @Override
  public Iterator<byte[]> iterator() {
    return groups.stream()
        .flatMap(group -> group.spans.stream().map(span -> record(group.head, span)))
        .iterator();
  }

  private static byte[] record(byte[] head, byte[] span) {
    byte[] record = Arrays.copyOf(head, head.length + span.length + 1);
    System.arraycopy(span, 0, record, head.length, span.length);
    record[record.length - 1] = '}';
    return record;
  }
}
