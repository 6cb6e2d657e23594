// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VercelAi7Test {
  private static final String CALL =
      "{\"type\":\"tool_call\",\"id\":\"c1\",\"name\":\"pay\",\"arguments\":{}}";
  private static final String RESULT =
      "{\"type\":\"tool_call_response\",\"id\":\"c1\",\"response\":\"paid\"}";

  private final ToldSpans vercel = new ToldSpans("gen_ai");

  @Test
  void aCallThatTheAgentEndsWithAndHasNoResultWaitsForLeave() throws Exception {
    agent(1)
        .listing("gen_ai.response.finish_reasons", "tool-calls")
        .with("gen_ai.output.messages", said(CALL))
        .tell();

    RunFold run = vercel.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals("May pay run?", run.waits().getFirst().prompt());

    agent(2)
        .listing("gen_ai.response.finish_reasons", "stop")
        .with(
            "gen_ai.input.messages",
            "[{\"role\":\"tool\",\"parts\":[{\"type\":\"tool-approval-response\"}]}]")
        .tell();
    RunFold both = vercel.run(trace(1), trace(2));
    assertEquals(WaitOutcome.ANSWERED, both.waits().getFirst().outcome());
  }

  @Test
  void anAgentThatEndsWithResultsWaitsForNothing() throws Exception {
    agent(1)
        .listing("gen_ai.response.finish_reasons", "tool-calls")
        .with("gen_ai.output.messages", said(CALL + "," + RESULT))
        .tell();

    assertEquals(State.COMPLETED, vercel.run(trace(1)).state());
    assertEquals(0, vercel.run(trace(1)).waits().size());
  }

  @Test
  void anAgentThatEndsWithNothingWasAborted() throws Exception {
    agent(1).tell();

    assertEquals(State.CANCELED, vercel.run(trace(1)).state());
  }

  @ParameterizedTest
  @CsvSource({"true, APPROVED", "false, DENIED"})
  void upToSixTheRunThatBringsTheAnswerShowsTheWait(boolean approved, WaitOutcome outcome)
      throws Exception {
    String prompt =
        """
        {"messages":[{"role":"user","content":"Pay"},
         {"role":"assistant","content":[
          {"type":"tool-call","toolCallId":"c1","toolName":"pay","input":{}},
          {"type":"tool-approval-request","approvalId":"a1","toolCallId":"c1"}]},
         {"role":"tool","content":[
          {"type":"tool-approval-response","approvalId":"a1","approved":APPROVED}]}]}
        """;
    ToldSpans six = new ToldSpans("ai");
    six.span(1, 1, "ai.generateText")
        .with("ai.operationId", "ai.generateText")
        .with("ai.prompt", prompt.replace("APPROVED", "" + approved))
        .tell();

    RunFold run = six.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(outcome, run.waits().getFirst().outcome());
    assertEquals("May pay run?", run.waits().getFirst().prompt());
  }

  private static String said(String parts) {
    return "[{\"role\":\"assistant\",\"parts\":[" + parts + "]}]";
  }

  private ToldSpans.Span agent(int trace) {
    return vercel
        .span(trace, 1, "invoke_agent gpt")
        .with("gen_ai.operation.name", "invoke_agent")
        .with("ai.settings.context.sessionId", "t1");
  }
}
