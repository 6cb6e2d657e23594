// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import java.util.regex.Pattern;

/** smolagents 1.26, told by OpenInference 0.1. */
final class Smolagents implements Convention {
  private static final Pattern MAX_STEPS = Pattern.compile("state='max_steps_error'");

  @Override
  public boolean speaks(SpanView span) {
    return span.instruments("smolagents");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String output = span.attribute("output.value");
    if (reading.kind == StepKind.AGENT && output != null && MAX_STEPS.matcher(output).find()) {
      reading.ending = State.INCOMPLETE;
    }
  }
}
