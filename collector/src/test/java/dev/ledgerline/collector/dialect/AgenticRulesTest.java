// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Flag;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What agentic leaves open, decided. */
class AgenticRulesTest {
  private final Recorder recorder = new Recorder("agentic");

  private static String event(String type, String agent, int depth, String payload) {
    return "{\"type\":\"%s\",\"agent\":\"%s\",\"depth\":%d,\"payload\":{%s}}"
        .formatted(type, agent, depth, payload.replace('\'', '"'));
  }

  private static String root(String type, String payload) {
    return event(type, "Root", 0, payload);
  }

  private static String row(int n, String type, String payload) {
    return ("{\"id\":\"row-%d\",\"thread_id\":\"t\",\"agent_id\":\"Root\",\"depth\":0,"
            + "\"created_at\":\"2026-03-01T08:00:%02d.000001\",\"event_name\":\"%s\",\"event\":{%s}}")
        .formatted(n, n, type, payload.replace('\'', '"'));
  }

  private static final String PROMPT = root("prompt_started", "'content':'go'");
  private static final String END = root("turn_end", "'messages':[]");

  @Test
  void aPauseThatTheCallerOfASubAgentSwallowedIsAWaitOfTheSubAgent() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("tool_call", "'name':'call_page','tool_call_id':'c1'"),
        event("prompt_started", "Page", 1, ""),
        event("tool_call", "Page", 1, "'name':'ask','tool_call_id':'c2'"),
        event(
            "tool_result",
            "Page",
            1,
            "'name':'ask','result':'__PAUSE4INPUT__','tool_call_id':'c2'"),
        root("tool_result", "'name':'call_page','result':'[Page: wait]','tool_call_id':'c1'"),
        END);
    assertEquals(List.of("human_input unknown"), recorder.waits("q"));
    assertEquals("Page", recorder.run("q").waits().getFirst().agent());
    assertEquals(List.of("call_page completed", "ask unknown"), recorder.calls("q"));
    assertEquals(State.COMPLETED, recorder.state("q"));
  }

  @Test
  void aPauseInASubAgentThatReachesTheHumanIsOneWait() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("tool_call", "'name':'call_page','tool_call_id':'c1'"),
        event("tool_call", "Page", 1, "'name':'ask','tool_call_id':'c2'"),
        event(
            "tool_result",
            "Page",
            1,
            "'name':'ask','result':'__PAUSE4INPUT__','tool_call_id':'c2'"),
        event("wait_for_input", "Page", 1, "'q':'?'"));
    assertEquals(List.of("human_input open"), recorder.waits("q"));
    assertEquals(State.WAITING, recorder.state("q"));
  }

  @Test
  void anEndCountsForTheAgentThatItNamesWhateverItsDepth() {
    recorder.tellAs(
        "q",
        "t",
        event("prompt_started", "Root", 3, "'content':'go'"),
        event("tool_call", "Root", 3, "'name':'hand_over','tool_call_id':'c1'"),
        event(
            "tool_result",
            "Root",
            3,
            "'name':'hand_over','result':'__FINISH__','tool_call_id':'c1'"),
        event("prompt_started", "Heir", 3, ""),
        event("turn_end", "Heir", 3, ""));
    assertEquals(State.RUNNING, recorder.state("q"));
    recorder.tellAs("q", "t", event("turn_end", "Root", 4, ""));
    assertEquals(State.COMPLETED, recorder.state("q"));
    assertEquals(List.of("hand_over completed"), recorder.calls("q"));
    RunSummary run = recorder.run("q").summary();
    assertEquals("Root", run.agent());
    List<Step> agents =
        recorder.run("q").steps().stream().filter(s -> s.kind() == StepKind.AGENT).toList();
    assertEquals(List.of("Heir"), agents.stream().map(Step::name).toList());
  }

  @Test
  void aCallThatOnlyTheModelKnowsIsACallAndTheHistoryMayCloseIt() {
    String asked =
        "'llm_message':{'content':null,'tool_calls':[{'id':'c9','function':{'name':'fly','arguments':'{}'}}]}";
    recorder.tellAs("q", "t", PROMPT, root("completion_end", asked));
    assertEquals(List.of("fly running"), recorder.calls("q"));
    recorder.tellAs(
        "q",
        "t",
        root(
            "turn_end",
            "'messages':[{'role':'tool','tool_call_id':'c9','content':'Error: Tool fly not found.'},"
                + "{'role':'tool','tool_call_id':'c0','content':'of another run'}]"));
    assertEquals(List.of("fly failed"), recorder.calls("q"));
  }

  @Test
  void aCallThatIsToldByTheModelFirstIsCountedOnce() {
    String asked =
        "'llm_message':{'content':null,'tool_calls':[{'id':'c1','function':{'name':'f','arguments':'{}'}}]}";
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("completion_end", asked),
        root("tool_call", "'name':'f','tool_call_id':'c1'"),
        root("tool_result", "'name':'f','result':'1','tool_call_id':'c1'"));
    assertEquals(List.of("f completed"), recorder.calls("q"));
  }

  @Test
  void logLinesOfAToolAreNoCallAndAnErrorWithItsResultIsOneFailure() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("tool_result", "'name':'slow','result':'1/5','is_log':true,'tool_call_id':null"));
    assertEquals(List.of(), recorder.calls("q"));
    recorder.tellAs(
        "q",
        "t",
        root("tool_call", "'name':'f','tool_call_id':'c1'"),
        root("tool_error", "'name':'f','error':'Tool error: f','tool_call_id':'c1'"),
        root("tool_result", "'name':'f','result':'looks fine','tool_call_id':'c1'"));
    assertEquals(List.of("f failed"), recorder.calls("q"));
    assertEquals(0, recorder.run("q").summary().errors());
  }

  @Test
  void aRunThatAsksIsWaitingWhileItsStreamIsOpenAndSuspendedThen() {
    recorder.tellAs(
        "q1",
        "t",
        PROMPT,
        root("tool_call", "'name':'ask','tool_call_id':'c1'"),
        root("tool_result", "'name':'ask','result':'__PAUSE4INPUT__','tool_call_id':'c1'"),
        root("wait_for_input", "'q':'May I?'"));
    assertEquals(State.WAITING, recorder.state("q1"));
    recorder.end("q1", "t");
    assertEquals(State.SUSPENDED, recorder.state("q1"));
    long events = recorder.run("q1").summary().events();
    recorder.end("q1", "t");
    assertEquals(events, recorder.run("q1").summary().events());

    recorder.tellAs("q2", "t", PROMPT, END);
    assertEquals(List.of("human_input open"), recorder.waits("q1"));
    assertNull(recorder.run("q2").summary().continuesRun());

    recorder.tellAs(
        "q3",
        "t",
        root("tool_call", "'name':'ask','tool_call_id':'c1'"),
        root("tool_result", "'name':'ask','result':'yes','tool_call_id':'c1'"),
        END);
    assertEquals("q1", recorder.run("q3").summary().continuesRun());
    assertEquals(State.SUSPENDED, recorder.state("q1"));
    assertEquals(List.of("human_input answered"), recorder.waits("q1"));
    assertEquals("q3", recorder.run("q1").waits().getFirst().resolvedRun());
    assertEquals(List.of("ask completed"), recorder.calls("q3"));
  }

  @Test
  void aRunIsSuspendedByItsContinuationEvenIfItsStreamWasNeverClosed() {
    recorder.tellAs(
        "q1",
        "t",
        PROMPT,
        root("tool_call", "'name':'ask','tool_call_id':'c1'"),
        root("wait_for_input", "'q':'May I?'"));
    recorder.tellAs("q2", "t", root("tool_call", "'name':'ask','tool_call_id':'c1'"));
    assertEquals(State.SUSPENDED, recorder.state("q1"));
    assertEquals(List.of("human_input answered"), recorder.waits("q1"));
    recorder.end("q1", "t");
    assertEquals(State.SUSPENDED, recorder.state("q1"));
  }

  @Test
  void aCallIdOfAnotherThreadContinuesNothing() {
    recorder.tellAs(
        "q1",
        "t1",
        PROMPT,
        root("tool_call", "'name':'ask','tool_call_id':'c1'"),
        root("wait_for_input", "'q':'May I?'"));
    recorder.tellAs("q2", "t2", root("tool_call", "'name':'ask','tool_call_id':'c1'"));
    assertNull(recorder.run("q2").summary().continuesRun());
    assertEquals(List.of("human_input open"), recorder.waits("q1"));
  }

  @Test
  void theEndOfAStreamIsTakenBackWhenItGoesOn() {
    recorder.tellAs("q", "t", PROMPT);
    recorder.end("q", "t");
    assertEquals(State.LOST, recorder.state("q"));
    recorder.tellAs("q", "t", root("completion_start", ""));
    assertEquals(State.RUNNING, recorder.state("q"));
    recorder.tellAs("q", "t", END);
    recorder.end("q", "t");
    assertEquals(State.COMPLETED, recorder.state("q"));
  }

  @Test
  void aFailureShowsInTheTextOnly() {
    String failed =
        "'usage':{'input_tokens':0,'output_tokens':0},'llm_message':{'content':'Error calling LLM: 500'}";
    String told =
        "'usage':{'input_tokens':9,'output_tokens':5},'llm_message':{'content':'Error calling LLM: is what I said'}";
    recorder.tellAs("q1", "t", PROMPT, root("completion_end", failed), END);
    recorder.tellAs(
        "q2", "t", PROMPT, root("completion_end", failed), root("completion_end", told), END);
    assertEquals(State.FAILED, recorder.state("q1"));
    assertEquals("Error calling LLM: 500", recorder.run("q1").summary().reason());
    assertEquals(1, recorder.run("q1").summary().errors());
    assertEquals(State.COMPLETED, recorder.state("q2"));
    recorder.tellAs(
        "q3", "t", PROMPT, root("chat_output", "'content':'Error validating result: x'"));
    recorder.end("q3", "t");
    assertEquals(State.FAILED, recorder.state("q3"));
  }

  @Test
  void theAddressToAuthorizeAtIsInNoPrompt() {
    recorder.tellAs(
        "q",
        "t",
        PROMPT,
        root("oauth_flow", "'auth_url':'http://x/?state=s3cret','tool_name':'mail'"));
    assertEquals(List.of("auth open"), recorder.waits("q"));
    recorder.events().forEach(e -> assertFalse((e.fact() + e.summary()).contains("s3cret")));
  }

  @Test
  void theLogOfAThreadIsCutAtPromptsAfterWaitsAndAfterEnds() {
    recorder.tell(
        row(1, "prompt_started", "'content':'one'"),
        row(2, "tool_call", "'name':'ask','tool_call_id':'c1'"),
        row(3, "wait_for_input", "'q':'?'"),
        row(4, "completion_start", ""),
        row(5, "turn_end", "'messages':[]"),
        row(6, "chat_output", "'content':'stray'"),
        row(7, "prompt_started", "'content':'two'"),
        row(8, "prompt_started", "'content':'three'"));
    recorder.tell(row(2, "tool_call", "'name':'ask','tool_call_id':'c1'"));
    recorder.tell(row(9, "turn_end", "'messages':[]"));
    List<RunSummary> runs = recorder.runs().values().stream().map(r -> r.summary()).toList();
    assertEquals(
        List.of("t:row-1", "t:row-4", "t:row-6", "t:row-7", "t:row-8"),
        runs.stream().map(r -> r.key().run()).toList());
    assertEquals(
        List.of(State.SUSPENDED, State.COMPLETED, State.LOST, State.LOST, State.COMPLETED),
        runs.stream().map(RunSummary::state).toList());
    assertEquals("t:row-1", runs.get(1).continuesRun());
    assertEquals(List.of("human_input answered"), recorder.waits("t:row-1"));
    assertTrue(
        recorder.events().stream()
            .filter(e -> "t:row-6".equals(e.scope().run()) && e.nativeType().equals("chat_output"))
            .allMatch(e -> e.flags().contains(Flag.AFTER_END)));
    assertEquals(1, recorder.duplicates());
    assertEquals("2026-03-01T08:00:01.000001Z", runs.getFirst().startedAt().toString());
  }

  @Test
  void needsARunFromTheHeaders() {
    recorder.tell(PROMPT);
    assertEquals("/run_id", recorder.rejections().getFirst().pointer());
  }
}
