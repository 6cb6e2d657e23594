// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A span that ended because the framework stopped to wait for someone. Frameworks do this with an
 * exception, so the span looks failed though nothing went wrong.
 *
 * @param id of the wait: the framework's own where the message has one (the same interrupt passes
 *     through several spans, and is one wait), else that of the tool call or the span
 * @param prompt the question as far as the message shows it
 */
record Pause(String id, WaitKind kind, @Nullable String prompt, @Nullable String callId) {
  private static final int MAX_PROMPT = 1_000;

  /** JavaScript tells the type of an exception only in the text of its stack. */
  private static final Pattern TYPE_IN_MESSAGE = Pattern.compile("(?m)^([\\w.]{1,100})[:(]");

  private static final Pattern ID =
      Pattern.compile("\\bid['\"]?\\s*[:=]\\s*['\"]([0-9A-Za-z-]{8,64})['\"]");
  private static final Pattern QUESTION =
      Pattern.compile("['\"](?:question|prompt)['\"]\\s*:\\s*(['\"])(.{1," + MAX_PROMPT + "}?)\\1");

  static @Nullable Pause of(SpanView span, StepKind stepKind, String spanId) {
    WaitKind kind = kind(span);
    if (kind == null) {
      return null;
    }
    String callId = stepKind == StepKind.TOOL ? span.string(GenAiConvention.TOOL_CALL) : null;
    String message = span.error();
    Matcher id = ID.matcher(message == null ? "" : message);
    String waitId = id.find() ? id.group(1) : callId != null ? callId : spanId;
    return new Pause(waitId, kind, prompt(message), callId);
  }

  private static @Nullable WaitKind kind(SpanView span) {
    String deferral = span.string(GenAiConvention.DEFERRAL);
    if (deferral != null) {
      WaitKind kind = GenAiConvention.pause(deferral);
      return kind == null ? WaitKind.EXTERNAL : kind;
    }
    for (String exception : span.exceptionTypes()) {
      WaitKind kind = GenAiConvention.pause(exception);
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
            .map(type -> GenAiConvention.pause(type.group(1)))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }

  private static @Nullable String prompt(@Nullable String message) {
    if (message == null) {
      return null;
    }
    Matcher question = QUESTION.matcher(message);
    if (question.find()) {
      return question.group(2);
    }
    return message.length() <= MAX_PROMPT ? message : message.substring(0, MAX_PROMPT) + "…";
  }
}
