// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ledgerline.event.Word;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes JSON field by field; null is written and never left out. */
final class JsonOut {
  private static final ObjectWriter NODES = new JsonMapper().writer();

  private final JsonGenerator out;

  private JsonOut(JsonGenerator out) {
    this.out = out;
  }

  /** Writes something. */
  interface Body {
    void write(JsonOut out) throws IOException;
  }

  /** Writes one thing in its shape. */
  interface Shape<T> {
    void write(JsonOut out, T thing) throws IOException;
  }

  /** The bytes of one value. */
  static byte[] bytes(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = NODES.createGenerator(bytes)) {
      body.write(new JsonOut(out));
    }
    return bytes.toByteArray();
  }

  /** A value that is an object. */
  JsonOut object(Body fields) throws IOException {
    out.writeStartObject();
    fields.write(this);
    out.writeEndObject();
    return this;
  }

  JsonOut object(String name, Body fields) throws IOException {
    out.writeFieldName(name);
    return object(fields);
  }

  /** A thing in its shape. */
  <T> JsonOut thing(String name, @Nullable T thing, Shape<? super T> shape) throws IOException {
    out.writeFieldName(name);
    if (thing == null) {
      out.writeNull();
    } else {
      shape.write(this, thing);
    }
    return this;
  }

  <T> JsonOut list(String name, List<T> things, Shape<? super T> shape) throws IOException {
    out.writeArrayFieldStart(name);
    for (T thing : things) {
      shape.write(this, thing);
    }
    out.writeEndArray();
    return this;
  }

  JsonOut texts(String name, Iterable<String> texts) throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
    return this;
  }

  JsonOut maybeTexts(String name, @Nullable List<String> texts) throws IOException {
    if (texts == null) {
      out.writeNullField(name);
      return this;
    }
    return texts(name, texts);
  }

  JsonOut text(String name, @Nullable String text) throws IOException {
    out.writeStringField(name, text);
    return this;
  }

  JsonOut word(String name, @Nullable Word word) throws IOException {
    return text(name, word == null ? null : word.word());
  }

  /** RFC 3339 in UTC with as many digits as the source had. */
  JsonOut time(String name, @Nullable Instant time) throws IOException {
    return text(name, time == null ? null : time.toString());
  }

  JsonOut number(String name, @Nullable Long number) throws IOException {
    out.writeFieldName(name);
    if (number == null) {
      out.writeNull();
    } else {
      out.writeNumber(number);
    }
    return this;
  }

  JsonOut number(String name, @Nullable Integer number) throws IOException {
    return number(name, number == null ? null : (Long) number.longValue());
  }

  JsonOut number(String name, long number) throws IOException {
    out.writeNumberField(name, number);
    return this;
  }

  JsonOut number(String name, int number) throws IOException {
    out.writeNumberField(name, number);
    return this;
  }

  JsonOut decimal(String name, @Nullable Double number) throws IOException {
    out.writeFieldName(name);
    if (number == null || !Double.isFinite(number)) {
      out.writeNull(); // JSON has no word for infinity
    } else {
      out.writeNumber(number);
    }
    return this;
  }

  JsonOut yesNo(String name, boolean yes) throws IOException {
    out.writeBooleanField(name, yes);
    return this;
  }

  JsonOut yesNoOrUnknown(String name, @Nullable Boolean yes) throws IOException {
    return yes == null ? nothing(name) : yesNo(name, yes);
  }

  /** JSON of somebody else, as it is. */
  JsonOut json(String name, @Nullable JsonNode node) throws IOException {
    out.writeFieldName(name);
    if (node == null) {
      out.writeNull();
    } else {
      NODES.writeValue(out, node);
    }
    return this;
  }

  JsonOut nothing(String name) throws IOException {
    out.writeNullField(name);
    return this;
  }

  /** Numbers only, for columns. */
  JsonOut numbers(String name, long[] numbers) throws IOException {
    out.writeFieldName(name);
    out.writeArray(numbers, 0, numbers.length);
    return this;
  }
}
