// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

/**
 * The runtime of Semantic Kernel 1.45 (Python), by which its orchestrations send messages: each
 * begins a trace that links to the one in which it was written, and all of them are one run. Its
 * agents, models and functions are {@link GenAi}.
 */
final class SemanticKernel implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.scope().startsWith("agent_runtime ");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.isWork();
    if (!span.hasParent()) {
      reading.whole = span.linkedTrace();
    }
  }
}
