// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.ToolOutcome;
import org.jspecify.annotations.Nullable;

/**
 * The items of a turn, each as the one fact that it adds. The item of a tool call has the id of the
 * call and no name of the tool: a session is told in the words that the model used, which its
 * rollout and its spans have too ({@code exec_command}); an exchange that was recorded between an
 * orchestrator and its app-server keeps the words of the exchange ({@code commandExecution}).
 */
final class CodexAppServerItems {
  private CodexAppServerItems() {}

  /**
   * An item as a fact.
   *
   * @param known false where its type is not
   */
  record Read(Fact fact, String summary, boolean known) {
    static Read of(Fact fact, @Nullable String summary) {
      return new Read(fact, summary == null ? "" : summary, true);
    }

    static Read unknown(String type) {
      return new Read(new Fact.UnknownFact(type), type, false);
    }
  }

  static boolean isCall(Fields item) {
    return switch (item.node().path("type").asText()) {
      case "commandExecution",
          "fileChange",
          "mcpToolCall",
          "dynamicToolCall",
          "collabAgentToolCall",
          "webSearch",
          "imageView",
          "imageGeneration" ->
          true;
      default -> false;
    };
  }

  static Read started(Fields item, boolean orchestrated) {
    if (isCall(item)) {
      String name = toolName(item, orchestrated);
      return Read.of(
          new Fact.ToolCall(item.id("id"), name, args(item)), Brief.line(name, asked(item)));
    }
    return Read.of(new Fact.Snapshot(), item.node().path("type").textValue());
  }

  static Read completed(Fields item, boolean orchestrated) {
    if (isCall(item)) {
      return result(item, orchestrated);
    }
    String type = item.text("type");
    return switch (type == null ? "" : type) {
      case "userMessage" -> message(item, Role.USER, "content/0/text");
      case "agentMessage" -> message(item, Role.ASSISTANT, "text");
      case "reasoning" -> {
        String at = textAt(item, "summary/0") != null ? "summary/0" : "content/0";
        String text = textAt(item, at);
        yield Read.of(new Fact.Reasoning(text == null ? null : item.pointer(at)), text);
      }
      case "plan" -> Read.of(new Fact.PlanUpdated(), item.text("text"));
      case "functionCallOutput" -> Read.of(new Fact.Snapshot(), type);
      case "hookPrompt",
          "subAgentActivity",
          "sleep",
          "enteredReviewMode",
          "exitedReviewMode",
          "contextCompaction" ->
          Read.of(new Fact.LogLine(null), type);
      default -> Read.unknown(type == null ? "item" : type);
    };
  }

  private static Read message(Fields item, Role role, String at) {
    String text = textAt(item, at);
    return Read.of(new Fact.Message(role, false, text == null ? null : item.pointer(at)), text);
  }

  private static @Nullable String textAt(Fields item, String path) {
    return item.node().at("/" + path).textValue();
  }

  private static String toolName(Fields item, boolean orchestrated) {
    String type = item.node().path("type").asText();
    String tool = item.node().path("tool").asText();
    return switch (type) {
      case "mcpToolCall" -> {
        String server = item.id("server");
        yield server == null ? tool : server + "/" + tool;
      }
      case "dynamicToolCall", "collabAgentToolCall" -> tool.isEmpty() ? type : tool;
      case "commandExecution" -> orchestrated ? type : "exec_command";
      case "fileChange" -> orchestrated ? type : "apply_patch";
      case "webSearch" -> orchestrated ? type : "web_search";
      case "imageView" -> orchestrated ? type : "view_image";
      case "imageGeneration" -> orchestrated ? type : "image_generation";
      default -> type;
    };
  }

  private static @Nullable String args(Fields item) {
    for (String name : new String[] {"command", "changes", "arguments", "query", "prompt"}) {
      if (item.has(name)) {
        return item.pointer(name);
      }
    }
    return null;
  }

  private static @Nullable String asked(Fields item) {
    JsonNode node = item.node();
    for (String name : new String[] {"command", "query", "prompt", "path"}) {
      if (node.path(name).isTextual()) {
        return node.path(name).textValue();
      }
    }
    String firstChange = node.path("changes").path(0).path("path").textValue();
    return firstChange != null ? firstChange : Brief.call(null, node.get("arguments"));
  }

  private static Read result(Fields item, boolean orchestrated) {
    ToolOutcome outcome = outcome(item);
    String name = toolName(item, orchestrated);
    return Read.of(
        new Fact.ToolResult(
            item.id("id"),
            name,
            outcome,
            output(item),
            outcome == ToolOutcome.FAILED ? why(item) : null,
            true,
            outcome == ToolOutcome.UNTOLD),
        Brief.line(name, asked(item)));
  }

  private static @Nullable String output(Fields item) {
    for (String name : new String[] {"aggregatedOutput", "result", "contentItems", "error"}) {
      if (item.has(name)) {
        return item.pointer(name);
      }
    }
    return null;
  }

  private static ToolOutcome outcome(Fields item) {
    JsonNode node = item.node();
    JsonNode exit = node.path("exitCode");
    boolean failed =
        (exit.isIntegralNumber() && exit.asLong() != 0)
            || item.has("error")
            || node.path("result").path("isError").asBoolean()
            || (node.path("success").isBoolean() && !node.path("success").booleanValue());
    if (failed) {
      return ToolOutcome.FAILED;
    }
    return switch (node.path("status").asText()) {
      case "completed" -> ToolOutcome.OK;
      case "failed", "declined", "errored", "interrupted" -> ToolOutcome.FAILED;
      case "" -> ToolOutcome.OK; // a search or an image: told when it is there
      default -> ToolOutcome.UNTOLD;
    };
  }

  private static @Nullable String why(Fields item) {
    JsonNode node = item.node();
    String message = node.path("error").path("message").textValue();
    JsonNode exit = node.path("exitCode");
    return message != null
        ? Brief.reason(message)
        : exit.isIntegralNumber() && exit.asLong() != 0
            ? "exit code " + exit.asText()
            : node.path("status").textValue();
  }
}
