// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the SDKs of Langfuse mean by their spans. */
class LangfuseTest {
  private static final String DETAILS = "langfuse.observation.usage_details";
  private static final String OF_LANGCHAIN = "langfuse.observation.metadata.";

  private final ToldSpans spans = new ToldSpans("langfuse-sdk");

  private ToldSpans.Span span(int id, String type, String name) {
    return spans.span(1, id, name).with("langfuse.observation.type", type);
  }

  @Test
  void aDecoratedFunctionIsARunOfAgentsModelsAndTools() throws Exception {
    span(4, "generation", "OpenAI-generation")
        .in(2)
        .with("langfuse.observation.model.name", "m-1")
        .tell();
    span(3, "tool", "weather").in(2).failing("no net").tell();
    span(2, "agent", "forecaster").in(1).tell();
    span(1, "span", "serve")
        .with("langfuse.observation.input", "{\"args\":[\"Sun?\"],\"kwargs\":{}}")
        .with("session.id", "s-1")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals("s-1", run.summary().thread());
    assertEquals("Sun?", run.summary().title());
    assertEquals(List.of("forecaster"), List.copyOf(run.summary().agents()));
    assertEquals(1, run.summary().modelCalls());
    assertEquals(1, run.summary().failedTools());
  }

  @Test
  void theRootThatAnApplicationSendsIsOneThoughAWebServerEnclosesIt() throws Exception {
    span(1, "chain", "serve").in(99).with("langfuse.internal.is_app_root", "true").tell();

    assertEquals(State.COMPLETED, spans.run(trace(1)).state());
  }

  @Test
  void anAgentThatWasCancelledDidNotFail() throws Exception {
    span(1, "agent", "slow").failing("CancelledError").tell();

    assertEquals(State.CANCELED, spans.run(trace(1)).state());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":32},"
            + "\"completion_tokens_details\":{\"reasoning_tokens\":4}}",
        "{\"input\":68,\"output\":16,\"total\":120,\"input_cache_read\":32,\"output_reasoning\":4,"
            + "\"input_priority\":100}",
        "{\"input\":68,\"output\":16,\"total\":120,\"input_cached_tokens\":32,"
            + "\"output_reasoning_tokens\":4}",
        "{\"input_tokens\":100,\"output_tokens\":20,\"total_tokens\":120,"
            + "\"input_tokens_details\":{\"cached_tokens\":32},"
            + "\"output_tokens_details\":{\"reasoning_tokens\":4}}"
      })
  void tokensAreTheSameInEveryWayToTellThem(String details) throws Exception {
    span(1, "generation", "g").with(DETAILS, details).tell();

    assertEquals(new TokenUsage(100L, 20L, 120L, 32L, null, 4L, null), spans.run(trace(1)).usage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"span", "chain", "agent", "generation"})
  void whateverIsOutermostTellsByItsLevelThatItFailed(String type) throws Exception {
    span(1, type, "work")
        .with("langfuse.observation.level", "ERROR")
        .with("langfuse.observation.status_message", "no such train")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.FAILED, run.state());
    assertEquals("no such train", run.summary().reason());
  }

  @Test
  void aCallWithoutAnAnswerHasNoTokens() throws Exception {
    span(1, "generation", "g").with("langfuse.observation.cost_details", "{\"total\":0}").tell();

    assertNull(spans.run(trace(1)).usage());
  }

  @Test
  void anInterruptOfLangGraphIsAWaitAndTheResumedRunIsOfTheSameThread() throws Exception {
    String interrupt = "(Interrupt(value={'question': 'Book IC1?'}, id='06f6ea2a74e77618'),)";
    for (int id = 2; id <= 3; id++) {
      span(id, id == 3 ? "tool" : "chain", id == 3 ? "book" : "tools")
          .in(id - 1)
          .with(OF_LANGCHAIN + "tool_call_id", "\"call-1\"")
          .with("langfuse.observation.level", "DEFAULT")
          .with("langfuse.observation.status_message", interrupt)
          .tell();
    }
    span(1, "chain", "clerk")
        .with(OF_LANGCHAIN + "thread_id", "\"t-1\"")
        .with(OF_LANGCHAIN + "lc_agent_name", "\"clerk\"")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals("t-1", run.summary().thread());
    assertEquals("clerk", run.summary().agent());
    assertEquals(1, run.waits().size());
    Wait wait = run.waits().getFirst();
    assertEquals(WaitKind.HUMAN_INPUT, wait.kind());
    assertEquals("Book IC1?", wait.prompt());
    Step book =
        run.steps().stream().filter(s -> s.kind() == StepKind.TOOL).findFirst().orElseThrow();
    assertEquals("call-1", book.callId());
    assertNull(book.endedAt());
  }
}
