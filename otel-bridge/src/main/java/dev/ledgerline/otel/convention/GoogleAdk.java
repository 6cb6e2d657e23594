// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Google ADK 1 and 2 in Python, telemetry schemas 1 and 2, in Go and in Java. */
final class GoogleAdk implements Convention {
  /** In the result of a tool in Python, in the error of its span in Go. */
  private static final Pattern ASKS =
      Pattern.compile("^(?:This tool call|error tool .{1,200}) requires confirmation");

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("gcp.vertex.agent");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.RUN_NAME, List.of("gcp.vertex.agent.invocation_id")),
        entry(Meaning.THREAD, List.of("gcp.vertex.agent.session_id")), // schema 1
        entry(Meaning.TOOL_CALL, List.of("gen_ai.tool_call.id")), // Java
        entry(Meaning.TOOL_ARGUMENTS, List.of("gcp.vertex.agent.tool_call_args"))); // schema 1
  }

  @Override
  public Map<String, StepKind> operations() {
    return Map.of("call_llm", StepKind.MODEL); // Java
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.name().equals("invocation") || "invoke_workflow".equals(reading.operation)) {
      reading.kind = StepKind.AGENT; // schema 1 says no operation
      reading.ending = Spans.ending(span, reading);
    } else if (reading.kind == StepKind.TOOL) {
      tool(span, reading);
    }
  }

  private static void tool(SpanView span, Reading reading) {
    if ("<not specified>".equals(reading.callId)) {
      reading.callId = null;
    }
    String id = reading.callId == null ? span.text("spanId") : reading.callId;
    JsonNode result = span.json("gen_ai.tool.call.result");
    if (!result.isObject()) {
      result = span.json("gcp.vertex.agent.tool_response"); // schema 1
    }
    boolean asks =
        ASKS.matcher(result.path("error").asText()).find()
            || (reading.error != null && ASKS.matcher(reading.error).find());
    boolean broke = "error".equals(result.path("status").asText());
    if (broke && "An internal error occurred.".equals(result.path("message").asText())) {
      reading.failed = true; // what ADK in Java makes of an exception
      reading.error = result.path("message").asText();
    }
    boolean pending = result.path("status").asText().equals("pending");
    boolean later = "LongRunningFunctionTool".equals(span.attribute("gen_ai.tool.type"));
    if (asks || later || (pending && !reading.failed)) {
      reading.failed = false;
      reading.error = null;
      reading.unanswered = true;
      WaitKind kind = asks ? WaitKind.APPROVAL : WaitKind.TOOL_OUTPUT;
      reading.waits(Waiting.open(id, kind, "May " + reading.name + " run?", reading.callId));
    }
  }
}
