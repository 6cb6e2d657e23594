// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;

/**
 * The Agent Communication Protocol's SDK 1.0 and A2A's Python SDK 1.3. ACP tells a span for each
 * run, but says only in logs how it went; A2A tells its methods and nothing of tasks.
 */
final class Acp implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("acp-sdk") || span.scope().equals("a2a-python-sdk");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.scope().equals("acp-sdk") && span.name().equals("run")) {
      reading.kind = StepKind.AGENT;
      reading.ending = null;
    } else {
      reading.noise = true;
    }
  }
}
