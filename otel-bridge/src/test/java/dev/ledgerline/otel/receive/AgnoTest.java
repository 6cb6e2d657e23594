// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.run.RunFold;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Agno means by its spans. */
class AgnoTest {
  private final ToldSpans spans = new ToldSpans("openinference.instrumentation.agno");

  private ToldSpans.Span agent(int trace, String name) {
    return spans.span(trace, trace, name).with("openinference.span.kind", "AGENT");
  }

  @ParameterizedTest
  @CsvSource({
    "'I need confirmation.', APPROVAL",
    "'I need user input.', HUMAN_INPUT",
    "'it needs external execution.', TOOL_OUTPUT",
    "'I need confirmation or user input.', APPROVAL"
  })
  void aRunThatIsPausedWaits(String need, WaitKind kind) throws Exception {
    agent(1, "clerk.run")
        .with("agno.run.id", "r-1")
        .with("output.value", "I have tools to execute, but " + need)
        .tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals(kind, run.waits().getFirst().kind());
    assertEquals("r-1", run.waits().getFirst().id());
  }

  @Test
  void aRunThatGoesOnAnswersWhatItsSessionWaitedFor() throws Exception {
    agent(1, "clerk.continue_run").with("session.id", "s-1").with("output.value", "Done").tell();

    assertEquals(
        List.of(Fact.WaitResolved.inItsThread(trace(1))), spans.facts(Fact.WaitResolved.class));
  }

  @Test
  void aRunThatNeverCameBackWasCutOff() throws Exception {
    agent(1, "clerk.arun").tell();

    assertEquals(State.CANCELED, spans.run(trace(1)).state());
  }

  @Test
  void anotherInstrumentationOfItLeavesAStatusUnsetThatWentWell() throws Exception {
    ToldSpans others = new ToldSpans("opentelemetry.instrumentation.agno");
    others.span(1, 1, "clerk.agent").with("gen_ai.operation.name", "invoke_agent").tell();

    assertEquals(State.COMPLETED, others.run(trace(1)).state());
  }
}
