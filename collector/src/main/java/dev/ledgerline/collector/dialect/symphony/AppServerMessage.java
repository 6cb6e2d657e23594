// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.Fields;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message of the Codex app-server that an orchestrator passes on whole: {@code {method, params}}
 * (protocol of codex 0.169).
 */
final class AppServerMessage {
  private static final Set<String> SAYINGS =
      Set.of("userMessage", "agentMessage", "reasoning", "plan", "hookPrompt", "contextCompaction");

  private final String method;
  private final Fields params;
  private final Story story;
  private final @Nullable Session session;

  /**
   * A message.
   *
   * @param params the parameters, where they stand in the record
   */
  AppServerMessage(String method, Fields params, Story story) {
    this.method = method;
    this.params = params;
    this.story = story;
    this.session = sessionOf(params);
  }

  /** Who speaks; null where the message does not tell. */
  static @Nullable Session sessionOf(Fields params) {
    String thread =
        params.has("threadId") ? params.id("threadId") : params.inside("thread").id("id");
    if (thread == null) {
      return null;
    }
    String turn = params.has("turnId") ? params.id("turnId") : params.inside("turn").id("id");
    return new Session(thread, turn);
  }

  /** Which wait such a request is; null where it asks nobody for anything. */
  static @Nullable WaitKind asks(String method) {
    return switch (method) {
      case "item/tool/requestUserInput", "mcpServer/elicitation/request" -> WaitKind.HUMAN_INPUT;
      case "execCommandApproval", "applyPatchApproval" -> WaitKind.APPROVAL;
      default -> method.endsWith("/requestApproval") ? WaitKind.APPROVAL : null;
    };
  }

  /** Tells what it says; false where that is nothing that anybody looks for. */
  boolean tell() {
    switch (method) {
      case "turn/started" -> story.turnStarted(session);
      case "turn/completed" -> turnCompleted();
      case "thread/tokenUsage/updated" -> spent();
      case "codex/event/token_count" -> spentBefore();
      case "item/started" -> item(false);
      case "item/completed" -> item(true);
      case "item/agentMessage/delta" ->
          story.fact(
              session, new Fact.Message(Role.ASSISTANT, true, params.textPointer("delta")), "");
      case "turn/plan/updated" -> story.fact(session, new Fact.PlanUpdated(), "");
      case "error" -> error();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void turnCompleted() {
    Fields turn = params.inside("turn");
    String status = turn.text("status");
    String reason = turn.inside("error").text("message");
    switch (status == null ? "" : status) {
      case "failed" -> story.turnEnded(session, State.FAILED, "turn_failed", reason);
      case "interrupted" -> story.turnEnded(session, State.CANCELED, "turn_cancelled", reason);
      case "completed" -> story.turnEnded(session, State.COMPLETED, "turn_completed", null);
      default -> story.turnCompleted(session);
    }
  }

  private void spent() {
    Fields total = params.inside("tokenUsage").inside("total");
    TokenUsage usage =
        new TokenUsage(
            total.count("inputTokens"),
            total.count("outputTokens"),
            total.count("totalTokens"),
            total.count("cachedInputTokens"),
            total.count("cacheWriteInputTokens"),
            total.count("reasoningOutputTokens"),
            null);
    if (!usage.equals(TokenUsage.UNTOLD)) {
      story.spent(session, usage);
    }
  }

  /** As versions before the second protocol told it. */
  private void spentBefore() {
    TokenUsage usage = params.inside("msg").inside("info").inside("total_token_usage").codexUsage();
    if (usage != null) {
      story.spent(session, usage);
    }
  }

  private void item(boolean completed) {
    Fields item = params.inside("item");
    String type = item.text("type");
    if (type == null) {
      return;
    }
    String id = item.id("id");
    if (SAYINGS.contains(type)) {
      if (completed) {
        said(type, item);
      }
      return;
    }
    String name = type.equals("mcpToolCall") ? item.text("tool") : type;
    if (!completed) {
      story.fact(session, new Fact.ToolCall(id, name, arguments(item)), summary(type, item));
      return;
    }
    String status = item.text("status");
    boolean failed = "failed".equals(status) || "declined".equals(status);
    story.fact(
        session,
        new Fact.ToolResult(
            id,
            name,
            failed
                ? ToolOutcome.FAILED
                : "completed".equals(status) ? ToolOutcome.OK : ToolOutcome.UNTOLD,
            result(item),
            failed ? failure(status, item) : null,
            true,
            false),
        summary(type, item));
  }

  private void said(String type, Fields item) {
    switch (type) {
      case "agentMessage" ->
          story.fact(
              session,
              new Fact.Message(Role.ASSISTANT, false, item.textPointer("text")),
              Brief.line(item.text("text")));
      case "userMessage" -> story.fact(session, asked(item), Brief.line(question(item)));
      case "reasoning" -> story.fact(session, new Fact.Reasoning(item.anyPointer("summary")), "");
      case "plan" -> story.fact(session, new Fact.PlanUpdated(), Brief.line(item.text("text")));
      default -> {}
    }
  }

  private static Fact asked(Fields item) {
    boolean first = question(item) != null;
    return new Fact.Message(
        Role.USER, false, first ? item.pointer("content") + "/0/text" : item.anyPointer("content"));
  }

  private static @Nullable String question(Fields item) {
    var content = item.elements("content");
    return content.isEmpty() ? null : content.getFirst().path("text").textValue();
  }

  private static @Nullable String arguments(Fields item) {
    for (String field : new String[] {"command", "arguments", "changes", "query"}) {
      if (item.has(field)) {
        return item.pointer(field);
      }
    }
    return null;
  }

  private static @Nullable String result(Fields item) {
    for (String field : new String[] {"aggregatedOutput", "result", "contentItems"}) {
      if (item.has(field)) {
        return item.pointer(field);
      }
    }
    return null;
  }

  private static @Nullable String failure(@Nullable String status, Fields item) {
    String error = item.inside("error").text("message");
    if (error != null) {
      return Brief.reason(error);
    }
    var exit = item.present("exitCode");
    return exit == null ? status : "exit code " + exit.asText();
  }

  private static String summary(String type, Fields item) {
    return Brief.line(type, item.has("command") ? item.node().path("command").asText() : null);
  }

  private void error() {
    Fields error = params.inside("error");
    String message = error.text("message");
    String told = message == null ? "error" : Brief.line(Brief.reason(message));
    story.fact(
        session, new Fact.ErrorReported("model", error.text("codexErrorInfo"), told, false), told);
  }
}
