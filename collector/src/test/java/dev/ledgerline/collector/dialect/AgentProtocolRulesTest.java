// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunSummary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the Agent Protocol's text leaves open, decided. */
class AgentProtocolRulesTest {
  private static final String STARTED =
      "{\"type\":\"RunStarted\",\"run_id\":\"r\",\"agent\":\"a\",\"depth\":0}";

  private final Recorder recorder = new Recorder("agent-protocol");

  private static String event(String type, String more) {
    return "{\"type\":\""
        + type
        + "\",\"run_id\":\"r\",\"agent\":\"a\",\"depth\":0"
        + (more.isEmpty() ? "" : "," + more.replace('\'', '"'))
        + "}";
  }

  @Test
  void rejectsOnlyWhatHasNoTypeOrNoRunOrContradictsAnEarlierRecord() {
    recorder.tell(
        "{\"run_id\":\"r\"}",
        "{\"type\":\"ToolCall\"}",
        event("TextOutput", "'id':1,'content':'first'"),
        event("TextOutput", "'id':1,'content':'second'"),
        event("TextOutput", "'id':'1','content':'another id'"),
        event("ToolCall", "'function_name':[],'args':7"));
    assertEquals(
        List.of("/type", "/run_id", "/id"),
        recorder.rejections().stream().map(Rejection::pointer).toList());
    assertEquals(3, recorder.run("r").summary().events());
    assertEquals(1, recorder.run("r").summary().toolCalls());
  }

  @Test
  void aRunHeaderStandsInForAMissingRunAndNeverOverridesOne() {
    recorder.tellAs("h", "t", "{\"type\":\"ToolCall\",\"function_name\":\"f\"}", STARTED);
    assertEquals(List.of("f running"), recorder.calls("h"));
    assertTrue(recorder.events().getLast().flags().contains(Flag.CONTEXT_MISMATCH));
    assertEquals("t", recorder.run("r").summary().thread());
  }

  @Test
  void afterItsEndARunNeverChangesButALateResultClosesItsCall() {
    recorder.tell(
        STARTED,
        event("ToolCall", "'function_name':'f'"),
        event("RunCompleted", "'finish_reason':'success'"),
        event("ToolResult", "'function_name':'f','text_result':'late'"),
        event("WaitForInput", "'request_keys':{'k':'?'}"),
        event("RunCompleted", "'finish_reason':'error'"));
    assertEquals(State.COMPLETED, recorder.state("r"));
    assertEquals(List.of("f completed"), recorder.calls("r"));
    assertEquals(List.of(), recorder.waits("r"));
  }

  @Test
  void anEndThatDoesNotSayHowIsNoEndYet() {
    recorder.tell(STARTED, event("RunCompleted", "'finish_reason':'finished'"));
    assertEquals(State.UNKNOWN, recorder.state("r"));
    recorder.tell(event("RunCompleted", "'finish_reason':'error'"));
    assertEquals(State.FAILED, recorder.state("r"));
  }

  @Test
  void anErrorWithoutANameClosesTheOldestOpenCallOfItsAgentAndDepth() {
    recorder.tell(
        STARTED,
        event("ToolCall", "'function_name':'f'"),
        event("ToolCall", "'function_name':'g'"),
        "{\"type\":\"ToolCall\",\"run_id\":\"r\",\"agent\":\"b\",\"depth\":1,\"function_name\":\"h\"}",
        event("ToolError", "'content':'broken'"));
    assertEquals(List.of("f failed", "g running", "h running"), recorder.calls("r"));
  }

  @Test
  void aResultWithoutACallMakesNone() {
    recorder.tell(STARTED, event("ToolResult", "'function_name':'never','text_result':'?'"));
    assertEquals(List.of(), recorder.calls("r"));
    assertEquals(1, recorder.run("r").summary().violations());
  }

  @Test
  void aWaitEndsWithTheAnswerWithProgressOrWithTheRun() {
    String wait = event("WaitForInput", "'request_keys':{'a':'?','b':'?'}");
    String answer = event("ResumeWithInput", "'request_keys':{'a':'yes'}");
    recorder.tell(STARTED, wait);
    assertEquals(State.WAITING, recorder.state("r"));
    recorder.tell(answer, answer);
    assertEquals(State.RUNNING, recorder.state("r"));
    recorder.tell(wait, event("TextOutput", "'content':'I went on'"));
    recorder.tell(wait, event("RunCompleted", "'finish_reason':'canceled'"));
    assertEquals(
        List.of("human_input answered", "human_input unknown", "human_input canceled"),
        recorder.waits("r"));
  }

  @Test
  void inARecordedExchangeOnlyEventsAct() {
    recorder.tell(
        "{\"ts\":\"2026-03-01T08:00:00Z\",\"direction\":\"agent_to_client\",\"route\":\"POST /a/run\","
            + "\"status\":200,\"body\":{\"type\":\"RunStarted\",\"run_id\":\"r\"}}");
    assertTrue(recorder.runs().isEmpty());
    assertEquals(1, recorder.stored());
    recorder.tell(
        "{\"ts\":\"2026-03-01T08:00:01Z\",\"direction\":\"agent_to_client\",\"route\":\"GET /a/get_events/r\","
            + "\"event\":{\"type\":\"RunStarted\"}}");
    RunSummary run = recorder.run("r").summary();
    assertEquals("2026-03-01T08:00:01Z", run.startedAt().toString());
  }

  @Test
  void aSubAgentWithARunOfItsOwnIsARunAndOneWithoutIsAStep() {
    recorder.tellAs(
        "r",
        null,
        STARTED,
        "{\"type\":\"TextOutput\",\"run_id\":\"r\",\"agent\":\"b\",\"depth\":1,\"content\":\"in r\"}",
        "{\"type\":\"RunStarted\",\"run_id\":\"r2\",\"parent_run_id\":\"r\",\"agent\":\"c\",\"depth\":1}");
    assertEquals(List.of("a", "b"), recorder.run("r").summary().agents());
    assertEquals("r", recorder.run("r2").summary().parentRun());
    assertFalse(recorder.events().getLast().flags().contains(Flag.CONTEXT_MISMATCH));
  }

  @Test
  void aRunCanNameItself() {
    recorder.tell(event("RunStarted", "'title':'Nightly report'"));
    recorder.tell(event("ChatRequest", "'input':'go'"));
    assertEquals("Nightly report", recorder.run("r").summary().title());
  }

  @Test
  void knowsItsOwnShapeAndLeavesOthersAlone() {
    List<String> claimed =
        List.of(
            STARTED,
            "{\"type\":\"ChatRequest\",\"input\":\"hi\"}",
            "{\"type\":\"BirdSeen\",\"agent\":\"a\"}",
            "{\"type\":\"bird seen\",\"run_id\":\"r\"}",
            "{\"type\":null,\"run_id\":\"r\",\"agent\":\"a\"}",
            "{\"run_id\":\"r\",\"agent\":\"a\"}");
    List<String> left =
        List.of(
            "{\"type\":\"prompt_started\",\"agent\":\"a\",\"depth\":0,\"payload\":{}}",
            "{\"type\":\"thread.started\",\"thread_id\":\"t\"}",
            "{\"type\":\"BirdSeen\"}",
            "{\"type\":\"RUN_STARTED\",\"id\":\"1\"}",
            "{\"message\":\"a log line\"}");
    claimed.forEach(record -> assertEquals("agent-protocol", reader(record), record));
    left.forEach(record -> assertFalse("agent-protocol".equals(reader(record)), record));
  }

  private static String reader(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Dialect dialect = Dialects.standard().claiming(new RawRecord(bytes, Recorder.parse(bytes)));
    return dialect == null ? "nobody" : dialect.name();
  }
}
