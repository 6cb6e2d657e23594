// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.otel.convention.Tables.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a span, an event or a resource, by name and by meaning. Each is looked up once
 * in the tables, instead of each name of the tables here: there are far more of those.
 */
final class Attributes {
  /**
   * @param index where it stands in the list, which makes the JSON pointer to it
   */
  record Attribute(int index, JsonNode value) {
    /** As text; null where it is a structure, or nothing. */
    @Nullable String text() {
      JsonNode scalar = scalar();
      return scalar == null ? null : scalar.asText();
    }

    private @Nullable JsonNode scalar() {
      if (value instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          JsonNode scalar = field.getValue();
          if (SCALARS.contains(field.getKey()) && scalar.isValueNode() && !scalar.isNull()) {
            return scalar;
          }
        }
      }
      return null;
    }
  }

  private static final Set<String> SCALARS =
      Set.of("stringValue", "intValue", "doubleValue", "boolValue");

  private final Map<String, Attribute> byName;

  /** By ordinal of the meaning: that one whose name counts first. */
  private final @Nullable Attribute[] first = new @Nullable Attribute[Tables.MEANINGS];

  private Attributes(int expected) {
    byName = LinkedHashMap.newLinkedHashMap(expected);
  }

  /** Those in the member {@code attributes}. */
  static Attributes of(JsonNode holder) {
    JsonNode list = holder.path("attributes");
    Attributes attributes = new Attributes(list.size());
    int[] ranks = new int[Tables.MEANINGS];
    for (int i = 0; i < list.size(); i++) {
      JsonNode told = list.path(i);
      attributes.add(told.path("key").asText(), new Attribute(i, told.path("value")), ranks);
    }
    return attributes;
  }

  private void add(String name, Attribute attribute, int[] ranks) {
    // Rust's bridge records a field that changes once more; the last word counts.
    byName.put(name, attribute);
    for (Place place : Conventions.TABLES.places(name)) {
      int meaning = place.meaning().ordinal();
      if (first[meaning] == null || place.rank() <= ranks[meaning]) {
        first[meaning] = attribute;
        ranks[meaning] = place.rank();
      }
    }
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** In the order in which they were told. */
  Set<String> names() {
    return byName.keySet();
  }

  @Nullable Attribute get(String name) {
    return byName.get(name);
  }

  /** That whose name counts first; null where none has that meaning. */
  @Nullable Attribute first(Meaning meaning) {
    return first[meaning.ordinal()];
  }
}
