// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.util.List;
import java.util.Map;

/** Spring AI 1 and 2, whose observations Micrometer makes spans of. */
final class SpringAi implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("spring.ai.kind") || span.has("spring.ai.model.request.tool.names");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.THREAD, List.of("spring.ai.chat.client.conversation.id")),
        entry(Meaning.TOOL, List.of("spring.ai.tool.definition.name")),
        entry(Meaning.TOOL_CALL, List.of("spring.ai.tool.call.id")),
        entry(Meaning.TOOL_ARGUMENTS, List.of("spring.ai.tool.call.arguments")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind == StepKind.MODEL && span.scopeVersion().startsWith("3.")) {
      sumsUp(span, reading);
      return;
    }
    switch (span.attribute("spring.ai.kind")) {
      case "chat_client" -> {
        reading.kind = StepKind.AGENT;
        reading.agent =
            reading.outermost ? span.stringHereOrInResource(Meaning.SERVICE) : reading.agent;
        reading.name = reading.agent == null ? "chat_client" : reading.agent;
        reading.ending = Spans.ending(span, reading);
      }
      case "tool_call" -> {
        String name = span.string(Meaning.TOOL);
        reading.kind = StepKind.TOOL; // 1 says that it is of the framework
        reading.name = name == null ? reading.name : name;
        reading.callId = span.string(Meaning.TOOL_CALL);
      }
      case null, default -> {}
    }
  }

  /** In 1, of Spring Boot 3, each call between tools counts those before it once more. */
  private static void sumsUp(SpanView span, Reading reading) {
    TokenUsage usage = reading.usage;
    if (usage != null) {
      String loop = span.text("parentSpanId");
      reading.more.add(new Fact.UsageReported(loop, true, usage, true, TokenUsage.UNTOLD));
      reading.usage = null;
    }
  }
}
