// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;

/**
 * LangSmith's own OTLP (langsmith 0.14, {@code LANGSMITH_TRACING_MODE=otel}). Its status is set
 * when a run begins and says nothing; only the exception tells.
 */
final class LangSmith implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("langsmith.span.kind");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("langsmith.span.kind")),
        entry(
            Meaning.THREAD,
            List.of("langsmith.metadata.thread_id", "langsmith.metadata.session_id")),
        entry(Meaning.AGENT, List.of("langsmith.metadata.lc_agent_name")),
        entry(Meaning.PROMPT, List.of("gen_ai.prompt")),
        entry(Meaning.ANSWER, List.of("gen_ai.completion")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("llm", StepKind.MODEL);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind == StepKind.TOOL && span.string(Meaning.TOOL) == null) {
      reading.name = span.name();
    }
    boolean threw = !span.exceptionTypes().isEmpty() && reading.waits.isEmpty();
    if (threw) {
      reading.failed = true;
      reading.error = Spans.firstLine(span.error());
    }
    if ("chain".equals(reading.operation) && reading.outermost) {
      reading.kind = StepKind.AGENT;
      reading.name = span.name();
    }
    if (reading.kind == StepKind.AGENT) {
      State ending = threw ? Endings.of(span) : Spans.ending(span, reading);
      reading.ending = ending;
    }
  }
}
