// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;

/**
 * VoltAgent 2. The span of a model lasts for all calls of a loop and counts the tokens of the last
 * one; the agent counts its own, and not those of the agents below it.
 */
final class VoltAgent implements Convention {
  private static final String SUB_AGENT = "subagent:";

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("@voltagent/core");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("span.type")),
        entry(Meaning.THREAD, List.of("conversation.id")),
        entry(Meaning.MODEL, List.of("llm.model")),
        entry(Meaning.TOOL_CALL, List.of("tool.call.id")),
        entry(Meaning.PROMPT, List.of("input")),
        entry(Meaning.ANSWER, List.of("output")),
        entry(Meaning.INPUT_TOKENS, List.of("usage.prompt_tokens")),
        entry(Meaning.OUTPUT_TOKENS, List.of("usage.completion_tokens")),
        entry(Meaning.TOTAL_TOKENS, List.of("usage.total_tokens")),
        entry(Meaning.CACHE_READ_TOKENS, List.of("usage.cached_tokens")),
        entry(Meaning.REASONING_TOKENS, List.of("usage.reasoning_tokens")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind == StepKind.MODEL) {
      reading.usage = null;
    } else if (span.has("agent.state")) {
      agent(span, reading);
    } else if (span.has("workflow.state")) {
      workflow(span, reading);
    } else if (span.name().equals("memory.write")) {
      asks(span, reading);
    }
  }

  private static void agent(SpanView span, Reading reading) {
    boolean sub = span.name().startsWith(SUB_AGENT);
    reading.kind = StepKind.AGENT;
    reading.name = sub ? span.name().substring(SUB_AGENT.length()) : span.name();
    reading.agent = reading.name;
    reading.ending =
        "cancelled".equals(span.attribute("agent.state"))
            ? State.CANCELED
            : Spans.ending(span, reading);
    TokenUsage usage = span.usage();
    if (usage != null) {
      reading.more.add(new Fact.UsageReported(span.text("spanId"), false, usage, false, null));
    }
  }

  private static void workflow(SpanView span, Reading reading) {
    reading.kind = StepKind.AGENT;
    String name = span.attribute("entity.name");
    reading.name = name == null ? span.name() : name;
    reading.answered = span.linkedTrace(); // one that goes on links to where it stood still
    reading.continuesRun = reading.answered;
    reading.ending = Spans.ending(span, reading);
    switch (span.attribute("workflow.state")) {
      case "suspended" -> {
        String why = span.ofEvents("suspension.reason");
        reading.waits(Waiting.open(span.text("spanId"), WaitKind.HUMAN_INPUT, why, null));
        reading.ending = State.SUSPENDED;
      }
      case "cancelled" -> reading.ending = State.CANCELED;
      case null, default -> {}
    }
  }

  /** Only the message that is remembered says which of the calls in it wait for leave. */
  private static void asks(SpanView span, Reading reading) {
    for (JsonNode part : span.json("input").at("/message/parts")) {
      if (part.path("state").asText().equals("approval-requested")) {
        String id = part.path("toolCallId").asText();
        String tool = part.path("type").asText().replaceFirst("^tool-", "");
        reading.more.add(new Fact.ToolCall(id, tool, null));
        reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + tool + " run?", id));
      }
    }
  }
}
