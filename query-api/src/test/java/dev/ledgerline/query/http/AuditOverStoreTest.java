// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import static dev.ledgerline.query.http.StoreServer.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor and an operator ask, of a log on disk and over HTTP. */
@Timeout(60)
class AuditOverStoreTest {
  /** Later than any test: how long a question may take is counted from there. */
  private static final Instant NOON = Instant.parse("2036-11-21T12:00:00Z");

  @TempDir private Path folder;
  private StoreServer store;
  private volatile Instant now = NOON.plusSeconds(60);

  @BeforeEach
  void open() throws Exception {
    store = new StoreServer(folder, () -> now);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private static Scope root(String run) {
    return Scope.of(run, "thread", "planner").withDepth(0);
  }

  private void at(long second, Scope scope, Fact fact) throws Exception {
    store.tell("here", scope, NOON.plusSeconds(second), "{\"args\":{\"n\":1,\"m\":2}}", fact);
  }

  private static Fact run(State state) {
    return Fact.StateChange.reported(Entity.RUN, state, state.word());
  }

  private static Fact call(String id) {
    return new Fact.ToolCall(id, "grep", "/args");
  }

  private static Fact result(String id) {
    return new Fact.ToolResult(id, "grep", ToolOutcome.OK, null, null, false, false);
  }

  private static Fact asks(String prompt) {
    return new Fact.WaitOpened("w", WaitKind.APPROVAL, prompt, true, null, Quality.REPORTED);
  }

  /** A run that calls a tool, and inside of it a child run that calls a tool. */
  private void family() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    at(5, root("r"), call("outer"));
    Scope child = Scope.of("c", null, "coder").withParentRun("r").withDepth(0);
    at(10, child, run(State.RUNNING));
    at(15, child, call("inner"));
    at(25, child, result("inner"));
    at(30, child, run(State.COMPLETED));
    at(35, root("r"), result("outer"));
    at(40, root("r"), run(State.COMPLETED));
  }

  @Test
  void theTimeOfARunAddsUpToItsDuration() throws Exception {
    family();
    JsonNode time = store.ask("/v1/runs/r/time");
    assertEquals(40_000, time.get("total_ms").intValue());
    assertEquals(
        "[{\"class\":\"tool\",\"ms\":30000},{\"class\":\"unknown\",\"ms\":10000}]",
        time.get("classes").toString());
    assertEquals("planner", time.at("/by_agent/0/agent").textValue());
    assertEquals(40_000, time.at("/by_agent/0/total_ms").intValue());
    assertEquals(404, store.server.get("/v1/runs/none/time").statusCode());
  }

  @Test
  void thePathGoesThroughTheRunThatWasCalled() throws Exception {
    family();
    JsonNode path = store.ask("/v1/runs/r/critical-path");
    List<String> pieces = new ArrayList<>();
    path.get("items")
        .forEach(
            piece ->
                pieces.add(
                    piece.get("run_id").textValue()
                        + " "
                        + piece.get("step_id").asText().split("-", 2)[0]
                        + " "
                        + piece.get("ms")));
    assertEquals(
        List.of(
            "r null 5000",
            "r tool 5000",
            "c null 5000",
            "c tool 10000",
            "c null 5000",
            "r tool 5000",
            "r null 5000"),
        pieces);
    assertEquals(40_000, path.get("total_ms").intValue());
    JsonNode part = store.ask("/v1/runs/r/critical-path?limit=3");
    assertEquals(3, part.get("items").size());
    JsonNode rest =
        store.ask("/v1/runs/r/critical-path?limit=9&cursor=" + part.get("next_cursor").textValue());
    assertEquals(4, rest.get("items").size());
  }

  @Test
  void theSameCallAgainAndAgainIsFound() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    for (int i = 0; i < 4; i++) {
      String args = i % 2 == 0 ? "{\"args\":{\"n\":1,\"m\":2}}" : "{\"args\":{\"m\":2,\"n\":1}}";
      store.tell("here", root("r"), NOON.plusSeconds(2L * i + 1), args, call("c" + i));
      at(2L * i + 2, root("r"), result("c" + i));
    }
    JsonNode findings = store.ask("/v1/runs/r/findings");
    assertEquals(List.of("call_loop"), texts(findings, "/kind"), findings.toString());
    assertEquals(4, findings.at("/items/0/count").intValue());
    assertEquals(2, findings.at("/items/0/first_seq").intValue());
    assertEquals(4, findings.get("calls_judged").intValue());
  }

  @Test
  void aSilentRunHasStalledAndIsLostLater() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    at(10, root("r"), call("c"));
    assertEquals("running", store.ask("/v1/runs/r/why").get("cause").textValue());
    now = NOON.plusSeconds(10 * 60);
    JsonNode why = store.ask("/v1/runs/r/why");
    assertTrue(why.get("stuck").booleanValue());
    assertEquals("stalled", why.get("cause").textValue());
    assertEquals("operator", why.get("must_act").textValue());
    assertEquals("2036-11-21T12:00:10Z", why.get("since").textValue());
    assertTrue(why.get("because").textValue().contains("tool grep has not answered since"));
    assertEquals(600_000, why.at("/cost/duration_ms").intValue());
    assertEquals(List.of("stall"), texts(store.ask("/v1/runs/r/findings"), "/kind"));
    assertEquals(List.of("r"), texts(store.ask("/v1/runs?q=has:stall"), "/run_id"));
    now = NOON.plusSeconds(60 * 60);
    assertEquals("lost", store.ask("/v1/runs/r/why").get("cause").textValue());
    assertEquals(List.of("lost"), texts(store.ask("/v1/runs/r/findings"), "/kind"));
    assertEquals(List.of(), texts(store.ask("/v1/runs?q=has:stall"), "/run_id"));
    assertEquals("synthesized", store.ask("/v1/runs/r").get("state_quality").textValue());
  }

  @Test
  void whoWaitsSaysForWhomAndWhatItCostSoFar() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    at(5, root("r"), new Fact.ModelResponse(null, "m", TokenUsage.of(100L, 20L), null));
    at(20, root("r"), asks("May I delete it?"));
    now = NOON.plusSeconds(3_600);
    JsonNode why = store.ask("/v1/runs/r/why");
    assertTrue(why.get("stuck").booleanValue());
    assertEquals("approval", why.get("cause").textValue());
    assertEquals("human", why.get("must_act").textValue());
    assertEquals("approve or deny: May I delete it?", why.get("to_do").textValue());
    assertEquals(3_580_000, why.get("for_ms").intValue());
    assertEquals(3_580_000, why.at("/cost/waiting_ms").intValue());
    assertEquals(120, why.at("/cost/usage/total_tokens").intValue());
    assertEquals("w", why.at("/wait/wait_id").textValue());
    JsonNode wait = store.ask("/v1/waits?state=open").at("/items/0");
    assertEquals(3_580_000, wait.get("age_ms").intValue());
    assertEquals("human", wait.get("must_act").textValue());
    assertEquals("/v1/runs/r?source=here", wait.get("run_href").textValue());
  }

  @Test
  void whatWaitsIsListedOldestFirstOverAllSources() throws Exception {
    for (int i = 0; i < 6; i++) {
      String source = i % 2 == 0 ? "here" : "there";
      Scope scope = root("r" + i / 2);
      store.tell(source, scope, NOON.plusSeconds(30 - i), "{}", run(State.RUNNING));
      store.tell(source, scope, NOON.plusSeconds(40 - i), "{}", asks("May I?"));
    }
    store.tell("here", root("r0"), NOON.plusSeconds(50), "{}", run(State.SUSPENDED));
    store.tell("there", root("r0"), NOON.plusSeconds(50), "{}", run(State.CANCELED));
    JsonNode waits = store.ask("/v1/waits");
    assertEquals(List.of("there", "here", "there", "here", "here"), texts(waits, "/source"));
    assertEquals(List.of("r2", "r2", "r1", "r1", "r0"), texts(waits, "/run_id"));
  }

  @Test
  void aTimerNeedsNobody() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    at(10, root("r"), new Fact.WaitOpened("w", WaitKind.TIMER, null, true, null, Quality.REPORTED));
    JsonNode why = store.ask("/v1/runs/r/why");
    assertEquals("timer", why.get("cause").textValue());
    assertEquals("nobody", why.get("must_act").textValue());
    assertTrue(!why.get("stuck").booleanValue());
    at(20, root("r"), run(State.FAILED));
    assertEquals("ended", store.ask("/v1/runs/r/why").get("cause").textValue());
  }

  @Test
  void whoCalledAWaitingRunWaitsForTheSame() throws Exception {
    at(0, root("r"), run(State.RUNNING));
    Scope child = Scope.of("c", null, "coder").withParentRun("r").withDepth(0);
    at(10, child, run(State.RUNNING));
    at(20, child, asks("May I?"));
    JsonNode why = store.ask("/v1/runs/r/why");
    assertEquals("child", why.get("cause").textValue());
    assertEquals("c", why.get("run_id").textValue());
    assertEquals("human", why.get("must_act").textValue());
  }

  @Test
  void drawsWhoHandedWhatToWhom() throws Exception {
    family();
    at(41, root("s"), run(State.RUNNING));
    at(42, root("s"), new Fact.Handoff("planner", "writer"));
    at(43, Scope.of("s", "thread", "reader").withDepth(1), call("x"));
    JsonNode graph = store.ask("/v1/graph?run=r");
    assertEquals(
        "[{\"from\":\"planner\",\"to\":\"coder\",\"kind\":\"child_run\",\"count\":1}]",
        graph.get("edges").toString());
    assertEquals(
        "[{\"agent\":\"coder\",\"runs\":1,\"steps\":1},"
            + "{\"agent\":\"planner\",\"runs\":1,\"steps\":1}]",
        graph.get("nodes").toString());
    JsonNode thread = store.ask("/v1/graph?thread=thread");
    assertEquals(
        "[{\"from\":\"planner\",\"to\":\"reader\",\"kind\":\"call\",\"count\":1},"
            + "{\"from\":\"planner\",\"to\":\"writer\",\"kind\":\"handoff\",\"count\":1}]",
        thread.get("edges").toString());
    assertEquals(3, store.ask("/v1/graph?since=2036-11-21").get("runs").intValue());
    assertEquals(1, store.ask("/v1/graph?since=2036-11-21T12:00:40Z").get("runs").intValue());
    assertEquals(400, store.server.get("/v1/graph").statusCode());
    assertEquals(400, store.server.get("/v1/graph?run=r&thread=t").statusCode());
    assertEquals(400, store.server.get("/v1/graph?since=soon").statusCode());
    assertEquals(404, store.server.get("/v1/graph?thread=none").statusCode());
  }

  @Test
  void addsRunsUp() throws Exception {
    family();
    at(41, root("f"), run(State.RUNNING));
    at(43, root("f"), run(State.FAILED));
    JsonNode stats = store.ask("/v1/stats?by=state");
    assertEquals(
        "{\"key\":\"completed\",\"bucket\":null,\"runs\":2,\"events\":8,\"errors\":0,"
            + "\"duration_ms\":{\"p50\":20000,\"p95\":40000,\"p99\":40000},\"usage\":null}",
        stats.at("/groups/0").toString());
    assertEquals("failed", stats.at("/groups/1/key").textValue());
    assertEquals(0, stats.get("left_out").intValue());
    JsonNode one = store.ask("/v1/stats?q=state:failed&bucket=1h");
    assertEquals("2036-11-21T12:00:00Z", one.at("/groups/0/bucket").textValue());
    assertEquals("state:failed", one.get("query").textValue());
    for (String wrong : List.of("by=colour", "bucket=often", "bucket=1ms", "limit=0", "q=a:b:c:")) {
      assertEquals(400, store.server.get("/v1/stats?" + wrong).statusCode(), wrong);
    }
  }

  private void task(long second, String run, Fact fact) throws Exception {
    at(second, root(run).withTask("id-1"), fact);
  }

  @Test
  void auditsTheRetriesOfATask() throws Exception {
    store.dialect("symphony-log");
    task(0, "a", named(State.RUNNING));
    task(0, "a", run(State.RUNNING));
    task(5, "a", run(State.FAILED));
    at(5, Scope.NONE.withTask("id-1"), new Fact.RetryScheduled(1, 10_000L, null, "it broke"));
    task(10, "b", run(State.RUNNING));
    task(20, "b", run(State.FAILED));
    task(20, "b", new Fact.RetryScheduled(2, 20_000L, null, "it broke again"));
    now = NOON.plusSeconds(30);
    JsonNode task = store.ask("/v1/tasks/MT-12");
    assertEquals("id-1", task.get("task_id").textValue());
    assertEquals("MT-12", task.get("identifier").textValue());
    assertEquals("retry_scheduled", task.get("state").textValue());
    assertEquals("2036-11-21T12:00:40Z", task.get("next_attempt_at").textValue());
    assertEquals(2, task.get("retries").size());
    JsonNode early = task.at("/retries/0");
    assertEquals(-5_000, early.get("late_ms").intValue());
    assertEquals(10_000, early.get("expected_ms").intValue());
    assertEquals("b", early.get("run_id").textValue());
    assertTrue(early.get("ok").isBoolean() && !early.get("ok").booleanValue());
    assertTrue(task.at("/retries/1/ok").isNull());
    assertEquals("retry", task.at("/findings/0/kind").textValue());
    assertEquals(30_000, task.at("/time/total_ms").intValue());
    assertEquals(15_000, task.at("/time/in_runs_ms").intValue());
    assertEquals("[{\"class\":\"timer\",\"ms\":15000}]", task.at("/time/classes").toString());
    assertEquals("timer", task.at("/why/cause").textValue());
    assertEquals("nobody", task.at("/why/must_act").textValue());
    now = NOON.plusSeconds(400);
    JsonNode overdue = store.ask("/v1/tasks/id-1").get("why");
    assertTrue(overdue.get("stuck").booleanValue(), overdue.toString());
    assertEquals("operator", overdue.get("must_act").textValue());
    assertEquals(2, overdue.at("/cost/attempts").intValue());
  }

  private static Fact named(State to) {
    return new Fact.StateChange(
        Entity.TASK, "MT-12", null, to, null, null, null, Quality.REPORTED, Fact.Firmness.FIRM);
  }

  @Test
  void aTaskThatCompletesAgainAndAgainIsStuck() throws Exception {
    store.dialect("symphony-log");
    for (int i = 0; i < 5; i++) {
      task(3L * i, "run" + i, run(State.RUNNING));
      task(3L * i + 2, "run" + i, run(State.COMPLETED));
      task(3L * i + 2, "run" + i, new Fact.RetryScheduled(1, 1_000L, null, null));
    }
    JsonNode task = store.ask("/v1/tasks/id-1");
    assertEquals("run_loop", task.at("/findings/0/kind").textValue());
    assertEquals(5, task.at("/findings/0/count").intValue());
    assertEquals("loop", task.at("/why/cause").textValue());
    assertEquals(List.of("run_loop"), texts(store.ask("/v1/runs/run3/findings"), "/kind"));
  }

  @Test
  void aTaskOfSymphonyIsNeverCompleted() throws Exception {
    store.dialect("symphony-log");
    task(0, "a", run(State.RUNNING));
    task(5, "a", run(State.COMPLETED));
    assertEquals("unknown", store.ask("/v1/tasks/id-1").get("state").textValue());
    task(6, "a", named(State.RELEASED));
    assertEquals("released", store.ask("/v1/tasks/id-1").get("state").textValue());
    task(10, "b", run(State.RUNNING));
    assertEquals("running", store.ask("/v1/tasks/id-1").get("state").textValue());
    now = NOON.plusSeconds(7_200);
    assertEquals("lost", store.ask("/v1/tasks/id-1").get("state").textValue());
    assertEquals("lost", store.ask("/v1/tasks/id-1").at("/why/cause").textValue());
  }
}
