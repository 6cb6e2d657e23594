// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.Word;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object inside a record. A field that is missing or null reads as null; one of a
 * wrong type too, and then the record is {@linkplain #sawInvalid() noted}. Used by one thread for
 * one record.
 */
public final class Fields {
  /** The limit of api.md for ids, in bytes of UTF-8. */
  private static final int MAX_ID_BYTES = 1024;

  /** 9999-12-31T23:59:59.999Z: RFC 3339 knows no later time. */
  private static final long LATEST_MILLIS = 253_402_300_799_999L;

  private final JsonNode object;
  private final String at;
  private final Notes notes;

  private static final class Notes {
    private boolean invalid;
    private @Nullable Rejection refusal;
  }

  private Fields(JsonNode object, String at, Notes notes) {
    this.object = object;
    this.at = at;
    this.notes = notes;
  }

  /**
   * The fields of an object in a record.
   *
   * @param at the JSON pointer to it, empty for the record itself
   */
  public static Fields of(JsonNode object, String at) {
    return new Fields(object, at, new Notes());
  }

  /** The fields of an object in this one: none where it is missing or no object. */
  public Fields inside(String name) {
    JsonNode node = present(name);
    if (node != null && !node.isObject()) {
      notes.invalid = true;
      node = null;
    }
    return new Fields(
        node == null ? MissingNode.getInstance() : node,
        at + "/" + name, // names of ours: nothing to escape
        notes);
  }

  /** Whether a field of this record had a wrong type or value. */
  public boolean sawInvalid() {
    return notes.invalid;
  }

  public void noteInvalid() {
    notes.invalid = true;
  }

  /** Why the record must be rejected whatever else it says; null if it need not. */
  public @Nullable Rejection refusal() {
    return notes.refusal;
  }

  public JsonNode node() {
    return object;
  }

  /** The value, or null where it is missing or JSON's null. */
  public @Nullable JsonNode present(String name) {
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }

  public boolean has(String name) {
    return present(name) != null;
  }

  public @Nullable String text(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return null;
    }
    if (!node.isTextual()) {
      notes.invalid = true;
      return null;
    }
    return node.textValue();
  }

  /** A text that names something: not empty, and not longer than ids may be. */
  public @Nullable String id(String name) {
    String id = text(name);
    if (id == null) {
      return null;
    }
    if (id.isEmpty()) {
      notes.invalid = true;
      return null;
    }
    checkLength(id, name);
    return id;
  }

  public void checkLength(String id, String name) {
    if (id.length() > MAX_ID_BYTES / 3 // no char takes more than 3 bytes
        && id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      notes.refusal =
          new Rejection(
              Rejection.Code.TOO_LARGE,
              at + "/" + name,
              name + " is longer than the " + MAX_ID_BYTES + " bytes that an id may have");
    }
  }

  /** A whole number that is not negative. */
  public @Nullable Long count(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      notes.invalid = true;
      return null;
    }
    return node.longValue();
  }

  /** A whole number from {@code least} on that fits an int. */
  public @Nullable Integer small(String name, int least) {
    JsonNode node = present(name);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least) {
      notes.invalid = true;
      return null;
    }
    return node.intValue();
  }

  public @Nullable Double amount(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return null;
    }
    double value = node.doubleValue();
    if (!node.isNumber() || !Double.isFinite(value) || value < 0) {
      notes.invalid = true;
      return null;
    }
    return value;
  }

  public boolean isTrue(String name, boolean otherwise) {
    JsonNode node = present(name);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      notes.invalid = true;
      return otherwise;
    }
    return node.booleanValue();
  }

  public @Nullable Instant time(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    Instant time = Timestamps.parse(text);
    if (time == null) {
      notes.invalid = true;
    }
    return time;
  }

  /** A time in milliseconds since 1970, up to the year 9999. */
  public @Nullable Instant millis(String name) {
    Long millis = count(name);
    if (millis == null) {
      return null;
    }
    if (millis > LATEST_MILLIS) {
      notes.invalid = true;
      return null;
    }
    return Instant.ofEpochMilli(millis);
  }

  public <E extends Enum<E> & Word> @Nullable E word(Class<E> words, String name) {
    String text = text(name);
    E word = Word.of(words, text);
    if (text != null && word == null) {
      notes.invalid = true;
    }
    return word;
  }

  /** The pointer to a field that holds text; null where it does not. */
  public @Nullable String textPointer(String name) {
    return text(name) == null ? null : pointer(name);
  }

  /** The pointer to a field that holds an object; null where it does not. */
  public @Nullable String objectPointer(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return null;
    }
    if (!node.isObject()) {
      notes.invalid = true;
      return null;
    }
    return pointer(name);
  }

  /** The pointer to a field that may hold anything; null where it is missing. */
  public @Nullable String anyPointer(String name) {
    return has(name) ? pointer(name) : null;
  }

  /** The pointer to this object itself. */
  public String pointer() {
    return at;
  }

  public String pointer(String name) {
    return at + "/" + name;
  }

  /** Tokens by the names of api.md; null where none of them is there. */
  public @Nullable TokenUsage usage() {
    return usage(
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
        "cost_usd");
  }

  /** Tokens by the names of Codex; null where none of them is there. */
  public @Nullable TokenUsage codexUsage() {
    return usage(
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "cached_input_tokens",
        "cache_write_input_tokens",
        "reasoning_output_tokens",
        "cost_usd");
  }

  /** Tokens by the names of Codex' app-server; null where none of them is there. */
  @Nullable TokenUsage appServerUsage() {
    return usage(
        "inputTokens",
        "outputTokens",
        "totalTokens",
        "cachedInputTokens",
        "cacheWriteInputTokens",
        "reasoningOutputTokens",
        "costUsd");
  }

  private @Nullable TokenUsage usage(
      String input,
      String output,
      String total,
      String cached,
      String cacheWrite,
      String reasoning,
      String cost) {
    TokenUsage usage =
        new TokenUsage(
            count(input),
            count(output),
            count(total),
            count(cached),
            count(cacheWrite),
            count(reasoning),
            amount(cost));
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  /** The elements of a field that holds an array; none where it does not. */
  public List<JsonNode> elements(String name) {
    JsonNode node = present(name);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      notes.invalid = true;
      return List.of();
    }
    return node.valueStream().toList();
  }
}
