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

  /** One field. */
  static final class Field {
    /** From 0 in the canonical order. */
    final int index;

    final FieldDescriptor descriptor;
    final FieldDescriptor.Type type;
    final String name;

    /** {@code "name":} */
    final byte[] jsonName;

    final boolean repeated;

    /** Unset and set to its default are two things. */
    final boolean presence;

    /** One of several of which only one may be set. */
    final boolean choice;

    /** Written as hex. */
    final boolean id;

    /** 0 a varint, 1 eight bytes, 2 with a length, 5 four bytes. */
    final int wireType;

    private @Nullable Shape message;

    private Field(int index, FieldDescriptor descriptor) {
      this.index = index;
      this.descriptor = descriptor;
      this.type = descriptor.getType();
      this.name = descriptor.getJsonName();
      this.jsonName = JsonBytes.ascii("\"" + name + "\":");
      this.repeated = descriptor.isRepeated();
      this.presence = descriptor.hasPresence();
      this.choice = descriptor.getRealContainingOneof() != null;
      this.id = type == FieldDescriptor.Type.BYTES && IDS.contains(name);
      this.wireType = descriptor.getLiteType().getWireType();
    }

    boolean isMessage() {
      return type == FieldDescriptor.Type.MESSAGE;
    }
  }

  private final Book book;
  private final List<Field> fields;
  private final Map<String, Field> byName = new HashMap<>();
  private final @Nullable Field[] byNumber;

  private Shape(Descriptor message, Book book) {
    this.book = book;
    List<FieldDescriptor> sorted =
        message.getFields().stream()
            .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
            .toList();
    Field[] inOrder = new Field[sorted.size()];
    byNumber = new @Nullable Field[sorted.isEmpty() ? 0 : sorted.getLast().getNumber() + 1];
    for (int i = 0; i < inOrder.length; i++) {
      inOrder[i] = new Field(i, sorted.get(i));
      byName.put(inOrder[i].name, inOrder[i]);
      byNumber[sorted.get(i).getNumber()] = inOrder[i];
    }
    fields = List.of(inOrder);
    if (message.getRealOneofs().size() > 1) {
      throw new IllegalArgumentException(message.getFullName() + " has more than one choice");
    }
  }

  List<Field> fields() {
    return fields;
  }

  /** The field with that lowerCamelCase name; other spellings are no fields. */
  @Nullable Field field(String jsonName) {
    return byName.get(jsonName);
  }

  @Nullable Field field(int number) {
    return number < byNumber.length ? byNumber[number] : null;
  }

  /** The shape of the messages in a field of this one. */
  Shape of(Field field) {
    Shape shape = field.message;
    if (shape == null) {
      shape = book.of(field.descriptor.getMessageType());
      field.message = shape;
    }
    return shape;
  }

  /** The shapes of the protocol, each made once. */
  static final class Book {
    private final Map<Descriptor, Shape> shapes = new ConcurrentHashMap<>();

    Shape of(Descriptor message) {
      Shape known = shapes.get(message);
      if (known == null) {
        known = new Shape(message, this);
        shapes.put(message, known);
      }
      return known;
    }
  }
}
