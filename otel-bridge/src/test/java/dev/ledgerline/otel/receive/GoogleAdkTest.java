// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.run.RunFold;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Google ADK in Go and in Java; in Python the corpus tells. */
class GoogleAdkTest {
  private final ToldSpans adk = new ToldSpans("gcp.vertex.agent");

  @Test
  void aToolThatNeedsConfirmationIsAWaitAndNoFailure() throws Exception {
    adk.span(1, 2, "execute_tool pay")
        .in(1)
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", "pay")
        .with("gen_ai.tool.call.id", "c1")
        .with("gcp.vertex.agent.tool_response", "<not specified>")
        .failing("error tool \"pay\" requires confirmation, please approve or reject")
        .tell();
    agent().tell();

    RunFold run = adk.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals(WaitKind.APPROVAL, run.waits().getFirst().kind());
    assertEquals(0, run.summary().failedTools());
  }

  @ParameterizedTest
  @CsvSource({
    "'failed to call model: Post \"x\": context deadline exceeded', TIMED_OUT",
    "context canceled, CANCELED",
    "execution timed out after 5s: context canceled, TIMED_OUT",
    "lost context, FAILED"
  })
  void goSaysInWordsThatItsContextIsOver(String message, State state) throws Exception {
    agent().failing(message).tell();

    assertEquals(state, adk.run(trace(1)).state());
  }

  @Test
  void inJavaTheCallOfAModelEnclosesTheToolsThatItAskedFor() throws Exception {
    call(4, 3, 110).tell();
    adk.span(1, 3, "execute_tool ask")
        .in(2)
        .with("gen_ai.operation.name", "execute_tool")
        .with("gen_ai.tool.name", "ask")
        .with("gen_ai.tool_call.id", "c1")
        .with(
            "gcp.vertex.agent.tool_response",
            "{\"status\":\"error\",\"message\":\"An internal error occurred.\"}")
        .tell();
    call(2, 1, 100).tell();
    agent().tell();

    RunFold run = adk.run(trace(1));
    assertEquals(2, run.summary().modelCalls());
    assertEquals(1, run.summary().failedTools());
    assertEquals(210L, requireNonNull(run.usage()).input());
  }

  private ToldSpans.Span call(int id, int parent, long tokens) {
    return adk.span(1, id, "call_llm")
        .in(parent)
        .with("gen_ai.operation.name", "call_llm")
        .with("gen_ai.usage.input_tokens", tokens);
  }

  private ToldSpans.Span agent() {
    return adk.span(1, 1, "invoke_agent desk").with("gen_ai.operation.name", "invoke_agent");
  }
}
