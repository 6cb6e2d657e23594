// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.List;
import java.util.Map;

/** The Model Context Protocol in OpenTelemetry's conventions, 1.40 and later. */
final class Mcp implements Convention {
  /** {@code SPAN_KIND_SERVER}. */
  private static final int SERVER = 2;

  @Override
  public boolean speaks(SpanView span) {
    return span.has("mcp.method.name");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.of(Meaning.THREAD, List.of("mcp.session.id"));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String method = span.attribute("mcp.method.name");
    String tool = span.string(Meaning.TOOL);
    if ("tools/call".equals(method) && tool != null) {
      // Client and server tell one call; the server's view of it stands inside the client's.
      boolean servers = span.number("kind") == SERVER && !span.entersProcess();
      reading.kind = servers ? StepKind.OTHER : StepKind.TOOL;
      reading.name = tool;
    } else if ("elicitation/create".equals(method)) {
      reading.kind = StepKind.WAIT;
      WaitOutcome outcome = reading.failed ? WaitOutcome.CANCELED : WaitOutcome.ANSWERED;
      reading.waits(Waiting.over(span, WaitKind.HUMAN_INPUT, null, outcome));
    } else if (!span.hasParent()) {
      reading.ending = reading.failed ? Endings.of(span) : State.COMPLETED; // list, initialize, …
    }
  }
}
