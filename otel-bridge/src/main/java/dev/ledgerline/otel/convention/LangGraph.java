// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;

/**
 * LangChain 1 and LangGraph 1 as OpenInference tells them: their metadata stands in one attribute.
 */
final class LangGraph implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().contains("langchain");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    JsonNode metadata = span.json("metadata");
    String agent = metadata.path("lc_agent_name").asText();
    if (!agent.isEmpty()) {
      reading.agent = agent;
    } else if (reading.kind == StepKind.AGENT && reading.outermost) {
      reading.agent = reading.name;
    }
    if (reading.thread == null && metadata.path("thread_id").isTextual()) {
      reading.thread = metadata.path("thread_id").textValue();
    }
    reading.resumes |= reading.outermost && span.json("input.value").hasNonNull("resume");
    boolean cutOff = reading.kind == StepKind.OTHER && reading.failed;
    if (cutOff && Endings.of(span) == State.CANCELED) {
      underWay(span, reading);
    }
    for (Waiting wait : reading.waits) {
      if (wait.kind() == WaitKind.APPROVAL) {
        calls(span, wait, reading);
      }
    }
    boolean insideAGraph = metadata.has("langgraph_checkpoint_ns");
    if (reading.outermost && insideAGraph && reading.kind == StepKind.TOOL) {
      // Its span lost its parent: the call belongs to a run, but not to one of its own.
      reading.noise = true;
    }
  }

  /** The spans of calls that were under way when all was cancelled never come. */
  private static void underWay(SpanView span, Reading reading) {
    for (JsonNode call : span.json("input.value")) {
      if (call.path("type").asText().equals("tool_call")) {
        String name = call.path("name").asText();
        reading.more.add(new Fact.ToolCall(call.path("id").asText(), name, null));
      }
    }
  }

  /** The calls that wait have no spans of their own yet. */
  private static void calls(SpanView span, Waiting wait, Reading reading) {
    int number = 0;
    for (String tool : Interrupt.tools(span.error())) {
      reading.more.add(new Fact.ToolCall(wait.id() + "/" + number++, tool, null));
    }
  }
}
