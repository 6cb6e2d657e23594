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
import org.jspecify.annotations.Nullable;

/** Langfuse's own spans: JavaScript 4 and 5, Python 3 and later. */
final class Langfuse implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("langfuse.observation.type");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("langfuse.observation.type")),
        entry(Meaning.MODEL, List.of("langfuse.observation.model.name")),
        entry(Meaning.TOOL_ARGUMENTS, List.of("langfuse.observation.input")),
        entry(Meaning.PROMPT, List.of("langfuse.observation.input", "langfuse.trace.input")),
        entry(Meaning.ANSWER, List.of("langfuse.observation.output", "langfuse.trace.output")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("generation", StepKind.MODEL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if ("ERROR".equals(span.attribute("langfuse.observation.level")) && reading.waits.isEmpty()) {
      String why = span.attribute("langfuse.observation.status_message");
      reading.failed = true;
      reading.error = Spans.firstLine(why == null ? span.error() : why);
    }
    switch (reading.kind) {
      case AGENT -> {
        reading.agent = span.name();
        reading.name = span.name();
        reading.ending = Spans.ending(span, reading);
      }
      case MODEL -> {
        reading.usage = usage(span);
        reading.ending = Spans.ending(span, reading);
      }
      case OTHER -> {
        boolean chain = "chain".equals(reading.operation) && reading.outermost;
        reading.kind = chain ? StepKind.AGENT : reading.kind;
        State whole = reading.failed ? Endings.of(span) : State.COMPLETED;
        reading.ending = reading.outermost ? whole : reading.ending;
      }
      default -> {}
    }
  }

  /** What is told apart, as cached or reasoned, is left out of what it is a part of. */
  private static @Nullable TokenUsage usage(SpanView span) {
    JsonNode told = span.json("langfuse.observation.usage_details");
    TokenUsage usage =
        new TokenUsage(
            sum(told, "input"),
            sum(told, "output"),
            sum(told, "total"),
            sum(told, "input_cache"),
            null,
            sum(told, "output_reasoning"),
            span.json("langfuse.observation.cost_details").path("total").isNumber()
                ? (Double) span.json("langfuse.observation.cost_details").path("total").asDouble()
                : null);
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  private static @Nullable Long sum(JsonNode told, String prefix) {
    Long sum = null;
    for (Map.Entry<String, JsonNode> count : told.properties()) {
      if (count.getKey().startsWith(prefix) && count.getValue().isNumber()) {
        sum = (sum == null ? 0 : sum) + count.getValue().asLong();
      }
    }
    return sum;
  }
}
