// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Logfire means by its spans, beside those of Pydantic AI. */
class LogfireTest {
  private static final String TEMPLATE = "logfire.msg_template";

  @Test
  void aModelThatLogfireSawAskedMakesARunAndAStreamIsOneCall() throws Exception {
    ToldSpans spans = new ToldSpans("logfire.openai");
    spans
        .span(1, 2, "Chat Completion with {request_data[model]!r}")
        .in(1)
        .with("logfire.span_type", "span")
        .with("gen_ai.operation.name", "chat")
        .tell();
    spans
        .span(1, 3, "streaming response from {request_data[model]!r} took {duration:.2f}s")
        .in(1)
        .with("logfire.span_type", "log")
        .with("gen_ai.operation.name", "chat")
        .with("gen_ai.usage.input_tokens", 7)
        .with("gen_ai.usage.output_tokens", 2)
        .tell();
    spans.span(1, 1, "serve {who}").tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(1, run.summary().modelCalls());
    assertEquals(TokenUsage.of(7L, 2L), run.usage());
  }

  @Test
  void theTemplateTellsWhatASpanOfOpenAiAgentsIs() throws Exception {
    ToldSpans spans = new ToldSpans("logfire.openai_agents");
    told(spans, 4, 2, "Function: {name}").with("name", "weather").failing("no net").tell();
    told(spans, 5, 2, "Handoff: {from_agent} → {to_agent}")
        .with("from_agent", "triage")
        .with("to_agent", "refund")
        .tell();
    told(spans, 2, 1, "Agent run: {name!r}").with("name", "triage").tell();
    told(spans, 3, 1, "Agent run: {name!r}").with("name", "refund").failing("").tell();
    spans
        .span(1, 1, "OpenAI Agents trace: {name}")
        .with(TEMPLATE, "OpenAI Agents trace: {name}")
        .with("group_id", "g-1")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.FAILED, run.state());
    assertEquals("g-1", run.summary().thread());
    assertEquals(List.of("triage", "refund"), run.summary().agents());
    assertEquals(1, run.summary().failedTools());
    assertEquals(List.of(new Fact.Handoff("triage", "refund")), spans.facts(Fact.Handoff.class));
  }

  private static ToldSpans.Span told(ToldSpans spans, int id, int parent, String template) {
    return spans.span(1, id, template).in(parent).with(TEMPLATE, template);
  }
}
