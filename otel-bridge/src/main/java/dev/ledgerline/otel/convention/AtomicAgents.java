// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.StepKind;

/** Atomic Agents 2.15: it calls a tool by the name of its input; its class is what people know. */
final class AtomicAgents implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals("atomic_agents");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    String tool = span.attribute("atomic_agents.tool.class");
    if (reading.kind == StepKind.TOOL && tool != null) {
      reading.name = tool;
    }
  }
}
