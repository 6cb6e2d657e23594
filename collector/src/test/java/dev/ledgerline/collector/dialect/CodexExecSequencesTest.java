// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Courses of turns of {@code codex exec --json} that are rare, from the first to the last line. */
class CodexExecSequencesTest {
  private static final String TURN = "{'type':'turn.started'}";

  private final Recorder recorder = new Recorder("codex-exec");

  private void process(String stream, String... records) {
    List<String> all = new ArrayList<>();
    all.add("{'type':'thread.started','thread_id':'th'}");
    all.addAll(List.of(records));
    recorder.send(all.stream().map(r -> r.replace('\'', '"')).toList(), stream(stream), false);
  }

  private static Context stream(String name) {
    return new Context("pond", name, null, null, null, null, null, Golden.OBSERVED);
  }

  private static String item(String when, String id, String type, String more) {
    return "{'type':'item.%s','item':{'id':'%s','type':'%s'%s}}"
        .formatted(when, id, type, more.isEmpty() ? "" : "," + more);
  }

  private static String completed(int input, int output) {
    return "{'type':'turn.completed','usage':{'input_tokens':%d,'cached_input_tokens':0,'output_tokens':%d}}"
        .formatted(input, output);
  }

  private @Nullable Long spent(String run) {
    TokenUsage usage = recorder.run(run).summary().usage();
    return usage == null ? null : usage.effectiveTotal();
  }

  @Test
  void everyKindOfItemIsWhatItSays() {
    String mcp = "'server':'docs','tool':'find','arguments':{'q':'x'},";
    process(
        "p1",
        TURN,
        item("completed", "item_0", "reasoning", "'text':'hm'"),
        item(
            "started",
            "item_1",
            "mcp_tool_call",
            mcp + "'result':null,'error':null,'status':'in_progress'"),
        item(
            "completed",
            "item_1",
            "mcp_tool_call",
            mcp + "'result':{'content':[]},'error':null,'status':'completed'"),
        item(
            "started",
            "item_2",
            "mcp_tool_call",
            mcp + "'result':null,'error':null,'status':'in_progress'"),
        item(
            "completed",
            "item_2",
            "mcp_tool_call",
            mcp + "'result':null,'error':{'message':'no such page'},'status':'failed'"),
        item("completed", "item_3", "web_search", "'query':'weather ghent'"),
        item("started", "item_4", "todo_list", "'items':[{'text':'one','completed':false}]"),
        item("updated", "item_4", "todo_list", "'items':[{'text':'one','completed':true}]"),
        item("completed", "item_4", "todo_list", "'items':[{'text':'one','completed':true}]"),
        item(
            "completed",
            "item_5",
            "file_change",
            "'changes':[{'path':'a','kind':'add'}],'status':'failed'"),
        item(
            "started",
            "item_6",
            "file_change",
            "'changes':[{'path':'a','kind':'add'}],'status':'in_progress'"),
        item(
            "completed",
            "item_6",
            "file_change",
            "'changes':[{'path':'a','kind':'add'}],'status':'declined'"),
        item(
            "started",
            "item_7",
            "command_execution",
            "'command':'sleep 9','aggregated_output':'','exit_code':null,'status':'in_progress'"),
        item(
            "updated",
            "item_7",
            "command_execution",
            "'command':'sleep 9','aggregated_output':'z','exit_code':null,'status':'in_progress'"),
        item(
            "completed",
            "item_7",
            "command_execution",
            "'command':'sleep 9','aggregated_output':'z','exit_code':137,'status':'failed'"),
        item("completed", "item_8", "agent_message", "'text':'first'"),
        item("completed", "item_9", "agent_message", "'text':'second'"),
        item("completed", "item_10", "moon_phase", "'phase':'full'"),
        completed(10, 2));
    assertEquals(
        List.of(
            "docs/find completed",
            "docs/find failed",
            "web_search completed",
            "file_change failed",
            "file_change failed",
            "command_execution failed"),
        recorder.calls("th:1"));
    assertEquals(
        List.of("no such page", "failed", "declined", "exit code 137"),
        recorder.run("th:1").steps().stream().map(Step::error).filter(Objects::nonNull).toList());
    assertEquals(
        2, recorder.events().stream().filter(e -> e.fact().kind() == Kind.MESSAGE).count());
    assertEquals(
        1, recorder.events().stream().filter(e -> e.flags().contains(Flag.UNKNOWN_TYPE)).count());
    assertEquals(State.COMPLETED, recorder.state("th:1"));
    assertEquals(12L, spent("th:1"));
    assertEquals(0, recorder.run("th:1").summary().errors());
  }

  @Test
  void agentsThatWorkTogetherAreCalls() {
    String spawn =
        "'tool':'spawn_agent','sender_thread_id':'th','receiver_thread_ids':['x'],'prompt':'go',";
    process(
        "p1",
        TURN,
        item(
            "started",
            "item_0",
            "collab_tool_call",
            spawn + "'agents_states':{},'status':'in_progress'"),
        item(
            "completed",
            "item_0",
            "collab_tool_call",
            spawn + "'agents_states':{'x':{'status':'running'}},'status':'completed'"),
        item(
            "completed",
            "item_1",
            "collab_tool_call",
            "'tool':'wait','sender_thread_id':'th','receiver_thread_ids':['x'],'prompt':null,'agents_states':{},'status':'failed'"),
        completed(1, 1));
    assertEquals(List.of("spawn_agent completed", "wait failed"), recorder.calls("th:1"));
  }

  @Test
  void aThreadOfThreeProcessesHasThreeRunsAndThoseAfterAFailureHaveNoTokens() {
    process("p1", TURN, completed(300, 14));
    process(
        "p2",
        TURN,
        "{'type':'error','message':'Reconnecting... 1/5'}",
        "{'type':'error','message':'Reconnecting... 2/5'}",
        "{'type':'error','message':'the model is overloaded'}",
        "{'type':'turn.failed','error':{'message':'the model is overloaded'}}");
    process("p3", TURN, completed(900, 30));
    process("p4", TURN, completed(1000, 40));
    assertEquals(314L, spent("th:1"));
    assertEquals(State.FAILED, recorder.state("th:2"));
    assertNull(spent("th:2"));
    assertNull(spent("th:3"));
    assertEquals(110L, spent("th:4"));
    assertEquals("the model is overloaded", recorder.run("th:2").summary().reason());
  }

  @Test
  void aTurnIsLostWhenItsStreamEndsAndItsCallsAreUnanswered() {
    process(
        "p1",
        TURN,
        item("started", "item_0", "command_execution", "'command':'ls','status':'in_progress'"));
    recorder.end("codex-exec", stream("p1"));
    assertEquals(State.LOST, recorder.state("th:1"));
    assertEquals(List.of("command_execution unknown"), recorder.calls("th:1"));
    recorder.end("codex-exec", stream("p1"));
    assertEquals(State.LOST, recorder.state("th:1"));
  }

  @Test
  void anItemBeforeTheTurnBelongsToItAndIsNoSecondTurn() {
    process(
        "p1",
        item("completed", "item_0", "error", "'message':'the model m is not known'"),
        TURN,
        item("completed", "item_1", "agent_message", "'text':'hi'"),
        completed(5, 1));
    assertEquals(List.of("th:1"), List.copyOf(recorder.runs().keySet()));
    assertEquals(State.COMPLETED, recorder.state("th:1"));
    assertEquals(1, recorder.run("th:1").summary().errors());
  }

  @Test
  void anErrorThatIsNotTheFailureOfTheTurnDoesNotCountTwice() {
    process(
        "p1",
        TURN,
        "{'type':'error','message':'stream disconnected before completion: x'}",
        "{'type':'turn.failed','error':{'message':'stream disconnected before completion: x'}}");
    assertEquals(1, recorder.run("th:1").summary().errors());
  }
}
