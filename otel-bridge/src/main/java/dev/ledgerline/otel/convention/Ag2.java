// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;

/** AG2 1.2 (TelemetryMiddleware). */
final class Ag2 implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.has("ag2.span.type");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    boolean cut =
        reading.kind == StepKind.MODEL
            && !reading.failed
            && !span.has("gen_ai.response.finish_reasons")
            && reading.usage == null;
    if (cut) {
      // It ended without an answer and without an error: who asked went away.
      reading.failed = true;
      reading.error = "no answer";
      reading.ending = State.CANCELED;
    } else if (reading.kind == StepKind.AGENT && !reading.failed) {
      // The agent ends well even so; its last call tells.
      reading.ending = null;
    }
  }
}
