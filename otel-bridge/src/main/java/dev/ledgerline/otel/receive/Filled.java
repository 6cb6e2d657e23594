// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.OneofDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A message as JSON told it. A value is what the generated classes would hold (String, Long,
 * Integer, Double, Boolean, ByteString, a list, another {@code Filled}), or a {@link JsonNode}
 * where the protocol does not allow what stood there.
 */
final class Filled {
  private final Shape shape;
  private final @Nullable Object[] values;

  Filled(Shape shape) {
    this.shape = shape;
    this.values = new @Nullable Object[shape.fields().size()];
  }

  Shape shape() {
    return shape;
  }

  @Nullable Object get(Shape.Field field) {
    return values[field.index()];
  }

  /** Sets a field; of a choice (oneof) the member that was set last stays, as in protobuf. */
  void set(Shape.Field field, @Nullable Object value) {
    OneofDescriptor choice = field.descriptor().getContainingOneof();
    if (choice != null && value != null) {
      for (Shape.Field member : shape.fields()) {
        if (member.descriptor().getContainingOneof() == choice) {
          values[member.index()] = null;
        }
      }
    }
    values[field.index()] = value;
  }
}
