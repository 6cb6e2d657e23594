// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import dev.ledgerline.otel.receive.Filled.AsItCame;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from OTLP/JSON by its own rules: lowerCamelCase names only, ids in hex of any
 * case, 64-bit numbers as strings or numbers, unknown fields ignored, {@code null} is "unset".
 * Enums are numbers; their names, which the protocol forbids to senders, are understood because
 * libraries for protobuf write them.
 */
final class JsonFields {
  /** Messages in messages that are taken apart; what is deeper is kept as text. */
  static final int MAX_DEPTH = WireMessages.MAX_DEPTH;

  private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
  private static final BigInteger MIN_SIGNED = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_SIGNED = BigInteger.valueOf(Long.MAX_VALUE);

  /** More digits than this are in no 64-bit number; keeps 1e999999999 from being written out. */
  private static final int MAX_DIGITS = 20;

  private final byte[] body;
  private final JsonParser in;
  private int wrong;

  JsonFields(byte[] body, JsonParser in) {
    this.body = body;
    this.in = in;
  }

  /** Values that the protocol does not allow where they stood; kept as they came. */
  int wrong() {
    return wrong;
  }

  /** Reads the object on which the parser stands, up to its end. */
  Filled message(Shape shape) throws IOException {
    return message(shape, 0);
  }

  private Filled message(Shape shape, int depth) throws IOException {
    Filled message = new Filled(shape);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Shape.Field field = shape.field(in.currentName());
      in.nextToken();
      if (field == null) {
        in.skipChildren();
      } else {
        message.set(
            field, field.repeated ? list(shape, field, depth) : single(shape, field, depth));
      }
    }
    return message;
  }

  private @Nullable Object list(Shape shape, Shape.Field field, int depth) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (in.currentToken() != JsonToken.START_ARRAY) {
      return asItCame();
    }
    List<Object> elements = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      boolean empty = in.currentToken() == JsonToken.VALUE_NULL && field.isMessage();
      elements.add(empty ? new Filled(shape.of(field)) : value(shape, field, depth));
    }
    return elements.isEmpty() ? null : elements;
  }

  private @Nullable Object single(Shape shape, Shape.Field field, int depth) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    Object value = value(shape, field, depth);
    return !field.presence && isDefault(value) ? null : value;
  }

  private Object value(Shape shape, Shape.Field field, int depth) throws IOException {
    JsonToken token = in.currentToken();
    if (field.isMessage()) {
      return token != JsonToken.START_OBJECT
          ? asItCame()
          : depth < MAX_DEPTH ? message(shape.of(field), depth + 1) : asText();
    }
    Object read =
        switch (field.descriptor.getJavaType()) {
          case STRING -> token == JsonToken.VALUE_STRING ? wellFormed(in.getText()) : null;
          case BOOLEAN -> token.isBoolean() ? in.getBooleanValue() : null;
          case INT -> narrowed(integer(field));
          case LONG -> integer(field);
          case ENUM -> constant(field);
          case DOUBLE, FLOAT -> number();
          case BYTE_STRING -> token == JsonToken.VALUE_STRING ? bytes(field, in.getText()) : null;
          case MESSAGE -> null;
        };
    return read == null ? asItCame() : read;
  }

  private static boolean isDefault(Object value) {
    return switch (value) {
      case String text -> text.isEmpty();
      case Boolean truth -> !truth;
      case Number number -> number.doubleValue() == 0;
      case byte[] bytes -> bytes.length == 0;
      default -> false;
    };
  }

  private @Nullable Integer constant(Shape.Field field) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      EnumValueDescriptor named = field.descriptor.getEnumType().findValueByName(in.getText());
      return named == null ? null : (Integer) named.getNumber();
    }
    return in.currentToken() == JsonToken.VALUE_NUMBER_INT
            && in.getBigIntegerValue().bitLength() < 32
        ? (Integer) in.getIntValue()
        : null;
  }

  /** A whole number of the field's width, null where it is none. */
  private @Nullable Long integer(Shape.Field field) throws IOException {
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
        switch (field.type) {
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

  private @Nullable Double number() throws IOException {
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

  private static byte @Nullable [] bytes(Shape.Field field, String text) {
    try {
      if (field.id) {
        return HexFormat.of().parseHex(text);
      }
      String standard = text.replace('-', '+').replace('_', '/').replace("=", "");
      return Base64.getDecoder().decode(standard);
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
  private AsItCame asItCame() throws IOException {
    wrong++;
    JsonToken token = in.currentToken();
    if (token.isStructStart()) {
      return new AsItCame(slice());
    }
    if (token.isNumeric() || token == JsonToken.VALUE_STRING) {
      return asString(wellFormed(in.getText()));
    }
    return new AsItCame(JsonBytes.ascii(in.getText()));
  }

  private AsItCame asText() throws IOException {
    return asString(new String(slice(), java.nio.charset.StandardCharsets.UTF_8));
  }

  private static AsItCame asString(String text) {
    return new AsItCame(new JsonBytes(text.length() + 2).string(text).toByteArray());
  }

  /** The bytes of the array or object on which the parser stands; it is at its end then. */
  private byte[] slice() throws IOException {
    long begin = in.currentTokenLocation().getByteOffset();
    in.skipChildren();
    return Arrays.copyOfRange(body, (int) begin, (int) in.currentLocation().getByteOffset());
  }
}
