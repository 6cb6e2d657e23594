// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;

/** AutoGen 0.7 (core and agentchat). */
final class AutoGen implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("autogen");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (span.scope().startsWith("autogen ")) {
      reading.isWork(); // the runtime's own post
      return;
    }
    if ("create_agent".equals(reading.operation)) {
      reading.isWork();
      return;
    }
    String id = span.attribute("gen_ai.agent.id");
    if (id != null && id.indexOf('/') > 0) {
      reading.thread = id.substring(id.lastIndexOf('/') + 1); // the team
    }
    if (reading.kind == StepKind.TOOL && reading.name.equals("transfer_to_user")) {
      String wait = reading.callId == null ? span.text("spanId") : reading.callId;
      reading.waits(Waiting.open(wait, WaitKind.HUMAN_INPUT, null, null));
    }
  }
}
