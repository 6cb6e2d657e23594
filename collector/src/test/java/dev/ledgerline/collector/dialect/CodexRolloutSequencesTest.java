// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.state.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Courses of the session files of Codex that are rare, from the first to the last record. */
class CodexRolloutSequencesTest {
  private final Recorder recorder = new Recorder("codex-rollout");
  private String file = "rollout-1";
  private String more = "";
  private int second;

  private void line(String type, String payload) {
    second++;
    String line =
        "{'timestamp':'2026-03-01T08:%02d:%02d.000Z',%s'type':'%s','payload':{%s}}"
            .formatted(second / 60, second % 60, more, type, payload);
    Context context = new Context("pond", file, null, null, null, null, null, Golden.OBSERVED);
    recorder.send(List.of(line.replace('\'', '"')), context, false);
  }

  private void event(String payload) {
    line("event_msg", payload);
  }

  private void item(String payload) {
    line("response_item", payload);
  }

  private void session(String thread, String rest) {
    line(
        "session_meta", "'id':'%s','cwd':'/srv','cli_version':'0.104.0'%s".formatted(thread, rest));
  }

  private void starts(String turn) {
    event("'type':'task_started','turn_id':'%s','model_context_window':258400".formatted(turn));
  }

  private void completes(String turn) {
    event("'type':'task_complete','turn_id':'%s','last_agent_message':'done'".formatted(turn));
  }

  private void calls(String name, String call) {
    item(
        "'type':'function_call','name':'%s','arguments':'{}','call_id':'%s'".formatted(name, call));
  }

  private void returns(String call, String output) {
    item("'type':'function_call_output','call_id':'%s','output':'%s'".formatted(call, output));
  }

  private void tokens(int input, int output, int total) {
    event(
        ("'type':'token_count','info':{'total_token_usage':{'input_tokens':%d,'cached_input_tokens':0,"
                + "'output_tokens':%d,'reasoning_output_tokens':0,'total_tokens':%d},'model_context_window':258400}")
            .formatted(input, output, total));
  }

  private @Nullable Long spent(String run) {
    TokenUsage usage = recorder.run(run).summary().usage();
    return usage == null ? null : usage.effectiveTotal();
  }

  @Test
  void anOlderFileTellsCallsAndTokensWithoutTheRecordsOfTheNewer() {
    session("th", "");
    event("'type':'token_count','info':null,'rate_limits':{}");
    starts("one");
    line("turn_context", "'turn_id':'one','model':'gpt-5','effort':'high'");
    event("'type':'user_message','message':'mend it'");
    item("'type':'message','role':'user','content':[{'type':'input_text','text':'mend it'}]");
    calls("shell_command", "c1");
    calls("shell_command", "c2");
    item(
        "'type':'custom_tool_call','status':'completed','call_id':'c3','name':'apply_patch','input':'*** Begin'");
    item(
        "'type':'local_shell_call','status':'completed','call_id':'c4','action':{'type':'exec','command':['ls']}");
    item("'type':'web_search_call','status':'completed','action':{'type':'search','query':'x'}");
    item("'type':'web_search_call','status':'completed'");
    tokens(100, 10, 110);
    tokens(100, 10, 110);
    returns("c1", "Exit code: 1\\nWall time: 0.1 seconds\\nOutput:\\n");
    returns("c2", "Exit code: 0\\nWall time: 0.1 seconds\\nOutput:\\nExit code: 1");
    item(
        "'type':'custom_tool_call_output','call_id':'c3','output':'{\\\"output\\\":\\\"Success\\\",\\\"metadata\\\":{\\\"exit_code\\\":0}}'");
    returns("c4", "Process exited with code 2");
    line("turn_context", "'turn_id':'one','model':'gpt-5-mini','effort':'medium'");
    event("'type':'agent_message','message':'done'");
    tokens(250, 30, 280);
    completes("one");
    assertEquals(
        List.of(
            "shell_command failed",
            "shell_command completed",
            "apply_patch completed",
            "local_shell failed",
            "web_search completed",
            "web_search completed"),
        recorder.calls("one"));
    assertEquals(280L, spent("one"));
    assertEquals(State.COMPLETED, recorder.state("one"));
    assertEquals(Verdict.Result.OK, recorder.run("one").summary().verdict());
    assertEquals("mend it", recorder.run("one").summary().title());
  }

  @Test
  void outputsOfOlderVersionsThatBeginWithoutAHeaderSayHowTheyFailed() {
    starts("one");
    for (String output :
        List.of(
            "failed in sandbox MacosSeatbelt with execution error: Denied",
            "command timed out after 10000 milliseconds\\nstill here",
            "unified exec failed: UnknownSession",
            "Exit code: 124\\nWall time: 10 seconds\\nOutput:\\ncommand timed out after 10000 milliseconds\\n")) {
      calls("shell", output.substring(0, 5));
      returns(output.substring(0, 5), output);
    }
    assertEquals(
        List.of("shell failed", "shell failed", "shell failed", "shell failed"),
        recorder.calls("one"));
  }

  @Test
  void aCompactionRepeatsWhatWasSaidAndAddsNothing() {
    session("th", "");
    starts("one");
    calls("f", "c1");
    returns("c1", "Exit code: 0");
    tokens(100, 10, 110);
    line(
        "compacted",
        "'message':'so far','replacement_history':[{'type':'message','role':'user','content':[]},"
            + "{'type':'function_call','name':'f','arguments':'{}','call_id':'c0'},{'type':'compaction','encrypted_content':'x'}]");
    event("'type':'context_compacted'");
    tokens(150, 20, 170);
    completes("one");
    assertEquals(List.of("f completed"), recorder.calls("one"));
    assertEquals(170L, spent("one"));
    assertEquals(Verdict.Result.OK, recorder.run("one").summary().verdict());
  }

  @Test
  void aFullContextIsNoSpending() {
    session("th", "");
    starts("one");
    tokens(1000, 10, 1010);
    tokens(0, 0, 258400);
    event("'type':'task_complete','turn_id':'one','error':{'message':'context window'}");
    starts("two");
    tokens(300, 14, 258714);
    completes("two");
    assertEquals(1010L, spent("one"));
    assertEquals(314L, spent("two"));
  }

  @Test
  void aTurnThatWasBrokenOffIsFollowedByTheNext() {
    session("th", "");
    starts("one");
    calls("exec_command", "c1");
    event("'type':'turn_aborted'");
    starts("two");
    completes("two");
    starts("three");
    starts("four");
    completes("four");
    starts("five");
    calls("exec_command", "c1");
    assertEquals(State.CANCELED, recorder.state("one"));
    assertNull(recorder.run("one").summary().reason());
    assertEquals(List.of("exec_command unknown"), recorder.calls("one"));
    assertEquals(State.COMPLETED, recorder.state("two"));
    assertEquals(State.LOST, recorder.state("three"));
    assertEquals(State.COMPLETED, recorder.state("four"));
    assertEquals(State.RUNNING, recorder.state("five"));
    assertEquals(List.of("exec_command running"), recorder.calls("five"));
  }

  @Test
  void aSessionThatIsResumedDaysLaterGoesOnCounting() {
    session("th", "");
    starts("one");
    tokens(100, 0, 100);
    completes("one");
    session("th", "");
    starts("two");
    tokens(100, 0, 100);
    tokens(160, 0, 160);
    completes("two");
    assertEquals(100L, spent("one"));
    assertEquals(60L, spent("two"));
    assertEquals("th", recorder.run("two").summary().thread());
  }

  @Test
  void aForkRepeatsItsOriginAndAddsItsOwnTurns() {
    session("origin", "");
    starts("one");
    calls("exec_command", "c1");
    returns("c1", "Process exited with code 0");
    tokens(100, 0, 100);
    completes("one");
    file = "rollout-2";
    session("fork", ",'forked_from_id':'origin'");
    session("origin", "");
    starts("one");
    calls("exec_command", "c1");
    returns("c1", "Process exited with code 0");
    tokens(100, 0, 100);
    completes("one");
    starts("two");
    tokens(140, 0, 140);
    completes("two");
    assertEquals(List.of("exec_command completed"), recorder.calls("one"));
    assertEquals("origin", recorder.run("one").summary().thread());
    assertEquals("fork", recorder.run("two").summary().thread());
    assertEquals(100L, spent("one"));
    assertEquals(40L, spent("two"));
    assertEquals(Verdict.Result.OK, recorder.run("one").summary().verdict());
    assertEquals(Verdict.Result.OK, recorder.run("two").summary().verdict());
  }

  @Test
  void aForkWhoseOriginWasNeverSentTellsItsTurnsAll() {
    session("fork", ",'forked_from_id':'origin'");
    session("origin", "");
    starts("one");
    tokens(100, 0, 100);
    completes("one");
    starts("two");
    tokens(140, 0, 140);
    completes("two");
    assertEquals(State.COMPLETED, recorder.state("one"));
    assertEquals(State.COMPLETED, recorder.state("two"));
    assertEquals(100L, spent("one"));
    assertEquals(40L, spent("two"));
  }

  @Test
  void recordsThatComeOutOfOrderAreFoldedByTheirNumber() {
    more = "'ordinal':0,";
    session("th", "");
    more = "'ordinal':1,";
    starts("one");
    more = "'ordinal':3,";
    returns("c1", "Process exited with code 0");
    more = "'ordinal':2,";
    calls("exec_command", "c1");
    more = "'ordinal':4,";
    completes("one");
    assertEquals(List.of("exec_command completed"), recorder.calls("one"));
    assertEquals(0, recorder.run("one").summary().violations());
  }

  /** Three turns, the second of which has no end; what they spent is told by readings alone. */
  private static final List<String> SESSION =
      List.of(
          "session_meta {'id':'th','cwd':'/srv','cli_version':'0.149.0'}",
          "event_msg {'type':'task_started','turn_id':'one'}",
          "world_state {'full':true}",
          "turn_context {'turn_id':'one','model':'small'}",
          "event_msg {'type':'item_completed','turn_id':'one','item':{'type':'UserMessage','content':[{'type':'text','text':'go'}]}}",
          "response_item {'type':'function_call','name':'f','call_id':'c1',OF'one'}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':100,'output_tokens':10}}}",
          "response_item {'type':'function_call_output','call_id':'c1','output':'Exit code: 0',OF'one'}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':100,'output_tokens':10}}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':250,'output_tokens':20}}}",
          "event_msg {'type':'task_complete','turn_id':'one'}",
          "event_msg {'type':'thread_settings_applied','thread_id':'th'}",
          "event_msg {'type':'task_started','turn_id':'two'}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':250,'output_tokens':20}}}",
          "response_item {'type':'function_call','name':'g','call_id':'c1',OF'two'}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':300,'output_tokens':25}}}",
          "event_msg {'type':'task_started','turn_id':'three'}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':300,'output_tokens':25}}}",
          "response_item {'type':'function_call','name':'f','call_id':'c1',OF'three'}}",
          "response_item {'type':'function_call_output','call_id':'c1','output':'Exit code: 1',OF'three'}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':0,'output_tokens':0,'total_tokens':258400}}}",
          "event_msg {'type':'token_count','info':{'total_token_usage':{'input_tokens':40,'output_tokens':2,'total_tokens':258442}}}",
          "event_msg {'type':'task_complete','turn_id':'three','error':{'message':'enough'}}");

  private void sends(List<String> lines, long shuffledBy) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(shuffledBy));
    for (int number : numbers) {
      String text =
          lines
              .get(number)
              .replace("OF", "'internal_chat_message_metadata_passthrough':{'turn_id':");
      int space = text.indexOf(' ');
      more = "'ordinal':%d,".formatted(number);
      second = number - 1;
      line(text.substring(0, space), text.substring(space + 2, text.length() - 1));
    }
  }

  @RepeatedTest(200)
  void aFileWithNumbersSaysTheSameInAnyOrder(RepetitionInfo repetition) {
    sends(SESSION, repetition.getCurrentRepetition());
    assertEquals(Set.of("one", "two", "three"), recorder.runs().keySet());
    assertEquals(State.COMPLETED, recorder.state("one"));
    assertEquals(State.LOST, recorder.state("two"));
    assertEquals(State.FAILED, recorder.state("three"));
    assertEquals(List.of("f completed"), recorder.calls("one"));
    assertEquals(List.of("g unknown"), recorder.calls("two"));
    assertEquals(List.of("f failed"), recorder.calls("three"));
    assertEquals(270L, spent("one"));
    assertEquals(55L, spent("two"));
    assertEquals(42L, spent("three"));
    for (RunFold run : recorder.runs().values()) {
      assertEquals(List.of(), run.verdict().violations());
      assertEquals("th", run.summary().thread());
    }
    assertEquals("go", recorder.run("one").summary().title());
  }

  @RepeatedTest(200)
  void whatTheRecordsOfUsageTellIsNotCountedASecondTime(RepetitionInfo repetition) {
    List<String> lines = new ArrayList<>(SESSION);
    String record =
        "token_usage_record {'thread_id':'th','turn_id':'%s','response_id':'%s','turn_token_usage':{'input_tokens':%d,'output_tokens':1}}";
    lines.add(6, record.formatted("one", "r1", 50));
    lines.add(10, record.formatted("one", "r2", 90));
    lines.add(record.formatted("three", "r3", 9));
    sends(lines, repetition.getCurrentRepetition());
    assertEquals(91L, spent("one"));
    assertEquals(55L, spent("two"));
    assertEquals(10L, spent("three"));
    assertEquals(2, recorder.run("one").summary().modelCalls());
  }

  @Test
  void anAgentOfAnotherThreadIsARunOfItsOwn() {
    session(
        "child",
        ",'agent_nickname':'Newton','source':{'subagent':{'thread_spawn':{'parent_thread_id':'th','depth':1}}}");
    starts("one");
    line(
        "token_usage_record",
        "'thread_id':'child','turn_id':'one','root_turn_id':'above','response_id':'r1','turn_token_usage':{'input_tokens':5,'output_tokens':1}");
    completes("one");
    assertEquals("Newton", recorder.run("one").summary().agent());
    assertEquals("child", recorder.run("one").summary().thread());
    assertEquals("above", recorder.run("one").summary().parentRun());
    assertEquals(6L, spent("one"));
  }

  @Test
  void aToolThatAnswersThatItFailedFailed() {
    starts("one");
    for (String result :
        List.of("'Ok':{'content':[],'isError':true}", "'Err':'no server'", "'Ok':{'content':[]}")) {
      calls("mcp__docs__find", "c" + second);
      event(
          "'type':'mcp_tool_call_end','call_id':'c%d','result':{%s}".formatted(second - 1, result));
      returns("c" + (second - 2), "[]");
    }
    assertEquals(
        List.of("mcp__docs__find failed", "mcp__docs__find failed", "mcp__docs__find completed"),
        recorder.calls("one"));
  }

  @Test
  void recordsThatNobodyKnowsAreKeptAndMarked() {
    session("th", "");
    starts("one");
    event("'type':'comet_seen','turn_id':'one'");
    line("inter_agent_communication", "'from':'a'");
    item("'type':'hologram'");
    completes("one");
    assertEquals(
        3, recorder.events().stream().filter(e -> e.flags().contains(Flag.UNKNOWN_TYPE)).count());
    assertEquals(State.COMPLETED, recorder.state("one"));
  }
}
