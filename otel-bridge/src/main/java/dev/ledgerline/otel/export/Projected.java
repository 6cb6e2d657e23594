// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.otel.Signal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Items that are to be sent together, in the order in which they came up. Used by one thread. */
final class Projected {
  private final Map<Signal, List<Item>> items = new EnumMap<>(Signal.class);
  private final Set<Signal> wanted;
  private long bytes;
  private int count;

  Projected(Set<Signal> wanted) {
    this.wanted = wanted;
  }

  boolean wants(Signal signal) {
    return wanted.contains(signal);
  }

  void add(Signal signal, Item item) {
    if (wants(signal)) {
      items.computeIfAbsent(signal, _ -> new ArrayList<>()).add(item);
      bytes += item.bytes();
      count++;
    }
  }

  List<Item> of(Signal signal) {
    return items.getOrDefault(signal, List.of());
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }
}
