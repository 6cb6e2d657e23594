// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions that are no failure: frameworks throw them to stop and wait for someone, so the span
 * looks failed though nothing went wrong.
 */
final class Interrupt {
  private static final int MAX_PROMPT = 1_000;

  private static final Map<String, WaitKind> KINDS =
      Map.of(
          "GraphInterrupt", WaitKind.HUMAN_INPUT, // LangGraph
          "NodeInterrupt", WaitKind.HUMAN_INPUT, // LangGraph before 1.0
          "WaitingForEvent", WaitKind.HUMAN_INPUT, // LlamaIndex
          "ToolInterruptError", WaitKind.HUMAN_INPUT, // Genkit
          "toolInterruptError", WaitKind.HUMAN_INPUT, // Genkit in Go
          "ApprovalRequired", WaitKind.APPROVAL, // Pydantic AI
          "CallDeferred", WaitKind.TOOL_OUTPUT); // Pydantic AI

  /** JavaScript tells the type of an exception only in the text of its stack. */
  private static final Pattern TYPE_IN_MESSAGE = Pattern.compile("(?m)^([\\w.]{1,100})[:(]");

  /** The same interrupt passes through several spans, and is one wait. */
  private static final Pattern ID =
      Pattern.compile("\\bid['\"]?\\s*[:=]\\s*['\"]([0-9A-Za-z-]{8,64})['\"]");

  private static final Pattern QUESTION =
      Pattern.compile("['\"](?:question|prompt)['\"]\\s*:\\s*(['\"])(.{1," + MAX_PROMPT + "}?)\\1");

  /** LangChain's middleware asks for leave to call tools, in an interrupt of the usual type. */
  private static final Pattern ASKS_FOR_LEAVE = Pattern.compile("action_requests|actionRequests");

  /** One such call, as Python and as JSON write it. */
  private static final Pattern REQUEST =
      Pattern.compile("\\{\\s*(['\"])name\\1:\\s*\\1([^'\"]{1,200})\\1,\\s*\\1args\\1:\\s*\\{");

  private Interrupt() {}

  /** The wait that the span was interrupted for, null where it was not. */
  static @Nullable Waiting of(SpanView span, @Nullable String callId) {
    WaitKind kind = kind(span);
    return kind == null ? null : of(span, kind, span.error(), callId);
  }

  /** The same, where the text of the interrupt stands elsewhere than in an error. */
  static Waiting of(SpanView span, String message, @Nullable String callId) {
    return of(span, WaitKind.HUMAN_INPUT, message, callId);
  }

  private static Waiting of(
      SpanView span, WaitKind kind, @Nullable String message, @Nullable String callId) {
    Matcher id = ID.matcher(message == null ? "" : message);
    String waitId = id.find() ? id.group(1) : callId != null ? callId : span.text("spanId");
    boolean leave = message != null && ASKS_FOR_LEAVE.matcher(message).find();
    return Waiting.open(waitId, leave ? WaitKind.APPROVAL : kind, prompt(message), callId);
  }

  /** What an exception of that type (with or without its package) waits for; null for errors. */
  static @Nullable WaitKind kind(String exceptionType) {
    return KINDS.get(Endings.simpleName(exceptionType));
  }

  private static @Nullable WaitKind kind(SpanView span) {
    for (String exception : span.exceptionTypes()) {
      WaitKind kind = kind(exception);
      if (kind != null) {
        return kind;
      }
    }
    String message = span.status() == SpanView.Status.ERROR ? span.error() : null;
    return message == null
        ? null
        : TYPE_IN_MESSAGE
            .matcher(message)
            .results()
            .map(type -> kind(type.group(1)))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }

  /** The tools that the interrupt with this message asks leave for. */
  static List<String> tools(@Nullable String message) {
    if (message == null || !ASKS_FOR_LEAVE.matcher(message).find()) {
      return List.of();
    }
    // JavaScript's stack says it all once more, behind the type.
    int end =
        TYPE_IN_MESSAGE
            .matcher(message)
            .results()
            .filter(type -> type.start() > 0 && kind(type.group(1)) != null)
            .findFirst()
            .map(MatchResult::start)
            .orElse(message.length());
    return REQUEST
        .matcher(message)
        .region(0, end)
        .results()
        .map(request -> request.group(2))
        .toList();
  }

  private static @Nullable String prompt(@Nullable String message) {
    if (message == null) {
      return null;
    }
    List<String> tools = tools(message);
    if (!tools.isEmpty()) {
      return shortened("May " + String.join(", ", tools) + " run?");
    }
    Matcher question = QUESTION.matcher(message);
    if (question.find()) {
      return question.group(2);
    }
    return shortened(message);
  }

  private static String shortened(String prompt) {
    return prompt.length() <= MAX_PROMPT ? prompt : prompt.substring(0, MAX_PROMPT) + "…";
  }
}
