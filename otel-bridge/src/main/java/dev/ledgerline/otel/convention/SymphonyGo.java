// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;

/** The Go port of Symphony (November 2026): one trace for each run of an issue. */
final class SymphonyGo implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("symphony-go/");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String session = span.attribute("session_id");
    // Thread and turn in one.
    reading.thread = session == null || session.length() < 36 ? session : session.substring(0, 36);
    reading.task = span.attribute("issue_identifier");
    if (span.name().equals("issue_run")) {
      reading.kind = StepKind.AGENT;
      String outcome = span.attribute("outcome");
      reading.ending =
          "stopped".equals(outcome)
              ? State.CANCELED
              : reading.failed ? State.FAILED : State.COMPLETED;
    } else if (span.name().endsWith("/codex_command")) {
      reading.kind = StepKind.TOOL;
      reading.name = "commandExecution";
    }
  }
}
