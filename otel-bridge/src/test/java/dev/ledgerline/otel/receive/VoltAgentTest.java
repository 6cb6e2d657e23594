// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Wait;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VoltAgentTest {
  private final ToldSpans volt = new ToldSpans("@voltagent/core");

  @Test
  void eachAgentCountsItsOwnTokensAndTheSpanOfItsModelOnlyTheLast() throws Exception {
    volt.span(1, 5, "llm:generateText")
        .in(3)
        .with("span.type", "llm")
        .with("llm.usage.prompt_tokens", 110)
        .tell();
    agent(3, "subagent:clerk").in(2).with("entity.name", "boss").tell();
    volt.span(1, 2, "tool.execution:ask").in(1).with("span.type", "tool").tell();
    agent(1, "boss").with("conversation.id", "t1").with("input", "When?").tell();

    RunFold run = volt.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals(new TokenUsage(420L, 82L, 502L, null, null, null, null), run.usage());
    assertEquals(Set.of("boss", "clerk"), Set.copyOf(run.summary().agents()));
    assertEquals("t1", run.summary().thread());
  }

  @Test
  void aCallThatWaitsForLeaveIsToldByTheMessageThatIsRemembered() throws Exception {
    volt.span(1, 2, "memory.write")
        .in(1)
        .with("span.type", "memory")
        .with(
            "input",
            "{\"message\":{\"parts\":[{\"type\":\"tool-pay\",\"toolCallId\":\"c1\","
                + "\"state\":\"approval-requested\"}]}}")
        .tell();
    agent(1, "desk").tell();

    RunFold run = volt.run(trace(1));
    Wait wait = run.waits().getFirst();
    assertEquals(State.SUSPENDED, run.state());
    assertEquals(WaitKind.APPROVAL, wait.kind());
    assertEquals("May pay run?", wait.prompt());
  }

  @Test
  void aWorkflowThatGoesOnAnswersTheOneThatItLinksTo() throws Exception {
    workflow(1, "suspended").happened("workflow.suspended", 1, "suspension.reason", "Send?").tell();
    workflow(2, "completed").linkingTo(1, 1).tell();

    Wait wait = volt.run(trace(1)).waits().getFirst();
    assertEquals("Send?", wait.prompt());
    assertEquals(trace(2), wait.resolvedRun());
    assertEquals(State.SUSPENDED, volt.run(trace(1)).state());
    assertEquals(State.COMPLETED, volt.run(trace(2)).state());
  }

  private ToldSpans.Span agent(int id, String name) {
    return volt.span(1, id, name)
        .with("entity.type", "agent")
        .with("agent.state", "completed")
        .with("usage.prompt_tokens", 210)
        .with("usage.completion_tokens", 41);
  }

  private ToldSpans.Span workflow(int trace, String state) {
    return volt.span(trace, 1, "workflow.mailer")
        .with("entity.type", "workflow")
        .with("entity.name", "mailer")
        .with("workflow.state", state);
  }
}
