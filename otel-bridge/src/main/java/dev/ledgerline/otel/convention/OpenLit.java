// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.List;
import java.util.Map;

/**
 * OpenLIT 1.45. What a span is stands in its name from the beginning; the attribute and the status
 * are added when the work comes back, with a result or an exception. What was cut off has neither.
 */
final class OpenLit implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("openlit.");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.of(Meaning.COST_USD, List.of("gen_ai.usage.cost"));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.operation == null) {
      String operation = span.name().split(" ", 2)[0];
      reading.kind = Conventions.TABLES.kind(operation);
      reading.ending = reading.kind == StepKind.AGENT ? Spans.ending(span, reading) : null;
      if (reading.kind == StepKind.AGENT && span.status() == SpanView.Status.UNSET) {
        reading.ending = State.CANCELED;
      }
    }
  }
}
