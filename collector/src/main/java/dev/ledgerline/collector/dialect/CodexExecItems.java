// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.ToolOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The items of {@code codex exec --json}. They carry no tool names: a command, a change of files, a
 * web search are named after the type of the item, a call of an MCP tool {@code server/tool}. An
 * item's id is unique within its turn and serves as call id.
 */
final class CodexExecItems {
  private CodexExecItems() {}

  /**
   * An item as a fact.
   *
   * @param known false where its type is not
   */
  record Read(Fact fact, String summary, boolean known) {
    private static Read of(Fact fact, @Nullable String summary) {
      return new Read(fact, summary == null ? "" : summary, true);
    }
  }

  static Read read(String type, Fields item) {
    boolean whole = type.equals("item.completed");
    String told = item.text("type");
    String kind = told == null ? type : told;
    return switch (kind) {
      case "agent_message" -> {
        String text = item.text("text");
        yield whole
            ? Read.of(new Fact.Message(Role.ASSISTANT, false, item.textPointer("text")), text)
            : Read.of(new Fact.Snapshot(), text);
      }
      case "reasoning" -> {
        String text = item.text("text");
        yield whole
            ? Read.of(new Fact.Reasoning(item.textPointer("text")), text)
            : Read.of(new Fact.Snapshot(), text);
      }
      case "command_execution" ->
          tool(type, item, kind, "command", item.text("command"), "aggregated_output");
      case "file_change" -> tool(type, item, kind, "changes", paths(item), "changes");
      case "web_search" -> tool(type, item, kind, "query", item.text("query"), "action");
      case "mcp_tool_call" -> {
        String tool = Brief.line(item.id("tool"));
        String server = item.id("server");
        yield tool(
            type,
            item,
            server == null ? tool : server + "/" + tool,
            "arguments",
            Brief.call(null, item.present("arguments")),
            "result");
      }
      case "collab_tool_call" -> {
        String tool = item.id("tool");
        yield tool(
            type, item, tool == null ? kind : tool, "prompt", item.text("prompt"), "agents_states");
      }
      case "todo_list" -> Read.of(new Fact.PlanUpdated(), firstTodo(item));
      case "error" -> {
        String message = item.text("message");
        String why = Brief.reason(message);
        yield Read.of(new Fact.ErrorReported(null, null, why == null ? "" : why, false), message);
      }
      default -> new Read(new Fact.UnknownFact(kind), kind, false);
    };
  }

  private static Read tool(
      String type, Fields item, String name, String args, @Nullable String asked, String result) {
    String id = item.id("id");
    String summary = Brief.line(name, asked);
    return switch (type) {
      case "item.started" -> Read.of(new Fact.ToolCall(id, name, item.anyPointer(args)), summary);
      case "item.updated" -> Read.of(new Fact.ToolProgress(id, name), summary);
      default -> {
        ToolOutcome outcome = outcome(item);
        yield Read.of(
            new Fact.ToolResult(
                id,
                name,
                outcome,
                item.anyPointer(result),
                outcome == ToolOutcome.FAILED ? why(item) : null,
                true,
                false),
            summary);
      }
    };
  }

  private static ToolOutcome outcome(Fields item) {
    Long exit = exitCode(item);
    if (exit != null && exit != 0) {
      return ToolOutcome.FAILED;
    }
    String status = item.text("status");
    return switch (status == null ? "" : status) {
      case "completed" -> ToolOutcome.OK;
      case "failed", "declined" -> ToolOutcome.FAILED;
      default ->
          item.has("error")
              ? ToolOutcome.FAILED
              : exit == null ? ToolOutcome.UNTOLD : ToolOutcome.OK;
    };
  }

  private static @Nullable String why(Fields item) {
    String message = item.node().path("error").path("message").textValue();
    Long exit = exitCode(item);
    return message != null
        ? Brief.reason(message)
        : exit != null ? "exit code " + exit : item.text("status");
  }

  private static @Nullable Long exitCode(Fields item) {
    var code = item.present("exit_code");
    if (code == null) {
      return null;
    }
    if (!code.isIntegralNumber() || !code.canConvertToLong()) {
      item.noteInvalid();
      return null;
    }
    return code.longValue();
  }

  private static String paths(Fields item) {
    StringBuilder paths = new StringBuilder();
    for (var change : item.elements("changes")) {
      if (paths.length() < 200) {
        paths.append(paths.isEmpty() ? "" : " ").append(change.path("path").asText());
      }
    }
    return paths.toString();
  }

  private static @Nullable String firstTodo(Fields item) {
    for (var todo : item.elements("items")) {
      if (!todo.path("completed").asBoolean()) {
        return todo.path("text").asText();
      }
    }
    return null;
  }
}
