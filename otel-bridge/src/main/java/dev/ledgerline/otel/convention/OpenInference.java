// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * OpenInference (Arize), specification of August 2026; used by instrumentations of many libraries.
 */
final class OpenInference implements Convention {
  /** Some libraries name the span after the method of the agent. */
  private static final Pattern METHOD =
      Pattern.compile("\\.(run|kickoff|run_stream|on_messages_stream)$");

  @Override
  public boolean speaks(SpanView span) {
    return span.has("openinference.span.kind");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("openinference.span.kind")),
        entry(Meaning.THREAD, List.of("session.id")),
        entry(Meaning.AGENT, List.of("agent.name")),
        entry(Meaning.MODEL, List.of("llm.response.model_name", "llm.model_name")),
        entry(Meaning.TOOL, List.of("tool.name")),
        entry(Meaning.TOOL_CALL, List.of("tool.id", "tool_call.id")),
        entry(Meaning.PROMPT, List.of("input.value")),
        entry(Meaning.ANSWER, List.of("output.value")),
        entry(Meaning.INPUT_TOKENS, List.of("llm.token_count.prompt")),
        entry(Meaning.OUTPUT_TOKENS, List.of("llm.token_count.completion")),
        entry(Meaning.TOTAL_TOKENS, List.of("llm.token_count.total")),
        entry(Meaning.CACHE_READ_TOKENS, List.of("llm.token_count.prompt_details.cache_read")),
        entry(Meaning.CACHE_WRITE_TOKENS, List.of("llm.token_count.prompt_details.cache_write")),
        entry(Meaning.REASONING_TOKENS, List.of("llm.token_count.completion_details.reasoning")),
        entry(Meaning.COST_USD, List.of("llm.cost.total")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of(
        "AGENT", StepKind.AGENT,
        "LLM", StepKind.MODEL,
        "EMBEDDING", StepKind.MODEL,
        "TOOL", StepKind.TOOL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String name = METHOD.matcher(span.name()).replaceFirst("");
    if (reading.kind == StepKind.AGENT) {
      reading.name = reading.agent == null ? name : reading.agent;
      reading.agent = reading.name;
    } else if ("CHAIN".equals(reading.operation) && reading.outermost) {
      // The chain that nothing encloses is the run: a graph, a crew, a workflow.
      reading.kind = StepKind.AGENT;
      reading.name = name;
      reading.ending = Spans.ending(span, reading);
    }
    JsonNode output = span.json("output.value");
    ToolMessage.read(output, reading);
    if (reading.kind == StepKind.MODEL && reading.callId == null) {
      reading.callId = output.path("id").textValue();
    }
  }
}
