// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record of a span, read by meaning. A value that the protocol does not allow reads as absent and
 * is remembered as {@link #invalid()}.
 */
final class SpanView {
  /** Codes of {@code Status}. */
  enum Status {
    UNSET,
    OK,
    ERROR
  }

  /** Where an attribute stands: its index makes the JSON pointer to it. */
  private record Attribute(int index, JsonNode value) {}

  /** Events of up to 1.36 with messages that are neither what was asked nor the answer. */
  private static final Set<String> OTHER_MESSAGES =
      Set.of("gen_ai.system.message", "gen_ai.assistant.message", "gen_ai.tool.message");

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final JsonNode span;
  private final Map<String, Attribute> attributes;
  private final Map<String, Attribute> resource;
  private boolean invalid;

  SpanView(JsonNode record, Signal signal) {
    span = record.path(signal.member);
    attributes = attributes(span);
    resource = attributes(record.path("resource"));
  }

  private static Map<String, Attribute> attributes(JsonNode holder) {
    JsonNode list = holder.path("attributes");
    Map<String, Attribute> attributes = HashMap.newHashMap(list.size());
    for (int i = 0; i < list.size(); i++) {
      String key = list.path(i).path("key").asText();
      attributes.putIfAbsent(key, new Attribute(i, list.path(i).path("value")));
    }
    return attributes;
  }

  boolean invalid() {
    return invalid;
  }

  String name() {
    return text("name");
  }

  /** A field of the span that is text, empty where it is unset. */
  String text(String field) {
    JsonNode value = span.path(field);
    if (!value.isMissingNode() && !value.isTextual()) {
      invalid = true;
    }
    return value.isTextual() ? value.textValue() : "";
  }

  /** A field of the span that is nanoseconds since 1970; null for 0, which means unset. */
  @Nullable Instant time(String field) {
    String digits = text(field);
    if (digits.isEmpty()) {
      return null;
    }
    try {
      long nanos = Long.parseUnsignedLong(digits);
      return nanos == 0
          ? null
          : Instant.ofEpochSecond(
              Long.divideUnsigned(nanos, NANOS_PER_SECOND),
              Long.remainderUnsigned(nanos, NANOS_PER_SECOND));
    } catch (NumberFormatException e) {
      invalid = true;
      return null;
    }
  }

  Status status() {
    JsonNode code = span.path("status").path("code");
    if (code.isMissingNode()) {
      return Status.UNSET;
    }
    if (code.isInt() && code.intValue() >= 0 && code.intValue() < Status.values().length) {
      return Status.values()[code.intValue()];
    }
    invalid = true;
    return Status.UNSET;
  }

  /** The status message, else the message of the newest exception, else the type of error. */
  @Nullable String error() {
    String message = span.path("status").path("message").asText();
    if (!message.isBlank()) {
      return message;
    }
    JsonNode events = span.path("events");
    for (int i = events.size() - 1; i >= 0; i--) {
      String exception =
          string(attributes(events.path(i)), GenAiConvention.EXCEPTION_MESSAGE, false);
      if (exception != null) {
        return exception;
      }
    }
    return string(GenAiConvention.ERROR_TYPE);
  }

  /** Types of the exceptions that the span tells, in its events and in {@code error.type}. */
  List<String> exceptionTypes() {
    List<String> types = new ArrayList<>();
    for (JsonNode event : span.path("events")) {
      String type = string(attributes(event), GenAiConvention.EXCEPTION_TYPE, false);
      if (type != null) {
        types.add(type);
      }
    }
    String type = string(GenAiConvention.ERROR_TYPE);
    if (type != null) {
      types.add(type);
    }
    return types;
  }

  /** An attribute of the span as text, null where it is absent, empty or a structure. */
  @Nullable String string(GenAiConvention meaning) {
    return string(attributes, meaning, true);
  }

  /** The same, else of the resource: what holds for a whole process is often said there. */
  @Nullable String stringHereOrInResource(GenAiConvention meaning) {
    String here = string(meaning);
    return here != null ? here : string(resource, meaning, false);
  }

  private @Nullable String string(
      Map<String, Attribute> attributes, GenAiConvention meaning, boolean flagged) {
    for (String name : meaning.names()) {
      Attribute attribute = attributes.get(name);
      if (attribute != null) {
        JsonNode scalar = scalar(attribute.value);
        if (scalar == null) {
          invalid |= flagged;
        } else if (!scalar.asText().isEmpty()) {
          return scalar.asText();
        }
      }
    }
    return null;
  }

  /** A text and the JSON pointer to it. */
  record Told(String text, String pointer) {}

  /**
   * Texts of that meaning, in the order of their names: attributes of the span, then those of its
   * events, where some libraries put messages.
   */
  List<Told> texts(GenAiConvention meaning) {
    List<Told> texts = new ArrayList<>();
    addTexts(attributes, meaning, "/span", texts);
    JsonNode events = span.path("events");
    for (int i = 0; i < events.size(); i++) {
      String name = events.path(i).path("name").asText();
      if (name.startsWith("gen_ai.") && !OTHER_MESSAGES.contains(name)) {
        addTexts(attributes(events.path(i)), meaning, "/span/events/" + i, texts);
      }
    }
    return texts;
  }

  private static void addTexts(
      Map<String, Attribute> attributes, GenAiConvention meaning, String holder, List<Told> texts) {
    for (String name : meaning.names()) {
      Attribute attribute = attributes.get(name);
      if (attribute != null && attribute.value.path("stringValue").isTextual()) {
        String pointer = holder + "/attributes/" + attribute.index + "/value/stringValue";
        texts.add(new Told(attribute.value.path("stringValue").textValue(), pointer));
      }
    }
  }

  /** JSON pointer into the record to the value of an attribute. */
  @Nullable String pointer(GenAiConvention meaning) {
    for (String name : meaning.names()) {
      Attribute attribute = attributes.get(name);
      if (attribute != null) {
        String value = "/span/attributes/" + attribute.index + "/value";
        return attribute.value.path("stringValue").isTextual() ? value + "/stringValue" : value;
      }
    }
    return null;
  }

  /** Tokens of this span, null where it tells none. */
  @Nullable TokenUsage usage() {
    TokenUsage usage =
        new TokenUsage(
            count(GenAiConvention.INPUT_TOKENS),
            count(GenAiConvention.OUTPUT_TOKENS),
            count(GenAiConvention.TOTAL_TOKENS),
            count(GenAiConvention.CACHE_READ_TOKENS),
            count(GenAiConvention.CACHE_WRITE_TOKENS),
            count(GenAiConvention.REASONING_TOKENS),
            number(GenAiConvention.COST_USD));
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  /** Some senders write numbers as strings or doubles. */
  private @Nullable Long count(GenAiConvention meaning) {
    Double number = number(meaning);
    if (number == null) {
      return null;
    }
    if (number < 0 || number > Long.MAX_VALUE || number != Math.rint(number)) {
      invalid = true;
      return null;
    }
    return number.longValue();
  }

  private @Nullable Double number(GenAiConvention meaning) {
    String text = string(meaning);
    if (text == null) {
      return null;
    }
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Flagged like a number that is none.
    }
    invalid = true;
    return null;
  }

  private static @Nullable JsonNode scalar(JsonNode value) {
    for (String kind : List.of("stringValue", "intValue", "doubleValue", "boolValue")) {
      JsonNode scalar = value.path(kind);
      if (scalar.isValueNode() && !scalar.isNull()) {
        return scalar;
      }
    }
    return null;
  }
}
