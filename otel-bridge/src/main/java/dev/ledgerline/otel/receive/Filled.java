// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as JSON told it. A value is a String, Long, Integer, Double or Boolean, a byte array, a
 * list, another {@code Filled}, or {@link AsItCame} where the protocol does not allow what stood
 * there.
 */
final class Filled {
  /** A value of the wrong type, kept for whoever reads the record. */
  record AsItCame(byte[] json) {}

  private final Shape shape;
  private final @Nullable Object[] values;

  Filled(Shape shape) {
    this.shape = shape;
    this.values = new @Nullable Object[shape.fields().size()];
  }

  @Nullable Object get(Shape.Field field) {
    return values[field.index];
  }

  /** Sets a field; of a choice (oneof) the member that was set last stays, as in protobuf. */
  void set(Shape.Field field, @Nullable Object value) {
    if (field.choice && value != null) {
      for (Shape.Field member : shape.fields()) {
        if (member.choice) {
          values[member.index] = null;
        }
      }
    }
    values[field.index] = value;
  }

  /** Writes it in the canonical way. */
  void write(JsonBytes out) {
    out.put('{');
    int begin = out.length();
    for (Shape.Field field : shape.fields()) {
      Object value = values[field.index];
      if (value == null) {
        continue;
      }
      if (out.length() > begin) {
        out.put(',');
      }
      out.put(field.jsonName);
      if (value instanceof List<?> list) {
        out.put('[');
        for (int i = 0; i < list.size(); i++) {
          if (i > 0) {
            out.put(',');
          }
          write(field, list.get(i), out);
        }
        out.put(']');
      } else {
        write(field, value, out);
      }
    }
    out.put('}');
  }

  private static void write(Shape.Field field, Object value, JsonBytes out) {
    switch (value) {
      case Filled message -> message.write(out);
      case String text -> out.string(text);
      case Boolean truth -> out.putAscii(truth.toString());
      case Double number -> out.number(number);
      case Integer number -> out.number(unsigned(field) ? number & 0xffff_ffffL : number);
      case Long number -> out.quotedNumber(number, unsigned(field));
      case byte[] bytes ->
          out.put('"')
              .putAscii(
                  field.id
                      ? HexFormat.of().formatHex(bytes)
                      : Base64.getEncoder().encodeToString(bytes))
              .put('"');
      case AsItCame wrong -> out.put(wrong.json);
      default -> throw new IllegalArgumentException(value.getClass() + " in " + field.name);
    }
  }

  private static boolean unsigned(Shape.Field field) {
    return switch (field.type) {
      case UINT32, FIXED32, UINT64, FIXED64 -> true;
      default -> false;
    };
  }
}
