// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Pydantic AI 1 and 2 (instrumentation versions 1 to 6), with and without {@link Logfire}. */
final class PydanticAi implements Convention {
  /** The library's own words for a call that was not approved; others are the application's. */
  private static final Pattern REFUSED =
      Pattern.compile("\\b(denied|rejected|not approved)\\b", Pattern.CASE_INSENSITIVE);

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("pydantic-ai") || span.has("pydantic_ai.tool.deferral.name");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.RUN_NAME, List.of("gen_ai.agent.call.id")),
        entry(Meaning.CALLING_RUN, List.of("baggage_conflict.gen_ai.agent.call.id")), // Logfire
        entry(Meaning.AGENT, List.of("agent_name")),
        entry(Meaning.TOOL_ARGUMENTS, List.of("tool_arguments")), // up to version 2
        entry(Meaning.PROMPT, List.of("pydantic_ai.all_messages")),
        entry(Meaning.ANSWER, List.of("final_result")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String deferral = span.attribute("pydantic_ai.tool.deferral.name");
    if (deferral != null && reading.waits.isEmpty()) {
      WaitKind kind = Interrupt.kind(deferral);
      String id = reading.callId == null ? span.text("spanId") : reading.callId;
      reading.unanswered = true;
      reading.waits(
          Waiting.open(
              id, kind == null ? WaitKind.EXTERNAL : kind, "May " + reading.name + " run?", id));
    }
    if (span.name().startsWith("agent run") && reading.kind == StepKind.OTHER) {
      reading.kind = StepKind.AGENT; // versions 1 and 2
      reading.ending = Spans.ending(span, reading);
    } else if (span.name().equals("running tool") && reading.kind == StepKind.OTHER) {
      reading.kind = StepKind.TOOL;
    }
    if (reading.kind == StepKind.AGENT) {
      agent(span, reading);
    }
  }

  private static void agent(SpanView span, Reading reading) {
    JsonNode result = span.json("final_result");
    waits(result.path("approvals"), WaitKind.APPROVAL, reading);
    waits(result.path("calls"), WaitKind.TOOL_OUTPUT, reading);
    boolean capturesContent =
        span.has("pydantic_ai.all_messages") || span.has("all_messages_events");
    boolean unset = span.status() == SpanView.Status.UNSET && span.exceptionTypes().isEmpty();
    if (capturesContent && unset && !span.has("final_result")) {
      // Cancelled, by its caller or by a time limit of its caller: nothing else ends so.
      reading.ending = State.CANCELED;
    }
    answeredOutside(span, reading);
  }

  private static void waits(JsonNode calls, WaitKind kind, Reading reading) {
    for (JsonNode call : calls) {
      String id = call.path("tool_call_id").asText();
      String tool = call.path("tool_name").asText();
      if (!id.isEmpty()) {
        reading.more.add(new Fact.ToolCall(id, tool, null));
        reading.waits(Waiting.open(id, kind, "May " + tool + " run?", id));
      }
    }
  }

  /**
   * Calls of the run before that were answered by somebody else than the tool, mostly refused: they
   * have no span, only a result in the first message of the new run.
   */
  private static void answeredOutside(SpanView span, Reading reading) {
    JsonNode messages = span.json("pydantic_ai.all_messages");
    String index = span.attribute("pydantic_ai.new_message_index");
    int first = index == null || index.length() > 6 ? -1 : Integer.parseInt(index);
    if (first < 1 || first >= messages.size()) {
      return;
    }
    for (JsonNode part : messages.path(first - 1).path("parts")) {
      // What was said last had been a call: this run brings the answer to it.
      reading.resumes |= part.path("type").asText().equals("tool_call");
    }
    for (JsonNode part : messages.path(first).path("parts")) {
      String id = part.path("id").asText();
      if (part.path("type").asText().equals("tool_call_response") && !id.isEmpty()) {
        String text = text(part);
        boolean refused = text != null && REFUSED.matcher(text).find();
        ToolOutcome outcome = refused ? ToolOutcome.FAILED : ToolOutcome.UNTOLD;
        reading.more.add(
            new Fact.ToolResult(id, name(part), outcome, null, refused ? text : null, true, true));
      }
    }
  }

  private static @Nullable String name(JsonNode part) {
    return part.path("name").isTextual() ? part.path("name").textValue() : null;
  }

  private static @Nullable String text(JsonNode part) {
    return Spans.firstLine(part.path("result").asText());
  }
}
