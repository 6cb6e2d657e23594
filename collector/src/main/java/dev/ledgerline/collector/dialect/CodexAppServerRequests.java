// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import org.jspecify.annotations.Nullable;

/** What the server asks its client, and what the answers mean. */
final class CodexAppServerRequests {
  private CodexAppServerRequests() {}

  /** What the run waits for; null where the client is asked nothing that a person decides. */
  static @Nullable WaitKind kind(String method) {
    return switch (method) {
      case "item/commandExecution/requestApproval",
          "item/fileChange/requestApproval",
          "item/permissions/requestApproval",
          "execCommandApproval",
          "applyPatchApproval" ->
          WaitKind.APPROVAL;
      case "item/tool/requestUserInput", "mcpServer/elicitation/request" -> WaitKind.HUMAN_INPUT;
      default -> null;
    };
  }

  /** Whether it is the server that asks this; the other methods are the client's. */
  static boolean isAskedByServer(String method) {
    return kind(method) != null
        || method.equals("item/tool/call")
        || method.equals("account/chatgptAuthTokens/refresh");
  }

  static String prompt(Fields params) {
    JsonNode node = params.node();
    JsonNode command = node.path("command");
    String asked =
        command.isArray() && !command.isEmpty()
            ? command.get(command.size() - 1).asText()
            : command.textValue();
    return Brief.line(
        node.path("message").textValue(),
        node.path("questions").path(0).path("question").textValue(),
        asked,
        node.path("reason").textValue());
  }

  /**
   * How a wait ended by the client's answer.
   *
   * @param answer the result; null where the client answered with an error
   */
  static WaitOutcome outcome(String method, @Nullable JsonNode answer) {
    if (answer == null) {
      return WaitOutcome.UNKNOWN;
    }
    return switch (method) {
      case "item/tool/requestUserInput" -> WaitOutcome.ANSWERED;
      case "mcpServer/elicitation/request" ->
          switch (answer.path("action").asText()) {
            case "accept" -> WaitOutcome.ANSWERED;
            case "decline" -> WaitOutcome.DENIED;
            case "cancel" -> WaitOutcome.CANCELED;
            default -> WaitOutcome.UNKNOWN;
          };
      case "item/permissions/requestApproval" ->
          answer.path("permissions").isEmpty() ? WaitOutcome.DENIED : WaitOutcome.APPROVED;
      default -> decision(answer.path("decision"));
    };
  }

  /** A word, or an object whose only key is the word. */
  private static WaitOutcome decision(JsonNode decision) {
    String word =
        decision.isObject() && decision.size() == 1
            ? decision.fieldNames().next()
            : decision.asText();
    return switch (word) {
      case "accept",
          "acceptForSession",
          "acceptWithExecpolicyAmendment",
          "approved",
          "approved_for_session",
          "approved_execpolicy_amendment" ->
          WaitOutcome.APPROVED;
      case "applyNetworkPolicyAmendment", "network_policy_amendment" ->
          decision.findPath("action").asText().equals("deny")
              ? WaitOutcome.DENIED
              : WaitOutcome.APPROVED;
      case "decline", "denied" -> WaitOutcome.DENIED;
      case "cancel", "abort" -> WaitOutcome.CANCELED;
      case "timed_out" -> WaitOutcome.EXPIRED;
      default -> WaitOutcome.UNKNOWN;
    };
  }

  /** Whether a bare answer, of which nobody tells who gave it, can only be the client's. */
  static boolean looksAnswered(JsonNode result) {
    return result.has("decision")
        || result.has("answers")
        || result.has("action")
        || result.has("permissions");
  }
}
