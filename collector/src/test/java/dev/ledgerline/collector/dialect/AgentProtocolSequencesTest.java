// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.state.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Courses of runs of the Agent Protocol that are rare, from the first record to the last. */
class AgentProtocolSequencesTest {
  private final Recorder recorder = new Recorder("agent-protocol");

  private static String of(String run, String agent, int depth, String type, String more) {
    return "{\"type\":\"%s\",\"run_id\":\"%s\",\"thread_id\":\"t\",\"agent\":\"%s\",\"depth\":%d%s}"
        .formatted(type, run, agent, depth, more.isEmpty() ? "" : "," + more.replace('\'', '"'));
  }

  private static String root(String type, String more) {
    return of("r", "Root", 0, type, more);
  }

  private static final String STARTED = root("RunStarted", "");
  private static final String ENDED = root("RunCompleted", "'finish_reason':'success'");

  private RunSummary run() {
    return recorder.run("r").summary();
  }

  @Test
  void callsOfOneNameInTwoAgentsAreAnsweredEachInItsOwnAgent() {
    recorder.tell(
        STARTED,
        root("ToolCall", "'function_name':'Scout','args':{}"),
        of("r", "Scout", 1, "ToolCall", "'function_name':'fetch','args':{'n':1}"),
        of("r", "Herald", 1, "ToolCall", "'function_name':'fetch','args':{'n':2}"),
        of("r", "Herald", 1, "ToolCall", "'function_name':'fetch','args':{'n':3}"),
        of("r", "Scout", 1, "ToolError", "'content':'no route'"),
        of("r", "Herald", 1, "ToolResult", "'function_name':'fetch','text_result':'ok'"),
        ENDED);
    assertEquals(
        List.of("Scout unknown", "fetch failed", "fetch completed", "fetch unknown"),
        recorder.calls("r"));
    assertEquals(4, run().toolCalls());
    assertEquals(1, run().failedTools());
    assertEquals(Verdict.Result.OK, run().verdict());
  }

  @Test
  void anErrorWithoutAnOpenCallMakesNoCall() {
    recorder.tell(STARTED, root("ToolError", "'content':'boom'"), ENDED);
    assertEquals(0, run().toolCalls());
    assertEquals(State.COMPLETED, run().state());
    assertEquals(1, run().violations());
  }

  @Test
  void aWaitThatIsAnsweredInPartIsAnswered() {
    recorder.tell(
        STARTED, root("WaitForInput", "'id':2,'request_keys':{'city':'Which?','day':'When?'}"));
    assertEquals(State.WAITING, run().state());
    recorder.tell(
        root("ResumeWithInput", "'request_keys':{'city':'Ghent'}"),
        root("TextOutput", "'id':3,'content':'and when?'"),
        root("WaitForInput", "'id':4,'request_keys':{'day':'When?'}"),
        root("ResumeWithInput", "'request_keys':{'day':'Monday'}"),
        ENDED);
    assertEquals(List.of("human_input answered", "human_input answered"), recorder.waits("r"));
    assertEquals(State.COMPLETED, run().state());
    assertEquals(Verdict.Result.OK, run().verdict());
  }

  @Test
  void aWaitThatIsCanceledIsCanceledWithItsRun() {
    recorder.tell(
        STARTED,
        root("WaitForInput", "'id':2,'request_keys':{'city':'Which?'}"),
        root("CancelRequest", ""));
    assertEquals(State.CANCELING, run().state());
    assertEquals(1, run().openWaits());
    recorder.tell(root("RunCompleted", "'finish_reason':'canceled'"));
    assertEquals(State.CANCELED, run().state());
    assertEquals(List.of("human_input canceled"), recorder.waits("r"));
    assertEquals(Verdict.Result.OK, run().verdict());
  }

  @Test
  void anAnswerThatNobodyAskedForChangesNothing() {
    recorder.tell(STARTED, root("ResumeWithInput", "'request_keys':{'a':'b'}"), ENDED);
    assertEquals(0, run().waits());
    assertEquals(State.COMPLETED, run().state());
  }

  @Test
  void requestsMayComeBeforeTheStartOfTheirRunButStandInForNone() {
    recorder.tell(
        root("ConfigureRequest", "'args':{'model':'m'}"),
        root("ChatRequest", "'input':'hello'"),
        STARTED,
        ENDED);
    assertEquals(Verdict.Result.OK, run().verdict());
    recorder.tell(
        of("s", "Root", 0, "ChatRequest", "'input':'hello'"),
        of("s", "Root", 0, "TextOutput", "'content':'well'"),
        of("s", "Root", 0, "RunCompleted", "'finish_reason':'success'"));
    assertEquals(1, recorder.run("s").summary().violations());
    assertEquals(State.COMPLETED, recorder.state("s"));
  }

  @Test
  void aRunBelowAnotherHasItsOwnCountsAndItsOwnAgent() {
    recorder.tell(
        STARTED,
        root("ToolCall", "'function_name':'Scout','args':{}"),
        of("child", "Scout", 1, "RunStarted", "'parent_run_id':'r'"),
        of("child", "Scout", 1, "ToolCall", "'function_name':'look','args':{}"),
        of("child", "Scout", 1, "ToolResult", "'function_name':'look','text_result':'x'"),
        of("child", "Scout", 1, "RunCompleted", "'finish_reason':'error'"),
        root("ToolError", "'content':'the scout failed'"),
        ENDED);
    RunSummary child = recorder.run("child").summary();
    assertEquals("r", child.parentRun());
    assertEquals("Scout", child.agent());
    assertEquals(1, child.toolCalls());
    assertEquals(State.FAILED, child.state());
    assertEquals(
        List.of(StepKind.TOOL), recorder.run("child").steps().stream().map(Step::kind).toList());
    assertEquals(1, run().toolCalls());
    assertEquals(1, run().failedTools());
    assertEquals(State.COMPLETED, run().state());
  }

  @Test
  void theEndOfAnAgentBelowIsNotTheEndOfItsRun() {
    recorder.tell(
        STARTED,
        root("ToolCall", "'function_name':'Scout','args':{}"),
        of("r", "Scout", 1, "RunStarted", ""),
        of("r", "Scout", 1, "ToolCall", "'function_name':'look','args':{}"),
        of("r", "Scout", 1, "ToolError", "'content':'dark'"),
        of("r", "Scout", 1, "RunCompleted", "'finish_reason':'error'"),
        root("ToolError", "'content':'the scout failed'"));
    assertEquals(State.RUNNING, run().state());
    recorder.tell(ENDED);
    assertEquals(State.COMPLETED, run().state());
    assertEquals(Verdict.Result.OK, run().verdict());
    assertEquals(List.of("Scout failed", "look failed"), recorder.calls("r"));
    assertEquals(
        List.of("Scout failed"),
        recorder.run("r").steps().stream()
            .filter(step -> step.kind() == StepKind.AGENT)
            .map(step -> step.name() + " " + step.state().word())
            .toList());
  }

  @Test
  void aRunBelowAnotherThatIsJoinedLateEndsAllTheSame() {
    recorder.tell(
        of("child", "Scout", 1, "TextOutput", "'content':'so far'"),
        of("child", "Scout", 1, "RunCompleted", "'finish_reason':'success'"));
    assertEquals(State.COMPLETED, recorder.state("child"));
  }

  @Test
  void idsMayBeTextOrHugeAndMayRepeatInAnotherRun() {
    recorder.tell(
        root("RunStarted", "'id':'evt-1'"),
        root("TextOutput", "'id':'10','content':'a'"),
        root("TextOutput", "'id':'9','content':'b'"),
        root("TextOutput", "'id':9,'content':'c'"),
        root("TextOutput", "'id':123456789012345678901234567890,'content':'d'"),
        root("TextOutput", "'id':123456789012345678901234567890,'content':'d'"),
        root("RunCompleted", "'id':'evt-2','finish_reason':'success'"),
        of("s", "Root", 0, "RunStarted", "'id':'evt-1'"));
    assertEquals(6, run().events());
    assertEquals(1, recorder.duplicates());
    assertEquals(List.of(), recorder.rejections());
    assertEquals(State.COMPLETED, run().state());
    assertEquals(Verdict.Result.OK, run().verdict());
  }

  @Test
  void anArtifactToldTwiceIsToldTwice() {
    recorder.tell(
        STARTED,
        root("ArtifactGenerated", "'id':'a-1','name':'plan.pdf','url':'u','mime_type':'m'"),
        root("ArtifactGenerated", "'id':'a-1','name':'plan-2.pdf','url':'u','mime_type':'m'"),
        ENDED);
    assertEquals(4, run().events());
    assertEquals(List.of(), recorder.rejections());
  }

  @Test
  void twoRunsInOneRecordingAreKeptApart() {
    recorder.tell(
        exchange("request", "POST /run", "'body':{'type':'ChatRequest','input':'one'}"),
        exchange("response", "POST /run", "'body':{'type':'RunStarted','run_id':'one'}"),
        event("one", "'type':'RunStarted','run_id':'one','agent':'A','depth':0,'id':1"),
        event("two", "'type':'RunStarted','run_id':'two','agent':'A','depth':0,'id':1"),
        event("one", "'type':'ToolCall','function_name':'f','agent':'A','depth':0,'id':2"),
        event("two", "'type':'ToolCall','function_name':'f','agent':'A','depth':0,'id':2"),
        event("two", "'type':'ToolResult','function_name':'f','agent':'A','depth':0,'id':3"),
        event("two", "'type':'RunCompleted','finish_reason':'success','depth':0,'id':4"),
        event("one", "'type':'RunCompleted','finish_reason':'error','depth':0,'id':3"));
    assertEquals(List.of("f unknown"), recorder.calls("one"));
    assertEquals(List.of("f completed"), recorder.calls("two"));
    assertEquals(State.FAILED, recorder.state("one"));
    assertEquals(State.COMPLETED, recorder.state("two"));
    assertEquals(
        2L, recorder.events().stream().map(Event::scope).filter(s -> s.run() == null).count());
  }

  private static String exchange(String direction, String route, String more) {
    return "{'ts':'2026-03-01T08:00:00.001Z','direction':'%s','route':'%s',%s}"
        .formatted(direction, route, more)
        .replace('\'', '"');
  }

  private static String event(String run, String event) {
    return exchange(
        "response", "GET /get_events/" + run + "?stream=true&since=0", "'event':{" + event + "}");
  }

  @Test
  void withoutDepthsAllIsDoneByTheRun() {
    recorder.tell(
        "{\"type\":\"RunStarted\",\"run_id\":\"r\",\"agent\":\"A\"}",
        "{\"type\":\"ToolCall\",\"run_id\":\"r\",\"agent\":\"A\",\"function_name\":\"f\"}",
        "{\"type\":\"ToolResult\",\"run_id\":\"r\",\"agent\":\"A\",\"function_name\":\"f\"}",
        "{\"type\":\"RunCompleted\",\"run_id\":\"r\",\"finish_reason\":\"success\"}");
    assertEquals(List.of("f completed"), recorder.calls("r"));
    assertEquals(1, recorder.run("r").steps().size());
    assertEquals(Verdict.Result.OK, run().verdict());
  }

  @Test
  void theFirstEndThatSaysHowIsTheEnd() {
    recorder.tell(STARTED, root("RunCompleted", "'finish_reason':'exploded'"));
    recorder.tell(root("RunCompleted", "'finish_reason':'error'"));
    assertEquals(State.FAILED, run().state());
    recorder.tell(ENDED);
    assertEquals(State.FAILED, run().state());
  }
}
