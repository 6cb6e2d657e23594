// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.run.Step;
import dev.ledgerline.state.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Courses of runs of agentic that are rare, from the first record to the last. */
class AgenticSequencesTest {
  private final Recorder recorder = new Recorder("agentic");

  private static String of(String agent, int depth, String type, String payload) {
    return "{\"type\":\"%s\",\"agent\":\"%s\",\"depth\":%d,\"payload\":{%s}}"
        .formatted(type, agent, depth, payload.replace('\'', '"'));
  }

  private static String root(String type, String payload) {
    return of("Root", 0, type, payload);
  }

  private static String call(String agent, int depth, String name, String id) {
    return of(
        agent,
        depth,
        "tool_call",
        "'name':'%s','arguments':{},'tool_call_id':'%s'".formatted(name, id));
  }

  private static String result(String agent, int depth, String name, String id, String text) {
    return of(
        agent,
        depth,
        "tool_result",
        "'name':'%s','result':'%s','is_log':false,'tool_call_id':'%s'".formatted(name, text, id));
  }

  private static final String PROMPT = root("prompt_started", "'content':'go'");
  private static final String END = root("turn_end", "'messages':[]");

  private List<String> agents(String run) {
    return recorder.run(run).steps().stream()
        .filter(step -> step.kind() == StepKind.AGENT)
        .map(step -> step.name() + " " + step.depth() + " " + step.state().word())
        .toList();
  }

  @Test
  void agentsBelowAgentsAreStepsInsideEachOther() {
    recorder.tellAs(
        "q",
        "t",
        of("Root", 2, "prompt_started", "'content':'go'"),
        call("Root", 2, "call_scout", "c1"),
        of("Scout", 3, "prompt_started", "'content':'look'"),
        call("Scout", 3, "call_herald", "c2"),
        of("Herald", 4, "prompt_started", "'content':'tell'"),
        call("Herald", 4, "ring", "c3"),
        result("Herald", 4, "ring", "c3", "rung"),
        of("Herald", 4, "turn_end", "'messages':[]"),
        result("Scout", 3, "call_herald", "c2", "told"),
        of("Scout", 3, "turn_end", "'messages':[]"),
        result("Root", 2, "call_scout", "c1", "seen"),
        of("Root", 2, "turn_end", "'messages':[]"));
    assertEquals(State.COMPLETED, recorder.state("q"));
    assertEquals(List.of("Scout 1 completed", "Herald 2 completed"), agents("q"));
    assertEquals(
        List.of("call_scout completed", "call_herald completed", "ring completed"),
        recorder.calls("q"));
    List<Step> steps = recorder.run("q").steps();
    Step ring = steps.stream().filter(s -> "ring".equals(s.name())).findFirst().orElseThrow();
    Step herald = steps.stream().filter(s -> "Herald".equals(s.name())).findFirst().orElseThrow();
    assertEquals(herald.id(), ring.parentId());
    assertEquals(Verdict.Result.OK, recorder.run("q").summary().verdict());
  }

  @Test
  void streamsOfOneThreadThatAreReadAtOnceDoNotDisturbEachOther() {
    recorder.tellAs("a", "t", PROMPT, call("Root", 0, "f", "c1"));
    recorder.tellAs("b", "t", of("Root", 1, "prompt_started", "'content':'too'"));
    recorder.tellAs("a", "t", result("Root", 1, "f", "c1", "one"));
    recorder.tellAs("b", "t", call("Root", 1, "f", "c1"));
    recorder.tellAs("a", "t", of("Root", 1, "turn_end", "'messages':[]"));
    recorder.tellAs("b", "t", result("Root", 0, "f", "c1", "two"), END);
    assertEquals(List.of("f completed"), recorder.calls("a"));
    assertEquals(List.of("f completed"), recorder.calls("b"));
    assertEquals(State.COMPLETED, recorder.state("a"));
    assertEquals(State.COMPLETED, recorder.state("b"));
    assertNull(recorder.run("b").summary().continuesRun());
  }

  private void asksIn(String run, String call, String key) {
    recorder.tellAs(
        run,
        "t",
        PROMPT,
        call("Root", 0, "ask", call),
        result("Root", 0, "ask", call, "__PAUSE4INPUT__"),
        root("completion_end", ""),
        root("wait_for_input", "'" + key + "':'?'"));
    recorder.end(run, "t");
  }

  @Test
  void anAnswerContinuesTheRunWhoseCallItRepeatsAlsoIfAnotherAskedLater() {
    asksIn("a", "c1", "day");
    asksIn("b", "c2", "city");
    recorder.tellAs("c", "t", call("Root", 0, "ask", "c1"), result("Root", 0, "ask", "c1", "x"));
    recorder.tellAs("c", "t", END);
    assertEquals("a", recorder.run("c").summary().continuesRun());
    assertEquals(List.of("human_input answered"), recorder.waits("a"));
    assertEquals(List.of("human_input open"), recorder.waits("b"));
    recorder.tellAs("d", "t", call("Root", 0, "ask", "c2"), result("Root", 0, "ask", "c2", "y"));
    assertEquals("b", recorder.run("d").summary().continuesRun());
  }

  @Test
  void aToolThatLogsBeforeItIsCalledAgainContinuesItsRunToo() {
    asksIn("a", "c1", "day");
    recorder.tellAs(
        "b",
        "t",
        root("tool_result", "'name':'ask','result':'retry','is_log':true,'tool_call_id':null"),
        call("Root", 0, "ask", "c1"),
        result("Root", 0, "ask", "c1", "Monday"),
        END);
    assertEquals("a", recorder.run("b").summary().continuesRun());
    assertEquals(List.of("human_input answered"), recorder.waits("a"));
    assertEquals(State.SUSPENDED, recorder.state("a"));
    assertEquals(List.of("ask completed"), recorder.calls("b"));
    assertEquals(State.COMPLETED, recorder.state("b"));
  }

  @Test
  void anAuthorizedRunIsContinuedByAnother() {
    recorder.tellAs(
        "a",
        "t",
        PROMPT,
        call("Root", 0, "read_mail", "c1"),
        result("Root", 0, "read_mail", "c1", "__OAUTH_FLOW__"),
        root("oauth_flow", "'auth_url':'https://login.example/?state=s3cret','tool_name':'mail'"));
    assertEquals(State.WAITING, recorder.state("a"));
    recorder.tellAs(
        "b",
        "t",
        call("Root", 0, "read_mail", "c1"),
        result("Root", 0, "read_mail", "c1", "no mail"),
        root("completion_start", ""),
        root("completion_end", "'usage':{'input_tokens':7,'output_tokens':2}"),
        END);
    assertEquals(State.SUSPENDED, recorder.state("a"));
    assertEquals(List.of("auth answered"), recorder.waits("a"));
    assertEquals("a", recorder.run("b").summary().continuesRun());
    assertEquals(State.COMPLETED, recorder.state("b"));
  }

  @Test
  void aPauseTwoAgentsBelowIsSwallowedOnce() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        call("Root", 0, "call_page", "c1"),
        of("Page", 1, "prompt_started", ""),
        call("Page", 1, "call_clerk", "c2"),
        of("Clerk", 2, "prompt_started", ""),
        call("Clerk", 2, "ask", "c3"),
        result("Clerk", 2, "ask", "c3", "__PAUSE4INPUT__"),
        of("Clerk", 2, "completion_end", ""),
        result("Page", 1, "call_clerk", "c2", "[Clerk: wait_for_input] {}"),
        of("Page", 1, "turn_end", ""),
        result("Root", 0, "call_page", "c1", "asked"),
        call("Root", 0, "call_page", "c4"),
        of("Page", 1, "prompt_started", ""),
        of("Page", 1, "turn_end", ""),
        result("Root", 0, "call_page", "c4", "fine"),
        END);
    assertEquals(List.of("human_input unknown"), recorder.waits("q"));
    assertEquals("Clerk", recorder.run("q").waits().getFirst().agent());
    assertEquals(State.COMPLETED, recorder.state("q"));
    assertEquals(List.of("Page 1 completed", "Clerk 2 completed", "Page 1 completed"), agents("q"));
  }

  @Test
  void anAnswerThatDoesNotValidateFailsTheRunWhenItsStreamEnds() {
    recorder.tellAs(
        "q", "t", PROMPT, root("chat_output", "'content':'Error validating result: no name'"));
    assertEquals(State.RUNNING, recorder.state("q"));
    recorder.end("q", "t");
    recorder.end("q", "t");
    assertEquals(State.FAILED, recorder.state("q"));
    assertEquals("Error validating result: no name", recorder.run("q").summary().reason());
    assertEquals(1, recorder.run("q").summary().errors());
  }

  @Test
  void aStreamThatIsCutAfterACallIsLost() {
    recorder.tellAs("q", "t", PROMPT, call("Root", 0, "f", "c1"));
    recorder.end("q", "t");
    assertEquals(State.LOST, recorder.state("q"));
    assertEquals(List.of("f unknown"), recorder.calls("q"));
  }

  @Test
  void aSecondReadThatIsEmptyChangesNothing() {
    recorder.tellAs("q", "t", PROMPT, END);
    recorder.end("q", "t");
    recorder.end("q", "t");
    recorder.end("never-read", "t");
    assertEquals(State.COMPLETED, recorder.state("q"));
    assertEquals(1, recorder.runs().size());
  }

  @Test
  void thoughtsAndHandoversAndCancellationsAreTold() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("reasoning_content", "'reasoning_content':'let me see'"),
        root("subagent_call", "'target_agent':'Scout','message':'look'"),
        of("Scout", 1, "prompt_started", ""),
        of("Scout", 1, "turn_cancelled", ""),
        root("subagent_result", "'source_agent':'Scout','result':'nothing'"));
    assertEquals(State.RUNNING, recorder.state("q"));
    assertEquals(List.of("Scout 1 canceled"), agents("q"));
    recorder.tellAs("q", "t", root("turn_cancelled", ""));
    assertEquals(State.CANCELED, recorder.state("q"));
    assertEquals(Verdict.Result.OK, recorder.run("q").summary().verdict());
  }

  @Test
  void aFailureOfAModelBelowIsNoFailureOfTheRun() {
    String failure =
        "'llm_message':{'content':'Error calling LLM: overloaded'},'usage':{'input_tokens':0,'output_tokens':0,'elapsed_time':1}";
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        call("Root", 0, "call_scout", "c1"),
        of("Scout", 1, "prompt_started", ""),
        of("Scout", 1, "completion_start", ""),
        of("Scout", 1, "completion_end", failure),
        of("Scout", 1, "turn_end", ""),
        result("Root", 0, "call_scout", "c1", "Error calling LLM: overloaded"),
        root("completion_start", ""),
        root(
            "completion_end",
            "'llm_message':{'content':'sorry'},'usage':{'input_tokens':3,'output_tokens':1}"),
        END);
    assertEquals(State.COMPLETED, recorder.state("q"));
    assertEquals(List.of("Scout 1 failed"), agents("q"));
    assertEquals(2, recorder.run("q").summary().modelCalls());
    assertEquals(0, recorder.run("q").summary().errors());
  }

  private static String row(int n, String agent, String type, String payload) {
    return ("{\"id\":\"row-%d\",\"thread_id\":\"t\",\"agent_id\":\"%s\",\"user_id\":\"default\",\"role\":\"system\",\"depth\":0,"
            + "\"created_at\":\"2026-03-01T08:00:%02d.000001\",\"event_name\":\"%s\",\"event\":{%s},\"version\":1}")
        .formatted(n, agent, n, type, payload.replace('\'', '"'));
  }

  @Test
  void rowsOfALogAreCutIntoRunsAlsoWhereOneNeverEndsAndOthersStray() {
    recorder.tell(
        row(1, "Root", "prompt_started", "'content':'one'"),
        row(2, "Root", "completion_start", ""),
        row(3, "Root", "prompt_started", "'content':'two'"),
        row(4, "Root", "turn_end", "'messages':[]"),
        row(5, "Root", "tool_call", "'name':'f','arguments':{},'tool_call_id':'c1'"),
        row(6, "Root", "tool_result", "'name':'f','result':'x','tool_call_id':'c1'"),
        row(7, "Root", "turn_end", "'messages':[]"),
        row(8, "Root", "prompt_started", "'content':'three'"),
        row(9, "Root", "wait_for_input", "'day':'?'"),
        row(10, "Root", "prompt_started", "'content':'four'"),
        row(11, "Root", "turn_end", "'messages':[]"));
    assertEquals(
        List.of("t:row-1", "t:row-3", "t:row-5", "t:row-8", "t:row-10"),
        List.copyOf(recorder.runs().keySet()));
    assertEquals(State.LOST, recorder.state("t:row-1"));
    assertEquals(State.COMPLETED, recorder.state("t:row-3"));
    assertEquals(List.of("f completed"), recorder.calls("t:row-5"));
    assertEquals(State.SUSPENDED, recorder.state("t:row-8"));
    assertEquals(List.of("human_input open"), recorder.waits("t:row-8"));
    assertEquals(State.COMPLETED, recorder.state("t:row-10"));
    assertNull(recorder.run("t:row-10").summary().continuesRun());
  }

  @Test
  void aThreadThatAnotherAgentTakesOverIsAnotherRun() {
    recorder.tell(
        row(1, "Root", "prompt_started", "'content':'one'"),
        row(2, "Root", "turn_end", "'messages':[]"),
        row(3, "Heir", "prompt_started", "'content':'two'"),
        row(4, "Heir", "turn_end", "'messages':[]"));
    assertEquals(List.of("t:row-1", "t:row-3"), List.copyOf(recorder.runs().keySet()));
    assertEquals("Heir", recorder.run("t:row-3").summary().agent());
  }
}
