// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
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
    String namespace = metadata.path("checkpoint_ns").asText();
    boolean graph =
        !namespace.isEmpty()
            && namespace.equals(metadata.path("langgraph_checkpoint_ns").asText())
            && !reading.name.equals(metadata.path("langgraph_node").asText());
    if (graph && reading.kind == StepKind.OTHER) {
      reading.kind = StepKind.AGENT; // a graph that is a node of another one
      reading.agent = reading.name;
    }
    if (reading.thread == null && metadata.path("thread_id").isTextual()) {
      reading.thread = metadata.path("thread_id").textValue();
    }
    boolean asked = reading.outermost && !span.json("input.value").path("resume").isMissingNode();
    reading.resumes = asked && !span.json("input.value").path("resume").isNull();
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

  /** The calls that wait have no spans of their own yet. */
  private static void calls(SpanView span, Waiting wait, Reading reading) {
    int number = 0;
    for (String tool : Interrupt.tools(span.error())) {
      reading.more.add(new Fact.ToolCall(wait.id() + "/" + number++, tool, null));
    }
  }
}
