// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes messages as canonical OTLP/JSON, wherever they came from. */
final class CanonicalWriter {
  private static final HexFormat HEX = HexFormat.of();

  private final Shape.Book shapes;
  private final JsonFactory json;

  CanonicalWriter(Shape.Book shapes, JsonFactory json) {
    this.shapes = shapes;
    this.json = json;
  }

  /** A {@link Message} or a {@link Filled} as the bytes of one JSON object. */
  byte[] bytes(Object message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = json.createGenerator(bytes)) {
      write(message, out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private void write(Object message, JsonGenerator out) throws IOException {
    Shape shape =
        message instanceof Filled filled
            ? filled.shape()
            : shapes.of(((Message) message).getDescriptorForType());
    out.writeStartObject();
    for (Shape.Field field : shape.fields()) {
      Object value = value(message, field);
      if (value == null) {
        continue;
      }
      out.writeFieldName(field.name());
      if (value instanceof List<?> list) {
        out.writeStartArray();
        for (Object element : list) {
          writeValue(field, element, out);
        }
        out.writeEndArray();
      } else {
        writeValue(field, value, out);
      }
    }
    out.writeEndObject();
  }

  /**
   * What a field holds, null where it is unset or has its default and cannot tell the two apart.
   */
  private static @Nullable Object value(Object message, Shape.Field field) {
    if (message instanceof Filled filled) {
      return filled.get(field);
    }
    Message told = (Message) message;
    FieldDescriptor descriptor = field.descriptor();
    boolean set =
        descriptor.isRepeated()
            ? told.getRepeatedFieldCount(descriptor) > 0
            : told.hasField(descriptor);
    return set ? told.getField(descriptor) : null;
  }

  private void writeValue(Shape.Field field, Object value, JsonGenerator out) throws IOException {
    switch (value) {
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Double number -> writeDouble(number, out);
      case Float number -> writeDouble(number, out);
      case Integer number -> out.writeNumber(unsigned(field) ? number & 0xffff_ffffL : number);
      case Long number ->
          out.writeString(unsigned(field) ? Long.toUnsignedString(number) : number.toString());
      case EnumValueDescriptor constant -> out.writeNumber(constant.getNumber());
      case ByteString bytes ->
          out.writeString(
              field.id()
                  ? HEX.formatHex(bytes.toByteArray())
                  : Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case JsonNode asItCame -> out.writeRawValue(JsonFields.wellFormed(asItCame.toString()));
      case KeyValue attribute when isPlain(attribute) -> writeAttribute(attribute, out);
      default -> write(value, out);
    }
  }

  /**
   * Attributes with text are most of an export, and the generated classes are several times faster
   * asked directly than through their descriptors. Everything else takes the general way.
   */
  private static boolean isPlain(KeyValue attribute) {
    return attribute.hasValue()
        && attribute.getValue().hasStringValue()
        && attribute.getKeyStrindex() == 0;
  }

  private static void writeAttribute(KeyValue attribute, JsonGenerator out) throws IOException {
    out.writeStartObject();
    if (!attribute.getKey().isEmpty()) {
      out.writeStringField("key", attribute.getKey());
    }
    out.writeObjectFieldStart("value");
    out.writeStringField("stringValue", attribute.getValue().getStringValue());
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void writeDouble(double number, JsonGenerator out) throws IOException {
    if (Double.isFinite(number)) {
      out.writeNumber(number);
    } else {
      out.writeString(Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
  }

  private static boolean unsigned(Shape.Field field) {
    return switch (field.descriptor().getType()) {
      case UINT32, FIXED32, UINT64, FIXED64 -> true;
      default -> false;
    };
  }
}
