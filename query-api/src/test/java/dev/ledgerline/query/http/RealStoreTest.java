// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import static dev.ledgerline.query.http.StoreServer.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way: entries in a log on disk, indexed by Lucene, asked for over HTTP. */
@Timeout(60)
class RealStoreTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;
  private final Instant start = Instant.now();
  private StoreServer store;
  private TestServer server;
  private int told;

  /** The source's own number of the next event. */
  private @Nullable Long order;

  @BeforeEach
  void open() throws Exception {
    store = new StoreServer(folder, InstantSource.system());
    server = store.server;
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private Position tell(String source, Scope scope, String original, Fact... facts)
      throws Exception {
    return store.tell(source, scope, start.plusMillis(++told), order, original, facts);
  }

  private Position append(Entry entry) throws Exception {
    return store.append(entry);
  }

  private static Scope scope(String run) {
    return Scope.of(run, "thread-1", "coder").withTask("task-1");
  }

  /** A run that calls a tool, fails at it, asks a human and is answered. */
  private Position tellAStory(String run) throws Exception {
    Scope scope = scope(run);
    tell("here", scope, "{}", Fact.StateChange.reported(Entity.RUN, State.RUNNING, "Start"));
    tell(
        "here",
        scope,
        "{\"text\":\"Please find the Needle/42 in \\\"haystack\\\"\"}",
        new Fact.Message(Role.USER, false, "/text"));
    tell(
        "here",
        scope,
        "{\"args\":{\"pattern\":\"TODO\"}}",
        new Fact.ToolCall("call-1", "grep", "/args"));
    tell(
        "here",
        scope,
        "{\"exit\":1}",
        new Fact.ToolResult("call-1", "grep", ToolOutcome.FAILED, null, "exit 1", false, false));
    tell(
        "here",
        scope,
        "{}",
        new Fact.ModelResponse(null, "model-x", TokenUsage.of(100L, 20L), null));
    return tell(
        "here",
        scope,
        "{}",
        new Fact.WaitOpened("w1", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED));
  }

  private JsonNode ask(String path, Position after) throws Exception {
    return store.ask(path, after);
  }

  @Test
  void tellsTheStoryOfARun() throws Exception {
    Position end = tellAStory("run/1");
    JsonNode run = ask("/v1/runs/run%2F1", end);
    assertEquals("waiting", run.get("state").textValue());
    assertEquals(6, run.get("events").intValue());
    assertEquals(1, run.get("failed_tools").intValue());
    assertEquals(1, run.at("/waits/open").intValue());
    assertEquals(120, run.at("/usage/total_tokens").intValue());
    assertEquals(1, run.get("attempt").intValue());
    JsonNode steps = ask("/v1/runs/run%2F1/steps", end);
    assertTrue(texts(steps, "/kind").contains("tool"), steps.toString());
    assertEquals(List.of("w1"), texts(ask("/v1/runs/run%2F1/waits", end), "/wait_id"));
    assertEquals(List.of("w1"), texts(ask("/v1/waits?state=open", end), "/wait_id"));
    assertEquals(
        List.of("running", "waiting"), texts(ask("/v1/runs/run%2F1/transitions", end), "/to"));
    JsonNode call = ask("/v1/runs/run%2F1/events/3", end);
    assertEquals("{\"pattern\":\"TODO\"}", call.at("/tool/args").toString());
    assertEquals("{\"args\":{\"pattern\":\"TODO\"}}", call.get("original").textValue());
    assertEquals(6, ask("/v1/runs/run%2F1/skeleton", end).get("events").intValue());
  }

  @Test
  void aLateEventChangesTheVerdict() throws Exception {
    Scope scope = scope("mixed");
    Fact start = Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted");
    Fact call = new Fact.ToolCall("c", "grep", null);
    Fact result = new Fact.ToolResult("c", "grep", ToolOutcome.OK, null, null, false, false);
    order = 1L;
    tell("here", scope, "{}", start);
    order = 3L;
    Position end = tell("here", scope, "{}", result);
    JsonNode early = ask("/v1/runs/mixed/verdict", end);
    assertEquals("violated", early.get("result").textValue());
    assertEquals(
        "a result without a call that is open", early.at("/violations/0/message").textValue());
    assertEquals("violated", ask("/v1/runs/mixed", end).get("verdict").textValue());
    order = 2L;
    Position late = tell("here", scope, "{}", call);
    assertEquals("ok", ask("/v1/runs/mixed/verdict", late).get("result").textValue());
    assertEquals("ok", ask("/v1/runs/mixed", late).get("verdict").textValue());
    assertEquals(List.of("mixed"), texts(ask("/v1/runs?q=verdict:ok", late), "/run_id"));
    order = 4L;
    Position twice = tell("here", scope, "{}", start);
    JsonNode verdict = ask("/v1/runs/mixed/verdict", twice);
    assertEquals("violated", verdict.get("result").textValue());
    assertEquals(4, verdict.at("/violations/0/seq").intValue());
    assertEquals(List.of("mixed"), texts(ask("/v1/runs?q=has:violation", twice), "/run_id"));
    assertEquals(
        "Agent Protocol, Schema definitions, RunStarted",
        ask("/v1/runs/mixed/transitions", twice).at("/items/1/clause").textValue());
  }

  @Test
  void findsRunsAndEventsByWhatTheySay() throws Exception {
    tellAStory("a");
    Position end = tell("here", scope("b"), "{\"text\":\"nothing\"}", new Fact.PlanUpdated());
    assertEquals(List.of("a"), texts(ask("/v1/runs?q=needle", end), "/run_id"));
    assertEquals(List.of("b"), texts(ask("/v1/runs?q=-has:open_wait", end), "/run_id"));
    JsonNode hits = ask("/v1/search?q=%22Needle/42%20in%20%5C%22haystack%5C%22%22", end);
    assertEquals(List.of("2"), texts(hits, "/event/seq"));
    assertTrue(hits.at("/items/0/fragments/0").textValue().contains("<mark>"), hits.toString());
    assertEquals(
        List.of("4", "3"), texts(ask("/v1/search?q=tool:grep+state:waiting", end), "/event/seq"));
    String error = server.get("/v1/runs?q=duration%3Esoon").body();
    assertTrue(error.contains("bad_query"), error);
  }

  @Test
  void keepsItsPlaceInAListWhileRunsArrive() throws Exception {
    Position end = Position.START;
    for (int i = 0; i < 9; i++) {
      end = tell("here", scope("r" + i), "{}", new Fact.PlanUpdated());
    }
    List<String> seen = new ArrayList<>();
    JsonNode page = ask("/v1/runs?limit=4", end);
    seen.addAll(texts(page, "/run_id"));
    int late = 0;
    while (!page.get("next_cursor").isNull()) {
      Position more = tell("here", scope("late" + late++), "{}", new Fact.PlanUpdated());
      page = ask("/v1/runs?limit=4&cursor=" + page.get("next_cursor").textValue(), more);
      seen.addAll(texts(page, "/run_id"));
    }
    assertEquals(List.of("r8", "r7", "r6", "r5", "r4", "r3", "r2", "r1", "r0"), seen);
    String next = ask("/v1/runs?limit=4", end).get("next_cursor").textValue();
    assertEquals(400, server.get("/v1/threads?cursor=" + next).statusCode());
  }

  @Test
  void groupsRunsByThreadTaskAndAgent() throws Exception {
    tellAStory("a");
    Position end = tellAStory("b");
    JsonNode thread = ask("/v1/threads/thread-1", end);
    assertEquals(2, thread.get("runs").size());
    assertEquals(12, thread.get("events").intValue());
    assertEquals(List.of("thread-1"), texts(ask("/v1/threads", end), "/thread_id"));
    JsonNode task = ask("/v1/tasks/task-1", end);
    assertEquals(2, task.get("attempts").size());
    assertEquals(2, task.at("/attempts/1/attempt").intValue());
    assertEquals(List.of("2"), texts(ask("/v1/agents", end), "/runs"));
    assertEquals(2, ask("/v1/agents/coder", end).get("runs").size());
    assertEquals(2, ask("/v1/agents/coder", end).get("tool_calls").intValue());
  }

  @Test
  void keepsTheSameRunIdOfTwoSourcesApart() throws Exception {
    tellAStory("r");
    Position end = tell("there", scope("r"), "{}", new Fact.PlanUpdated());
    ask("/v1/status", end);
    assertEquals(409, server.get("/v1/runs/r").statusCode());
    assertEquals(1, ask("/v1/runs/r?source=there", end).get("events").intValue());
    assertEquals(6, ask("/v1/runs/r/events?source=here", end).get("items").size());
  }

  @Test
  void countsEveryRecordInTheLedgerAndKeepsTheRejected() throws Exception {
    tellAStory("r");
    append(new Entry.Repeated("here", start, 3));
    Position end =
        append(
            new Entry.Refused(
                "here",
                "q-1",
                start,
                "agent-protocol",
                null,
                null,
                new Rejection(Rejection.Code.MISSING_FIELD, "/run_id", "no run"),
                Entry.Headers.NONE,
                "{\"bad\":1}".getBytes(StandardCharsets.UTF_8)));
    JsonNode status = ask("/v1/status", end);
    assertEquals(
        "{\"source\":\"here\",\"received\":10,\"stored\":6,\"duplicates\":3,\"rejected\":1,"
            + "\"quarantined\":1,\"in_flight\":0}",
        status.at("/sources/0").toString());
    assertEquals("{\"events\":0,\"ms\":0}", status.get("lag").toString());
    assertEquals("{\"bad\":1}", ask("/v1/quarantine/q-1", end).get("record").textValue());
    Position replayed = append(new Entry.Replayed("here", start, "q-1"));
    assertEquals(List.of("replayed"), texts(ask("/v1/quarantine", replayed), "/state"));
    assertEquals(List.of(), texts(ask("/v1/quarantine?state=open", replayed), "/state"));
  }

  @Test
  void followsTheLogFromItsStartAndKnowsTheSeqOfWhatIsIndexed() throws Exception {
    Position end = tellAStory("r");
    ask("/v1/status", end);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                server.stream("/v1/tail?since=0").body(), StandardCharsets.UTF_8))) {
      List<Integer> seqs = new ArrayList<>();
      while (seqs.size() < 6) {
        String line = lines.readLine();
        if (line.startsWith("data: ")) {
          JsonNode event = JSON.readTree(line.substring(6));
          assertFalse(event.get("seq").isNull(), line);
          assertFalse(event.get("order").isNull(), line);
          seqs.add(event.get("seq").intValue());
        }
      }
      assertEquals(List.of(1, 2, 3, 4, 5, 6), seqs);
    }
  }
}
