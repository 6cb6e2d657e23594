// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import org.junit.jupiter.api.Test;

class RigTest {
  private final ToldSpans rig = new ToldSpans("desk");

  @Test
  void onlyARunThatSaysThatItFinishedIsDone() throws Exception {
    agent(1).happened("Agent run finished", 1).tell();
    agent(2).tell();

    assertEquals(State.COMPLETED, rig.run(trace(1)).state());
    assertEquals(State.INCOMPLETE, rig.run(trace(2)).state());
  }

  @Test
  void theOutcomeOfAToolIsReadThoughItsSpanIsWell() throws Exception {
    tool(2, "buy").with("gen_ai.tool.call.outcome", "error").tell();
    tool(3, "look").with("gen_ai.tool.call.outcome", "success").tell();
    agent(1).happened("Agent run finished", 1).tell();

    assertEquals(2, rig.run(trace(1)).summary().toolCalls());
    assertEquals(1, rig.run(trace(1)).summary().failedTools());
  }

  @Test
  void aCrateWithANameThatBeginsLikeItIsAnother() throws Exception {
    rig.span(1, 1, "invoke_agent")
        .with("target", "rigging::deck")
        .with("gen_ai.operation.name", "invoke_agent")
        .tell();

    assertEquals(State.COMPLETED, rig.run(trace(1)).state());
  }

  private ToldSpans.Span agent(int trace) {
    return rig.span(trace, 1, "invoke_agent")
        .with("target", "rig_agent::agent::telemetry")
        .with("gen_ai.operation.name", "invoke_agent");
  }

  private ToldSpans.Span tool(int id, String name) {
    return rig.span(1, id, "execute_tool")
        .in(1)
        .with("target", "rig_agent::agent::telemetry")
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", name);
  }
}
