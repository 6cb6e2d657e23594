// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The items of one export as records. What items share is kept once and written into a record only
 * when it is asked for, so that an export takes about its own size in memory.
 */
final class ExportRecords implements Iterable<byte[]> {
  /** Items of one resource and scope. */
  interface Items {
    int count();

    /** Bytes of all of them before what they share is added, about. */
    long bytes();

    /**
     * Writes a record.
     *
     * @param head the record up to the item itself
     */
    byte[] record(byte[] head, int index);
  }

  private record Group(byte[] head, Items items) {}

  private final List<Group> groups = new ArrayList<>();
  private long bytes;

  void add(byte[] head, Items items) {
    groups.add(new Group(head, items));
    bytes += (long) head.length * items.count() + items.bytes();
  }

  /** The size of all records written out, about. */
  long bytes() {
    return bytes;
  }

  @Override
  public Iterator<byte[]> iterator() {
    return groups.stream()
        .flatMap(
            group ->
                IntStream.range(0, group.items.count())
                    .mapToObj(i -> group.items.record(group.head, i)))
        .iterator();
  }
}
