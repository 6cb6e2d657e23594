// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Vercel AI SDK 7 in its new shape: {@link GenAi}, and how it leaves what did not come to an end.
 */
final class VercelAi7 implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("gen_ai");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind != StepKind.AGENT) {
      return;
    }
    List<String> finish = span.list("gen_ai.response.finish_reasons");
    if (finish.isEmpty() && span.status() == SpanView.Status.UNSET) {
      reading.ending = State.CANCELED; // aborted while it streamed: nothing else ends so
    } else if (finish.contains("tool-calls")) {
      unanswered(span, reading);
    }
    reading.resumes = reading.outermost && answers(span);
  }

  /** Calls that the agent ended with, and that have no result beside them, wait for somebody. */
  private static void unanswered(SpanView span, Reading reading) {
    Map<String, String> open = new LinkedHashMap<>();
    for (JsonNode message : span.json("gen_ai.output.messages")) {
      for (JsonNode part : message.path("parts")) {
        String id = part.path("id").asText();
        switch (part.path("type").asText()) {
          case "tool_call" -> open.put(id, part.path("name").asText());
          case "tool_call_response" -> open.remove(id);
          default -> {}
        }
      }
    }
    open.forEach(
        (id, tool) -> {
          reading.more.add(new Fact.ToolCall(id, tool, null));
          reading.waits(Waiting.open(id, WaitKind.APPROVAL, "May " + tool + " run?", id));
        });
  }

  private static boolean answers(SpanView span) {
    JsonNode messages = span.json("gen_ai.input.messages");
    String type = messages.path(messages.size() - 1).at("/parts/0/type").asText();
    return type.matches("tool[-_]approval[-_]response");
  }
}
