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
import org.jspecify.annotations.Nullable;

/** Microsoft Agent Framework 1.23, Python and .NET. */
final class AgentFramework implements Convention {
  private static final String HANDOVER = "handoff_to_";

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
    } else if ("MessageType.RESPONSE".equals(span.attribute("message.type"))) {
      // An executor of an earlier run had asked; nothing tells when, only that this is the answer.
      Instant now = span.time("startTimeUnixNano");
      String wait = "request of " + span.attribute("executor.id") + "/" + span.text("spanId");
      reading.waits(
          new Waiting(wait, WaitKind.HUMAN_INPUT, null, null, now, WaitOutcome.ANSWERED, now));
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
        String name = part.path("name").asText();
        if (type.equals("tool_call")) {
          open.put(id, name);
        } else if (type.equals("tool_call_response") && !isHandover(open.get(id))) {
          open.remove(id);
        }
      }
    }
    open.forEach(
        (id, tool) -> {
          if (isHandover(tool)) {
            // Handing over is no call of a function, so it has no span of its own.
            reading.more.add(new Fact.ToolResult(id, tool, OK, null, null, true, true));
            String to = tool.substring(HANDOVER.length());
            reading.more.add(new Fact.Handoff(reading.agent, to));
          } else {
            reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + tool + " run?", id));
          }
        });
  }

  private static boolean isHandover(@Nullable String tool) {
    return tool != null && tool.startsWith(HANDOVER);
  }
}
