// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * MLflow Tracing 3.17: its decorator and what it logs of other libraries by itself. Every attribute
 * is JSON. Its other way to write, {@code MLFLOW_ENABLE_OTEL_GENAI_SEMCONV}, is {@link GenAi} but
 * for what LangChain adds.
 */
final class MlFlow implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("mlflow.spanType") || span.scope().startsWith("mlflow.");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.of(
        Meaning.TOOL_ARGUMENTS, List.of("mlflow.spanInputs"),
        Meaning.PROMPT, List.of("mlflow.spanInputs"),
        Meaning.ANSWER, List.of("mlflow.spanOutputs"));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("CHAT_MODEL", StepKind.MODEL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    JsonNode ofLangChain = span.json("metadata");
    String agent = ofLangChain.path("lc_agent_name").textValue();
    String type = span.unquoted("mlflow.spanType");
    if (type != null) {
      reading.operation = type;
      reading.kind = Conventions.TABLES.kind(type);
    }
    boolean named = reading.kind == StepKind.AGENT;
    if (reading.kind == StepKind.OTHER && (reading.outermost || span.name().equals(agent))) {
      reading.kind = StepKind.AGENT;
    }
    if (agent != null) {
      reading.agent = agent;
    } else if (type != null) {
      reading.agent = named ? span.name() : null;
    }
    if (reading.thread == null) {
      reading.thread = ofLangChain.path("thread_id").textValue();
    }
    reading.resumes = reading.outermost && span.json("mlflow.spanInputs").hasNonNull("resume");
    if (reading.kind == StepKind.AGENT) {
      reading.ending = cutOff(span, reading) ? State.CANCELED : Spans.ending(span, reading);
    } else if (reading.kind == StepKind.MODEL && type != null) {
      reading.ending = Spans.ending(span, reading);
      String model = span.unquoted("mlflow.llm.model");
      reading.name = model == null ? span.name() : model;
      reading.usage = usage(span);
    } else if (reading.kind == StepKind.TOOL) {
      tool(span, reading);
    }
  }

  /** What a decorated function returns is always told, be it nothing. */
  private static boolean cutOff(SpanView span, Reading reading) {
    return !reading.failed
        && span.has("mlflow.spanFunctionName")
        && !span.has("mlflow.spanOutputs");
  }

  private static void tool(SpanView span, Reading reading) {
    reading.callId = span.unquoted("tool_call_id");
    Waiting interrupt = Interrupt.of(span, reading.callId);
    if (interrupt != null) {
      reading.waits.clear();
      reading.waits(interrupt);
    }
    ToolMessage.read(span.json("mlflow.spanOutputs"), reading);
  }

  private static @Nullable TokenUsage usage(SpanView span) {
    JsonNode tokens = span.json("mlflow.chat.tokenUsage");
    if (tokens.isEmpty()) {
      return null;
    }
    JsonNode cost = span.json("mlflow.llm.cost").path("total_cost");
    return new TokenUsage(
        count(tokens, "input_tokens"),
        count(tokens, "output_tokens"),
        count(tokens, "total_tokens"),
        count(tokens, "cache_read_input_tokens"),
        count(tokens, "cache_creation_input_tokens"),
        null,
        cost.isNumber() ? (Double) cost.doubleValue() : null);
  }

  private static @Nullable Long count(JsonNode tokens, String name) {
    JsonNode count = tokens.path(name);
    return count.isIntegralNumber() && count.asLong() >= 0 ? (Long) count.asLong() : null;
  }
}
