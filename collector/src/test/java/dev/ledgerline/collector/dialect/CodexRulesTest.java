// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.run.RunSummary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the two outputs of Codex leave open, decided. */
class CodexRulesTest {
  private final Recorder exec = new Recorder("codex-exec");
  private final Recorder rollout = new Recorder("codex-rollout");
  private int second;

  private void process(String stream, String... records) {
    List<String> all = new ArrayList<>();
    all.add("{'type':'thread.started','thread_id':'th'}");
    all.addAll(List.of(records));
    exec.send(all.stream().map(r -> r.replace('\'', '"')).toList(), stream(stream), false);
  }

  private static Context stream(String name) {
    return new Context("pond", name, null, null, null, null, null, Golden.OBSERVED);
  }

  private static String completed(int input, int output) {
    return "{'type':'turn.completed','usage':{'input_tokens':%d,'output_tokens':%d}}"
        .formatted(input, output);
  }

  private @Nullable TokenUsage tokens(String run) {
    return exec.run(run).summary().usage();
  }

  private static final String TURN = "{'type':'turn.started'}";

  @Test
  void aResumedProcessTakesTheNextNumberAndCountsItsOwnTokens() {
    process("p1", TURN, completed(300, 14));
    process("p2", TURN, completed(1000, 30));
    TokenUsage first = tokens("th:1");
    TokenUsage second = tokens("th:2");
    assertNotNull(first);
    assertNotNull(second);
    assertEquals(List.of(300L, 14L), List.of(first.input(), first.output()));
    assertEquals(List.of(700L, 16L), List.of(second.input(), second.output()));
  }

  @Test
  void tokensAreNotToldWhereAFailedOrLostTurnLiesBetween() {
    process("p1", TURN, completed(300, 14));
    process("p2", TURN, "{'type':'turn.failed','error':{'message':'no'}}");
    process("p3", TURN, completed(1000, 30));
    process("p4", TURN, completed(1100, 40));
    process("p5", TURN);
    process("p6", TURN, completed(2000, 50));
    process("p7", TURN, completed(2001, 50));
    assertNull(tokens("th:2"));
    assertNull(tokens("th:3"));
    assertEquals(110L, effective("th:4"));
    assertNull(tokens("th:5"));
    assertNull(tokens("th:6"));
    assertEquals(1L, effective("th:7"));
  }

  private @Nullable Long effective(String run) {
    TokenUsage usage = tokens(run);
    return usage == null ? null : usage.effectiveTotal();
  }

  @Test
  void anErrorAndTheFailureThatRepeatsItAreOne() {
    process(
        "p1",
        TURN,
        "{'type':'error','message':'not supported'}",
        "{'type':'turn.failed','error':{'message':'not supported'}}");
    RunSummary run = exec.run("th:1").summary();
    assertEquals(State.FAILED, run.state());
    assertEquals("not supported", run.reason());
    assertEquals(1, run.errors());
  }

  @Test
  void aLostConnectionIsNoEnd() {
    process("p1", TURN, "{'type':'error','message':'Reconnecting... 1/5'}", completed(1, 1));
    assertEquals(State.COMPLETED, exec.state("th:1"));
  }

  @Test
  void aClosedStreamWithoutTheEndOfItsTurnIsLostUntilItGoesOn() {
    process("p1", TURN);
    exec.end("codex-exec", stream("p1"));
    assertEquals(State.LOST, exec.state("th:1"));
    exec.send(List.of(completed(1, 1).replace('\'', '"')), stream("p1"), false);
    assertEquals(State.COMPLETED, exec.state("th:1"));
  }

  @Test
  void withoutAStreamRecordsBelongToTheNewestThread() {
    exec.tell("{\"type\":\"thread.started\",\"thread_id\":\"a\"}", "{\"type\":\"turn.started\"}");
    exec.tell("{\"type\":\"thread.started\",\"thread_id\":\"b\"}", "{\"type\":\"turn.started\"}");
    assertEquals(List.of("a:1", "b:1"), List.copyOf(exec.runs().keySet()));
  }

  @Test
  void aRunHeaderNamesTheRun() {
    exec.tellAs(
        "mine",
        null,
        "{\"type\":\"thread.started\",\"thread_id\":\"a\"}",
        "{\"type\":\"turn.started\"}");
    assertEquals(List.of("mine"), List.copyOf(exec.runs().keySet()));
    assertEquals("a", exec.run("mine").summary().thread());
  }

  // --- rollouts

  private void line(String type, String payload) {
    second++;
    rollout.tell(
        "{'timestamp':'2026-03-01T08:00:%02d.000Z','type':'%s','payload':{%s}}"
            .formatted(second, type, payload)
            .replace('\'', '"'));
  }

  private void event(String payload) {
    line("event_msg", payload);
  }

  private void item(String payload) {
    line("response_item", payload);
  }

  @Test
  void callsAreKeptApartByTurnAndJudgedByTheItemThatComesLater() {
    line("session_meta", "'id':'th'");
    event("'type':'task_started','turn_id':'one'");
    item("'type':'function_call','name':'exec_command','arguments':'{}','call_id':'call_1'");
    item("'type':'function_call_output','call_id':'call_1','output':'aborted by user after 1 s'");
    event("'type':'turn_aborted','turn_id':'one','reason':'interrupted'");
    event("'type':'task_started','turn_id':'two'");
    item("'type':'function_call','name':'exec_command','arguments':'{}','call_id':'call_1'");
    event("'type':'task_complete','turn_id':'two'");
    assertEquals(List.of("exec_command failed"), rollout.calls("one"));
    event(
        "'type':'item_completed','turn_id':'one','item':{'type':'CommandExecution','id':'call_1',"
            + "'status':'completed','exit_code':0}");
    assertEquals(List.of("exec_command completed"), rollout.calls("one"));
    assertEquals(List.of("exec_command unknown"), rollout.calls("two"));
    assertEquals(State.CANCELED, rollout.state("one"));
    assertEquals(State.COMPLETED, rollout.state("two"));
  }

  @Test
  void aFailedTurnSaysSoInItsCompletion() {
    event("'type':'task_started','turn_id':'one'");
    event("'type':'task_complete','turn_id':'one','error':{'message':'bad request'}");
    assertEquals(State.FAILED, rollout.state("one"));
    assertEquals("bad request", rollout.run("one").summary().reason());
  }

  @Test
  void withoutUsageRecordsATurnsTokensAreTheRiseOfTheTotal() {
    line("session_meta", "'id':'th'");
    event("'type':'task_started','turn_id':'one'");
    tokenCount(100);
    tokenCount(100);
    event("'type':'task_complete','turn_id':'one'");
    event("'type':'task_started','turn_id':'two'");
    event("'type':'token_count','info':null");
    tokenCount(160);
    tokenCount(250);
    event("'type':'task_complete','turn_id':'two'");
    event("'type':'task_started','turn_id':'three'");
    event("'type':'task_complete','turn_id':'three'");
    assertEquals(100L, spent("one"));
    assertEquals(150L, spent("two"));
    assertNull(spent("three"));
  }

  private void tokenCount(int total) {
    event(
        "'type':'token_count','info':{'total_token_usage':{'input_tokens':%d,'output_tokens':0,'total_tokens':%d}}"
            .formatted(total, total));
  }

  private @Nullable Long spent(String run) {
    TokenUsage usage = rollout.run(run).summary().usage();
    return usage == null ? null : usage.effectiveTotal();
  }

  @Test
  void theNewestUsageRecordOfATurnCountsAndTheTotalsBesideItDoNot() {
    line("session_meta", "'id':'th'");
    event("'type':'task_started','turn_id':'one'");
    for (int total : List.of(100, 250)) {
      line(
          "token_usage_record",
          "'turn_id':'one','response_id':'r%d','turn_token_usage':{'input_tokens':%d,'output_tokens':0}"
              .formatted(total, total));
      tokenCount(total);
    }
    assertEquals(250L, spent("one"));
    assertEquals(2, rollout.run("one").summary().modelCalls());
  }

  @Test
  void whatRanInsideCodeIsNoCallOfTheModel() {
    event("'type':'task_started','turn_id':'one'");
    item("'type':'custom_tool_call','call_id':'c1','name':'exec','input':'tools.exec_command()'");
    event(
        "'type':'item_completed','turn_id':'one','item':{'type':'CommandExecution',"
            + "'id':'exec-0b0e7a52','status':'failed','exit_code':1}");
    item(
        "'type':'custom_tool_call_output','call_id':'c1','output':[{'type':'input_text','text':'Script completed'}]");
    assertEquals(List.of("exec completed"), rollout.calls("one"));
    assertEquals(0, rollout.run("one").summary().violations());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Process exited with code 0           | OK
          Chunk ID: 1;Process exited with code 3;Output:;Process exited with code 0 | FAILED
          Wall time: 0;Output:;Exit code: 0;Wall time: 0 | OK
          Exit code: 127;Wall time: 0;Output:; | FAILED
          Wall time: 0;Output:;fine;Exit code: 9 | UNTOLD
          Wall time: 1.0 seconds;aborted by user | FAILED
          unsupported call: update_plan        | FAILED
          exec_command failed: CreateProcess { message: "Rejected" } | FAILED
          {"output":"","metadata":{"exit_code":1}} | FAILED
          {"output":"","metadata":{"exit_code":0}} | OK
          {"temperature":3}                    | UNTOLD
          Plan updated                         | UNTOLD
          Script failed;Wall time 0.1;Output:; | FAILED
          Process exited with code             | UNTOLD
          """)
  void anOutputIsJudgedByTheWordsOfCodexOnly(String text, ToolOutcome outcome) {
    assertEquals(outcome, CodexOutput.judge(TextNode.valueOf(text.replace(';', '\n'))).outcome());
  }
}
