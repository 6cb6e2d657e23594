// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Langfuse SDK 3 to 5 for Python and JavaScript: its decorators, its clients and its handler for
 * LangChain, whose metadata become attributes one by one, since 5 each as JSON.
 */
final class Langfuse implements Convention {
  /** What may be a whole run; an event, a retriever or an evaluator is none. */
  private static final Set<String> AROUND = Set.of("span", "chain");

  private static final String METADATA = "langfuse.observation.metadata.";

  @Override
  public boolean speaks(SpanView span) {
    return span.has("langfuse.observation.type");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.of(
        Meaning.OPERATION, List.of("langfuse.observation.type"),
        Meaning.MODEL, List.of("langfuse.observation.model.name"),
        Meaning.TOOL_ARGUMENTS, List.of("langfuse.observation.input"),
        Meaning.PROMPT, List.of("langfuse.observation.input", "langfuse.trace.input"),
        Meaning.ANSWER, List.of("langfuse.observation.output", "langfuse.trace.output"));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("generation", StepKind.MODEL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String message = span.attribute("langfuse.observation.status_message");
    if ("ERROR".equals(span.attribute("langfuse.observation.level")) && !reading.failed) {
      reading.failed = true;
      reading.error = message == null ? null : Spans.firstLine(message);
      reading.ending = Spans.ending(span, reading);
    }
    // What encloses the application (a web server, say) is mostly not sent.
    reading.outermost |= "true".equals(span.attribute("langfuse.internal.is_app_root"));
    if (reading.thread == null) {
      reading.thread = span.unquoted(METADATA + "thread_id");
    }
    String agent = span.unquoted(METADATA + "lc_agent_name");
    boolean around = AROUND.contains(String.valueOf(reading.operation));
    if (around && (reading.outermost || span.name().equals(agent))) {
      reading.kind = StepKind.AGENT;
      reading.ending = Spans.ending(span, reading);
    }
    boolean named = "agent".equals(reading.operation);
    reading.agent = agent == null && named ? span.name() : agent;
    reading.resumes =
        reading.outermost && span.json("langfuse.observation.input").hasNonNull("resume");
    if (reading.kind == StepKind.MODEL) {
      reading.usage = usage(span);
    } else if (reading.kind == StepKind.TOOL) {
      reading.callId = span.unquoted(METADATA + "tool_call_id");
      ToolMessage.read(span.json("langfuse.observation.output"), reading);
    }
    if (!reading.failed && message != null && message.contains("Interrupt(value=")) {
      reading.waits(Interrupt.of(span, message, reading.callId));
      reading.unanswered = true;
    }
  }

  /**
   * Details are those of OpenAI, or Langfuse's own, where each token stands in one detail only:
   * what was read from a cache is not in {@code input}.
   */
  private static @Nullable TokenUsage usage(SpanView span) {
    JsonNode told = span.json("langfuse.observation.usage_details");
    if (told.isEmpty()) {
      return null;
    }
    boolean ofOpenAi = told.has("prompt_tokens");
    return new TokenUsage(
        count(told, ofOpenAi ? "prompt_tokens"::equals : is("input")),
        count(told, ofOpenAi ? "completion_tokens"::equals : is("output")),
        count(told, key -> key.equals("total") || key.equals("total_tokens")),
        cached(told),
        count(told, key -> key.contains("cache_creation") || key.contains("cache_write")),
        reasoning(told),
        cost(span));
  }

  /** Priority is no detail: it says how the others were served. */
  private static Predicate<String> is(String direction) {
    return key -> key.contains(direction) && !key.contains("priority");
  }

  private static @Nullable Long cached(JsonNode told) {
    Long own = count(told, key -> key.contains("cache_read") || key.endsWith("cached_tokens"));
    return own != null ? own : inDetails(told, "cached_tokens");
  }

  private static @Nullable Long reasoning(JsonNode told) {
    Long own = count(told, key -> key.contains("reasoning"));
    return own != null ? own : inDetails(told, "reasoning_tokens");
  }

  private static @Nullable Long count(JsonNode told, Predicate<String> which) {
    Long sum = null;
    for (Map.Entry<String, JsonNode> detail : told.properties()) {
      JsonNode tokens = detail.getValue();
      if (which.test(detail.getKey()) && tokens.isIntegralNumber() && tokens.asLong() >= 0) {
        sum = (sum == null ? 0 : sum) + tokens.asLong();
      }
    }
    return sum;
  }

  private static @Nullable Long inDetails(JsonNode told, String name) {
    for (JsonNode details : told) {
      if (details.path(name).isIntegralNumber()) {
        return details.path(name).asLong();
      }
    }
    return null;
  }

  private static @Nullable Double cost(SpanView span) {
    JsonNode total = span.json("langfuse.observation.cost_details").path("total");
    return total.isNumber() ? (Double) total.doubleValue() : null;
  }
}
