// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.List;
import java.util.Map;

/**
 * OpenTelemetry's semantic conventions for generative AI, in all generations that are on the wire:
 * up to 1.36, 1.37 to 1.41, and the repository of their own to which they moved ("main", October
 * 2026; nothing of it is released). Proposals that real libraries already use are named so.
 */
final class GenAi implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("gen_ai.operation.name");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.OPERATION, List.of("gen_ai.operation.name")),
        entry(Meaning.RUN, List.of("gen_ai.agent.execution.id")), // proposal #445
        entry(Meaning.THREAD, List.of("gen_ai.conversation.id", "session.id")),
        entry(Meaning.AGENT, List.of("gen_ai.agent.name")),
        entry(Meaning.WORKFLOW, List.of("gen_ai.workflow.name")),
        entry(Meaning.SERVICE, List.of("service.name")),
        entry(Meaning.MODEL, List.of("gen_ai.response.model", "gen_ai.request.model")),
        entry(Meaning.MODEL_ANSWER, List.of("gen_ai.response.id")),
        entry(Meaning.TOOL, List.of("gen_ai.tool.name")),
        entry(Meaning.TOOL_CALL, List.of("gen_ai.tool.call.id")),
        entry(Meaning.TOOL_ARGUMENTS, List.of("gen_ai.tool.call.arguments")),
        entry(
            Meaning.PROMPT,
            List.of(
                "gen_ai.input.messages", // 1.37
                "content")), // up to 1.36: of the event gen_ai.user.message
        entry(
            Meaning.ANSWER,
            List.of(
                "gen_ai.output.messages", // 1.37
                "message")), // up to 1.36: of the event gen_ai.choice
        entry(
            Meaning.INPUT_TOKENS,
            List.of("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")),
        entry(
            Meaning.OUTPUT_TOKENS,
            List.of("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")),
        entry(Meaning.CACHE_READ_TOKENS, List.of("gen_ai.usage.cache_read.input_tokens")),
        entry(
            Meaning.CACHE_WRITE_TOKENS,
            List.of(
                "gen_ai.usage.cache_write.input_tokens", // main
                "gen_ai.usage.cache_creation.input_tokens")), // 1.37 to 1.41
        entry(Meaning.REASONING_TOKENS, List.of("gen_ai.usage.reasoning.output_tokens")),
        entry(Meaning.ERROR_TYPE, List.of("error.type")),
        entry(Meaning.EXCEPTION_TYPE, List.of("exception.type")),
        entry(Meaning.EXCEPTION_MESSAGE, List.of("exception.message")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.ofEntries(
        entry("invoke_agent", StepKind.AGENT),
        entry("invoke_workflow", StepKind.AGENT), // main
        entry("chat", StepKind.MODEL),
        entry("generate_content", StepKind.MODEL),
        entry("text_completion", StepKind.MODEL),
        entry("embeddings", StepKind.MODEL),
        entry("execute_tool", StepKind.TOOL),
        entry("await_human_input", StepKind.WAIT)); // AG2
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if ("invoke_workflow".equals(reading.operation)) {
      // A workflow is no agent; those that it calls are.
      reading.agent = null;
    }
    if (reading.kind == StepKind.TOOL && span.name().endsWith("(merged)")) {
      // Google ADK puts the results of parallel calls into one that is none.
      reading.isPart(span.name());
    }
    if (reading.kind == StepKind.WAIT) {
      WaitOutcome outcome = reading.failed ? WaitOutcome.CANCELED : WaitOutcome.ANSWERED;
      reading.waits(
          Waiting.over(
              span, WaitKind.HUMAN_INPUT, span.attribute("ag2.human_input.prompt"), outcome));
    }
    if ("content_filter".equals(finish(span)) && reading.kind == StepKind.MODEL) {
      reading.ending = State.FAILED;
    }
  }

  private static String finish(SpanView span) {
    List<String> reasons = span.list("gen_ai.response.finish_reasons");
    return reasons.isEmpty() ? "" : reasons.getLast();
  }
}
