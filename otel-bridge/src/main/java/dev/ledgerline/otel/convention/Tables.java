// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/** The tables of all conventions as one: names that one library uses are understood of all. */
final class Tables {
  private final Map<Meaning, List<String>> names = new EnumMap<>(Meaning.class);
  private final Map<String, StepKind> operations = new HashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

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
      names.put(meaning, List.copyOf(all.getOrDefault(meaning, new LinkedHashSet<>())));
    }
    names.values().forEach(known::addAll);
  }

  List<String> names(Meaning meaning) {
    return names.getOrDefault(meaning, List.of());
  }

  /** What an operation is; {@code OTHER} for those that nobody knows. */
  StepKind kind(String operation) {
    return operations.getOrDefault(operation, StepKind.OTHER);
  }

  /** Whether any convention says what attributes of that name mean. */
  boolean knows(String name) {
    return known.contains(name);
  }
}
