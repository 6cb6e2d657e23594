// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AutoGen 0.7 (core and agentchat). Each message between agents begins a trace that links to the
 * one in which it was written: all of them are one run, up to the message that started a team. What
 * was said stands on the spans in which the manager of the team reads it.
 */
final class AutoGen implements Convention {
  /** What people read; other messages are told by the spans of calls. */
  private static final Set<String> SPOKEN = Set.of("TextMessage", "StopMessage");

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("autogen");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.scope().startsWith("autogen ")) {
      post(span, reading);
      return;
    }
    if ("create_agent".equals(reading.operation)) {
      reading.isWork();
      return;
    }
    String id = span.attribute("gen_ai.agent.id");
    if (id != null && id.indexOf('/') > 0) {
      reading.thread = id.substring(id.lastIndexOf('/') + 1); // the team
      // Its turn is over, not the work of the team.
      reading.ending = reading.failed ? reading.ending : null;
    }
    if (reading.kind == StepKind.TOOL && reading.name.equals("transfer_to_user")) {
      String wait = reading.callId == null ? span.text("spanId") : reading.callId;
      reading.waits(Waiting.open(wait, WaitKind.HUMAN_INPUT, null, null));
    }
  }

  /** The runtime's own post. */
  private static void post(SpanView span, Reading reading) {
    reading.isWork();
    if (!span.hasParent()) {
      reading.whole = span.linkedTrace();
    }
    if ("GroupChatTermination".equals(span.attribute("messaging.message.type"))) {
      reading.kind = StepKind.TASK;
      reading.name = "the team is done";
      reading.ending = State.COMPLETED;
      return;
    }
    String reader = span.attribute("recipient_agent_class");
    if (reader != null && reader.endsWith("GroupChatManager")) {
      read(span, span.json("message"), reading);
    }
  }

  private static void read(SpanView span, JsonNode post, Reading reading) {
    JsonNode error = post.path("error");
    if (error.isObject()) {
      reading.kind = StepKind.TASK;
      reading.failed = true;
      reading.error = Spans.firstLine(error.path("error_message").asText());
      reading.ending = State.FAILED;
      return;
    }
    for (JsonNode asked : post.path("messages")) {
      said(span, asked, Role.USER, reading);
      // Only who was handed over to hands back.
      reading.resumes |= asked.path("type").asText().equals("HandoffMessage");
    }
    reading.thread = team(span);
    JsonNode message = post.path("message");
    said(span, message, Role.ASSISTANT, reading);
    TokenUsage usage = usage(message.path("models_usage"));
    if (usage != null) {
      String series = message.path("source").asText();
      reading.more.add(new Fact.UsageReported(series, false, usage, false, null));
    }
    if (message.path("type").asText().equals("UserInputRequestedEvent")) {
      String wait = input(message.path("source").asText());
      reading.waits(Waiting.openFrom(span, wait, WaitKind.HUMAN_INPUT));
    }
    JsonNode turn = post.path("response");
    JsonNode answer = turn.path("chat_message");
    if (turn.path("inner_messages").isEmpty() && answer.path("models_usage").isNull()) {
      // No model had a part in it: it may be a person's. Nobody else waits under that id.
      String wait = input(answer.path("source").asText());
      reading.more.add(
          new Fact.WaitResolved(wait, WaitOutcome.ANSWERED, null, null, Quality.DERIVED));
    }
  }

  /** Its id stands twice in the address of its manager. */
  private static @Nullable String team(SpanView span) {
    String address = span.attribute("messaging.destination");
    int from = address == null ? -1 : address.lastIndexOf('(');
    int to = address == null ? -1 : address.lastIndexOf(')');
    return address == null || from < 0 || to < from ? null : address.substring(from + 1, to);
  }

  private static String input(String agent) {
    return "input of " + agent;
  }

  private static void said(SpanView span, JsonNode message, Role role, Reading reading) {
    String text = message.path("content").asText();
    if (SPOKEN.contains(message.path("type").asText()) && !text.isBlank()) {
      reading.said.add(new Utterance(role, text, span.pointerToText("message")));
    }
  }

  /** Null where the client did not count, which it tells as zeros. */
  private static @Nullable TokenUsage usage(JsonNode told) {
    long input = told.path("prompt_tokens").asLong();
    long output = told.path("completion_tokens").asLong();
    return input + output == 0 ? null : TokenUsage.of(input, output);
  }
}
