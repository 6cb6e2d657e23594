// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from OTLP/JSON by its own rules: lowerCamelCase names only, ids in hex of any
 * case, enums as numbers, 64-bit numbers as strings or numbers, unknown fields ignored, {@code
 * null} is "unset". The parser bounds depth and the length of numbers.
 */
final class JsonFields {
  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final BigInteger MIN_SIGNED = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_SIGNED = BigInteger.valueOf(Long.MAX_VALUE);

  /** More digits than this are in no 64-bit number; keeps 1e999999999 from being written out. */
  private static final int MAX_DIGITS = 20;

  private final Shape.Book shapes;

  JsonFields(Shape.Book shapes) {
    this.shapes = shapes;
  }

  /** Reads the object on which the parser stands, up to its end. */
  Filled message(Shape shape, JsonParser in) throws IOException {
    Filled message = new Filled(shape);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Shape.Field field = shape.field(in.currentName());
      in.nextToken();
      if (field == null) {
        in.skipChildren();
      } else {
        message.set(field, field.descriptor().isRepeated() ? list(field, in) : single(field, in));
      }
    }
    return message;
  }

  private @Nullable Object list(Shape.Field field, JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (in.currentToken() != JsonToken.START_ARRAY) {
      return asItCame(in);
    }
    List<Object> elements = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      elements.add(element(field, in));
    }
    return elements.isEmpty() ? null : elements;
  }

  private Object element(Shape.Field field, JsonParser in) throws IOException {
    boolean empty = in.currentToken() == JsonToken.VALUE_NULL && isMessage(field);
    return empty ? new Filled(shapes.of(field)) : value(field, in);
  }

  private @Nullable Object single(Shape.Field field, JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    Object value = value(field, in);
    return !field.descriptor().hasPresence() && isDefault(value) ? null : value;
  }

  private Object value(Shape.Field field, JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (isMessage(field)) {
      return token == JsonToken.START_OBJECT ? message(shapes.of(field), in) : asItCame(in);
    }
    Object read =
        switch (field.descriptor().getJavaType()) {
          case STRING -> token == JsonToken.VALUE_STRING ? wellFormed(in.getText()) : null;
          case BOOLEAN -> token.isBoolean() ? in.getBooleanValue() : null;
          case INT -> narrowed(integer(field, in));
          case LONG -> integer(field, in);
          case ENUM ->
              token == JsonToken.VALUE_NUMBER_INT && in.getBigIntegerValue().bitLength() < 32
                  ? (Object) in.getIntValue()
                  : null;
          case DOUBLE, FLOAT -> number(in);
          case BYTE_STRING -> token == JsonToken.VALUE_STRING ? bytes(field, in.getText()) : null;
          case MESSAGE -> null;
        };
    return read == null ? asItCame(in) : read;
  }

  private static boolean isMessage(Shape.Field field) {
    return field.descriptor().getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  private static boolean isDefault(Object value) {
    return switch (value) {
      case String text -> text.isEmpty();
      case Boolean truth -> !truth;
      case Number number -> number.doubleValue() == 0;
      case ByteString bytes -> bytes.isEmpty();
      default -> false;
    };
  }

  /** A whole number of the field's width, null where it is none. */
  private static @Nullable Long integer(Shape.Field field, JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
      return null;
    }
    String digits = in.getText();
    BigInteger whole;
    try {
      BigDecimal number = new BigDecimal(digits).stripTrailingZeros();
      if (number.precision() - number.scale() > MAX_DIGITS || number.scale() > 0) {
        return null;
      }
      whole = number.toBigIntegerExact();
    } catch (NumberFormatException | ArithmeticException e) {
      return null;
    }
    boolean fits =
        switch (field.descriptor().getType()) {
          case UINT64, FIXED64 -> whole.signum() >= 0 && whole.compareTo(MAX_UNSIGNED) <= 0;
          case UINT32, FIXED32 -> whole.signum() >= 0 && whole.bitLength() <= 32;
          case INT32, SINT32, SFIXED32 -> whole.bitLength() < 32;
          default -> whole.compareTo(MIN_SIGNED) >= 0 && whole.compareTo(MAX_SIGNED) <= 0;
        };
    return fits ? whole.longValue() : null;
  }

  private static @Nullable Integer narrowed(@Nullable Long number) {
    return number == null ? null : (Integer) number.intValue();
  }

  private static @Nullable Double number(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
      return null;
    }
    try {
      return Double.valueOf(in.getText());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable ByteString bytes(Shape.Field field, String text) {
    try {
      if (field.id()) {
        return ByteString.copyFrom(HexFormat.of().parseHex(text));
      }
      String standard = text.replace('-', '+').replace('_', '/').replace("=", "");
      return ByteString.copyFrom(Base64.getDecoder().decode(standard));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Half a surrogate pair can be escaped in JSON but not be written as UTF-8 or protobuf. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
            .forEach(whole::appendCodePoint);
        return whole.toString();
      }
    }
    return text;
  }

  /** A number becomes its digits: it may be one that nobody can compute with. */
  private static JsonNode asItCame(JsonParser in) throws IOException {
    return in.currentToken().isNumeric() ? new TextNode(in.getText()) : in.readValueAsTree();
  }
}
