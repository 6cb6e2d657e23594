// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Word;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attributes being collected; what is null is left out. */
final class Attributes {
  /** Backends cut or refuse longer ones. Characters. */
  static final int MAX_TEXT = 16 << 10;

  private final List<KeyValue> all = new ArrayList<>();

  Attributes text(String key, @Nullable String value) {
    return value == null ? this : put(key, AnyValue.newBuilder().setStringValue(shortened(value)));
  }

  Attributes word(String key, @Nullable Word value) {
    return value == null ? this : text(key, value.word());
  }

  Attributes number(String key, @Nullable Long value) {
    return value == null ? this : put(key, AnyValue.newBuilder().setIntValue(value));
  }

  Attributes decimal(String key, @Nullable Double value) {
    return value == null ? this : put(key, AnyValue.newBuilder().setDoubleValue(value));
  }

  Attributes truth(String key, boolean value) {
    return put(key, AnyValue.newBuilder().setBoolValue(value));
  }

  private Attributes put(String key, AnyValue.Builder value) {
    all.add(KeyValue.newBuilder().setKey(key).setValue(value).build());
    return this;
  }

  List<KeyValue> list() {
    return all;
  }

  static String shortened(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
    return text.substring(0, end) + "…";
  }

  /** Nanoseconds since 1970; what the protocol cannot say is 0, which means unknown. */
  static long nanos(Instant at) {
    try {
      return at.getEpochSecond() < 0
          ? 0
          : Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
    } catch (ArithmeticException e) {
      return 0;
    }
  }
}
