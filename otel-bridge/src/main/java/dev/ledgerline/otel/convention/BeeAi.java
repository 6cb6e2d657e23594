// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;
import java.util.Set;

/** BeeAI framework 0.1, told by OpenInference: some of its events stand there as spans. */
final class BeeAi implements Convention {
  private static final Set<String> EVENTS =
      Set.of("error", "final_answer", "start", "success", "finish");

  @Override
  public boolean speaks(SpanView span) {
    return span.instruments("beeai");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (EVENTS.contains(span.name())) {
      reading.isPart(span.name());
      reading.agent = null;
    } else if (reading.kind == StepKind.TOOL) {
      reading.name = span.name();
    }
  }
}
