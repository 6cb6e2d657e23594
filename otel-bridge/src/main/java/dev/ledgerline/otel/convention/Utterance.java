// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Role;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said to an agent or by it, found in the attributes that hold messages. There it stands
 * as text, as JSON, or as JSON in a text, in one of the shapes that the libraries have for
 * messages; what has none of them says nothing here.
 *
 * @param text for lists and titles
 * @param pointer to the whole attribute in the record
 */
record Utterance(Role role, String text, String pointer) {
  /** Larger values are left alone: whole histories stand there, and a title is one line. */
  private static final int MAX_PARSED = 1 << 20;

  private static final Map<String, Role> ROLES =
      Map.of(
          "user", Role.USER,
          "human", Role.USER,
          "humanmessage", Role.USER, // LangChain
          "assistant", Role.ASSISTANT,
          "ai", Role.ASSISTANT,
          "model", Role.ASSISTANT,
          "aimessage", Role.ASSISTANT, // LangChain
          "aimessagechunk", Role.ASSISTANT);

  /** Fields in which an object holds its messages or its text, in order of preference. */
  private static final List<String> FIELDS =
      List.of(
          "args", // of a decorated function: Traceloop, Langfuse
          "inputs", // LangChain, by OpenLLMetry
          "messages",
          "message",
          "prompt",
          "question",
          "query",
          "input",
          "resume", // LangGraph: the answer of the human
          "outputs",
          "output",
          "text",
          "content");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a person asked for, null where it is not told. */
  static @Nullable Utterance prompt(SpanView span) {
    return of(span, Meaning.PROMPT, Role.USER);
  }

  /** The last word of the agent, null where it is not told. */
  static @Nullable Utterance answer(SpanView span) {
    return of(span, Meaning.ANSWER, Role.ASSISTANT);
  }

  private static @Nullable Utterance of(SpanView span, Meaning meaning, Role role) {
    for (SpanView.Told told : span.texts(meaning)) {
      String text = read(told.text(), role);
      if (text != null && !text.isBlank()) {
        return new Utterance(role, text.strip(), told.pointer());
      }
    }
    return null;
  }

  private static @Nullable String read(String told, Role role) {
    String start = told.stripLeading();
    if (start.stripTrailing().equals("null")) {
      return null; // CrewAI: a flow without input
    }
    if (start.isEmpty() || "{[\"".indexOf(start.charAt(0)) < 0) {
      return told;
    }
    if (told.length() > MAX_PARSED) {
      return null;
    }
    try {
      return spoken(JSON.readTree(told), role);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** The last text of that role; JSON without any roles is taken to be of it. */
  private static @Nullable String spoken(JsonNode json, Role role) {
    if (json.isTextual()) {
      return json.textValue();
    }
    if (json.isArray()) {
      for (int i = json.size() - 1; i >= 0; i--) {
        Role said = role(json.get(i));
        String text = said == null || said == role ? message(json.get(i), role) : null;
        if (text != null && !text.isBlank()) {
          return text;
        }
      }
      return null;
    }
    return message(json, role);
  }

  private static @Nullable String message(JsonNode message, Role role) {
    if (!message.isObject()) {
      return message.isTextual() ? message.textValue() : null;
    }
    for (String wrapper : List.of("kwargs", "data")) { // LangChain, serialized
      if (message.path(wrapper).isObject() && message.path("args").isEmpty()) {
        return message(message.path(wrapper), role);
      }
    }
    if (message.path("parts").isArray()) { // OpenTelemetry
      return parts(message.path("parts"));
    }
    for (String field : FIELDS) {
      JsonNode value = message.path(field);
      boolean parts = field.equals("content") && value.isArray();
      String text = value.isMissingNode() ? null : parts ? parts(value) : spoken(value, role);
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  /** The texts of a message; its calls, files and thoughts are not what it says. */
  private static @Nullable String parts(JsonNode parts) {
    StringBuilder texts = new StringBuilder();
    for (JsonNode part : parts) {
      String type = part.path("type").asText("text");
      JsonNode text = part.has("content") ? part.path("content") : part.path("text");
      if (type.endsWith("text") && text.isTextual()) {
        texts.append(texts.isEmpty() ? "" : "\n").append(text.textValue());
      }
    }
    return texts.isEmpty() ? null : texts.toString();
  }

  private static @Nullable Role role(JsonNode message) {
    JsonNode id = message.path("id");
    String word =
        message.has("role")
            ? message.path("role").asText()
            : id.isArray() ? id.path(id.size() - 1).asText() : message.path("type").asText();
    Role role = ROLES.get(word.toLowerCase(Locale.ROOT));
    boolean untold = word.isEmpty() || word.endsWith("text");
    return role == null && !untold ? Role.UNKNOWN : role;
  }
}
