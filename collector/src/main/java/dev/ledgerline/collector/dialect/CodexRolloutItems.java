// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.ToolOutcome;
import org.jspecify.annotations.Nullable;

/** The parts of a turn in a rollout, each as the one fact that it adds. */
final class CodexRolloutItems {
  /**
   * What ran inside a call that the model wrote as code (its tool is called {@code exec}) has an id
   * that begins so, no call id. The model made one call, and so it counts as one; what ran inside
   * is progress of it. A command that the user typed is no call of the model either.
   */
  private static final String INSIDE_CODE = "exec-";

  private CodexRolloutItems() {}

  /**
   * A payload as a fact.
   *
   * @param known false where its type is not
   */
  record Read(Fact fact, String summary, boolean known) {
    private static Read of(Fact fact, @Nullable String summary) {
      return new Read(fact, summary == null ? "" : summary, true);
    }

    private static Read unknown(String type) {
      return new Read(new Fact.UnknownFact(type), type, false);
    }
  }

  /** What the model said or asked for, and what it was given back. */
  static Read responseItem(String type, Fields item) {
    return switch (type) {
      case "message", "agent_message" -> Read.of(new Fact.Snapshot(), firstText(item, "content"));
      case "reasoning",
          "compaction",
          "compaction_summary",
          "context_compaction",
          "ghost_snapshot",
          "additional_tools" ->
          Read.of(new Fact.Snapshot(), null);
      case "function_call" -> call(item, item.id("name"), "arguments");
      case "custom_tool_call" -> call(item, item.id("name"), "input");
      case "local_shell_call" -> call(item, "local_shell", "action");
      case "tool_search_call" -> call(item, "tool_search", "arguments");
      case "function_call_output", "custom_tool_call_output", "tool_search_output" -> output(item);
      case "web_search_call" -> wholeCall(item, "web_search", "action");
      case "image_generation_call" -> wholeCall(item, "image_generation", "result");
      default -> Read.unknown(type);
    };
  }

  private static Read call(Fields item, @Nullable String name, String args) {
    JsonNode asked = item.present(args);
    String shown = asked == null ? null : asked.isTextual() ? asked.textValue() : asked.toString();
    return Read.of(
        new Fact.ToolCall(callId(item), name, item.anyPointer(args)), Brief.line(name, shown));
  }

  private static Read output(Fields item) {
    CodexOutput.Verdict verdict = CodexOutput.judge(item.present("output"));
    return Read.of(
        new Fact.ToolResult(
            callId(item),
            null,
            verdict.outcome(),
            item.anyPointer("output"),
            Brief.reason(verdict.error()),
            false,
            true),
        verdict.text());
  }

  /** A call that has no output of its own. */
  private static Read wholeCall(Fields item, String name, String result) {
    return Read.of(
        new Fact.ToolResult(
            callId(item), name, outcome(item), item.anyPointer(result), null, true, true),
        name);
  }

  private static @Nullable String callId(Fields item) {
    String callId = item.id("call_id");
    return callId == null ? item.id("id") : callId;
  }

  /** What Codex tells its own screen. */
  static Read eventMessage(String type, Fields event) {
    return switch (type) {
      case "item_completed" -> item(event.inside("item"));
      case "item_started", "item_updated" -> Read.of(new Fact.Snapshot(), null);
      case "user_message" -> message(event, Role.USER);
      case "agent_message" -> message(event, Role.ASSISTANT);
      case "agent_reasoning" ->
          Read.of(new Fact.Reasoning(event.textPointer("text")), event.text("text"));
      case "agent_reasoning_raw_content", "agent_reasoning_section_break", "turn_diff" ->
          Read.of(new Fact.Snapshot(), null);
      case "exec_command_begin", "mcp_tool_call_begin", "patch_apply_begin", "web_search_begin" ->
          Read.of(new Fact.ToolProgress(event.id("call_id"), null), type);
      case "exec_command_end" -> result(event, event.id("call_id"), "aggregated_output");
      case "mcp_tool_call_end", "patch_apply_end" -> result(event, event.id("call_id"), "result");
      case "web_search_end", "view_image_tool_call", "terminal_interaction" ->
          Read.of(new Fact.ToolProgress(event.id("call_id"), null), type);
      case "plan_update" -> Read.of(new Fact.PlanUpdated(), event.text("explanation"));
      case "stream_error", "error" -> {
        String message = event.text("message");
        String told = Brief.reason(message);
        yield Read.of(
            new Fact.ErrorReported(
                null,
                event.node().path("codex_error_info").textValue(),
                told == null ? "" : told,
                false),
            message);
      }
      case "warning" -> Read.of(new Fact.LogLine("warning"), event.text("message"));
      case "thread_settings_applied" -> Read.of(new Fact.Control("configure"), null);
      case "thread_rolled_back" -> Read.of(new Fact.Control("roll back"), null);
      case "context_compacted",
          "entered_review_mode",
          "exited_review_mode",
          "thread_name_updated",
          "shutdown_complete",
          "background_event" ->
          Read.of(new Fact.LogLine(null), Brief.line(type, event.text("message")));
      default -> Read.unknown(type);
    };
  }

  private static Read message(Fields event, Role role) {
    return Read.of(
        new Fact.Message(role, false, event.textPointer("message")), event.text("message"));
  }

  private static Read item(Fields item) {
    String type = item.text("type");
    String id = item.id("id");
    boolean usersOwn = item.node().path("source").asText().equals("user_shell");
    if (usersOwn || (id != null && id.startsWith(INSIDE_CODE))) {
      return Read.of(new Fact.ToolProgress(null, null), Brief.line(type, commandLine(item)));
    }
    return switch (type == null ? "" : type) {
      case "UserMessage" -> content(item, Role.USER);
      case "AgentMessage" -> content(item, Role.ASSISTANT);
      case "Reasoning" -> reasoning(item);
      case "CommandExecution" -> result(item, id, "aggregated_output");
      case "FileChange" -> result(item, id, "stdout");
      case "McpToolCall", "DynamicToolCall", "CollabAgentToolCall", "FunctionCallOutput" ->
          result(item, id, "result");
      case "WebSearch", "ImageView", "ImageGeneration", "Sleep", "SubAgentActivity" ->
          Read.of(new Fact.ToolProgress(null, null), type);
      case "Plan" -> Read.of(new Fact.PlanUpdated(), item.text("text"));
      case "HookPrompt", "EnteredReviewMode", "ExitedReviewMode", "ContextCompaction" ->
          Read.of(new Fact.LogLine(null), type);
      default -> Read.unknown(type == null ? "item_completed" : type);
    };
  }

  private static Read content(Fields item, Role role) {
    String text = firstText(item, "content");
    return Read.of(
        new Fact.Message(role, false, text == null ? null : item.pointer("content/0/text")), text);
  }

  private static Read reasoning(Fields item) {
    JsonNode first = item.node().path("summary_text").path(0);
    return Read.of(
        new Fact.Reasoning(first.isTextual() ? item.pointer("summary_text/0") : null),
        first.textValue());
  }

  /** The text of the first part of a content array. */
  private static @Nullable String firstText(Fields item, String name) {
    return item.node().path(name).path(0).path("text").textValue();
  }

  private static String commandLine(Fields item) {
    StringBuilder line = new StringBuilder();
    for (JsonNode word : item.elements("command")) {
      if (line.length() < 200) {
        line.append(line.isEmpty() ? "" : " ").append(word.asText());
      }
    }
    return line.toString();
  }

  /** What Codex itself knows of how a call went. It closes the call; it never makes one. */
  private static Read result(Fields item, @Nullable String callId, String result) {
    ToolOutcome outcome = outcome(item);
    return Read.of(
        new Fact.ToolResult(
            callId,
            null,
            outcome,
            item.anyPointer(result),
            outcome == ToolOutcome.FAILED ? why(item) : null,
            false,
            outcome == ToolOutcome.UNTOLD),
        commandLine(item));
  }

  private static ToolOutcome outcome(Fields item) {
    JsonNode exit = item.node().path("exit_code");
    if (exit.isIntegralNumber() && exit.asLong() != 0) {
      return ToolOutcome.FAILED;
    }
    JsonNode status = item.node().path("status");
    JsonNode success = item.node().path("success");
    if (success.isBoolean()) {
      return success.booleanValue() ? ToolOutcome.OK : ToolOutcome.FAILED;
    }
    JsonNode result = item.node().path("result");
    return switch (status.asText()) {
      case "completed" -> ToolOutcome.OK;
      case "failed", "declined", "errored", "interrupted" -> ToolOutcome.FAILED;
      default ->
          item.has("error") || result.has("Err") || saysError(result.path("Ok"))
              ? ToolOutcome.FAILED
              : exit.isIntegralNumber() || result.has("Ok") ? ToolOutcome.OK : ToolOutcome.UNTOLD;
    };
  }

  /** The tool of an MCP server answered, and its answer is that it failed. */
  private static boolean saysError(JsonNode answer) {
    return answer.path("isError").asBoolean() || answer.path("is_error").asBoolean();
  }

  private static @Nullable String why(Fields item) {
    JsonNode message = item.node().path("error").path("message");
    JsonNode exit = item.node().path("exit_code");
    return message.isTextual()
        ? Brief.reason(message.textValue())
        : exit.isIntegralNumber()
            ? "exit code " + exit.asText()
            : item.node().path("status").textValue();
  }
}
