// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static dev.ledgerline.event.ToolOutcome.OK;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
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
      answers(span, reading);
      agent(span, reading);
    }
  }

  /** What the run begins with is the answer to a request for approval. */
  private static void answers(SpanView span, Reading reading) {
    for (JsonNode message : span.json("gen_ai.input.messages")) {
      for (JsonNode part : message.path("parts")) {
        if (part.path("type").asText().equals("function_approval_response")) {
          String id = part.at("/function_call/call_id").asText();
          boolean approved = part.path("approved").asBoolean();
          WaitOutcome outcome = approved ? WaitOutcome.APPROVED : WaitOutcome.DENIED;
          Instant start = span.time("startTimeUnixNano");
          String tool = part.at("/function_call/name").asText();
          String prompt = "May " + tool + " run?";
          reading.waits(new Waiting(id, WaitKind.APPROVAL, prompt, id, start, outcome, start));
        }
      }
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
          if (tool.startsWith("handoff_to_")) {
            // Handing over is no call of a function, so it has no span of its own.
            reading.more.add(new Fact.ToolResult(id, tool, OK, null, null, true, true));
            String to = tool.substring("handoff_to_".length());
            reading.more.add(new Fact.Handoff(reading.agent, to));
          } else {
            reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + tool + " run?", id));
          }
        });
  }
}
