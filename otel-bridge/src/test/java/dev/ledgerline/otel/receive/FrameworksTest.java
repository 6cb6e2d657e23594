// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static dev.ledgerline.otel.receive.ToldSpans.trace;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single libraries mean by their spans, with the least that shows it. */
class FrameworksTest {
  private static final String MANAGER = "recipient_agent_class";

  // --- AutoGen

  private final ToldSpans post = new ToldSpans("autogen SingleThreadedAgentRuntime");

  @Test
  void aMessageOfAutoGenIsPartOfTheRunThatWroteIt() throws Exception {
    post.span(2, 1, "autogen publish x").linkingTo(1, 9).tell();
    post.span(1, 9, "autogen create x").tell();

    List<Draft> parts = post.drafts().filter(d -> d.fact() instanceof Fact.PartOf).toList();
    assertEquals(1, parts.size());
    assertEquals(new Fact.PartOf(trace(1)), parts.getFirst().fact());
    assertEquals(trace(2), parts.getFirst().scope().run());
  }

  @Test
  void aLinkInsideATraceJoinsNothing() throws Exception {
    post.span(1, 1, "autogen publish x").linkingTo(1, 9).tell();
    post.span(1, 2, "autogen process x").in(1).linkingTo(7, 9).tell();

    assertEquals(List.of(), post.facts(Fact.PartOf.class));
  }

  @Test
  void anAutoGenTeamIsDoneWhenItsManagerSaysSo() throws Exception {
    read("{\"messages\":[{\"type\":\"TextMessage\",\"source\":\"user\",\"content\":\"Go\"}]}");
    read(
        "{\"message\":{\"type\":\"TextMessage\",\"source\":\"a\",\"content\":\"Gone\","
            + "\"models_usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}}");
    RunFold before = post.run(trace(1));
    assertEquals(State.RUNNING, before.state());

    post.span(1, 90, "autogen create x")
        .in(1)
        .with("messaging.message.type", "GroupChatTermination")
        .tell();
    RunFold run = post.run(trace(1));
    assertEquals(State.COMPLETED, run.state());
    assertEquals("Go", run.summary().title());
    assertEquals(TokenUsage.of(7L, 2L), run.usage());
  }

  @Test
  void anErrorThatReachesTheManagerIsTheEndOfAnAutoGenTeam() throws Exception {
    read("{\"error\":{\"error_type\":\"IOError\",\"error_message\":\"no disk\\n at x\"}}");
    post.span(1, 90, "autogen create x")
        .in(1)
        .with("messaging.message.type", "GroupChatTermination")
        .tell();

    assertEquals(State.FAILED, post.run(trace(1)).state());
    assertEquals("no disk", post.run(trace(1)).summary().reason());
  }

  @Test
  void anAutoGenTeamWaitsForAPersonUntilTheirMessageComes() throws Exception {
    read("{\"message\":{\"type\":\"UserInputRequestedEvent\",\"source\":\"boss\"}}");
    assertEquals(1, post.run(trace(1)).summary().openWaits());

    read(
        "{\"response\":{\"chat_message\":{\"type\":\"TextMessage\",\"source\":\"boss\","
            + "\"content\":\"Yes\",\"models_usage\":null},\"inner_messages\":null}}");
    Wait wait = post.run(trace(1)).waits().getFirst();
    assertEquals(WaitKind.HUMAN_INPUT, wait.kind());
    assertEquals(WaitOutcome.ANSWERED, wait.outcome());
  }

  @Test
  void whatAModelAnsweredIsNoAnswerOfAPerson() throws Exception {
    read(
        "{\"response\":{\"chat_message\":{\"source\":\"a\",\"models_usage\":{\"prompt_tokens\":1}},"
            + "\"inner_messages\":[]}}");

    assertEquals(List.of(), post.facts(Fact.WaitResolved.class));
  }

  @Test
  void anAutoGenTeamThatIsHandedBackToAnswersItsRunBefore() throws Exception {
    post.span(1, 1, "autogen process x")
        .with(MANAGER, "SwarmGroupChatManager")
        .with("messaging.destination", "SwarmGroupChatManager_t-1.(t-1)-A")
        .with("message", "{\"messages\":[{\"type\":\"HandoffMessage\",\"source\":\"user\"}]}")
        .tell();

    Draft answer =
        post.drafts().filter(d -> d.fact() instanceof Fact.WaitResolved).findFirst().orElseThrow();
    assertEquals(Fact.WaitResolved.inItsThread(trace(1)), answer.fact());
    assertEquals("t-1", answer.scope().thread());
  }

  private int messages;

  private void read(String message) throws InterruptedException {
    post.span(1, ++messages, "autogen process x")
        .with(MANAGER, "RoundRobinGroupChatManager")
        .with("message", message)
        .tell();
  }

  // --- Agent Framework

  @Test
  void anExecutorOfAgentFrameworkThatReadsAResponseHadAsked() throws Exception {
    ToldSpans spans = new ToldSpans("agent_framework");
    spans
        .span(1, 1, "executor.process review")
        .in(9)
        .with("executor.id", "review")
        .with("message.type", "MessageType.RESPONSE")
        .tell();

    Wait wait = spans.run(trace(1)).waits().getFirst();
    assertEquals(WaitOutcome.ANSWERED, wait.outcome());
    assertEquals(wait.openedAt(), wait.resolvedAt());
  }

  @Test
  void aHandoverOfAgentFrameworkIsACallEvenWhereItWasAnswered() throws Exception {
    ToldSpans spans = new ToldSpans("agent_framework");
    spans
        .span(1, 1, "invoke_agent a")
        .with("gen_ai.operation.name", "invoke_agent")
        .with(
            "gen_ai.output.messages",
            "[{\"parts\":[{\"type\":\"tool_call\",\"id\":\"c\",\"name\":\"handoff_to_b\"}]},"
                + "{\"parts\":[{\"type\":\"tool_call_response\",\"id\":\"c\"}]}]")
        .tell();

    Step call = spans.run(trace(1)).steps().getLast();
    assertEquals("handoff_to_b", call.name());
    assertEquals(State.COMPLETED, call.state());
  }

  // --- others

  @Test
  void aCallThatNobodyIsSeenToMakeIsTheWholeRun() throws Exception {
    ToldSpans server = new ToldSpans("some.mcp.server");
    server
        .span(1, 1, "tools/call look")
        .with("mcp.method.name", "tools/call")
        .with("gen_ai.tool.name", "look")
        .with("output.value", "Bern")
        .tell();
    server
        .span(2, 1, "tools/call look")
        .with("mcp.method.name", "tools/call")
        .with("gen_ai.tool.name", "look")
        .failing("no such station")
        .tell();
    server.span(3, 1, "tools/list").with("mcp.method.name", "tools/list").tell();

    assertEquals(State.COMPLETED, server.run(trace(1)).state());
    assertEquals(1, server.run(trace(1)).summary().toolCalls());
    assertEquals("look", server.run(trace(1)).summary().title());
    assertEquals(State.FAILED, server.run(trace(2)).state());
    assertEquals(State.COMPLETED, server.run(trace(3)).state());
  }

  @Test
  void aFlowOfCrewAiThatGoesOnAnswersTheTraceThatItLinksTo() throws Exception {
    ToldSpans spans = new ToldSpans("crewai");
    spans
        .span(1, 1, "execute flow")
        .with("gen_ai.operation.name", "invoke_workflow")
        .with("crewai.event_name", "flow_paused")
        .with("crewai.flow.id", "f")
        .with("crewai.human_feedback.method_name", "review")
        .tell();
    assertEquals(1, spans.run(trace(1)).summary().openWaits());

    spans
        .span(2, 2, "execute flow")
        .with("gen_ai.operation.name", "invoke_workflow")
        .linkingTo(1, 1)
        .tell();

    RunFold first = spans.run(trace(1));
    assertEquals(trace(2), first.waits().getFirst().resolvedRun());
    assertEquals(State.SUSPENDED, first.state());
    assertEquals(State.COMPLETED, spans.run(trace(2)).state());
  }

  @ParameterizedTest
  @CsvSource({"null,0", "'\"yes\"',1"})
  void aGraphThatIsGivenAnAnswerResumesItsThread(String resume, int answers) throws Exception {
    ToldSpans spans = new ToldSpans("openinference.instrumentation.langchain");
    spans
        .span(1, 1, "graph")
        .with("openinference.span.kind", "CHAIN")
        .with("input.value", "{\"resume\":" + resume + ",\"goto\":[]}")
        .with("session.id", "talk")
        .tell();

    assertEquals(answers, spans.facts(Fact.WaitResolved.class).size());
  }

  @Test
  void aCallThatWasUnderWayWhenAGraphWasCancelledHasNoResult() throws Exception {
    ToldSpans spans = new ToldSpans("openinference.instrumentation.langchain");
    spans.span(1, 2, "graph").with("openinference.span.kind", "CHAIN").failing("Cancelled").tell();
    spans
        .span(1, 1, "tools")
        .in(2)
        .with("openinference.span.kind", "CHAIN")
        .with("input.value", "[{\"type\":\"tool_call\",\"id\":\"c\",\"name\":\"scan\"}]")
        .failing("CancelledError()")
        .tell();

    Step call = spans.run(trace(1)).steps().getLast();
    assertEquals("scan", call.name());
    assertEquals(State.UNKNOWN, call.state());
  }

  @Test
  void aRunOfPydanticAiThatBeginsWithTheAnswerToACallResumesItsThread() throws Exception {
    ToldSpans spans = new ToldSpans("pydantic-ai");
    spans
        .span(1, 1, "invoke_agent a")
        .with("gen_ai.operation.name", "invoke_agent")
        .with("gen_ai.conversation.id", "talk")
        .with("pydantic_ai.new_message_index", "1")
        .with(
            "pydantic_ai.all_messages",
            "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\",\"id\":\"c\"}]},"
                + "{\"role\":\"user\",\"parts\":[{\"type\":\"tool_call_response\",\"id\":\"c\"}]}]")
        .tell();

    assertEquals(1, spans.facts(Fact.WaitResolved.class).size());
  }

  @Test
  void aCallOfOpenAiAgentsThatIsMadeLaterInItsTraceWasAllowed() throws Exception {
    ToldSpans spans = new ToldSpans("openinference.instrumentation.openai_agents");
    ToldSpans.Span trace = spans.span(1, 8, "Agent workflow");
    ToldSpans.Span turn = spans.span(1, 9, "turn").in(8);
    call(spans.span(1, 1, "pay").in(9)).tell();
    turn.with("openinference.span.kind", "CHAIN").tell();
    trace.with("openinference.span.kind", "AGENT").tell();
    assertEquals(1, spans.run(trace(1)).summary().openWaits());
    assertEquals(State.SUSPENDED, spans.run(trace(1)).state());

    call(spans.span(1, 2, "look").in(9)).with("output.value", "1").tell();
    assertEquals(1, spans.run(trace(1)).summary().openWaits());

    call(spans.span(1, 3, "pay").in(9)).with("output.value", "paid").tell();

    RunFold run = spans.run(trace(1));
    assertEquals(WaitOutcome.APPROVED, run.waits().getFirst().outcome());
    assertEquals(State.COMPLETED, run.state());
    assertEquals(
        List.of("pay completed", "look completed"),
        run.steps().stream()
            .filter(step -> step.kind() == StepKind.TOOL)
            .map(step -> step.name() + " " + step.state().word())
            .toList());
  }

  private static ToldSpans.Span call(ToldSpans.Span span) {
    return span.with("openinference.span.kind", "TOOL").with("input.value", "{\"n\":1}");
  }

  @Test
  void aPrefectFlowWaitsBetweenItsAttempts() throws Exception {
    ToldSpans spans = new ToldSpans("prefect");
    spans
        .span(1, 1, "flow")
        .with("prefect.run.type", "flow")
        .with("prefect.run.id", "r")
        .happened("Running", 0, state("1", "RUNNING"))
        .happened("AwaitingRetry", 1, state("2", "SCHEDULED"))
        .happened("exception", 2, "exception.type", "E")
        .happened("Running", 3, state("3", "RUNNING"))
        .happened("Paused", 4, state("4", "PAUSED"))
        .tell();

    List<Wait> waits = spans.run(trace(1)).waits();
    assertEquals(WaitKind.TIMER, waits.get(0).kind());
    assertEquals(WaitOutcome.EXPIRED, waits.get(0).outcome());
    assertEquals(waits.get(0).openedAt().plusSeconds(2), waits.get(0).resolvedAt());
    assertEquals(WaitKind.HUMAN_INPUT, waits.get(1).kind());
    assertNull(waits.get(1).outcome());
  }

  private static String[] state(String id, String type) {
    return new String[] {"prefect.state.id", id, "prefect.state.type", type};
  }

  @Test
  void theModelCallsOfATemporalActivityBelongToItsWorkflow() throws Exception {
    ToldSpans spans = new ToldSpans("temporalio.contrib.opentelemetry");
    spans
        .span(1, 1, "RunActivity:llm_chat")
        .with("temporalWorkflowID", "w")
        .with("temporalRunID", "r")
        .tell();

    assertEquals("r", spans.facts(Fact.PartOf.class).getFirst().whole());
  }

  @Test
  void aCallThatClaudeCodeWasRefusedFailed() throws Exception {
    ToldSpans spans = new ToldSpans("com.anthropic.claude_code.tracing");
    ToldSpans.Span tool =
        spans.span(1, 1, "claude_code.tool").with("span.type", "tool").with("tool_name", "Bash");
    spans
        .span(1, 2, "claude_code.tool.blocked_on_user")
        .in(1)
        .with("span.type", "tool.blocked_on_user")
        .with("decision", "reject")
        .tell();
    tool.tell();

    Step call = spans.run(trace(1)).steps().getFirst();
    assertEquals("Bash", call.name());
    assertEquals(State.FAILED, call.state());
  }

  @Test
  void symphonyDoesNotWaitForAPersonAndFails() throws Exception {
    ToldSpans spans = new ToldSpans("symphony-go/telemetry");
    spans.span(1, 1, "issue_run").failing("item/tool/requestUserInput: unattended").tell();

    RunFold run = spans.run(trace(1));
    assertEquals(State.FAILED, run.state());
    assertEquals(WaitOutcome.UNKNOWN, run.waits().getFirst().outcome());
  }
}
