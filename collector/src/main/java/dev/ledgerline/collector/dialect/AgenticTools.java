// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.AgenticRun.CallState;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.ToolOutcome;
import java.util.List;

/**
 * What a record of agentic says of tool calls. The order on the wire is: log lines of tools, {@code
 * tool_call}, events of sub-agents, {@code tool_error}, {@code tool_result}, and only then the
 * {@code completion_end} of the model call that asked for the tools.
 */
final class AgenticTools {
  private static final String PAUSE = "__PAUSE4INPUT__";
  private static final String PAUSE_FOR_AUTH = "__OAUTH_FLOW__";
  private static final String TOOL_FAILED = "Tool error: ";
  private static final String TOOL_UNKNOWN = "Error: Tool ";

  private final AgenticRecord record;
  private final Fields payload;
  private final AgenticCalls calls;
  private final AgenticWaits waits;

  AgenticTools(AgenticRecord record, AgenticCalls calls, AgenticWaits waits) {
    this.record = record;
    this.payload = record.payload();
    this.calls = calls;
    this.waits = waits;
  }

  /** The model call that the record ends had asked for these. */
  void asked(String type, JsonNode message) {
    int i = 0;
    for (JsonNode asked : message.path("tool_calls")) {
      askedOf(type, asked, i++);
    }
    calls.forgetEnded(record.agent());
  }

  /**
   * A call of which there was no other sign: agentic says nothing of tools that it does not know.
   */
  private void askedOf(String type, JsonNode asked, int index) {
    String id = asked.path("id").textValue();
    if (id == null || id.isEmpty() || calls.knows(id)) {
      return;
    }
    String name = asked.path("function").path("name").textValue();
    calls.open(id, name, record.agent());
    String args = asked.path("function").path("arguments").textValue();
    String pointer = "llm_message/tool_calls/" + index + "/function/arguments";
    record.say(
        type,
        new Fact.ToolCall(id, name, args == null ? null : payload.pointer(pointer)),
        Brief.line(name, args));
  }

  void toolCall(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    String summary = Brief.call(name, payload.present("arguments"));
    if (calls.isOpen(id)) {
      record.say(type, new Fact.ToolProgress(id, name), summary); // the same call, told again
      return;
    }
    if (id != null) {
      calls.open(id, name, record.agent());
    }
    record.say(type, new Fact.ToolCall(id, name, payload.anyPointer("arguments")), summary);
  }

  void toolResult(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    JsonNode result = payload.present("result");
    String text = result == null ? null : result.isTextual() ? result.textValue() : null;
    if (payload.isTrue("is_log", false)) {
      record.say(type, new Fact.ToolProgress(id, name), Brief.line(name, text));
      return;
    }
    waits.endSwallowed(type);
    if (PAUSE.equals(text) || PAUSE_FOR_AUTH.equals(text)) {
      calls.change(id, CallState.PAUSED);
      waits.pausedIn(id, PAUSE_FOR_AUTH.equals(text));
      record.say(type, new Fact.ToolProgress(id, name), Brief.line(name, text));
      return;
    }
    boolean failedBefore = calls.isIn(id, CallState.FAILED);
    boolean failed = failedBefore || (text != null && text.startsWith(TOOL_FAILED));
    calls.change(id, CallState.OVER);
    record.say(
        type,
        new Fact.ToolResult(
            id,
            name,
            failed ? ToolOutcome.FAILED : ToolOutcome.OK,
            payload.anyPointer("result"),
            failed ? Brief.reason(text) : null,
            false,
            failedBefore),
        Brief.line(name, text));
  }

  void toolError(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    String error = payload.text("error");
    calls.change(id, CallState.FAILED);
    record.say(
        type,
        new Fact.ToolResult(
            id,
            name,
            ToolOutcome.FAILED,
            payload.textPointer("error"),
            Brief.reason(error),
            false,
            false),
        Brief.line(name, error));
  }

  /** The history at the end of a turn has answers that no event told; it never opens a call. */
  void closeCallsToldIn(List<JsonNode> messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String id = message.path("tool_call_id").textValue();
      String content = message.path("content").textValue();
      if (content != null && calls.isIn(id, CallState.OPEN)) {
        boolean failed = content.startsWith(TOOL_FAILED) || content.startsWith(TOOL_UNKNOWN);
        calls.change(id, CallState.OVER);
        record.say(
            "turn_end",
            new Fact.ToolResult(
                id,
                null,
                failed ? ToolOutcome.FAILED : ToolOutcome.OK,
                payload.pointer("messages/" + i + "/content"),
                failed ? Brief.reason(content) : null,
                false,
                false),
            content);
      }
    }
  }
}
