// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.List;
import java.util.Map;

/**
 * Mastra 1 by its exporter for OpenTelemetry: {@link GenAi}, and what became of a run in attributes
 * of its own. What was suspended goes on in a span below the one that stood still.
 */
final class Mastra implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("mastra.span.type");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.PROMPT, List.of("mastra.agent_run.input", "mastra.workflow_run.input")),
        entry(Meaning.ANSWER, List.of("mastra.agent_run.output", "mastra.workflow_run.output")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String type = span.attribute("mastra.span.type");
    reading.runName = reading.outermost ? span.attribute("mastra.metadata.runId") : null;
    if ("agent_run".equals(type)) {
      agent(span, reading);
    } else if ("workflow_run".equals(type)) {
      workflow(span, reading);
    }
  }

  private static void agent(SpanView span, Reading reading) {
    JsonNode output = span.json("mastra.agent_run.output");
    String call = output.path("toolCallId").asText(null);
    switch (output.path("status").asText()) {
      case "aborted" -> reading.ending = State.CANCELED;
      case "suspended" -> {
        String tool = output.path("toolName").asText("it");
        boolean leave = "tool-call-approval".equals(output.path("reason").asText());
        if (call != null) {
          reading.more.add(new Fact.ToolCall(call, tool, null));
        }
        String id = call == null ? span.text("spanId") : call;
        WaitKind kind = leave ? WaitKind.APPROVAL : WaitKind.HUMAN_INPUT;
        reading.waits(Waiting.open(id, kind, leave ? "May " + tool + " run?" : tool, call));
        reading.ending = State.SUSPENDED;
      }
      default -> {}
    }
    if (span.has("mastra.metadata.resumed")) {
      JsonNode answer = span.json("mastra.agent_run.input");
      JsonNode approved = answer.path("approved");
      WaitOutcome outcome =
          !approved.isBoolean()
              ? WaitOutcome.ANSWERED
              : approved.booleanValue() ? WaitOutcome.APPROVED : WaitOutcome.DENIED;
      goesOn(reading, answer.path("toolCallId").asText(), outcome);
    }
  }

  private static void workflow(SpanView span, Reading reading) {
    reading.name = span.name().replaceFirst("^invoke_workflow ", "");
    switch (span.attribute("mastra.workflow_run.status")) {
      case "suspended", "paused", "waiting" -> {
        reading.waits(Waiting.open(span.text("spanId"), WaitKind.HUMAN_INPUT, null, null));
        reading.ending = State.SUSPENDED;
      }
      case "canceled" -> reading.ending = State.CANCELED;
      case "failed" -> reading.ending = Endings.of(span);
      case "pending", "running", "skipped" -> reading.ending = null;
      case "tripwire" -> reading.ending = State.INCOMPLETE;
      case null, default -> {}
    }
    String from = span.attribute("mastra.metadata.resumedFromSpanId");
    if (from != null) {
      goesOn(reading, from, WaitOutcome.ANSWERED);
    }
  }

  private static void goesOn(Reading reading, String wait, WaitOutcome outcome) {
    if (!wait.isEmpty()) {
      reading.more.add(new Fact.WaitResolved(wait, outcome, null, null, Quality.DERIVED));
    }
  }
}
