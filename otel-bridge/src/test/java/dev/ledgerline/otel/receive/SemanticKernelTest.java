// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Fact;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Semantic Kernel means by its spans. */
class SemanticKernelTest {
  @Test
  void aToolThatTransfersSomethingElseHandsOverToNobody() throws Exception {
    ToldSpans bank = new ToldSpans("bank");
    bank.span(1, 1, "execute_tool transfer_funds")
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", "transfer_funds")
        .tell();

    assertEquals(List.of(), bank.facts(Fact.Handoff.class));
  }

  @Test
  void aMessageOfAnOrchestrationIsPartOfTheRunThatWroteIt() throws Exception {
    ToldSpans post = new ToldSpans("agent_runtime InProcessRuntime");
    post.span(2, 1, "agent_runtime send writer").linkingTo(1, 9).tell();
    post.span(2, 2, "agent_runtime process writer").in(1).linkingTo(1, 9).tell();

    assertEquals(List.of(new Fact.PartOf(trace(1))), post.facts(Fact.PartOf.class));
  }

  @Test
  void aHandOffNamesTheAgentThatIsNext() throws Exception {
    ToldSpans functions = new ToldSpans("semantic_kernel.functions.kernel_function");
    functions
        .span(1, 1, "execute_tool Handoff-transfer_to_refund")
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", "Handoff-transfer_to_refund")
        .tell();

    assertEquals(List.of(new Fact.Handoff(null, "refund")), functions.facts(Fact.Handoff.class));
  }
}
