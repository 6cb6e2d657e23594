// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Vercel AI SDK, 4 to 6 and the legacy shape of 7; the new shape of 7 is {@link VercelAi7}. */
final class VercelAi implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("ai.operationId");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("ai.operationId")),
        entry(
            Meaning.THREAD,
            List.of(
                "ai.telemetry.metadata.threadId",
                "ai.telemetry.metadata.conversationId",
                "ai.telemetry.metadata.chatId",
                "ai.telemetry.metadata.sessionId",
                "ai.settings.context.threadId", // 7
                "ai.settings.context.conversationId",
                "ai.settings.context.chatId",
                "ai.settings.context.sessionId")),
        entry(Meaning.AGENT, List.of("ai.telemetry.functionId")),
        entry(Meaning.MODEL, List.of("ai.response.model", "ai.model.id")),
        entry(Meaning.TOOL, List.of("ai.toolCall.name")),
        entry(Meaning.TOOL_CALL, List.of("ai.toolCall.id")),
        entry(Meaning.TOOL_ARGUMENTS, List.of("ai.toolCall.args")),
        entry(Meaning.PROMPT, List.of("ai.prompt")),
        entry(Meaning.ANSWER, List.of("ai.response.text")),
        entry(Meaning.INPUT_TOKENS, List.of("ai.usage.inputTokens", "ai.usage.promptTokens")),
        entry(Meaning.OUTPUT_TOKENS, List.of("ai.usage.outputTokens", "ai.usage.completionTokens")),
        entry(Meaning.TOTAL_TOKENS, List.of("ai.usage.totalTokens")),
        entry(Meaning.CACHE_READ_TOKENS, List.of("ai.usage.cachedInputTokens")),
        entry(Meaning.REASONING_TOKENS, List.of("ai.usage.reasoningTokens")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.ofEntries(
        entry("ai.generateText", StepKind.AGENT),
        entry("ai.streamText", StepKind.AGENT),
        entry("ai.generateObject", StepKind.AGENT),
        entry("ai.streamObject", StepKind.AGENT),
        entry("ai.generateText.doGenerate", StepKind.MODEL),
        entry("ai.streamText.doStream", StepKind.MODEL),
        entry("ai.generateObject.doGenerate", StepKind.MODEL),
        entry("ai.streamObject.doStream", StepKind.MODEL),
        entry("ai.embed.doEmbed", StepKind.MODEL),
        entry("ai.embedMany.doEmbed", StepKind.MODEL),
        entry("ai.toolCall", StepKind.TOOL));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind == StepKind.AGENT) {
      answers(span.json("ai.prompt").path("messages"), span, reading);
    }
  }

  /** That a call waited for leave is first seen when the answer stands at the end of the prompt. */
  private static void answers(JsonNode messages, SpanView span, Reading reading) {
    Map<String, String> calls = new HashMap<>();
    Map<String, String> tools = new HashMap<>();
    for (JsonNode message : messages) {
      for (JsonNode part : message.path("content")) {
        String call = part.path("toolCallId").asText();
        switch (part.path("type").asText()) {
          case "tool-call" -> tools.put(call, part.path("toolName").asText());
          case "tool-approval-request" -> calls.put(part.path("approvalId").asText(), call);
          default -> {}
        }
      }
    }
    Instant start = span.time("startTimeUnixNano");
    for (JsonNode part : messages.path(messages.size() - 1).path("content")) {
      String call = calls.get(part.path("approvalId").asText());
      if (call != null && part.path("type").asText().equals("tool-approval-response")) {
        boolean approved = part.path("approved").asBoolean();
        WaitOutcome outcome = approved ? WaitOutcome.APPROVED : WaitOutcome.DENIED;
        String prompt = "May " + tools.get(call) + " run?";
        reading.waits(new Waiting(call, WaitKind.APPROVAL, prompt, call, start, outcome, start));
      }
    }
  }
}
