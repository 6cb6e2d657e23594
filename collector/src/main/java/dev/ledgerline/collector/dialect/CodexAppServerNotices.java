// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.CodexAppServerItems.Read;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import java.util.Set;

/** What the server tells beside turns, items and requests. */
final class CodexAppServerNotices {
  /** Said twice in versions before 0.120: once so, once as an item. */
  private static final String LEGACY = "codex/event/";

  /** About the account, the machine or the list of threads; nothing of a run. */
  private static final Set<String> ASIDE =
      Set.of(
          "account/login/completed",
          "account/rateLimits/updated",
          "account/updated",
          "hook/completed",
          "hook/started",
          "initialized",
          "item/autoApprovalReview/completed",
          "item/autoApprovalReview/started",
          "item/commandExecution/terminalInteraction",
          "item/reasoning/summaryPartAdded",
          "mcpServer/oauthLogin/completed",
          "mcpServer/startupStatus/updated",
          "model/rerouted",
          "model/verification",
          "rawResponseItem/completed",
          "remoteControl/status/changed",
          "thread/archived",
          "thread/compacted",
          "thread/deleted",
          "thread/name/updated",
          "thread/readState/changed",
          "thread/reverted",
          "thread/settings/updated",
          "thread/unarchived");

  private CodexAppServerNotices() {}

  static Read read(String method, Fields params) {
    return switch (method) {
      case "item/agentMessage/delta" ->
          Read.of(
              new Fact.Message(Role.ASSISTANT, true, params.textPointer("delta")),
              params.text("delta"));
      case "item/reasoning/textDelta", "item/reasoning/summaryTextDelta", "item/plan/delta" ->
          Read.of(new Fact.Snapshot(), params.text("delta"));
      case "item/commandExecution/outputDelta",
          "item/fileChange/outputDelta",
          "item/fileChange/patchUpdated" ->
          Read.of(
              new Fact.ToolProgress(params.id("itemId"), null),
              params.node().path("delta").textValue());
      case "item/mcpToolCall/progress" ->
          Read.of(new Fact.ToolProgress(params.id("itemId"), null), params.text("message"));
      case "turn/plan/updated" -> Read.of(new Fact.PlanUpdated(), plan(params));
      case "turn/diff/updated" -> Read.of(new Fact.Snapshot(), "diff");
      case "warning", "guardianWarning" ->
          Read.of(new Fact.LogLine("warning"), params.text("message"));
      case "configWarning", "deprecationNotice" ->
          Read.of(new Fact.LogLine("warning"), params.text("summary"));
      default ->
          ASIDE.contains(method) || method.startsWith(LEGACY)
              ? Read.of(new Fact.LogLine(null), method)
              : Read.unknown(method);
    };
  }

  /** The step that is in progress, else why the plan changed. */
  private static String plan(Fields params) {
    for (var step : params.elements("plan")) {
      if (step.path("status").asText().equals("inProgress")) {
        return step.path("step").asText();
      }
    }
    return params.node().path("explanation").asText();
  }
}
