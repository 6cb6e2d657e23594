// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages of the protocol as OTLP/JSON and back: the JSON mapping of protobuf but for ids, which
 * are hex, and enums, which are numbers (OTLP specification, JSON Protobuf Encoding).
 */
final class OtlpJson {
  /** Bytes that are written as hex instead of base64. */
  private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

  private static final JsonFactory JSON = new JsonFactory();

  private OtlpJson() {}

  /**
   * Reads what a stored record holds. A value that the protocol does not allow where it stands is
   * left out: no protobuf can carry it.
   */
  static Message message(JsonNode json, Message.Builder builder) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      JsonNode told = json.path(field.getJsonName());
      if (told.isMissingNode() || told.isNull()) {
        continue;
      }
      if (!field.isRepeated()) {
        Object value = value(field, told, builder);
        if (value != null) {
          builder.setField(field, value);
        }
        continue;
      }
      for (JsonNode element : told) {
        Object value = value(field, element, builder);
        if (value != null) {
          builder.addRepeatedField(field, value);
        }
      }
    }
    if (builder instanceof KeyValue.Builder pair && !pair.hasValue()) {
      pair.setValue(AnyValue.getDefaultInstance()); // means the same; of none, some targets die
    }
    return builder.build();
  }

  private static @Nullable Object value(
      FieldDescriptor field, JsonNode told, Message.Builder holder) {
    try {
      return switch (field.getJavaType()) {
        case MESSAGE -> told.isObject() ? message(told, holder.newBuilderForField(field)) : null;
        case STRING -> told.isTextual() ? told.textValue() : null;
        case BOOLEAN -> told.isBoolean() ? told.booleanValue() : null;
        case DOUBLE -> told.isValueNode() ? Double.valueOf(told.asText()) : null;
        case FLOAT -> told.isValueNode() ? Float.valueOf(told.asText()) : null;
        case INT -> isNumber(told) ? (int) Long.parseLong(told.asText()) : null;
        case LONG -> isNumber(told) ? whole(field, told.asText()) : null;
        case ENUM ->
            told.isInt()
                ? field.getEnumType().findValueByNumberCreatingIfUnknown(told.intValue())
                : null;
        case BYTE_STRING -> told.isTextual() ? bytes(field, told.textValue()) : null;
      };
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isNumber(JsonNode told) {
    return told.isTextual() || told.isIntegralNumber();
  }

  private static Long whole(FieldDescriptor field, String digits) {
    return switch (field.getType()) {
      case UINT64, FIXED64 -> Long.parseUnsignedLong(digits);
      default -> Long.parseLong(digits);
    };
  }

  private static ByteString bytes(FieldDescriptor field, String text) {
    return ByteString.copyFrom(
        isId(field) ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text));
  }

  private static boolean isId(FieldDescriptor field) {
    return IDS.contains(field.getJsonName());
  }

  static byte[] bytes(Message message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getSerializedSize() * 2);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      write(message, out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static void write(Message message, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
      FieldDescriptor field = set.getKey();
      out.writeFieldName(field.getJsonName());
      if (field.isRepeated()) {
        out.writeStartArray();
        for (Object element : (List<?>) set.getValue()) {
          write(field, element, out);
        }
        out.writeEndArray();
      } else {
        write(field, set.getValue(), out);
      }
    }
    out.writeEndObject();
  }

  private static void write(FieldDescriptor field, Object value, JsonGenerator out)
      throws IOException {
    switch (value) {
      case Message message -> write(message, out);
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Integer number ->
          out.writeNumber(isUnsigned(field) ? Integer.toUnsignedLong(number) : (long) number);
      case Long number ->
          out.writeString(isUnsigned(field) ? Long.toUnsignedString(number) : number.toString());
      case EnumValueDescriptor constant -> out.writeNumber(constant.getNumber());
      case ByteString bytes ->
          out.writeString(
              isId(field)
                  ? HexFormat.of().formatHex(bytes.toByteArray())
                  : Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case Number number -> writeDouble(number.doubleValue(), out);
      default -> throw new IllegalStateException("no JSON for " + field.getFullName());
    }
  }

  private static void writeDouble(double number, JsonGenerator out) throws IOException {
    if (Double.isFinite(number)) {
      out.writeNumber(number);
    } else {
      out.writeString(Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
  }

  private static boolean isUnsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, FIXED32, UINT64, FIXED64 -> true;
      default -> false;
    };
  }
}
