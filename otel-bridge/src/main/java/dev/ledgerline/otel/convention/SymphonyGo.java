// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import org.jspecify.annotations.Nullable;

/** The Go port of Symphony (November 2026): one trace for each run of an issue. */
final class SymphonyGo implements Convention {
  private static final String SCOPE = "symphony-go/";

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith(SCOPE);
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.thread = thread(span);
    reading.task = span.attribute("issue_identifier");
    if (span.name().equals("issue_run")) {
      reading.kind = StepKind.AGENT;
      String outcome = span.attribute("outcome");
      if (reading.error != null && reading.error.startsWith("item/tool/requestUserInput")) {
        // It asked a person, where nobody is.
        reading.waits(Waiting.refused(span, WaitKind.HUMAN_INPUT));
      }
      reading.ending =
          "stopped".equals(outcome)
              ? State.CANCELED
              : reading.failed ? State.FAILED : State.COMPLETED;
    } else if (span.name().endsWith("/codex_command")) {
      reading.kind = StepKind.TOOL;
      reading.name = "commandExecution";
    }
  }

  /** The session that a span or a line of the log names is thread and turn in one. */
  static @Nullable String thread(SpanView told) {
    String session = told.scope().startsWith(SCOPE) ? told.attribute("session_id") : null;
    return session == null || session.length() < 36 ? session : session.substring(0, 36);
  }
}
