// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Wait;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MastraTest {
  private final ToldSpans mastra = new ToldSpans("@mastra/otel-exporter");

  @Test
  void anAgentThatWasAbortedIsCanceledThoughItsSpanIsWell() throws Exception {
    agent(1, "Do it").with("mastra.agent_run.output", "{\"status\":\"aborted\"}").tell();

    RunFold run = mastra.run(trace(1));
    assertEquals(State.CANCELED, run.state());
    assertEquals("Do it", run.summary().title());
  }

  @ParameterizedTest
  @CsvSource({"true, APPROVED", "false, DENIED"})
  void anAgentThatAskedGoesOnInASpanBelow(String approved, WaitOutcome outcome) throws Exception {
    agent(1, "Pay")
        .with(
            "mastra.agent_run.output",
            "{\"status\":\"suspended\",\"reason\":\"tool-call-approval\","
                + "\"toolName\":\"pay\",\"toolCallId\":\"c1\"}")
        .tell();
    RunFold asked = mastra.run(trace(1));
    assertEquals(State.SUSPENDED, asked.state());
    assertEquals(WaitKind.APPROVAL, asked.waits().getFirst().kind());

    agent(2, "{\"approved\":" + approved + ",\"toolCallId\":\"c1\"}")
        .in(1)
        .with("mastra.metadata.resumed", "true")
        .with("mastra.agent_run.output", "{\"text\":\"Done.\",\"files\":[]}")
        .tell();
    RunFold run = mastra.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(outcome, run.waits().getFirst().outcome());
    assertEquals(1, run.waits().size());
  }

  @Test
  void aWorkflowThatWasSuspendedIsAnsweredByTheOneThatIsResumedFromIt() throws Exception {
    workflow(1, "suspended").tell();
    assertEquals(State.SUSPENDED, mastra.run(trace(1)).state());

    workflow(2, "success").in(1).with("mastra.metadata.resumedFromSpanId", ToldSpans.id(1)).tell();
    RunFold run = mastra.run(trace(1));
    Wait wait = run.waits().getFirst();
    assertEquals(State.COMPLETED, run.state());
    assertEquals(WaitOutcome.ANSWERED, wait.outcome());
  }

  private ToldSpans.Span agent(int id, String input) {
    return mastra
        .span(1, id, "invoke_agent Desk")
        .with("gen_ai.operation.name", "invoke_agent")
        .with("mastra.span.type", "agent_run")
        .with("mastra.agent_run.input", input);
  }

  @ParameterizedTest
  @CsvSource({
    "success, COMPLETED",
    "paused, SUSPENDED",
    "waiting, SUSPENDED",
    "failed, FAILED",
    "canceled, CANCELED"
  })
  void aWorkflowIsWhatItsStatusSays(String status, State state) throws Exception {
    workflow(1, status).tell();

    assertEquals(state, mastra.run(trace(1)).state());
  }

  private ToldSpans.Span workflow(int id, String status) {
    return mastra
        .span(1, id, "invoke_workflow mailer")
        .with("gen_ai.operation.name", "invoke_workflow")
        .with("mastra.span.type", "workflow_run")
        .with("mastra.workflow_run.status", status);
  }
}
