// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the instrumentations and decorators of Traceloop mean by their spans. */
class OpenLlmetryTest {
  private static final String INPUT = "traceloop.entity.input";
  private static final String OUTPUT = "traceloop.entity.output";
  private static final String OF_LANGCHAIN = "traceloop.association.properties.";

  private final ToldSpans spans = new ToldSpans("opentelemetry.instrumentation.langchain");

  private ToldSpans.Span span(int id, String kind, String name) {
    return spans.span(1, id, name).with("traceloop.span.kind", kind);
  }

  @Test
  void aGraphThatIsResumedAnswersWhatItsThreadWaitedFor() throws Exception {
    span(2, "workflow", "clerk.workflow")
        .in(1)
        .with(OF_LANGCHAIN + "thread_id", "t-1")
        .with(INPUT, "{\"inputs\":{\"resume\":\"yes\"}}")
        .tell();
    span(3, "workflow", "clerk.workflow")
        .in(1)
        .with(OF_LANGCHAIN + "thread_id", "t-1")
        .with(INPUT, "{\"inputs\":{\"messages\":[]}}")
        .tell();

    List<Draft> answers =
        spans.drafts().filter(d -> d.fact() instanceof Fact.WaitResolved).toList();
    assertEquals(1, answers.size());
    assertEquals(Fact.WaitResolved.inItsThread(trace(1)), answers.getFirst().fact());
    assertEquals("t-1", answers.getFirst().scope().thread());
  }

  @Test
  void aToolThatAnsweredWithAnErrorFailed() throws Exception {
    span(1, "tool", "flaky.tool")
        .with("traceloop.entity.name", "flaky")
        .with(OF_LANGCHAIN + "lc_agent_name", "clerk")
        .with(
            OUTPUT,
            "{\"output\":{\"lc\":1,\"kwargs\":{\"content\":\"no disk\",\"tool_call_id\":\"c-1\","
                + "\"status\":\"error\"}}}")
        .tell();

    Step step = spans.run(trace(1)).steps().getFirst();
    assertEquals(State.FAILED, step.state());
    assertEquals("no disk", step.error());
    assertEquals("c-1", step.callId());
    assertEquals("clerk", step.agent());
  }

  @Test
  void whatADecoratedFunctionWasAskedIsItsTitle() throws Exception {
    span(1, "workflow", "serve.workflow")
        .with(INPUT, "{\"args\":[\"Sun?\"],\"kwargs\":{}}")
        .with(OUTPUT, "\"Yes\"")
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals("Sun?", run.summary().title());
  }
}
