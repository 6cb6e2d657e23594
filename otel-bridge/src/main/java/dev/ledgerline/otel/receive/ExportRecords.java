// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.event.Intake;
import java.util.ArrayList;
import java.util.List;

/**
 * The items of one export, in groups that share the beginning of their records. An item is written
 * when it is asked for, so that an export takes about its own size in memory.
 */
final class ExportRecords {
  /** Items of one resource and scope. */
  interface Items extends Intake.Items {
    /** Bytes of one before what they share is added, about. */
    int bytes(int index);
  }

  /**
   * Items of one resource and scope.
   *
   * @param head their records up to the item itself
   */
  record Group(byte[] head, Items items) {}

  private final List<Group> groups = new ArrayList<>();
  private long bytes;
  private int wrong;

  void add(byte[] head, Items items) {
    groups.add(new Group(head, items));
    for (int i = 0; i < items.count(); i++) {
      bytes += head.length + items.bytes(i);
    }
  }

  /** So many values are not what the protocol allows where they stand. */
  void wrong(int values) {
    wrong = values;
  }

  int wrong() {
    return wrong;
  }

  List<Group> groups() {
    return groups;
  }

  /** The size of all records written out, about. */
  long bytes() {
    return bytes;
  }
}
