// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Wait;
import org.junit.jupiter.api.Test;

class GenkitTest {
  private final ToldSpans genkit = new ToldSpans("genkit-tracer");

  @Test
  void aFlowIsARunWithItsModelsAndToolsAndWhatWasSaid() throws Exception {
    action(3, "model", "googleai/gemini")
        .in(2)
        .with("genkit:output", "{\"usage\":{\"inputTokens\":100,\"outputTokens\":20}}")
        .tell();
    action(4, "tool", "timetable").in(2).with("genkit:input", "{\"station\":\"Bern\"}").tell();
    genkit
        .span(1, 2, "generate")
        .in(1)
        .with("genkit:type", "util")
        .with("genkit:name", "generate")
        .with("genkit:output", "{\"usage\":{\"inputTokens\":100,\"outputTokens\":20}}")
        .tell();
    action(1, "flow", "desk")
        .with("genkit:input", "\"When?\"")
        .with("genkit:output", "\"At 23:32.\"")
        .tell();

    RunFold run = genkit.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(TokenUsage.of(100L, 20L), run.usage());
    assertEquals(1, run.summary().toolCalls());
    assertEquals(1, run.summary().modelCalls());
    assertEquals("When?", run.summary().title());
  }

  @Test
  void anInterruptOfAToolIsAWaitWithItsQuestion() throws Exception {
    action(2, "tool", "pay")
        .in(1)
        .with("genkit:metadata:interrupt", "{\"question\":\"May I pay?\"}")
        .failing("")
        .happened("exception", 1, "exception.type", "ToolInterruptError")
        .tell();
    generate().tell();

    RunFold run = genkit.run(trace(1));
    Wait wait = run.waits().getFirst();
    assertEquals(State.SUSPENDED, run.state());
    assertEquals("May I pay?", wait.prompt());
    assertEquals(0, run.summary().failedTools());
  }

  @Test
  void inGoAnInterruptIsAnErrorOfTheTool() throws Exception {
    action(2, "tool", "pay")
        .in(1)
        .failing("tool execution interrupted: \n\n{\n  \"question\": \"May I?\"\n}")
        .happened("exception", 1, "exception.type", "*ai.toolInterruptError")
        .tell();
    generate().tell();

    RunFold run = genkit.run(trace(1));
    assertEquals(State.SUSPENDED, run.state());
    assertEquals("May I?", run.waits().getFirst().prompt());
    assertEquals(0, run.summary().failedTools());
  }

  @Test
  void tooManyRoundsAreNoFailure() throws Exception {
    generate().failing("ABORTED: Exceeded maximum tool call iterations (5)").tell();

    assertEquals(State.INCOMPLETE, genkit.run(trace(1)).state());
  }

  @Test
  void aCallThatItsCallerAbortedIsCanceled() throws Exception {
    generate()
        .failing("UNKNOWN: Request was aborted.")
        .happened("exception", 1, "exception.type", "500")
        .tell();

    assertEquals(State.CANCELED, genkit.run(trace(1)).state());
    assertEquals(StepKind.AGENT, genkit.run(trace(1)).steps().getFirst().kind());
  }

  private ToldSpans.Span generate() {
    return genkit
        .span(1, 1, "generate")
        .with("genkit:type", "util")
        .with("genkit:name", "generate")
        .with("genkit:isRoot", "true");
  }

  private ToldSpans.Span action(int id, String subtype, String name) {
    return genkit
        .span(1, id, name)
        .with("genkit:type", "action")
        .with("genkit:metadata:subtype", subtype)
        .with("genkit:name", name);
  }
}
