// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitKind;

/**
 * OpenAI Agents SDK 0.24, told by OpenInference 2. Its outermost spans end well whatever happens:
 * the last turn and its agent tell.
 */
final class OpenAiAgents implements Convention {
  @Override
  public boolean speaks(SpanView span) {
    return span.instruments("openai_agents");
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    if (reading.kind == StepKind.AGENT) {
      boolean agent = span.has("agent.name");
      reading.agent = agent ? reading.agent : null;
      reading.ending = reading.failed ? reading.ending : null;
    } else if (span.name().equals("turn")) {
      reading.ending = reading.failed ? State.FAILED : State.COMPLETED;
    } else if (reading.kind == StepKind.TOOL) {
      tool(span, reading);
    }
  }

  private static void tool(SpanView span, Reading reading) {
    if (span.name().startsWith("handoff to ")) {
      String to = span.name().substring("handoff to ".length());
      reading.isPart(span.name());
      reading.more.add(new Fact.Handoff(span.attribute("input.value"), to));
    } else if (!span.has("output.value") && !reading.failed && span.has("input.value")) {
      // What needs approval has a span without a result.
      reading.unanswered = true;
      reading.waits(
          Waiting.open(
              span.text("spanId"), WaitKind.APPROVAL, "May " + reading.name + " run?", null));
    }
  }
}
