// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message of the protocol in the canonical order, which is that of their numbers.
 * Taken from the protocol's own descriptors, so that reading JSON, reading protobuf and writing
 * records cannot disagree.
 */
final class Shape {
  /** Bytes that OTLP/JSON writes as hex instead of base64. */
  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

  /** One field; its {@code index} counts from 0 in the canonical order. */
  record Field(int index, FieldDescriptor descriptor, String name, boolean id) {}

  private final List<Field> fields;
  private final Map<String, Field> byName = new HashMap<>();

  private Shape(Descriptor message) {
    List<FieldDescriptor> sorted =
        message.getFields().stream()
            .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
            .toList();
    Field[] inOrder = new Field[sorted.size()];
    for (int i = 0; i < inOrder.length; i++) {
      FieldDescriptor descriptor = sorted.get(i);
      String name = descriptor.getJsonName();
      boolean id =
          descriptor.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING && IDS.contains(name);
      inOrder[i] = new Field(i, descriptor, name, id);
      byName.put(name, inOrder[i]);
    }
    fields = List.of(inOrder);
  }

  List<Field> fields() {
    return fields;
  }

  /** The field with that lowerCamelCase name; other spellings are no fields. */
  @Nullable Field field(String jsonName) {
    return byName.get(jsonName);
  }

  /** The shapes of the protocol, each made once. */
  static final class Book {
    private final Map<Descriptor, Shape> shapes = new ConcurrentHashMap<>();

    Shape of(Descriptor message) {
      Shape known = shapes.get(message);
      if (known == null) {
        known = new Shape(message);
        shapes.put(message, known);
      }
      return known;
    }

    Shape of(Field field) {
      return of(field.descriptor().getMessageType());
    }
  }
}
