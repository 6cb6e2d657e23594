// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Genkit 1 in JavaScript and Go. A span is an action: what kind of one, what went in and what came
 * out, both as JSON; tokens stand in what came out of a model.
 */
final class Genkit implements Convention {
  private static final Pattern TURNS = Pattern.compile("[Ee]xceeded maximum tool call iterations");

  @Override
  public boolean speaks(SpanView span) {
    return span.has("genkit:type");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    List<String> name = List.of("genkit:name");
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("genkit:metadata:subtype", "genkit:type")),
        entry(Meaning.THREAD, List.of("genkit:metadata:agent:sessionId", "genkit:sessionId")),
        entry(Meaning.WORKFLOW, name),
        entry(Meaning.MODEL, name),
        entry(Meaning.TOOL, name),
        entry(Meaning.TOOL_ARGUMENTS, List.of("genkit:input")),
        entry(Meaning.PROMPT, List.of("genkit:input")),
        entry(Meaning.ANSWER, List.of("genkit:output")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of(
        "flow", StepKind.AGENT,
        "model", StepKind.MODEL,
        "embedder", StepKind.MODEL,
        "tool.v2", StepKind.TOOL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.outermost = span.entersProcess() || span.has("genkit:isRoot");
    if (reading.kind == StepKind.MODEL) {
      reading.usage = usage(span.json("genkit:output").path("usage"));
    } else if (reading.kind == StepKind.TOOL) {
      asked(span, reading);
    } else if ("agent".equals(reading.operation)) {
      reading.agent = reading.name;
    } else if (reading.outermost && "generate".equals(span.attribute("genkit:name"))) {
      reading.kind = StepKind.AGENT; // called outside of any flow: its loop of calls is the run
      reading.ending = Spans.ending(span, reading);
    }
    if (reading.ending == State.FAILED && TURNS.matcher(String.valueOf(span.error())).find()) {
      reading.ending = State.INCOMPLETE;
    }
  }

  /** In JavaScript an interrupt carries what is asked beside the exception that makes it. */
  private static void asked(SpanView span, Reading reading) {
    String question = text(span.json("genkit:metadata:interrupt"));
    if (question != null && !reading.waits.isEmpty()) {
      Waiting wait = reading.waits.removeFirst();
      reading.waits(Waiting.open(wait.id(), wait.kind(), question, wait.callId()));
    }
  }

  private static @Nullable String text(JsonNode asked) {
    for (JsonNode value : asked) {
      if (value.isTextual()) {
        return value.textValue();
      }
    }
    return null;
  }

  private static @Nullable TokenUsage usage(JsonNode told) {
    TokenUsage usage =
        new TokenUsage(
            count(told, "inputTokens"),
            count(told, "outputTokens"),
            count(told, "totalTokens"),
            count(told, "cachedContentTokens"),
            null,
            count(told, "thoughtsTokens"),
            null);
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  private static @Nullable Long count(JsonNode told, String field) {
    JsonNode count = told.path(field);
    return count.isNumber() && count.asLong() >= 0 ? (Long) count.asLong() : null;
  }
}
