// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * Logfire SDK 5: spans that a program makes itself, which are work around agents, and those that it
 * makes of the libraries it instruments. Those name their operation, but for OpenAI Agents, where
 * the template of the message tells what a span is.
 */
final class Logfire implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("logfire");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.scope().equals("logfire.openai_agents") && reading.kind == StepKind.OTHER) {
      ofOpenAiAgents(span, reading);
    } else if (reading.kind == StepKind.OTHER) {
      reading.isWork();
    } else if (reading.kind == StepKind.MODEL && isRequestOfStream(span, reading)) {
      reading.isPart(span.name());
    }
  }

  /** Its answer is told in a line of its own, as soon as the last piece has come. */
  private static boolean isRequestOfStream(SpanView span, Reading reading) {
    return !reading.failed
        && reading.usage == null
        && !"embeddings".equals(reading.operation)
        && !span.has("response_data")
        && !span.has("gen_ai.output.messages")
        && !"log".equals(span.attribute("logfire.span_type"));
  }

  private static void ofOpenAiAgents(SpanView span, Reading reading) {
    String name = span.attribute("name");
    String message = span.attribute("logfire.msg");
    String template = String.valueOf(span.attribute("logfire.msg_template"));
    reading.isPart(message == null ? span.name() : message);
    switch (template.split(":", 2)[0]) {
      case "OpenAI Agents trace" -> reading.thread = told(span.attribute("group_id"));
      case "Agent run" -> {
        reading.kind = StepKind.AGENT;
        reading.agent = name;
        reading.name = name == null ? reading.name : name;
        reading.ending = Spans.ending(span, reading);
      }
      case "Function" -> {
        reading.kind = StepKind.TOOL;
        reading.name = name == null ? reading.name : name;
      }
      case "Handoff" ->
          reading.more.add(
              new Fact.Handoff(
                  told(span.attribute("from_agent")), told(span.attribute("to_agent"))));
      default -> {}
    }
  }

  private static @Nullable String told(@Nullable String value) {
    return "null".equals(value) ? null : value;
  }
}
