// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A workflow that OpenLIT tells bears the attributes of one only when it came back. */
class OpenLitTest {
  private final ToldSpans spans = new ToldSpans("openlit.instrumentation.langgraph");

  @BeforeEach
  void itsNodeEndedWell() throws Exception {
    spans
        .span(1, 2, "invoke_agent model")
        .in(1)
        .with("gen_ai.operation.name", "invoke_agent")
        .tell();
  }

  @Test
  void aWorkflowThatThrewFailed() throws Exception {
    spans
        .span(1, 1, "invoke_workflow clerk")
        .with("error.type", "IOError")
        .failing("no disk")
        .tell();

    assertEquals(State.FAILED, spans.run(trace(1)).state());
  }

  @Test
  void aWorkflowThatWasCutOffIsCancelled() throws Exception {
    spans.span(1, 1, "invoke_workflow clerk").with("gen_ai.workflow.name", "clerk").tell();

    assertEquals(State.CANCELED, spans.run(trace(1)).state());
  }

  @Test
  void aWorkflowThatCameBackIsDone() throws Exception {
    spans
        .span(1, 1, "invoke_workflow clerk")
        .with("gen_ai.operation.name", "invoke_workflow")
        .tell();

    assertEquals(State.COMPLETED, spans.run(trace(1)).state());
  }
}
