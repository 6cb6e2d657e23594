// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Strands Agents 1.62 in Python, legacy and latest conventions, and 1.19 in TypeScript. */
final class Strands implements Convention {
  /** How interrupts stand in the answer of the agent; calls that waited have spans of their own. */
  private static final Pattern INTERRUPT =
      Pattern.compile(
          "'id': 'v1:before_tool_call:([^:']{1,200}):[^']*'(?:, 'name': '([^']{1,200})')?");

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("strands.telemetry.tracer") || span.scope().equals("strands-agents");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(entry(Meaning.TOOL_STATUS, List.of("gen_ai.tool.status")));
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("invoke_graph", StepKind.AGENT, "invoke_swarm", StepKind.AGENT);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    boolean multi = span.name().equals("invoke_graph") || span.name().equals("invoke_swarm");
    if (multi) {
      reading.agent = null;
      // Ends well even where a node failed; the last node tells.
      reading.ending = reading.failed ? reading.ending : null;
    } else if (reading.kind == StepKind.AGENT) {
      agent(span, reading);
    } else if (reading.kind == StepKind.OTHER && span.exceptionTypes().contains("InterruptError")) {
      reading.failed = false; // the round in which a tool asked
      reading.error = null;
    } else if (reading.kind == StepKind.TOOL
        && !reading.failed
        && !span.has("gen_ai.tool.status")) {
      String id = reading.callId == null ? span.text("spanId") : reading.callId;
      reading.unanswered = true;
      reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + reading.name + " run?", id));
    }
  }

  private static void agent(SpanView span, Reading reading) {
    if (span.has("strands.cancellation.type")
        || "cancelled".equals(span.ofEvents("finish_reason"))) {
      reading.ending = State.CANCELED;
    }
    for (SpanView.Told told : span.texts(Meaning.ANSWER)) {
      Matcher interrupt = INTERRUPT.matcher(told.text());
      while (interrupt.find()) {
        String id = interrupt.group(1);
        reading.waits(Waiting.open(id, WaitKind.APPROVAL, interrupt.group(2), id));
      }
    }
  }
}
