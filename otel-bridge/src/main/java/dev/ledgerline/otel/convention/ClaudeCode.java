// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Claude Code 2.1 with {@code CLAUDE_CODE_ENHANCED_TELEMETRY_BETA}. */
final class ClaudeCode implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("com.anthropic.claude_code");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.TOOL, List.of("tool_name")),
        entry(Meaning.TOOL_CALL, List.of("tool_use_id")),
        entry(Meaning.PROMPT, List.of("user_prompt")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String type = span.attribute("span.type");
    reading.agent = span.has("agent_id") ? span.attribute("agent_id") : "claude-code";
    switch (type == null ? "" : type) {
      case "interaction" -> {
        reading.kind = StepKind.AGENT;
        reading.name = "claude-code";
        // Ends well whatever happened; the last call of the model tells.
        reading.ending = reading.failed ? reading.ending : null;
      }
      case "llm_request" -> {
        reading.kind = StepKind.MODEL;
        reading.name = String.valueOf(span.attribute("model")).replace("[1m]", "");
        reading.usage = usage(span);
        reading.failed |= "false".equals(span.attribute("success"));
        reading.ending = Spans.ending(span, reading);
      }
      case "tool", "tool.execution" -> {
        reading.kind = StepKind.TOOL;
        reading.callId = span.string(Meaning.TOOL_CALL);
        String tool = span.attribute("tool_name");
        reading.name = tool == null ? reading.name : tool;
        reading.failed |= "false".equals(span.attribute("success"));
      }
      case "tool.blocked_on_user" -> blocked(span, reading);
      default -> {}
    }
  }

  /** It counts what comes from and goes to the cache apart from the rest. */
  static @Nullable TokenUsage usage(SpanView span) {
    Long input = span.count("input_tokens");
    Long output = span.count("output_tokens");
    if (input == null && output == null) {
      return null;
    }
    Long read = span.count("cache_read_tokens");
    Long written = span.count("cache_creation_tokens");
    long all = (input == null ? 0 : input) + (read == null ? 0 : read);
    return new TokenUsage(
        all + (written == null ? 0 : written), output, null, read, written, null, null);
  }

  /** Each call passes here; only where a person decided did anybody wait. */
  private static void blocked(SpanView span, Reading reading) {
    boolean refused = "reject".equals(span.attribute("decision"));
    if (refused) {
      // It stands inside the span of the call, which ends well even so.
      reading.kind = StepKind.TOOL;
      reading.name = "";
      reading.failed = true;
      reading.error = "refused";
    }
    String source = span.attribute("source");
    if (source == null || !source.startsWith("user")) {
      return;
    }
    boolean accepted = "accept".equals(span.attribute("decision"));
    reading.kind = refused ? StepKind.TOOL : StepKind.WAIT;
    reading.waits(
        Waiting.over(
            span, WaitKind.APPROVAL, null, accepted ? WaitOutcome.APPROVED : WaitOutcome.DENIED));
  }
}
