// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.otel.Signal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpDialectTest {
  private static final String TRACE = "5b8efff798038103d269b633813fc60c";
  private static final String CHILD = "\"parentSpanId\":\"eee19b7ec3c1b173\",";
  private static final String TIMES =
      "\"startTimeUnixNano\":\"1763719200000000000\",\"endTimeUnixNano\":\"1763719201500000000\"";

  private final ListIntake intake = new ListIntake();

  @ParameterizedTest
  @CsvSource({
    "gen_ai.operation.name,chat,MODEL",
    "gen_ai.operation.name,generate_content,MODEL",
    "gen_ai.operation.name,text_completion,MODEL",
    "gen_ai.operation.name,embeddings,MODEL",
    "gen_ai.operation.name,invoke_agent,AGENT",
    "gen_ai.operation.name,execute_tool,TOOL",
    "gen_ai.operation.name,invoke_workflow,AGENT",
    "gen_ai.operation.name,fetch_response,OTHER",
    "gen_ai.operation.name,brand_new,OTHER",
    "openinference.span.kind,LLM,MODEL",
    "openinference.span.kind,CHAIN,OTHER",
    "ai.operationId,ai.toolCall,TOOL",
    "http.request.method,GET,OTHER"
  })
  void theOperationTellsTheKindOfStep(String attribute, String value, StepKind kind)
      throws Exception {
    assertEquals(kind, span(interval(CHILD, text(attribute, value))).stepKind());
  }

  // the three generations of otel.md 2.1
  @ParameterizedTest
  @CsvSource({
    "gen_ai.usage.prompt_tokens,gen_ai.usage.completion_tokens,gen_ai.usage.total_tokens",
    "gen_ai.usage.input_tokens,gen_ai.usage.output_tokens,gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.input_tokens,gen_ai.usage.output_tokens,gen_ai.usage.cache_write.input_tokens"
  })
  void tokensAreReadByTheNamesOfEveryGeneration(String input, String output, String third)
      throws Exception {
    boolean total = third.contains("total");
    TokenUsage usage =
        new TokenUsage(12L, 5L, total ? 17L : null, null, total ? null : 17L, null, null);

    assertEquals(
        usage,
        span(interval(
                CHILD,
                text("gen_ai.operation.name", "chat"),
                integer(input, 12),
                integer(output, 5),
                integer(third, 17)))
            .usage());
  }

  @Test
  void onlyModelCallsCountTokens() throws Exception {
    for (String operation : List.of("invoke_agent", "invoke_workflow", "fetch_response")) {
      Fact.SpanRecorded span =
          span(
              interval(
                  CHILD,
                  text("gen_ai.operation.name", operation),
                  integer("gen_ai.usage.input_tokens", 999)));
      assertNull(span.usage(), operation);
    }
  }

  @Test
  void numbersMayComeAsTextAndNonsenseIsFlagged() throws Exception {
    String chat = text("gen_ai.operation.name", "chat");
    interval(CHILD, chat, text("gen_ai.usage.input_tokens", "41"));
    interval(CHILD, chat, text("gen_ai.usage.input_tokens", "many"));

    assertEquals(TokenUsage.of(41L, null), span(intake.drafts.get(0)).usage());
    assertEquals(Set.of(), intake.drafts.get(0).flags());
    assertNull(span(intake.drafts.get(1)).usage());
    assertEquals(Set.of(Flag.INVALID_FIELD), intake.drafts.get(1).flags());
  }

  @Test
  void aTraceIsARunUnlessTheSourceNamesTheRun() throws Exception {
    Draft derived = interval(CHILD, text("gen_ai.operation.name", "chat"));
    Draft named = interval(CHILD, text("gen_ai.agent.execution.id", "exec-7"));

    assertEquals(TRACE, derived.scope().run());
    assertEquals(RunIdQuality.DERIVED, derived.scope().runIdQuality());
    assertEquals("exec-7", named.scope().run());
    assertEquals(RunIdQuality.NATIVE, named.scope().runIdQuality());
    assertEquals(TRACE, named.scope().trace());
  }

  @Test
  void theIdThatALibraryHasForTheRunOfATraceNamesIt() throws Exception {
    Draft draft =
        interval(
            CHILD,
            text("gen_ai.operation.name", "invoke_agent"),
            text("gen_ai.agent.call.id", "called"),
            text("baggage_conflict.gen_ai.agent.call.id", "caller"));

    assertEquals(TRACE, draft.scope().run());
    assertEquals("called", span(draft).runName());
    assertEquals("caller", draft.scope().parentRun());
  }

  @Test
  void aThreadIsToldAndNeverInvented() throws Exception {
    assertNull(interval(CHILD).scope().thread());
    assertEquals(
        "c-1",
        interval(CHILD, text("session.id", "s-1"), text("gen_ai.conversation.id", "c-1"))
            .scope()
            .thread());
  }

  @Test
  void theServiceIsTheAgentOfACallThatNoAgentMade() throws Exception {
    String chat = text("gen_ai.operation.name", "chat");
    assertEquals("desk", interval("", chat).scope().agent());
    assertEquals("coder", interval("", chat, text("gen_ai.agent.name", "coder")).scope().agent());
    assertNull(interval(CHILD, chat).scope().agent());
    assertNull(interval("").scope().agent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "input.value | Plan a trip | Plan a trip",
        "ai.prompt | {\"prompt\":\"Weather in Oslo?\"} | Weather in Oslo?",
        "gen_ai.input.messages | [{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"Be kind\"}]},"
            + "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Maut A7?\"}]},"
            + "{\"role\":\"user\",\"parts\":[{\"type\":\"tool_call_response\",\"result\":\"18\"}]}] | Maut A7?",
        "input.value | {\"messages\":[{\"lc\":1,\"id\":[\"x\",\"HumanMessage\"],\"kwargs\":{\"content\":\"Book it\"}}]} | Book it",
        "input.value | {\"messages\":[{\"type\":\"human\",\"data\":{\"content\":\"Zamknij\"}},"
            + "{\"type\":\"ai\",\"data\":{\"content\":\"Done\"}}]} | Zamknij",
        "input.value | {\"resume\":\"yes\",\"goto\":[]} | yes",
        "input.value | \"Looks right, pay it.\" | Looks right, pay it.",
        "input.value | [{\"text\":\"Meter 7\"}] | Meter 7"
      })
  void whatWasAskedOfARunIsReadFromTheMessagesOnItsRoot(String attribute, String told, String text)
      throws Exception {
    interval("", text(attribute, told.replace("\"", "\\\"")));

    Draft asked = intake.drafts.get(1);
    Fact.Message message = (Fact.Message) asked.fact();
    assertEquals(text, asked.summary());
    assertEquals(Role.USER, message.role());
    assertEquals(told, intake.record(0).at(message.textPointer()).asText());
    assertEquals("2025-11-21T10:00:00Z", asked.occurredAt() + "");
  }

  @Test
  void ofTheMessagesInEventsTheUsersIsWhatWasAsked() throws Exception {
    interval(
        "\"events\":["
            + event("gen_ai.system.message", text("content", "Be kind"))
            + ","
            + event("gen_ai.user.message", text("content", "Meter 7?"))
            + ","
            + event("gen_ai.choice", text("message", "41 kWh"))
            + "],");

    List<String> said =
        intake.drafts.stream()
            .filter(draft -> draft.fact() instanceof Fact.Message)
            .map(Draft::summary)
            .toList();
    assertEquals(List.of("Meter 7?", "41 kWh"), said);
    assertEquals(
        "/span/events/1/attributes/0/value/stringValue",
        ((Fact.Message) intake.drafts.get(1).fact()).textPointer());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{broken",
        "{}",
        "[]",
        "{\"n\":1}",
        "[{\"role\":\"tool\",\"content\":\"x\"}]",
        "null",
        " "
      })
  void messagesOfAnotherShapeSayNothing(String told) throws Exception {
    interval("", text("input.value", told.replace("\"", "\\\"")));

    assertTrue(intake.drafts.stream().noneMatch(d -> d.fact() instanceof Fact.Message));
  }

  @Test
  void aToolCallHasItsNameItsIdAndAPointerToItsArguments() throws Exception {
    Fact.SpanRecorded call =
        span(
            interval(
                CHILD,
                text("gen_ai.operation.name", "execute_tool"),
                text("gen_ai.tool.name", "grep"),
                text("gen_ai.tool.call.id", "call_1"),
                text("gen_ai.tool.call.arguments", "{\\\"q\\\":1}")));

    assertEquals("grep", call.name());
    assertEquals("call_1", call.callId());
    assertEquals("/span/attributes/3/value/stringValue", call.argsPointer());
    assertEquals("{\"q\":1}", intake.record(0).at(call.argsPointer()).asText());
    assertFalse(call.root());
  }

  @Test
  void mergedResultsAreNoToolCall() throws Exception {
    String name = "\"name\":\"execute_tool (merged)\",";
    assertEquals(
        StepKind.OTHER,
        span(interval(CHILD + name, text("gen_ai.operation.name", "execute_tool"))).stepKind());
  }

  @ParameterizedTest
  @CsvSource({"0,COMPLETED", "1,COMPLETED", "2,FAILED"})
  void theEndOfAnAgentMayBeTheEndOfTheRun(int code, State state) throws Exception {
    interval("\"status\":{\"code\":" + code + "},", text("gen_ai.operation.name", "invoke_agent"));

    assertTrue(span(intake.drafts.get(0)).root());
    assertEquals(state, span(intake.drafts.get(0)).ending());
  }

  @ParameterizedTest
  @CsvSource({
    "asyncio.exceptions.CancelledError,CANCELED",
    "pydantic_ai.exceptions.UsageLimitExceeded,INCOMPLETE",
    "langgraph.errors.GraphRecursionError,INCOMPLETE",
    "ValueError,FAILED"
  })
  void theExceptionTellsHowARunEnded(String exception, State state) throws Exception {
    String agent = text("gen_ai.operation.name", "invoke_agent");
    interval("\"status\":{\"code\":2},", agent, text("error.type", exception));

    assertEquals(state, span(intake.drafts.get(0)).ending());
  }

  @Test
  void aToolInsideOfSomethingNeverTellsHowARunEnded() throws Exception {
    assertNull(span(interval(CHILD, text("gen_ai.operation.name", "execute_tool"))).ending());
  }

  @Test
  void anInterruptIsAWaitAndNoFailure() throws Exception {
    String message =
        "[{\\\"id\\\": \\\"ad4337f9cd10\\\", \\\"value\\\": {\\\"question\\\": \\\"Book it?\\\"}}]";
    String event =
        "\"events\":[{\"name\":\"exception\",\"attributes\":["
            + text("exception.type", "langgraph.errors.GraphInterrupt")
            + "]}],";
    interval("\"status\":{\"code\":2,\"message\":\"" + message + "\"}," + event);

    Fact.SpanRecorded span = span(intake.drafts.get(0));
    assertEquals(ToolOutcome.UNTOLD, span.outcome());
    assertNull(span.error());
    Fact.WaitOpened opened = (Fact.WaitOpened) intake.drafts.get(1).fact();
    assertEquals("ad4337f9cd10", opened.waitId());
    assertEquals(WaitKind.HUMAN_INPUT, opened.waitKind());
    assertEquals("Book it?", opened.prompt());
    assertEquals(2, intake.drafts.size());
  }

  @Test
  void anInterruptThatAsksForLeaveNamesTheTools() throws Exception {
    String request = "{'name': '%s', 'args': {'train': '23:32'}, 'description': 'Tool: x'}";
    String message =
        "(Interrupt(value={'action_requests': [%s, %s]}, id='7f3a9c0d1e2b'),)"
            .formatted(request.formatted("buy_ticket"), request.formatted("book_seat"));
    String event =
        "\"events\":[{\"name\":\"exception\",\"attributes\":[%s,%s]}],"
            .formatted(
                text("exception.type", "langgraph.errors.GraphInterrupt"),
                text("exception.message", message));
    interval(event);

    Fact.WaitOpened opened = (Fact.WaitOpened) intake.drafts.get(1).fact();
    assertEquals("7f3a9c0d1e2b", opened.waitId());
    assertEquals(WaitKind.APPROVAL, opened.waitKind());
    assertEquals("May buy_ticket, book_seat run?", opened.prompt());
  }

  @Test
  void aDeferredToolCallStaysOpenWithItsWait() throws Exception {
    interval(
        CHILD,
        text("gen_ai.operation.name", "execute_tool"),
        text("gen_ai.tool.call.id", "call_9"),
        text("pydantic_ai.tool.deferral.name", "ApprovalRequired"));

    assertNull(span(intake.drafts.get(0)).end());
    Fact.WaitOpened opened = (Fact.WaitOpened) intake.drafts.get(1).fact();
    assertEquals("call_9", opened.waitId());
    assertEquals("call_9", opened.callId());
    assertEquals(WaitKind.APPROVAL, opened.waitKind());
  }

  @Test
  void aFailedSpanSaysWhyInOneLine() throws Exception {
    Draft draft =
        interval(
            CHILD + "\"status\":{\"code\":2,\"message\":\"HTTP 502\\n  at x\"},\"name\":\"t\",");

    assertEquals("HTTP 502", span(draft).error());
    assertEquals(ToolOutcome.FAILED, span(draft).outcome());
    assertEquals("t: HTTP 502", draft.summary());
  }

  // 30
  @Test
  void aSpanWithoutAnEndIsOpenAndComesAgainWhenItHasEnded() throws Exception {
    decode("\"spanId\":\"eee19b7ec3c1b174\",\"startTimeUnixNano\":\"1763719200000000000\"");
    decode("\"spanId\":\"eee19b7ec3c1b174\"," + TIMES);

    assertEquals(2, intake.records.size());
    assertNull(span(intake.drafts.get(0)).end());
    assertInstanceOf(Fact.SpanRecorded.class, intake.drafts.get(1).fact());
    assertEquals(2, intake.drafts.size());
  }

  @Test
  void oddTimesAreStoredAndFlagged() throws Exception {
    decode("\"spanId\":\"000000000000000a\",\"endTimeUnixNano\":\"1763719200000000000\"");
    decode("\"spanId\":\"000000000000000b\"");
    decode(
        "\"spanId\":\"000000000000000c\",\"startTimeUnixNano\":\"1763719200000000002\","
            + "\"endTimeUnixNano\":\"1763719200000000001\"");

    List<Draft> spans =
        intake.drafts.stream().filter(d -> d.fact() instanceof Fact.SpanRecorded).toList();
    assertEquals(3, spans.size());
    spans.forEach(draft -> assertEquals(Set.of(Flag.INVALID_FIELD), draft.flags()));
    assertEquals("2025-11-21T10:00:00Z", spans.get(0).occurredAt() + "");
    assertNull(spans.get(1).occurredAt());
    assertEquals(TimeQuality.INGEST, spans.get(1).timeQuality());
    assertEquals(ListIntake.CONTEXT.observedAt(), span(spans.get(1)).start());
    assertEquals(span(spans.get(2)).start().minusNanos(1), span(spans.get(2)).end());
  }

  @Test
  void aParentOfZerosIsNoParentAndABrokenOneIsFlagged() throws Exception {
    assertTrue(span(interval("\"parentSpanId\":\"0000000000000000\",")).root());
    int before = intake.drafts.size();
    String answer = answer("\"spanId\":\"00000000000000ff\",\"parentSpanId\":\"abc\"," + TIMES);
    assertTrue(answer.contains("\"rejectedSpans\":\"0\""), answer);
    Draft broken = intake.drafts.get(before);
    assertFalse(span(broken).root());
    assertEquals(Set.of(Flag.INVALID_FIELD), broken.flags());
  }

  @Test
  void whatNoConventionReadsIsNamed() throws Exception {
    interval(
        CHILD,
        text("gen_ai.operation.name", "execute_tool"),
        text("house.colour", "red"),
        text("gen_ai.tool.name", "grep"),
        text("gen_ai.request.model", "of no use here"),
        integer("house.number", 7));

    assertEquals(List.of("house.colour", "house.number"), unmapped(intake.records.getFirst()));
    assertNull(unmapped("{\"resource\":{},\"metric\":{\"name\":\"m\"}}"));
  }

  @Test
  void whatNobodyReadsOfALineOfALogIsNamed() throws Exception {
    String line =
        "{\"resource\":{},\"logRecord\":{\"attributes\":[%s,%s]}}"
            .formatted(text("event.name", "x"), text("house.colour", "red"));

    assertEquals(List.of("house.colour"), unmapped(line));
  }

  private static @Nullable List<String> unmapped(String record) throws Exception {
    return new OtlpDialect().unmapped(record(record));
  }

  @Test
  void onlyRecordsOfSpansAreClaimed() throws Exception {
    OtlpDialect dialect = new OtlpDialect();
    assertTrue(dialect.claims(record("{\"resource\":{},\"span\":{}}")));
    assertFalse(dialect.claims(record("{\"span\":{}}")));
    assertFalse(dialect.claims(record("[]")));
    assertFalse(dialect.claims(record("{\"resource\":1,\"span\":\"x\"}")));
  }

  private static RawRecord record(String json) throws Exception {
    return new RawRecord(json.getBytes(UTF_8), new ObjectMapper().readTree(json));
  }

  private int spans;

  /** Decodes a span with these fields and attributes; its first draft. */
  private Draft interval(String fields, String... attributes) throws InterruptedException {
    int before = intake.drafts.size();
    decode(
        "\"spanId\":\"%016x\",%s\"attributes\":[%s],%s"
            .formatted(++spans, fields, String.join(",", attributes), TIMES));
    return intake.drafts.get(before);
  }

  private void decode(String fields) throws InterruptedException {
    assertEquals("{}", answer(fields));
  }

  /** What the sender of a span with these fields is answered. */
  private String answer(String fields) throws InterruptedException {
    String body =
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[%s]},\"scopeSpans\":[{\"spans\":[{\"traceId\":\"%s\",%s}]}]}]}"
            .formatted(text("service.name", "desk"), TRACE, fields);
    OtlpAnswer answer =
        new OtlpReceiver(intake)
            .receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);
    return new String(answer.body(), UTF_8);
  }

  private static Fact.SpanRecorded span(Draft draft) {
    return (Fact.SpanRecorded) draft.fact();
  }

  private static String event(String name, String attribute) {
    return "{\"name\":\"" + name + "\",\"attributes\":[" + attribute + "]}";
  }

  private static String text(String key, String value) {
    return "{\"key\":\"" + key + "\",\"value\":{\"stringValue\":\"" + value + "\"}}";
  }

  private static String integer(String key, long value) {
    return "{\"key\":\"" + key + "\",\"value\":{\"intValue\":\"" + value + "\"}}";
  }
}
