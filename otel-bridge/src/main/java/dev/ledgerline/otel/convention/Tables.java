// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** The tables of all conventions as one: names that one library uses are understood of all. */
final class Tables {
  static final int MEANINGS = Meaning.values().length;

  /**
   * What a name means.
   *
   * @param rank its place among the names for that; that of the lowest counts
   */
  record Place(Meaning meaning, int rank) {}

  private final Map<Meaning, List<String>> names = new EnumMap<>(Meaning.class);
  private final Map<String, StepKind> operations = new HashMap<>();
  private final Map<String, List<Place>> places = new HashMap<>();

  /** Of several names for one thing that a span has, those of earlier conventions count. */
  Tables(List<Convention> conventions) {
    Map<Meaning, SequencedSet<String>> all = new EnumMap<>(Meaning.class);
    for (Convention convention : conventions) {
      convention
          .names()
          .forEach(
              (meaning, some) ->
                  all.computeIfAbsent(meaning, _ -> new LinkedHashSet<>()).addAll(some));
      convention.operations().forEach(operations::putIfAbsent);
    }
    for (Meaning meaning : Meaning.values()) {
      List<String> some = List.copyOf(all.getOrDefault(meaning, new LinkedHashSet<>()));
      names.put(meaning, some);
      for (int rank = 0; rank < some.size(); rank++) {
        places
            .computeIfAbsent(some.get(rank), _ -> new ArrayList<>())
            .add(new Place(meaning, rank));
      }
    }
  }

  List<String> names(Meaning meaning) {
    return names.getOrDefault(meaning, List.of());
  }

  /** All that a name means; empty for those that nobody knows. */
  List<Place> places(String name) {
    return places.getOrDefault(name, List.of());
  }

  /** What an operation is; {@code OTHER} for those that nobody knows. */
  StepKind kind(String operation) {
    return operations.getOrDefault(operation, StepKind.OTHER);
  }

  /** Whether any convention says what attributes of that name mean. */
  boolean knows(String name) {
    return places.containsKey(name);
  }
}
