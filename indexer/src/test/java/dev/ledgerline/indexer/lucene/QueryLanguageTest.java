// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.state.Verdict;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Four runs: 1 completed by a planner and a coder, 2 failed by a coder, 3 waits, 4 is a child of 1
 * told by another source.
 */
class QueryLanguageTest extends StoreTest {
  private static final String RUN_1 = "run-1";
  private static final String RUN_2 = "run-2";
  private static final String RUN_3 = "run-3";
  private static final String RUN_4 = "run-4";

  @BeforeEach
  void tell() throws Exception {
    Scope one = Scope.of(RUN_1, "thread-a", "planner").withTrace("aaaa1111");
    story.in(one).at(Story.START).starts();
    story.tell(
        new Fact.Message(Role.USER, false, "/t"), "Message", "t", "Write the quarterly report");
    story.in(one.withAgent("coder"));
    story.tell(
        new Fact.ToolCall("call-7", "grep", "/a"), "ToolCall", "a", "grep -rn TODO src/main.py");
    story.tell(
        new Fact.ToolResult("call-7", "grep", ToolOutcome.OK, "/r", null, false, false),
        "ToolResult",
        "r",
        "src/main.py:42: # TODO fix");
    story.tell(
        new Fact.ModelResponse(null, "m", TokenUsage.of(20_000L, 500L), null), "LlmResponse");
    story.in(one).at(Story.START.plusSeconds(90)).ends(State.COMPLETED);

    story.in(Scope.of(RUN_2, "thread-b", "coder").withTask("task-9")).at(null).starts();
    story.flags(Flag.CLOCK_SKEW);
    story.tell(
        new Fact.ToolCall("call-8", "sql", "/q"), "ToolCall", "q", "DROP TABLE users; -- 会议在北京");
    story.flags();
    story.tell(
        new Fact.ErrorReported("database", "42501", "permission denied for table", false), "Error");
    story.ends(State.FAILED);

    story.in(Scope.of(RUN_3, "thread-b", "coder")).starts();
    story.tell(
        new Fact.WaitOpened("w", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED),
        "WaitForInput",
        "prompt",
        "May I?");

    story
        .source("lab")
        .in(Scope.of(RUN_4, "thread-c", "scout").withParentRun("run-1").withTask("task-10"));
    story.starts();
    story.source("desk").in(Scope.of("run-5", null, null).withParentRun(RUN_1)).starts();
    story.ends(State.CANCELED);
    index();
  }

  private void finds(String query, String... runs) throws Exception {
    List<String> found = runs(QueryParser.parse(query));
    assertEquals(new TreeSet<>(Arrays.asList(runs)), new TreeSet<>(found), query);
    assertEquals(runs.length, found.size(), query);
  }

  private List<Hit> search(String query) throws Exception {
    Query parsed = QueryParser.parse(query);
    return all(cursor -> store.search(parsed, 3, cursor, soon()));
  }

  /** The run and type of each event that is found. */
  private void hits(String query, String... events) throws Exception {
    List<String> found =
        search(query).stream()
            .map(hit -> hit.event().event().scope().run() + " " + hit.event().event().nativeType())
            .toList();
    assertEquals(Arrays.stream(events).sorted().toList(), found.stream().sorted().toList(), query);
  }

  @Test
  void findsRunsByTheirOwnFields() throws Exception {
    finds("", RUN_1, RUN_2, RUN_3, RUN_4, "run-5");
    finds("run:run-1", RUN_1);
    finds("run:run*", RUN_1, RUN_2, RUN_3, RUN_4, "run-5");
    finds("thread:thread-b", RUN_2, RUN_3);
    finds("task:task-9", RUN_2);
    finds("task:task*", RUN_2, RUN_4);
    finds("parent:run-1", RUN_4, "run-5");
    finds("source:lab", RUN_4);
    finds("dialect:agent-protocol source:desk", RUN_1, RUN_2, RUN_3, "run-5");
    finds("state:completed", RUN_1);
    finds("state:failed OR state:waiting", RUN_2, RUN_3);
    finds("state:c*", RUN_1, "run-5");
    finds("verdict:ok", RUN_1, RUN_2, RUN_3, RUN_4, "run-5");
    finds("verdict:violated");
    finds("agent:planner", RUN_1);
    finds("agent:coder", RUN_1, RUN_2, RUN_3);
    finds("agent:co*", RUN_1, RUN_2, RUN_3);
    finds("trace:aaaa1111", RUN_1);
    finds("title:quarterly", RUN_1);
    finds("title:\"the quarterly\"", RUN_1);
    finds("title:quart*", RUN_1);
  }

  @Test
  void comparesTimesDurationsAndCounts() throws Exception {
    finds("started>=2026-11-21T10:00:06Z", RUN_2, RUN_3, RUN_4, "run-5");
    finds("started<-9m54s", RUN_1);
    finds("started:2026-11-21", RUN_1, RUN_2, RUN_3, RUN_4, "run-5");
    finds("started>2026-11-21");
    finds("ended>2026-11-20", RUN_1, RUN_2, "run-5");
    finds("duration>30s", RUN_1);
    finds("duration>=90s duration<=1m30s", RUN_1);
    finds("duration:90000", RUN_1);
    finds("duration<30s", RUN_2, "run-5");
    finds("events>=6", RUN_1);
    finds("events:4", RUN_2);
    finds("events<2", RUN_4);
    finds("errors>0", RUN_2);
    finds("tokens>=10000", RUN_1);
    finds("tokens>20k", RUN_1);
    finds("tokens<20.5k");
    finds("cost>0");
    finds("waits>0", RUN_3);
    finds("has:open_wait", RUN_3);
    finds("has:error", RUN_2);
    finds("has:violation");
    finds("has:child", RUN_1);
    finds("has:*", RUN_1, RUN_2, RUN_3);
  }

  @Test
  void findsRunsThatHaveSuchAnEvent() throws Exception {
    finds("kind:tool.call", RUN_1, RUN_2);
    finds("kind:tool*", RUN_1, RUN_2);
    finds("tool:grep", RUN_1);
    finds("call:call-8", RUN_2);
    finds("type:WaitForInput", RUN_3);
    finds("occurred>=2026-11-21T10:01:30Z", RUN_1);
    finds("observed<=2026-11-21T10:00:02Z", RUN_1);
    finds("flag:clock_skew", RUN_2);
    finds("error:permission", RUN_2);
    finds("error:\"denied for\"", RUN_2);
    finds("error:42501", RUN_2);
    finds("error:*", RUN_2);
    finds("text:todo", RUN_1);
    finds("quarterly", RUN_1);
    finds("QUART*", RUN_1);
    finds("scout", RUN_4);
    finds("src/main.py", RUN_1);
    finds("src/ma*", RUN_1);
    finds("nothing-of-that");
  }

  @Test
  void wantsAllOfAnAndInOneEvent() throws Exception {
    finds("grep TODO", RUN_1);
    finds("grep quarterly");
    finds("tool:grep kind:tool.result fix", RUN_1);
    finds("tool:grep kind:llm.response");
    finds("agent:planner tool:grep", RUN_1);
    finds("state:failed tool:sql", RUN_2);
    finds("state:failed tool:grep");
    finds("(tool:grep OR tool:sql) kind:tool.call", RUN_1, RUN_2);
    finds("(tool:grep kind:tool.result) OR state:waiting", RUN_1, RUN_3);
  }

  @Test
  void takesALoneNegatedEventTermAsTheRunHavingNoSuchEvent() throws Exception {
    finds("-tool:grep", RUN_2, RUN_3, RUN_4, "run-5");
    finds("agent:coder -tool:grep", RUN_2, RUN_3);
    finds("kind:tool.call -tool:grep", RUN_2);
    finds("kind:tool.call -tool:grep -tool:sql");
    finds("-state:completed -tool:sql", RUN_3, RUN_4, "run-5");
    finds("-(tool:grep OR tool:sql)", RUN_3, RUN_4, "run-5");
    finds("-has:child -has:error", RUN_3, RUN_4, "run-5");
  }

  @Test
  void comparesPhrasesExactly() throws Exception {
    finds("\"DROP TABLE users; --\"", RUN_2);
    finds("\"drop table\"", RUN_2);
    finds("\"DROP, TABLE\"");
    finds("\"main.py:42: #\"", RUN_1);
    finds("\"main.py 42\"");
    finds("\"src/ma\"", RUN_1);
    finds("\"; --\"", RUN_2);
    finds("\"???\"");
    finds("\"北京\"", RUN_2);
    finds("北京", RUN_2);
    finds("会议在北京", RUN_2);
    finds("京北");
    finds("-\"; --\" state:failed");
  }

  @Test
  void searchesEventsOfRuns() throws Exception {
    hits("tool:grep", "run-1 ToolCall", "run-1 ToolResult");
    hits("agent:coder kind:tool.call", "run-1 ToolCall", "run-2 ToolCall");
    hits("run:run-3", "run-3 RunStarted", "run-3 WaitForInput");
    hits("state:waiting", "run-3 RunStarted", "run-3 WaitForInput");
    hits("state:failed kind:tool.call", "run-2 ToolCall");
    hits("state:failed -kind:state", "run-2 ToolCall", "run-2 Error");
    hits("-source:desk", "run-4 RunStarted");
    hits("tool:sql OR source:lab", "run-2 ToolCall", "run-4 RunStarted");
    hits("task:task-9 kind:error", "run-2 Error");
    hits("thread:thread-c", "run-4 RunStarted");
    hits("flag:clock*", "run-2 ToolCall");
    hits("has:child TODO", "run-1 ToolCall", "run-1 ToolResult");
    hits("-state:completed -state:canceled kind:tool.call", "run-2 ToolCall");
  }

  @Test
  void showsTheNewestFirstWithWhatMatched() throws Exception {
    List<Hit> hits = search("todo");
    assertEquals(
        List.of("ToolResult", "ToolCall"),
        hits.stream().map(h -> h.event().event().nativeType()).toList());
    assertEquals(List.of("src/main.py:42: # <mark>TODO</mark> fix"), hits.getFirst().fragments());
  }

  @Test
  void refusesAValueThatItsFieldCannotHave() {
    Query.FieldTerm bad =
        new Query.FieldTerm(
            dev.ledgerline.event.query.Field.STARTED, Query.Comparison.GREATER, "noon", false);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> runs(bad));
    assertEquals(true, String.valueOf(refused.getMessage()).contains("noon"));
  }

  @Test
  void stopsAtTheDeadline() throws Exception {
    Query phrase = new Query.PhraseTerm("???");
    assertThrows(DeadlineException.class, () -> store.search(phrase, 10, null, Instant.EPOCH));
  }

  @Test
  void takesARunThatWasSilentForTooLongAsLost() throws Exception {
    story.in("silent").starts();
    index();
    finds("state:lost");
    finds("verdict:unknown");
    assertEquals(State.RUNNING, run("silent").state());
    assertEquals(Verdict.Result.OK, run("silent").verdict());
    store.close();
    store =
        LuceneRunStore.open(
            folder.resolve("index"),
            log,
            SETTINGS,
            java.time.InstantSource.fixed(NOW.plusSeconds(2 * 86_400)));
    index();
    assertEquals(State.LOST, run("silent").state());
    assertEquals(Quality.SYNTHESIZED, run("silent").stateQuality());
    assertEquals(Verdict.Result.UNKNOWN, run("silent").verdict());
    finds("state:lost", "silent", RUN_4);
    finds("verdict:unknown", "silent", RUN_4);
    finds("state:running");
    finds("state:waiting", RUN_3);
  }

  @Test
  void tellsRunsOfTwoSourcesApart() throws Exception {
    story.source("lab").in(RUN_1).starts();
    index();
    assertEquals(2, store.run(RUN_1).size());
    finds("run:run-1 source:lab", RUN_1);
    assertEquals(RunIdQuality.NATIVE, store.run(RUN_1).getFirst().runIdQuality());
  }

  @Test
  void theThreadAndTaskOfARunAreThoseOfAllItsEvents() throws Exception {
    Scope told = Scope.of("run-6", "thread-z", null).withTask("task-z");
    story.in(told).starts();
    story.in(Scope.of("run-6", null, null)).tell(new Fact.Message(Role.USER, false, "/t"), "Said");
    index();
    hits("thread:thread-z", "run-6 RunStarted", "run-6 Said");
    hits("task:task-z -kind:state", "run-6 Said");
    hits("-thread:thread-z run:run-6");
  }

  @Test
  void theReasonOfAFailureIsFoundAsAnError() throws Exception {
    story.in(Scope.of("run-7", null, null)).starts();
    story.tell(
        Fact.StateChange.reported(Entity.RUN, State.FAILED, "RunCompleted").because("it is kaput"),
        "RunCompleted");
    index();
    hits("error:kaput", "run-7 RunCompleted");
    finds("error:kaput", "run-7");
  }
}
