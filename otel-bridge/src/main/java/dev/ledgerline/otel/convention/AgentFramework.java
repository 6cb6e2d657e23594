// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.LinkedHashMap;
import java.util.Map;

/** Microsoft Agent Framework 1.23, Python and .NET. */
final class AgentFramework implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("agent_framework")
        || span.scope().startsWith("Microsoft.Agents");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    // What stands there is the id of the answer before, another one for each call.
    reading.thread = null;
    if (span.name().startsWith("workflow.run") || span.name().startsWith("workflow_invoke")) {
      reading.kind = StepKind.AGENT;
      String name = span.attribute("workflow.name");
      reading.name = name == null ? span.name() : name;
      boolean ended = reading.failed || span.tells("workflow.completed");
      reading.ending = ended ? Spans.ending(span, reading) : State.CANCELED;
    } else if (reading.kind == StepKind.AGENT) {
      agent(span, reading);
    }
  }

  /** What the agent said last asks for tools that nobody ran: they need approval, or an answer. */
  private static void agent(SpanView span, Reading reading) {
    JsonNode messages = span.json("gen_ai.output.messages");
    Map<String, String> open = new LinkedHashMap<>();
    for (JsonNode message : messages) {
      for (JsonNode part : message.path("parts")) {
        String type = part.path("type").asText();
        String id = part.path("id").asText();
        if (type.equals("tool_call")) {
          open.put(id, part.path("name").asText());
        } else if (type.equals("tool_call_response")) {
          open.remove(id);
        }
      }
    }
    open.forEach(
        (id, tool) -> {
          if (!tool.startsWith("handoff_to_")) {
            reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + tool + " run?", id));
          }
        });
  }
}
