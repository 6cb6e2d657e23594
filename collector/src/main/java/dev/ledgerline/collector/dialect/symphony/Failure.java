// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import org.jspecify.annotations.Nullable;

/**
 * Why a run of the reference implementation failed, as its Elixir term says.
 *
 * @param state what the run ended as
 * @param word what the specification calls that (section 7.2)
 * @param asked what the agent wanted before it could go on; null where it wanted nothing
 */
record Failure(State state, String word, String reason, @Nullable WaitKind asked) {
  static Failure of(@Nullable String term) {
    String inner = term == null ? "" : innermost(term.strip());
    String reason = Brief.reason(inner);
    String told = reason == null || reason.isEmpty() ? "failed" : reason;
    if (inner.startsWith(":turn_timeout") || inner.startsWith("{:turn_timeout")) {
      return new Failure(State.TIMED_OUT, "TimedOut", told, null);
    }
    if (inner.startsWith("{:turn_cancelled") || inner.startsWith(":turn_cancelled")) {
      return new Failure(State.CANCELED, "Failed", told, null);
    }
    WaitKind asked =
        inner.startsWith("{:turn_input_required") || inner.startsWith(":turn_input_required")
            ? WaitKind.HUMAN_INPUT
            : inner.startsWith("{:approval_required") || inner.startsWith(":approval_required")
                ? WaitKind.APPROVAL
                : null;
    return new Failure(State.FAILED, "Failed", told, asked);
  }

  /** Whether it is an error: being stopped is none, being asked is told as a wait. */
  boolean isError() {
    return asked == null && state != State.CANCELED && !word.equals("Stalled");
  }

  Fact error() {
    return new Fact.ErrorReported(category(), code(), reason, true);
  }

  /** What the specification calls a turn that ended so (sections 10.4, 10.6). */
  String wordOfTurn() {
    return switch (state) {
      case TIMED_OUT -> "turn_timeout";
      case CANCELED -> "turn_cancelled";
      default -> "turn_ended_with_error";
    };
  }

  /** The atom that names it: {@code turn_timeout}, {@code port_exit}; null where it has none. */
  @Nullable String code() {
    int from = reason.startsWith("{:") ? 2 : reason.startsWith(":") ? 1 : 0;
    int end = from;
    while (end < reason.length()
        && (Character.isLetterOrDigit(reason.charAt(end)) || reason.charAt(end) == '_')) {
      end++;
    }
    return from == 0 || end == from ? null : reason.substring(from, end);
  }

  /** What kind of fault it is, in the words of the canonical events; null where nobody knows. */
  @Nullable String category() {
    String code = code();
    if (code == null) {
      return null;
    }
    return switch (code) {
      case "turn_timeout", "response_timeout", "workspace_hook_timeout" -> "timeout";
      case "turn_cancelled" -> "canceled";
      case "turn_failed" -> "model";
      case "workspace_hook_failed", "codex_not_found", "invalid_workspace_cwd" -> "config";
      case "port_exit", "response_error" -> "transport";
      default -> null;
    };
  }

  /**
   * The term inside an exception that wraps it: {@code {%RuntimeError{message: "Agent run failed
   * for issue_id=… issue_identifier=…: <term>"}, [<stack trace>]}}.
   */
  private static String innermost(String term) {
    int wrapped = term.indexOf("Agent run failed for ");
    if (wrapped < 0) {
      return term;
    }
    int colon = term.indexOf(": ", wrapped);
    if (colon < 0) {
      return term;
    }
    int end = term.indexOf("\"}, [", colon);
    String inner = term.substring(colon + 2, end < 0 ? term.length() : end);
    return inner.replace("\\\"", "\"");
  }
}
