// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import org.junit.jupiter.api.Test;

/** Strands Agents in TypeScript; in Python the corpus tells. */
class StrandsTest {
  private final ToldSpans strands = new ToldSpans("strands-agents");

  @Test
  void aToolThatInterruptsIsAWaitAndItsRoundNoFailure() throws Exception {
    strands
        .span(1, 3, "execute_tool pay")
        .in(2)
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", "pay")
        .with("gen_ai.tool.call.id", "c1")
        .tell();
    strands
        .span(1, 2, "execute_agent_loop_cycle")
        .in(1)
        .failing("Interrupt raised: approve")
        .happened("exception", 1, "exception.type", "InterruptError")
        .tell();
    agent("interrupt").tell();

    RunFold run = strands.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals(1, run.waits().size());
    assertTrue(run.steps().stream().allMatch(step -> step.error() == null));
  }

  @Test
  void anAgentThatSaysThatItWasCancelledIsCanceledThoughItsSpanIsWell() throws Exception {
    agent("cancelled").tell();

    assertEquals(State.CANCELED, strands.run(trace(1)).state());
  }

  private ToldSpans.Span agent(String finish) {
    return strands
        .span(1, 1, "invoke_agent desk")
        .with("gen_ai.operation.name", "invoke_agent")
        .happened("gen_ai.choice", 1, "finish_reason", finish);
  }
}
