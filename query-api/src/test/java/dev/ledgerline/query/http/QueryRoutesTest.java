// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.LedgerLine;
import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.MemoryLog;
import dev.ledgerline.query.MemoryRuns;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.Story;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.Wait;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One exact answer for each path, and each error. */
class QueryRoutesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final RunKey RUN = new RunKey("here", "run/1 ü");
  private static final String RUN_PATH = "/v1/runs/run%2F1%20%C3%BC";

  private static final String SUMMARY =
      """
      {"run_id":"run/1 ü","aliases":["run/1 ü-alias"],"thread_id":"thread-1","task_id":"task-1",\
      "attempt":1,"native_attempt":2,"parent_run_id":"parent","continues_run_id":"before",\
      "agent":"planner","agents":["planner","coder"],"dialect":"agent-protocol","source":"here",\
      "trace_ids":["4bf92f3577b34da6a3ce929d0e0e4736"],"state":"completed",\
      "state_quality":"reported","reason":"done","run_id_quality":"native","time_quality":"source",\
      "started_at":"2026-11-21T12:00:00Z","ended_at":"2026-11-21T12:01:21.234Z",\
      "duration_ms":81234,"events":412,"steps":57,"errors":1,"tool_calls":23,"failed_tools":1,\
      "model_calls":14,"waits":{"open":0,"total":1},"usage":{"input_tokens":120034,\
      "output_tokens":5120,"total_tokens":125154,"cached_input_tokens":7,\
      "cache_write_tokens":null,"reasoning_tokens":3,"cost_usd":0.25},"verdict":"ok",\
      "violations":0,"title":"Fix the build"}""";

  private final MemoryLog log = new MemoryLog();
  private final MemoryRuns store = new MemoryRuns();
  private final Map<String, Long> inFlight = new HashMap<>();
  private TestServer server;

  @BeforeEach
  void start() {
    server = serve();
  }

  private TestServer serve() {
    return new TestServer(
        new Runs(
            store, log, () -> Story.NOON, Duration.ofSeconds(10), () -> inFlight, "0.1.0-test"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsRunsNewestFirst() throws Exception {
    store.runs.add(Story.run("here", "run/1 ü"));
    assertEquals(
        "{\"items\":[" + SUMMARY + "],\"next_cursor\":null,\"query\":\"\"}",
        server.json("/v1/runs"));
    assertEquals("-STARTED", store.sortedBy);
  }

  @ParameterizedTest
  @CsvSource({"started,STARTED", "-duration,-DURATION", "tokens,TOKENS", "-errors,-ERRORS"})
  void sortsRunsAsAsked(String sort, String expected) throws Exception {
    server.json("/v1/runs?sort=" + sort);
    assertEquals(expected, store.sortedBy);
  }

  @Test
  void writesNullForWhatIsNotKnown() throws Exception {
    store.runs.add(Story.bareRun("here", "r"));
    assertEquals(
        """
        {"run_id":"r","aliases":[],"thread_id":null,"task_id":null,"attempt":null,\
        "native_attempt":null,"parent_run_id":null,"continues_run_id":null,"agent":null,\
        "agents":[],"dialect":"codex-exec","source":"here","trace_ids":[],"state":"unknown",\
        "state_quality":"derived","reason":null,"run_id_quality":"derived",\
        "time_quality":"ingest","started_at":"2026-11-21T12:00:00.000001Z","ended_at":null,\
        "duration_ms":null,"events":1,"steps":0,"errors":0,"tool_calls":0,"failed_tools":0,\
        "model_calls":0,"waits":{"open":0,"total":0},"usage":null,"verdict":"unknown",\
        "violations":0,"title":null}""",
        server.json("/v1/runs/r"));
  }

  @Test
  void findsARunByEncodedIdAndByAlias() throws Exception {
    store.runs.add(Story.run("here", "run/1 ü"));
    assertEquals(SUMMARY, server.json(RUN_PATH));
    assertEquals(SUMMARY, server.json(RUN_PATH + "-alias?source=here"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a..b", "a%b", "a;b", "a+b", "?#", "//", "\\", "\u202eevil", "{run}", "a\nb"})
  void findsRunsOfAnyId(String id) throws Exception {
    store.runs.add(Story.run("here", id));
    String encoded =
        URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20").replace(".", "%2E");
    assertEquals(id, JSON.readTree(server.json("/v1/runs/" + encoded)).get("run_id").textValue());
  }

  @Test
  void followsTheCursorsOfALongList() throws Exception {
    for (int i = 0; i < 7; i++) {
      store.runs.add(Story.run("here", "r" + i));
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = JSON.readTree(server.json("/v1/runs?limit=3" + cursor));
      page.get("items").forEach(run -> seen.add(run.get("run_id").textValue()));
      JsonNode next = page.get("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.textValue();
    } while (!cursor.isEmpty());
    assertEquals(List.of("r0", "r1", "r2", "r3", "r4", "r5", "r6"), seen);
  }

  @Test
  void saysWhichSourcesHaveAnAmbiguousRun() throws Exception {
    store.runs.add(Story.run("there", "r"));
    store.runs.add(Story.run("here", "r"));
    HttpResponse<String> response = server.get("/v1/runs/r/steps");
    assertEquals(409, response.statusCode());
    assertEquals(
        "{\"error\":{\"code\":\"ambiguous_run\",\"message\":\"several sources have a run with id r:"
            + " here, there; say which with ?source=\",\"sources\":[\"here\",\"there\"]}}",
        response.body());
    assertTrue(server.json("/v1/runs/r?source=there").contains("\"source\":\"there\""));
  }

  private static final String CALL_RECORD =
      "{\"type\":\"ToolCall\",\"n\":1.50,\"args\":\"{\\\"pattern\\\":\\\"TODO\\\",\\\"max\\\":1e3}\"}";

  private static StoredEvent call() {
    Event call = Story.event(RUN.run(), "call", new Fact.ToolCall("call-1", "grep", "/args"));
    return Story.stored(call, 17, CALL_RECORD, Flag.AFTER_END, Flag.ILLEGAL_TRANSITION);
  }

  private static String callJson(String end) {
    return """
        {"seq":17,"order":17,"event_id":"%s","position":"0-117",\
        "occurred_at":"2026-11-21T12:00:00.005Z","observed_at":"2026-11-21T12:00:00.007Z",\
        "time_quality":"source","dialect":"agent-protocol","source":"here",\
        "native_type":"ToolCall","native_id":"call","run_id":"run/1 ü","thread_id":"thread-1",\
        "task_id":"task-1","turn_id":"turn-1","agent":"coder","depth":1,"parent_seq":12,\
        "step_id":"step-1","kind":"tool.call","summary":"what call says",\
        "tool":{"name":"grep","call_id":"call-1","args":{"pattern":"TODO","max":1E+3}},\
        "flags":["illegal_transition","after_end"]%s}"""
        .formatted(call().event().id(), end);
  }

  @Test
  void showsEventsWithAndWithoutTheirRecord() throws Exception {
    store.runs.add(Story.run(RUN.source(), RUN.run()));
    store.events.put(RUN, List.of(call()));
    assertEquals(
        "{\"items\":[" + callJson("") + "],\"next_cursor\":null}",
        server.json(RUN_PATH + "/events"));
    String payload = ",\"payload\":" + CALL_RECORD;
    assertEquals(
        "{\"items\":[" + callJson(payload) + "],\"next_cursor\":null}",
        server.json(RUN_PATH + "/events?payload=true"));
    String original =
        ",\"unmapped_attributes\":null,\"original\":" + JSON.writeValueAsString(CALL_RECORD);
    assertEquals(callJson(payload + original), server.json(RUN_PATH + "/events/17"));
  }

  @Test
  void readsALineOfTextAsPayload() throws Exception {
    store.runs.add(Story.run(RUN.source(), RUN.run()));
    Event event = Story.event(RUN.run(), "line", new Fact.LogLine(null));
    store.events.put(RUN, List.of(Story.stored(event, 1, "plain \"text\"")));
    JsonNode json = JSON.readTree(server.json(RUN_PATH + "/events/1"));
    assertEquals("{\"text\":\"plain \\\"text\\\"\"}", json.get("payload").toString());
    assertEquals("plain \"text\"", json.get("original").textValue());
    assertTrue(json.get("tool").isNull());
  }

  @Test
  void filtersEventsByKindAndSeq() throws Exception {
    store.runs.add(Story.run(RUN.source(), RUN.run()));
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      Fact fact =
          i % 2 == 0
              ? new Fact.Message(Role.USER, false, "/text")
              : new Fact.ErrorReported(null, null, "bad", false);
      events.add(Story.stored(Story.event(RUN.run(), "e" + i, fact), i, "{}"));
    }
    store.events.put(RUN, events);
    assertEquals(
        List.of(32L, 34L, 36L, 38L, 40L),
        seqs(server.json(RUN_PATH + "/events?kind=message&after=30")));
    assertEquals(
        List.of(31L, 32L),
        seqs(server.json(RUN_PATH + "/events?kind=message,error&after=30&limit=2")));
    JsonNode first = JSON.readTree(server.json(RUN_PATH + "/events?limit=30"));
    assertEquals(30, first.get("items").size());
    String next = first.get("next_cursor").textValue();
    assertEquals(
        List.of(31L, 32L, 33L, 34L, 35L, 36L, 37L, 38L, 39L, 40L),
        seqs(server.json(RUN_PATH + "/events?limit=30&cursor=" + next)));
  }

  private static List<Long> seqs(String page) throws IOException {
    List<Long> seqs = new ArrayList<>();
    JSON.readTree(page).get("items").forEach(event -> seqs.add(event.get("seq").longValue()));
    return seqs;
  }

  @Test
  void endsAPageOfLargeRecordsEarlyAndGoesOn() throws Exception {
    store.runs.add(Story.run(RUN.source(), RUN.run()));
    String large = "{\"text\":\"" + "x".repeat(1 << 20) + "\"}";
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      events.add(Story.stored(Story.event(RUN.run(), "e" + i, new Fact.LogLine(null)), i, large));
    }
    store.events.put(RUN, events);
    JsonNode page = JSON.readTree(server.json(RUN_PATH + "/events?limit=1000"));
    assertTrue(page.get("items").size() < 40);
    int seen = page.get("items").size();
    while (!page.get("next_cursor").isNull()) {
      page =
          JSON.readTree(
              server.json(
                  RUN_PATH + "/events?limit=1000&cursor=" + page.get("next_cursor").textValue()));
      assertEquals(seen + 1, page.get("items").get(0).get("seq").intValue());
      seen += page.get("items").size();
    }
    assertEquals(40, seen);
  }

  /** Start, a tool call that fails, a wait that stays open, the end of a turn. */
  private void tellAStory() {
    store.runs.add(Story.run(RUN.source(), RUN.run()));
    List<Fact> facts =
        List.of(
            Fact.StateChange.reported(Entity.RUN, State.RUNNING, "Start"),
            new Fact.ToolCall("call-1", "grep", null),
            new Fact.ToolResult(
                "call-1", null, ToolOutcome.FAILED, null, "no such file", false, false),
            new Fact.WaitOpened("w1", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED));
    List<StoredEvent> events = new ArrayList<>();
    for (Fact fact : facts) {
      int seq = events.size() + 1;
      events.add(Story.stored(Story.event(RUN.run(), "e" + seq, fact), seq, "{}"));
    }
    store.events.put(RUN, events);
  }

  @Test
  void listsStepsByTheirFirstEvent() throws Exception {
    tellAStory();
    JsonNode steps = JSON.readTree(server.json(RUN_PATH + "/steps"));
    JsonNode tool = steps.at("/items/1");
    String id = tool.get("step_id").toString();
    assertEquals(
        """
        {"step_id":%s,"parent_step_id":"agent-2","kind":"tool","name":"grep","agent":"coder",\
        "call_id":"call-1","depth":1,"state":"failed","started_at":"2026-11-21T12:00:00.005Z",\
        "ended_at":"2026-11-21T12:00:00.005Z","duration_ms":0,"first_seq":2,"last_seq":3,\
        "usage":null,"error":"no such file"}"""
            .formatted(id),
        tool.toString());
    JsonNode first = JSON.readTree(server.json(RUN_PATH + "/steps?limit=1"));
    String next = first.get("next_cursor").textValue();
    JsonNode second = JSON.readTree(server.json(RUN_PATH + "/steps?limit=1&cursor=" + next));
    assertEquals("tool", second.at("/items/0/kind").textValue());
    assertTrue(second.get("next_cursor").isNull());
  }

  @Test
  void drawsTheWholeTimelineInColumns() throws Exception {
    tellAStory();
    JsonNode skeleton = JSON.readTree(server.json(RUN_PATH + "/skeleton"));
    assertEquals("[\"coder\",\"grep\"]", skeleton.get("names").toString());
    assertEquals("[\"planner\",\"coder\"]", skeleton.get("agents").toString());
    assertEquals("2026-11-21T12:00:00Z", skeleton.get("origin").textValue());
    JsonNode steps = skeleton.get("steps");
    assertEquals("[5,5]", steps.get("start_ms").toString());
    assertEquals("[-1,0]", steps.get("duration_ms").toString());
    assertEquals("[0,1]", steps.get("name").toString());
    assertEquals("[1,1]", steps.get("agent").toString());
    assertEquals("[-1,0]", steps.get("parent").toString());
    assertEquals("[2,2]", steps.get("first_seq").toString());
    assertEquals(
        "tool", skeleton.get("step_kinds").get(steps.at("/kind/1").intValue()).textValue());
    assertEquals(
        "failed", skeleton.get("state_words").get(steps.at("/state/1").intValue()).textValue());
    JsonNode waits = skeleton.get("waits");
    assertEquals("[-1]", waits.get("duration_ms").toString());
    assertEquals(
        "approval", skeleton.get("wait_kinds").get(waits.at("/kind/0").intValue()).textValue());
    assertEquals("[1,4]", skeleton.at("/states/seq").toString());
    assertEquals("[1,1]", skeleton.at("/states/legal").toString());
  }

  @Test
  void saysWhatTheMachineOfARunThinksOfIt() throws Exception {
    tellAStory();
    assertEquals(
        """
        {"result":"ok","machine":"agent-protocol","violations":[],"violation_count":0,\
        "unknown":[]}""",
        server.json(RUN_PATH + "/verdict"));
    Event again =
        Story.event(
            RUN.run(), "e5", Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"));
    Event twice =
        Story.event(
            RUN.run(), "e6", Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"));
    List<StoredEvent> events = new ArrayList<>(store.events.get(RUN));
    events.add(Story.stored(again, 5, "{}"));
    events.add(Story.stored(twice, 6, "{}"));
    store.events.put(RUN, events);
    assertEquals(
        """
        {"result":"violated","machine":"agent-protocol","violations":[{"seq":6,\
        "event_id":"%s","clause":"Agent Protocol, Schema definitions, RunStarted",\
        "expected":["waiting","paused","canceling","completed","failed","canceled","timed_out",\
        "rejected","incomplete","suspended","superseded","lost"],\
        "seen":"running (RunStarted)",\
        "message":"a run that is running does not become so again"}],"violation_count":1,\
        "unknown":[]}"""
            .formatted(twice.id()),
        server.json(RUN_PATH + "/verdict"));
  }

  @Test
  void saysWhatCouldNotBeJudgedAndWhy() throws Exception {
    store.runs.add(
        Silence.DEFAULT.judge(Story.bareRun("here", "late"), Story.NOON.plusSeconds(86_400)));
    Event event = Story.event("late", "e1", new Fact.ToolCall("call-1", "grep", null));
    Event late = Story.event("late", "e2", new Fact.RetryScheduled(2, 10L, null, null));
    store.events.put(
        new RunKey("here", "late"),
        List.of(
            Story.stored(in("codex-exec", event), 1, "{}"),
            Story.stored(in("codex-exec", late), 2, "{}")));
    assertEquals(
        """
        {"result":"unknown","machine":"codex-turn","violations":[],"violation_count":0,\
        "unknown":["how the run began: its record begins with ToolCall, no start is told",\
        "how the run goes on: it is silent, no event since 2026-11-21T12:00:00Z"]}""",
        server.json("/v1/runs/late/verdict"));
  }

  private static Event in(String dialect, Event e) {
    return new Event(
        e.id(),
        e.source(),
        dialect,
        e.nativeType(),
        e.nativeId(),
        e.scope(),
        e.occurredAt(),
        e.observedAt(),
        e.timeQuality(),
        e.order(),
        e.fact(),
        e.flags(),
        e.summary());
  }

  @Test
  void listsTransitions() throws Exception {
    tellAStory();
    JsonNode transitions = JSON.readTree(server.json(RUN_PATH + "/transitions"));
    assertEquals(
        """
        {"seq":1,"at":"2026-11-21T12:00:00.005Z","entity":"run","entity_id":"run/1 ü",\
        "from":"unknown","to":"running","native_from":null,"native_to":"Start","reason":null,\
        "legal":true,"clause":null,"quality":"reported"}""",
        transitions.at("/items/0").toString());
    JsonNode first = JSON.readTree(server.json(RUN_PATH + "/transitions?limit=1"));
    JsonNode second =
        JSON.readTree(
            server.json(
                RUN_PATH + "/transitions?limit=1&cursor=" + first.get("next_cursor").textValue()));
    assertEquals("waiting", second.at("/items/0/to").textValue());
  }

  @Test
  void listsTheWaitsOfARun() throws Exception {
    tellAStory();
    assertEquals(
        """
        {"items":[{"wait_id":"w1","run_id":"run/1 ü","thread_id":"thread-1","task_id":"task-1",\
        "agent":"coder","kind":"approval","prompt":"May I?",\
        "opened_at":"2026-11-21T12:00:00.005Z","resolved_at":null,"outcome":null,\
        "resolved_by":null,"resolved_run_id":null,"opened_seq":4,"resolved_seq":null,\
        "quality":"reported","source":"here","age_ms":0,"must_act":"human",\
        "run_href":"/v1/runs/run%2F1%20%C3%BC?source=here"}],"next_cursor":null}""",
        server.json(RUN_PATH + "/waits"));
  }

  @Test
  void listsOpenWaitsOfAllRunsOldestFirst() throws Exception {
    store.waiting.add(
        new WaitingRun(Story.run("here", "a"), List.of(wait("a1", 1), wait("a2", 5))));
    store.waiting.add(new WaitingRun(Story.run("here", "b"), List.of(wait("b1", 2))));
    store.waiting.add(
        new WaitingRun(Story.run("here", "c"), List.of(wait("c1", 2), wait("c2", 9))));
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = JSON.readTree(server.json("/v1/waits?state=open&limit=2" + cursor));
      page.get("items").forEach(wait -> seen.add(wait.get("wait_id").textValue()));
      JsonNode next = page.get("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.textValue();
    } while (!cursor.isEmpty());
    assertEquals(List.of("a1", "b1", "c1", "a2", "c2"), seen);
  }

  private static Wait wait(String id, int second) {
    return new Wait(
        id,
        WaitKind.HUMAN_INPUT,
        "coder",
        null,
        Story.NOON.plusSeconds(second),
        null,
        null,
        null,
        null,
        1,
        null,
        Quality.REPORTED);
  }

  @Test
  void listsThreadsAndShowsOneWithItsRuns() throws Exception {
    store.runs.add(Story.run("here", "run/1 ü"));
    store.threads.add(
        new AgentThread(
            "thread-1",
            3,
            List.of("coder"),
            State.WAITING,
            Story.NOON,
            Story.NOON.plusSeconds(1),
            97,
            TokenUsage.of(1L, 2L),
            "Title"));
    String end =
        """
        ,"agents":["coder"],"state":"waiting","started_at":"2026-11-21T12:00:00Z",\
        "last_event_at":"2026-11-21T12:00:01Z","events":97,"usage":{"input_tokens":1,\
        "output_tokens":2,"total_tokens":3,"cached_input_tokens":null,"cache_write_tokens":null,\
        "reasoning_tokens":null,"cost_usd":null},"title":"Title\"""";
    assertEquals(
        "{\"items\":[{\"thread_id\":\"thread-1\",\"runs\":3" + end + "}],\"next_cursor\":null}",
        server.json("/v1/threads"));
    assertEquals(
        "{\"thread_id\":\"thread-1\",\"runs\":[" + SUMMARY + "]" + end + ",\"next_cursor\":null}",
        server.json("/v1/threads/thread-1"));
  }

  @Test
  void listsTasksAndShowsOneWithItsRuns() throws Exception {
    store.runs.add(Story.run("here", "run/1 ü"));
    store.tasks.add(
        new Task(
            "task-1",
            "MT-12",
            State.RETRY_SCHEDULED,
            List.of(
                new Task.Attempt(1, 2, "here", "run/1 ü", State.FAILED, Story.NOON, null, "oops")),
            Story.NOON.plusSeconds(9),
            List.of("thread-1")));
    String task =
        """
        {"task_id":"task-1","identifier":"MT-12","state":"retry_scheduled",\
        "attempts":[{"attempt":1,"native_attempt":2,"run_id":"run/1 ü","state":"failed",\
        "started_at":"2026-11-21T12:00:00Z","ended_at":null,"reason":"oops"}],\
        "next_attempt_at":"2026-11-21T12:00:09Z","thread_ids":["thread-1"]""";
    assertEquals("{\"items\":[" + task + "}],\"next_cursor\":null}", server.json("/v1/tasks"));
    String books =
        """
        ,"retries":[],"time":{"from":"2026-11-21T12:00:00Z","to":"2026-11-21T12:00:00Z",\
        "total_ms":0,"in_runs_ms":0,"classes":[]},"findings":[],"why":{"stuck":false,\
        "cause":"timer","since":null,"for_ms":null,"because":"attempt is scheduled",\
        "must_act":"nobody","to_do":null,"run_id":null,"source":null,"wait":null,\
        "next_at":"2026-11-21T12:00:09Z","cost":{"duration_ms":0,"waiting_ms":0,"attempts":1,\
        "usage":%s}}"""
            .formatted(JSON.readTree(SUMMARY).get("usage").toString());
    String whole = task + books + ",\"runs\":[" + SUMMARY + "],\"next_cursor\":null}";
    assertEquals(whole, server.json("/v1/tasks/task-1"));
    assertEquals(whole, server.json("/v1/tasks/MT-12"));
  }

  @Test
  void listsAgentsAndShowsOneWithItsRuns() throws Exception {
    store.runs.add(Story.run("here", "run/1 ü"));
    store.agents.add(new AgentSummary("coder", "here", 12, 4, Story.NOON, 2, 88, null));
    String end =
        """
        ,"threads":4,"last_event_at":"2026-11-21T12:00:00Z","errors":2,"tool_calls":88,\
        "usage":null""";
    assertEquals(
        "{\"items\":[{\"agent\":\"coder\",\"source\":\"here\",\"runs\":12"
            + end
            + "}],\"next_cursor\":null}",
        server.json("/v1/agents"));
    assertEquals(
        "{\"agent\":\"coder\",\"source\":\"here\",\"runs\":["
            + SUMMARY
            + "]"
            + end
            + ",\"next_cursor\":null}",
        server.json("/v1/agents/coder"));
    store.agents.add(new AgentSummary("coder", "there", 1, 1, Story.NOON, 0, 0, null));
    assertEquals(409, server.get("/v1/agents/coder").statusCode());
    assertEquals(200, server.get("/v1/agents/coder?source=there").statusCode());
  }

  @Test
  void listsEventsWithoutARun() throws Exception {
    Event event = Story.event(null, "stray", new Fact.LogLine("info"));
    store.stray.add(Story.stored(event, 0, "noise"));
    JsonNode item = JSON.readTree(server.json("/v1/events?run=none&payload=true")).at("/items/0");
    assertTrue(item.get("seq").isNull());
    assertTrue(item.get("run_id").isNull());
    assertEquals("{\"text\":\"noise\"}", item.get("payload").toString());
  }

  @Test
  void searches() throws Exception {
    store.events.put(RUN, List.of(call()));
    assertEquals(
        "{\"items\":[{\"event\":"
            + callJson("")
            + ",\"fragments\":[\"a <mark>word</mark>\"]}],\"next_cursor\":null,\"query\":\"\"}",
        server.json("/v1/search"));
  }

  @Test
  void listsQuarantine() throws Exception {
    store.quarantine.add(quarantined("q-2", null, "replayed"));
    store.quarantine.add(quarantined("q/1", "/run_id", "open"));
    String open =
        """
        {"id":"q/1","at":"2026-11-21T12:00:00Z","source":"here","dialect":null,\
        "code":"missing_field","pointer":"/run_id","message":"no run","record":"{\\"a\\":1}",\
        "state":"open"}""";
    assertEquals(
        "{\"items\":[" + open + "],\"next_cursor\":null}",
        server.json("/v1/quarantine?state=open"));
    assertEquals(open, server.json("/v1/quarantine/q%2F1"));
    assertEquals(2, JSON.readTree(server.json("/v1/quarantine")).get("items").size());
  }

  private static Quarantined quarantined(String id, @Nullable String pointer, String state) {
    return new Quarantined(
        new Entry.Refused(
            "here",
            id,
            Story.NOON,
            null,
            null,
            null,
            new Rejection(Rejection.Code.MISSING_FIELD, pointer, "no run"),
            Entry.Headers.NONE,
            "{\"a\":1}".getBytes(StandardCharsets.UTF_8)),
        state);
  }

  @Test
  void balancesTheLedgerOfEachSource() throws Exception {
    store.ledger.add(new LedgerLine("here", 10, 2, 3, 1));
    inFlight.put("here", 4L);
    inFlight.put("new", 5L);
    assertEquals(
        """
        {"positions":{"durable":"0-0","indexed":"0-0"},"lag":{"events":0,"ms":0},\
        "sources":[{"source":"here","received":19,"stored":10,"duplicates":2,"rejected":3,\
        "quarantined":1,"in_flight":4},{"source":"new","received":5,"stored":0,"duplicates":0,\
        "rejected":0,"quarantined":0,"in_flight":5}],"sizes":{"log_bytes":0,"index_bytes":4096},\
        "exports":[],"version":"0.1.0-test"}""",
        server.json("/v1/status"));
  }

  @Test
  void tellsHowFarTheBackendsAreToWhichRunsAreSentOn() throws Exception {
    server.exports.add(
        new ExportStatus(
            "jaeger",
            "http://localhost:4318",
            "retrying",
            Position.of(7),
            3,
            1_500,
            Map.of("traces sent", 12L),
            2,
            "503"));
    assertEquals(
        """
        [{"target":"jaeger","url":"http://localhost:4318","state":"retrying","position":"0-7",\
        "lag":{"events":3,"ms":1500},"items":{"traces sent":12},"retries":2,"failure":"503"}]""",
        JSON.readTree(server.json("/v1/status")).get("exports").toString());
  }

  @Test
  void tellsHowFarTheIndexIsBehind() throws Exception {
    Event event = Story.event(RUN.run(), "e", new Fact.LogLine(null));
    Entry entry = new Entry.Repeated("here", Story.NOON.minusMillis(1_500), 3);
    log.append(Story.recorded("{}", event));
    store.show(Position.of(1));
    log.append(entry);
    log.append(new Entry.Replayed("here", Story.NOON, "q"));
    JsonNode status = JSON.readTree(server.json("/v1/status"));
    assertEquals("{\"durable\":\"0-3\",\"indexed\":\"0-1\"}", status.get("positions").toString());
    assertEquals("{\"events\":2,\"ms\":1500}", status.get("lag").toString());
  }

  @Test
  void isReadyOnceTheLogIsIndexed() throws Exception {
    log.append(new Entry.Repeated("here", Story.NOON, 1));
    server.close();
    server = serve();
    HttpResponse<String> behind = server.get("/ready");
    assertEquals(503, behind.statusCode());
    assertEquals(
        "{\"error\":{\"code\":\"not_ready\",\"message\":\"the index is being built from the log:"
            + " 0 of 1 entries\"}}",
        behind.body());
    HttpResponse<String> runs = server.get("/v1/runs");
    assertEquals(503, runs.statusCode());
    assertEquals("1", runs.headers().firstValue("Retry-After").orElseThrow());
    assertEquals("not_ready", code(runs));
    assertEquals(200, server.get("/v1/status").statusCode());
    assertEquals("{\"status\":\"alive\"}", server.json("/health"));

    store.show(Position.of(1));
    assertEquals("{\"status\":\"ready\"}", server.json("/ready"));
    assertEquals(200, server.get("/v1/runs").statusCode());
    server.troubles.add("the log cannot be written");
    assertTrue(server.get("/ready").body().contains("the log cannot be written"));
  }

  @Test
  void exportsMetrics() throws Exception {
    store.ledger.add(new LedgerLine("a\"b\\c\nd", 10, 2, 3, 1));
    server.metrics.add(
        Metric.of("ledgerline_in_flight_bytes", Metric.Type.GAUGE, "Bodies in memory.", 0.5));
    HttpResponse<String> response = server.get("/metrics");
    assertEquals(
        "text/plain; version=0.0.4; charset=utf-8",
        response.headers().firstValue("Content-Type").orElseThrow());
    List<String> lines = response.body().lines().toList();
    assertTrue(lines.contains("# TYPE ledgerline_records_total counter"), response.body());
    assertTrue(
        lines.contains(
            "ledgerline_records_total{outcome=\"stored\",source=\"a\\\"b\\\\c\\nd\"} 10"),
        response.body());
    assertTrue(lines.contains("ledgerline_index_bytes 4096"), response.body());
    assertTrue(lines.contains("ledgerline_in_flight_bytes 0.5"), response.body());
    assertTrue(lines.contains("ledgerline_tails 0"), response.body());
  }

  @Test
  void waitsForAPosition() throws Exception {
    store.runs.add(Story.run("here", "r"));
    Thread.ofVirtual().start(() -> store.show(Position.of(3)));
    assertEquals(200, server.get("/v1/runs/r?after_position=0-3").statusCode());
    assertEquals(200, server.get("/v1/status?after_position=0-3").statusCode());
  }

  @Test
  void saysSoWhenAPositionDoesNotBecomeVisible() throws Exception {
    HttpResponse<String> response = server.get("/v1/runs?after_position=0-3");
    assertEquals(503, response.statusCode());
    assertEquals("timeout", code(response));
    assertEquals("1", response.headers().firstValue("Retry-After").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/runs/none, 404, run_not_found",
    "/v1/runs/none/events, 404, run_not_found",
    "/v1/runs/none/events/1, 404, run_not_found",
    "/v1/runs/none/steps, 404, run_not_found",
    "/v1/runs/r/events/99, 404, not_found",
    "/v1/runs/r/events/x, 400, bad_request",
    "/v1/runs/r/events?after=x, 400, bad_request",
    "/v1/runs/r/events?after=-1, 400, bad_request",
    "/v1/runs/r/events?kind=nonsense, 400, bad_request",
    "/v1/runs/r/events?payload=perhaps, 400, bad_request",
    "/v1/runs/r/events?cursor=!, 400, bad_cursor",
    "/v1/runs/r/steps?cursor=!, 400, bad_cursor",
    "/v1/runs?limit=0, 400, bad_request",
    "/v1/runs?limit=1001, 400, bad_request",
    "/v1/runs?limit=ten, 400, bad_request",
    "/v1/runs?limit=99999999999999999999, 400, bad_request",
    "/v1/runs?sort=colour, 400, bad_request",
    "/v1/runs?cursor=!, 400, bad_cursor",
    "/v1/runs?after_position=soon, 400, bad_request",
    "/v1/waits?state=closed, 400, bad_request",
    "/v1/waits?cursor=!, 400, bad_cursor",
    "/v1/waits?cursor=YQ.YQ.YQ.YQ, 400, bad_cursor",
    "/v1/threads/none, 404, not_found",
    "/v1/tasks/none, 404, not_found",
    "/v1/agents/none, 404, not_found",
    "/v1/threads?cursor=!, 400, bad_cursor",
    "/v1/events, 400, bad_request",
    "/v1/events?run=some, 400, bad_request",
    "/v1/quarantine?state=lost, 400, bad_request",
    "/v1/quarantine/none, 404, not_found",
    "/v1/runs?q=nonsense:1, 400, bad_query",
    "/v1/runs?q=(, 400, bad_query",
    "/v1/search?q=state:sleeping, 400, bad_query",
    "/v1/tail?q=state:failed, 400, bad_query",
    "/v1/tail?since=yesterday, 400, bad_request",
    "/v1/tail?since=0-7, 400, bad_request",
  })
  void namesWhatIsWrong(String path, int status, String code) throws Exception {
    store.runs.add(Story.run("here", "r"));
    store.events.put(new RunKey("here", "r"), List.of(call()));
    HttpResponse<String> response = server.get(path);
    assertEquals(code, code(response), response.body());
    assertEquals(status, response.statusCode());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("nosniff", response.headers().firstValue("X-Content-Type-Options").orElseThrow());
    assertEquals("no-store", response.headers().firstValue("Cache-Control").orElseThrow());
  }

  @Test
  void aQueryStringThatCannotBeDecodedIsNotTakenForNone() throws Exception {
    for (String broken : List.of("q=%zz", "q=%ff", "q=%", "limit=5&q=%C3")) {
      String answer = server.raw("/v1/runs?" + broken);
      assertTrue(answer.startsWith("HTTP/1.1 400") && answer.contains("bad_request"), answer);
    }
    assertTrue(server.raw("/v1/runs?q=%C3%BC").startsWith("HTTP/1.1 200"));
  }

  @Test
  void answersHeadWithTheStatusOfGet() throws Exception {
    assertEquals(200, server.head("/v1/runs").statusCode());
    assertEquals(404, server.head("/v1/runs/none").statusCode());
    assertEquals(200, server.head("/ready").statusCode());
    server.troubles.add("the disk is nearly full");
    assertEquals(503, server.head("/ready").statusCode());
    assertEquals(200, server.head("/v1/tail").statusCode());
  }

  @Test
  void givesUpAtTheDeadline() throws Exception {
    store.failure = new DeadlineException();
    HttpResponse<String> response = server.get("/v1/runs");
    assertEquals(503, response.statusCode());
    assertEquals("timeout", code(response));
    assertTrue(response.headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void namesTheNearestFieldAndRepeatsTheQueryThatItUnderstood() throws Exception {
    String error = server.get("/v1/runs?q=agnet:coder").body();
    assertTrue(error.contains("agnet") && error.contains("agent"), error);
    String page = server.json("/v1/runs?q=state:failed++agent:%22a+b%22");
    assertEquals("state:failed agent:\"a b\"", JSON.readTree(page).get("query").textValue(), page);
  }

  @Test
  void explainsAValueThatAFieldCannotHave() throws Exception {
    store.failure = new IllegalArgumentException("duration cannot be soon");
    HttpResponse<String> response = server.get("/v1/runs");
    assertEquals(400, response.statusCode());
    assertEquals(
        "{\"error\":{\"code\":\"bad_query\",\"message\":\"duration cannot be soon\"}}",
        response.body());
  }

  @Test
  void tellsNobodyHowItFailed() throws Exception {
    for (Exception failure :
        List.of(new IOException("/secret/path"), new IllegalStateException("secret"))) {
      store.failure = failure;
      HttpResponse<String> response = server.get("/v1/runs");
      assertEquals(500, response.statusCode());
      assertEquals("internal", code(response));
      assertFalse(response.body().contains("secret"), response.body());
    }
  }

  private static @Nullable String code(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body()).at("/error/code").textValue();
  }

  @Test
  void describesEveryPathThatItHas() throws Exception {
    JsonNode api = JSON.readTree(server.json("/openapi.json"));
    assertEquals("3.1.0", api.get("openapi").textValue());
    assertEquals("0.1.0-test", api.at("/info/version").textValue());
    assertEquals(
        "[\"agent-protocol\",\"codex-exec\"]",
        api.at("/components/schemas/Dialect/enum").toString());
    Set<String> described = new TreeSet<>();
    api.get("paths")
        .properties()
        .forEach(
            path -> {
              if (path.getValue().has("get")) {
                described.add(path.getKey());
              }
            });
    assertEquals(server.paths(), described);
  }

  @Test
  void describesOnlyShapesThatItDefines() throws Exception {
    JsonNode api = JSON.readTree(server.json("/openapi.json"));
    List<String> references =
        api.findValues("$ref").stream().map(JsonNode::textValue).distinct().toList();
    assertTrue(references.size() > 30);
    for (String reference : references) {
      assertFalse(api.at(reference.substring(1)).isMissingNode(), reference);
    }
    List<String> kinds = new ArrayList<>();
    api.at("/components/schemas/Kind/enum").forEach(kind -> kinds.add(kind.textValue()));
    assertEquals(Arrays.stream(Kind.values()).map(Kind::word).toList(), kinds);
  }

  @Test
  void answersAsItsDescriptionSays() throws Exception {
    tellAStory();
    store.ledger.add(new LedgerLine("here", 10, 2, 3, 1));
    store.quarantine.add(quarantined("q", null, "open"));
    JsonNode schemas = JSON.readTree(server.json("/openapi.json")).at("/components/schemas");
    assertFields(schemas.get("Run"), server.json(RUN_PATH));
    assertFields(schemas.get("Status"), server.json("/v1/status"));
    assertFields(schemas.get("Quarantined"), server.json("/v1/quarantine/q"));
    assertFields(schemas.get("Skeleton"), server.json(RUN_PATH + "/skeleton"));
    assertFields(schemas.get("Event"), server.json(RUN_PATH + "/events/1"));
    assertFields(schemas.get("RunTime"), server.json(RUN_PATH + "/time"));
    assertFields(schemas.get("CriticalPath"), server.json(RUN_PATH + "/critical-path"));
    assertFields(schemas.get("Findings"), server.json(RUN_PATH + "/findings"));
    assertFields(schemas.get("Why"), server.json(RUN_PATH + "/why"));
    assertFields(schemas.get("Graph"), server.json("/v1/graph?run=run%2F1%20%C3%BC"));
    assertFields(schemas.get("Stats"), server.json("/v1/stats"));
    for (String list : List.of("Step", "Transition", "Wait")) {
      String path = RUN_PATH + "/" + list.toLowerCase(Locale.ROOT) + "s";
      JsonNode page = JSON.readTree(server.json(path));
      assertFields(schemas.get(list), page.at("/items/0").toString());
    }
  }

  private static void assertFields(JsonNode schema, String json) throws IOException {
    List<String> described = new ArrayList<>();
    schema.get("properties").fieldNames().forEachRemaining(described::add);
    List<String> answered = new ArrayList<>();
    JSON.readTree(json).fieldNames().forEachRemaining(answered::add);
    assertEquals(described, answered);
  }
}
