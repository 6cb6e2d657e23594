// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;

/** OpenLLMetry (Traceloop), semconv_ai of June 2026 and instrumentations of 0.62. */
final class OpenLlmetry implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("traceloop.span.kind")
        || span.has("traceloop.entity.name")
        || span.scope().startsWith("opentelemetry.instrumentation.crewai");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("traceloop.span.kind", "llm.request.type")),
        entry(
            Meaning.THREAD,
            List.of(
                "traceloop.association.properties.thread_id",
                "traceloop.association.properties.session_id",
                "traceloop.association.properties.chat_id")),
        entry(Meaning.AGENT, List.of("traceloop.association.properties.lc_agent_name")),
        entry(Meaning.WORKFLOW, List.of("traceloop.workflow.name")),
        entry(Meaning.PROMPT, List.of("traceloop.entity.input")),
        entry(Meaning.ANSWER, List.of("traceloop.entity.output")),
        entry(Meaning.TOTAL_TOKENS, List.of("gen_ai.usage.total_tokens", "llm.usage.total_tokens")),
        entry(Meaning.CACHE_READ_TOKENS, List.of("gen_ai.usage.cache_read_input_tokens")),
        entry(Meaning.CACHE_WRITE_TOKENS, List.of("gen_ai.usage.cache_creation_input_tokens")),
        entry(Meaning.REASONING_TOKENS, List.of("gen_ai.usage.reasoning_tokens")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of(
        "agent", StepKind.AGENT,
        "workflow", StepKind.AGENT,
        "tool", StepKind.TOOL,
        "completion", StepKind.MODEL,
        "embedding", StepKind.MODEL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String kind = span.attribute("traceloop.span.kind");
    String entity = span.attribute("traceloop.entity.name");
    if ("task".equals(kind)) {
      // Told as an operation of an agent by some instrumentations.
      State ending = reading.ending;
      reading.isPart(span.name());
      reading.ending = reading.outermost ? ending : null;
      return;
    }
    ToolMessage.read(span.json("traceloop.entity.output").path("output"), reading);
    reading.resumes =
        "workflow".equals(kind)
            && span.json("traceloop.entity.input").path("inputs").hasNonNull("resume");
    boolean agent = "agent".equals(kind);
    if (agent && reading.agent == null) {
      reading.agent = entity == null ? span.name().replaceFirst("\\.agent$", "") : entity;
      reading.name = reading.agent;
    }
    if ("tool".equals(kind) && entity != null && span.string(Meaning.TOOL) == null) {
      reading.name = entity;
    }
    if (reading.kind == StepKind.AGENT && !agent) {
      reading.agent = span.attribute("gen_ai.agent.name");
    }
    if ("failure".equals(span.attribute("gen_ai.task.status"))) {
      reading.failed = true;
    }
  }
}
