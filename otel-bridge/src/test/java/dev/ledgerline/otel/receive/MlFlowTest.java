// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Step;
import org.junit.jupiter.api.Test;

/** What MLflow Tracing means by its spans. */
class MlFlowTest {
  private final ToldSpans spans = new ToldSpans("mlflow.tracing.provider");

  private ToldSpans.Span span(int id, String type, String name) {
    return spans.span(1, id, name).with("mlflow.spanType", '"' + type + '"');
  }

  @Test
  void aTracedFunctionIsARunOfAgentsModelsAndTools() throws Exception {
    span(4, "CHAT_MODEL", "Completions")
        .in(2)
        .with("mlflow.llm.model", "\"m-1\"")
        .with(
            "mlflow.chat.tokenUsage",
            "{\"input_tokens\":100,\"output_tokens\":20,\"total_tokens\":120,"
                + "\"cache_read_input_tokens\":32}")
        .with("mlflow.llm.cost", "{\"total_cost\":0.5}")
        .tell();
    span(3, "TOOL", "weather").in(2).failing("no net").tell();
    span(2, "AGENT", "forecaster").in(1).tell();
    span(1, "UNKNOWN", "serve").with("mlflow.spanOutputs", "\"Sun\"").tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals("forecaster", run.summary().agent());
    assertEquals(1, run.summary().failedTools());
    assertEquals(new TokenUsage(100L, 20L, 120L, 32L, null, null, 0.5), run.usage());
    assertEquals("m-1", step(run, StepKind.MODEL).name());
  }

  @Test
  void aTracedFunctionThatReturnedNotEvenNothingWasCutOff() throws Exception {
    span(1, "AGENT", "slow").with("mlflow.spanFunctionName", "\"slow\"").tell();
    assertEquals(State.CANCELED, spans.run(trace(1)).state());
  }

  @Test
  void aTracedFunctionThatReturnedNothingIsDone() throws Exception {
    span(1, "AGENT", "quick")
        .with("mlflow.spanFunctionName", "\"quick\"")
        .with("mlflow.spanOutputs", "null")
        .tell();
    assertEquals(State.COMPLETED, spans.run(trace(1)).state());
  }

  @Test
  void anInterruptOfLangGraphIsTheWaitOfItsCall() throws Exception {
    String interrupt = "(Interrupt(value={'question': 'Book IC1?'}, id='06f6ea2a74e77618'),)";
    span(2, "TOOL", "book")
        .in(1)
        .with("tool_call_id", "\"call-1\"")
        .failing(interrupt)
        .happened("exception", 1, "exception.type", "GraphInterrupt")
        .tell();
    span(1, "CHAIN", "clerk")
        .with("metadata", "{\"thread_id\":\"t-1\",\"lc_agent_name\":\"clerk\"}")
        .with("mlflow.spanInputs", "{\"messages\":[{\"role\":\"user\",\"content\":\"Book\"}]}")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals("t-1", run.summary().thread());
    assertEquals("clerk", run.summary().agent());
    assertEquals("Book", run.summary().title());
    assertEquals("Book IC1?", run.waits().getFirst().prompt());
    assertEquals("call-1", step(run, StepKind.TOOL).callId());
  }

  @Test
  void inTheWordsOfOpenTelemetryTooLangChainTellsThreadAndAgent() throws Exception {
    String metadata = "{\"thread_id\":\"t-1\",\"lc_agent_name\":\"clerk\"}";
    spans
        .span(1, 2, "chat m-1")
        .in(1)
        .with("gen_ai.operation.name", "chat")
        .with("gen_ai.request.model", "m-1")
        .with("gen_ai.usage.input_tokens", 7)
        .tell();
    spans
        .span(1, 1, "CHAIN")
        .with("gen_ai.operation.name", "CHAIN")
        .with("metadata", metadata)
        .failing("no disk")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.FAILED, run.state());
    assertEquals("t-1", run.summary().thread());
    assertEquals("clerk", run.summary().agent());
    assertEquals(7L, run.summary().usage() == null ? null : run.summary().usage().input());
  }

  private static Step step(RunFold run, StepKind kind) {
    return run.steps().stream().filter(step -> step.kind() == kind).findFirst().orElseThrow();
  }
}
