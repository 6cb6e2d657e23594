// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Codex 0.169. It tells 500 spans a turn, nearly all of them of its own inner workings; those that
 * are named here are steps, the others stay in the log.
 */
final class Codex implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    String service = span.ofResource("service.name");
    return span.scope().startsWith("codex") || (span.has("busy_ns") && isCodex(service));
  }

  private static boolean isCodex(@Nullable String service) {
    return service != null && service.startsWith("codex");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.RUN_NAME, List.of("turn.id")),
        entry(Meaning.THREAD, List.of("conversation.id")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.runName = null;
    reading.thread = span.attribute("conversation.id");
    if (span.name().equals("session_task.turn")) {
      turn(span, reading);
    } else if (span.name().equals("run_turn") || span.name().equals("codex.sampling")) {
      reading.isPart(span.name());
    } else if (span.name().equals("handle_responses") && span.usage() != null) {
      reading.kind = StepKind.MODEL;
      reading.name = "model";
      reading.usage = span.usage();
    } else if (span.has("tool_name") && "dispatch".equals(span.attribute("codex.tool.phase"))) {
      reading.kind = StepKind.TOOL;
      reading.name = String.valueOf(span.attribute("tool_name"));
      reading.callId = span.attribute("call_id");
      reading.failed |= "true".equals(span.attribute("aborted"));
    } else if ("codex.tool_result".equals(span.ofEvents("event.name"))) {
      // The result stands on the inner span of the same call.
      reading.kind = StepKind.TOOL;
      reading.name = String.valueOf(span.ofEvents("tool_name"));
      reading.callId = span.ofEvents("call_id");
      reading.failed |= "false".equals(span.ofEvents("success"));
    } else {
      reading.noise = true;
    }
  }

  private static void turn(SpanView span, Reading reading) {
    reading.kind = StepKind.AGENT;
    reading.name = "codex";
    reading.agent = "codex";
    reading.outermost = true;
    reading.runName = span.attribute("turn.id");
    // The session; run_turn calls it a conversation.
    reading.thread = span.attribute("thread.id");
    Long input = span.count("codex.turn.token_usage.input_tokens");
    if (reading.failed) {
      reading.ending = Spans.ending(span, reading);
    } else if (input == null) {
      reading.ending = State.CANCELED; // only a turn that came to its end is counted
    } else {
      reading.ending = input == 0 ? State.FAILED : State.COMPLETED; // no model answered
    }
  }
}
