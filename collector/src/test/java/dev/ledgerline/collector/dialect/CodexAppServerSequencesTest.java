// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Orders of lines that captures show seldom or not at all. */
class CodexAppServerSequencesTest {
  private final Recorder recorder = new Recorder(null);
  private long millis = 1_767_225_600_000L;

  private void server(String method, String params) {
    millis += 100;
    recorder.tell(
        "{\"method\":\"%s\",\"params\":{%s},\"emittedAtMs\":%d}".formatted(method, params, millis));
  }

  private void turn(String method, String turn, String status) {
    server(
        method,
        "\"threadId\":\"th\",\"turn\":{\"id\":\"%s\",\"status\":\"%s\"}".formatted(turn, status));
  }

  private void item(String method, String turn, String call, String status) {
    server(
        method,
        """
        "threadId":"th","turnId":"%s","item":{"type":"commandExecution","id":"%s","command":"x","status":"%s"}"""
            .formatted(turn, call, status));
  }

  private void asks(int id, String turn, String call) {
    recorder.tell(
        """
        {"method":"item/commandExecution/requestApproval","id":%d,"params":{"threadId":"th","turnId":"%s",\
        "itemId":"%s","startedAtMs":%d}}"""
            .formatted(id, turn, call, millis));
  }

  private void resolved(int id) {
    server("serverRequest/resolved", "\"threadId\":\"th\",\"requestId\":" + id);
  }

  private void tokens(String turn, long total, long last) {
    server(
        "thread/tokenUsage/updated",
        """
        "threadId":"th","turnId":"%s","tokenUsage":{"total":{"totalTokens":%d,"inputTokens":%d,"outputTokens":0},\
        "last":{"totalTokens":%d,"inputTokens":%d,"outputTokens":0}}"""
            .formatted(turn, total, total, last, last));
  }

  private @Nullable Long input(String run) {
    TokenUsage usage = recorder.run(run).summary().usage();
    assertNotNull(usage);
    return usage.input();
  }

  @Test
  void aWaitIsOpenUntilItIsAnswered() {
    turn("turn/started", "t1", "inProgress");
    item("item/started", "t1", "a", "inProgress");
    asks(0, "t1", "a");
    assertEquals("approval open", recorder.waits("t1").getFirst());
    assertEquals(State.WAITING, recorder.state("t1"));
    recorder.tell("{\"id\":0,\"result\":{\"decision\":\"acceptForSession\"}}");
    assertEquals("approval approved", recorder.waits("t1").getFirst());
    assertEquals(State.RUNNING, recorder.state("t1"));
  }

  @Test
  void whatTheClientSaidIsConcludedFromTheCallWhereOnlyTheServerIsHeard() {
    turn("turn/started", "t1", "inProgress");
    for (String call : new String[] {"a", "b", "c"}) {
      item("item/started", "t1", call, "inProgress");
    }
    asks(0, "t1", "a");
    asks(1, "t1", "b");
    asks(2, "t1", "c");
    resolved(1);
    item("item/completed", "t1", "b", "declined");
    resolved(0);
    item("item/completed", "t1", "a", "completed");
    resolved(2);
    item("item/completed", "t1", "c", "failed");
    turn("turn/completed", "t1", "completed");
    assertEquals(
        List.of("approval approved", "approval denied", "approval approved"), recorder.waits("t1"));
    assertEquals(
        List.of("exec_command completed", "exec_command failed", "exec_command failed"),
        recorder.calls("t1"));
  }

  @Test
  void anApprovalThatWasCanceledEndsTheTurn() {
    turn("turn/started", "t1", "inProgress");
    item("item/started", "t1", "a", "inProgress");
    asks(0, "t1", "a");
    resolved(0);
    item("item/completed", "t1", "a", "declined");
    turn("turn/completed", "t1", "interrupted");
    assertEquals("approval canceled", recorder.waits("t1").getFirst());
    assertEquals(State.CANCELED, recorder.state("t1"));
  }

  @Test
  void oneApprovalIsNotOverBecauseAnotherCallGoesOn() {
    turn("turn/started", "t1", "inProgress");
    item("item/started", "t1", "a", "inProgress");
    asks(0, "t1", "a");
    item("item/started", "t1", "b", "inProgress");
    item("item/completed", "t1", "b", "completed");
    assertEquals("approval open", recorder.waits("t1").getFirst());
    assertEquals(State.WAITING, recorder.state("t1"));
  }

  @Test
  void requestIdsBeginAnewWithEachProcess() {
    turn("turn/started", "t1", "inProgress");
    asks(0, "t1", "a");
    recorder.tell("{\"id\":1,\"result\":{\"userAgent\":\"pond/0.169.0\"}}");
    assertEquals("approval unknown", recorder.waits("t1").getFirst());
    assertEquals(State.LOST, recorder.state("t1"));
    turn("turn/started", "t2", "inProgress");
    asks(0, "t2", "b");
    recorder.tell("{\"id\":0,\"result\":{\"decision\":\"decline\"}}");
    assertEquals("approval denied", recorder.waits("t2").getFirst());
    assertEquals("approval unknown", recorder.waits("t1").getFirst());
  }

  @Test
  void aCallThatWasRunningWhenItsTurnWasInterruptedFailedUntilItSaysOtherwise() {
    turn("turn/started", "t1", "inProgress");
    item("item/started", "t1", "a", "inProgress");
    item("item/started", "t1", "b", "inProgress");
    turn("turn/completed", "t1", "interrupted");
    item("item/completed", "t1", "b", "completed");
    assertEquals(List.of("exec_command failed", "exec_command completed"), recorder.calls("t1"));
  }

  @Test
  void aTurnCountsFromItsOwnFirstCall() {
    turn("turn/started", "t1", "inProgress");
    tokens("t1", 1_500, 500); // of a thread that was resumed: 1000 were spent before
    tokens("t1", 1_700, 200);
    turn("turn/completed", "t1", "completed");
    assertEquals(700L, input("t1"));
    turn("turn/started", "t2", "inProgress");
    tokens("t2", 1_700, 200); // the last reading, told again
    tokens("t2", 1_800, 100);
    assertEquals(100L, input("t2"));
  }

  @Test
  void whatIsToldOfATurnThatWasNotSeenToBeginIsNotCounted() {
    tokens("t1", 1_500, 500);
    assertNull(recorder.run("t1").summary().usage());
  }

  @Test
  void whatOlderVersionsSayTwiceIsOneFact() {
    turn("turn/started", "t1", "inProgress");
    recorder.tell(
        """
        {"method":"codex/event/exec_command_begin","params":{"conversationId":"th","msg":\
        {"type":"exec_command_begin","call_id":"a"}}}""");
    item("item/started", "t1", "a", "inProgress");
    item("item/completed", "t1", "a", "completed");
    recorder.tell(
        """
        {"method":"codex/event/exec_command_end","params":{"conversationId":"th","msg":\
        {"type":"exec_command_end","call_id":"a","exit_code":0}}}""");
    turn("turn/completed", "t1", "completed");
    recorder.tell(
        "{\"method\":\"codex/event/task_complete\",\"params\":{\"conversationId\":\"th\"}}");
    assertEquals(List.of("exec_command completed"), recorder.calls("t1"));
    CorpusTruthTest.hasNoBreach(recorder.run("t1"));
    assertEquals(7, recorder.stored());
  }

  @Test
  void aTurnOfWhichTheEndIsMissingIsLostWhenTheNextBegins() {
    turn("turn/started", "t1", "inProgress");
    turn("turn/started", "t2", "inProgress");
    assertEquals(State.LOST, recorder.state("t1"));
    turn("turn/completed", "t1", "failed");
    assertEquals(State.FAILED, recorder.state("t1"));
    assertEquals(State.RUNNING, recorder.state("t2"));
  }

  @Test
  void theEndOfTheStreamLosesWhatIsOpen() {
    Recorder named = new Recorder(CodexAppServerDialect.NAME);
    named.tell(
        """
        {"method":"turn/started","params":{"threadId":"th","turn":{"id":"t1"}},"emittedAtMs":1767225600000}""");
    named.end(null, "th");
    assertEquals(State.LOST, named.state("t1"));
  }
}
