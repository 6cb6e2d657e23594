// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Intake.Alike;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of groups whose members begin alike. Each is made when it is asked for, so that one
 * after the other is in the processor's cache and none of them is kept.
 */
final class AlikePieces extends AbstractList<Piece> {
  /**
   * @param head null where it cannot be read by itself
   * @param first index of its first record
   */
  private record Group(Alike alike, RecordReader.@Nullable Head head, int first) {}

  private final List<Group> groups = new ArrayList<>();
  private final int size;
  private int current;

  private AlikePieces(List<Alike> alike, RecordReader reader) {
    int first = 0;
    for (Alike group : alike) {
      boolean likeTheLast =
          !groups.isEmpty() && Arrays.equals(group.head(), groups.getLast().alike.head());
      RecordReader.Head head = likeTheLast ? groups.getLast().head : reader.head(group.head());
      groups.add(new Group(group, head, first));
      first += group.items().count();
    }
    size = first;
  }

  static List<Piece> of(List<Alike> groups, RecordReader reader) {
    return new AlikePieces(groups, reader);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Piece get(int index) {
    Group group = groupOf(index);
    int item = index - group.first;
    if (group.head != null) {
      return Piece.item(group.head, group.alike.items().item(item));
    }
    byte[] record = group.alike.record(item);
    return Piece.json(record, 0, record.length);
  }

  /** They are asked for in order: it is the same group as before, or the next that has any. */
  private Group groupOf(int index) {
    if (index < groups.get(current).first) {
      current = 0;
    }
    while (current + 1 < groups.size() && groups.get(current + 1).first <= index) {
      current++;
    }
    return groups.get(current);
  }
}
