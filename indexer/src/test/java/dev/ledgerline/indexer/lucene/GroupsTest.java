// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.run.RunSummary;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupsTest extends StoreTest {
  private Story run(String run, String thread, String agent) {
    return story.in(Scope.of(run, thread, agent));
  }

  private List<String> threads(int limit) throws Exception {
    return all(cursor -> store.threads(limit, cursor, soon())).stream()
        .map(AgentThread::id)
        .toList();
  }

  @Test
  void listsThreadsByTheirNewestRun() throws Exception {
    run("r1", "a", "x").starts();
    run("r2", "b", "x").starts();
    run("r3", "a", "y").starts();
    run("r4", "c", "x").starts();
    story.in("no thread").starts();
    index();
    assertEquals(List.of("c", "a", "b"), threads(10));
    assertEquals(List.of("c", "a", "b"), threads(1));
    Page<AgentThread> first = store.threads(1, null, soon());
    run("r5", "b", "x").starts();
    run("r6", "d", "x").starts();
    index();
    Page<AgentThread> second = store.threads(1, first.next(), soon());
    Page<AgentThread> third = store.threads(1, second.next(), soon());
    assertEquals("a", second.items().getFirst().id());
    assertEquals("b", third.items().getFirst().id());
    assertNull(third.next());
    assertEquals(List.of("d", "b", "c", "a"), threads(3));
  }

  @Test
  void addsUpAThread() throws Exception {
    run("r1", "a", "planner").says("the title");
    story.tell(new Fact.ModelResponse(null, "m", TokenUsage.of(10L, 5L), null), "LlmResponse");
    story.ends(State.COMPLETED);
    story.in(Scope.of("r2", "a", "coder").withContinuesRun("r1")).starts();
    story.ends(State.SUPERSEDED);
    index();
    AgentThread thread = store.thread("a");
    assertNotNull(thread);
    assertEquals(2, thread.runs());
    assertEquals(List.of("coder", "planner"), thread.agents());
    assertEquals(5, thread.events());
    assertEquals("the title", thread.title());
    assertEquals(15L, thread.usage() == null ? null : thread.usage().effectiveTotal());
    assertEquals(Story.START, thread.startedAt());
    assertEquals(Story.START.plusSeconds(4), thread.lastEventAt());
    // The newest is superseded and the other one continued: nothing better is known.
    assertEquals(State.SUPERSEDED, thread.state());
    assertEquals(
        List.of("r1", "r2"),
        all(cursor -> store.runsOfThread("a", 1, cursor)).stream()
            .map(r -> r.key().run())
            .toList());
    assertNull(store.thread("none"));
  }

  private Task task(String id) throws Exception {
    List<Task> tasks = store.task(id);
    assertEquals(1, tasks.size());
    return tasks.getFirst();
  }

  private void task(State state) {
    story.tell(Fact.StateChange.reported(Entity.TASK, state, state.word()), "Task");
  }

  private State taskState() throws Exception {
    return task("t").state();
  }

  @Test
  void tellsWhatBecameOfATask() throws Exception {
    Scope scope = Scope.NONE.withTask("t");
    story.in(scope);
    task(State.SUBMITTED);
    index();
    assertEquals(State.SUBMITTED, taskState());

    Scope first = Scope.of("r1", "a", "x").withTask("t");
    story.in(first).starts();
    story.ends(State.FAILED);
    index();
    assertEquals(State.FAILED, taskState());

    story.in(scope);
    story.tell(new Fact.RetryScheduled(2, 60_000L, null, "it broke"), "Retry");
    index();
    Task task = task("t");
    assertEquals(State.RETRY_SCHEDULED, task.state());
    assertEquals(Story.START.plusSeconds(3 + 60), task.nextAttemptAt());
    assertEquals(1, task.attempts().size());

    story.in(Scope.of("r2", "a", "x").withTask("t")).starts();
    index();
    task = task("t");
    assertEquals(State.RUNNING, task.state());
    assertNull(task.nextAttemptAt());
    assertEquals(List.of(1, 2), task.attempts().stream().map(Task.Attempt::number).toList());
    assertEquals(List.of("a"), task.threads());
    List<RunSummary> runs = all(cursor -> store.runsOfTask("t", 1, cursor));
    assertEquals(List.of(1, 2), runs.stream().map(RunSummary::attempt).toList());

    story.ends(State.SUSPENDED);
    index();
    assertEquals(State.WAITING, taskState());
    task(State.RELEASED);
    index();
    assertEquals(State.RELEASED, taskState());
    assertEquals(List.of(), store.task("none"));
  }

  private void named(String name, State to) {
    story.tell(
        new Fact.StateChange(
            Entity.TASK,
            name,
            null,
            to,
            null,
            to.word(),
            null,
            Quality.REPORTED,
            Fact.Firmness.FIRM),
        "Task");
  }

  @Test
  void findsATaskByWhatPeopleCallIt() throws Exception {
    story.in(Scope.of("r1", null, null).withTask("id-1")).starts();
    named("MT-12", State.RUNNING);
    story.tell(new Fact.RetryScheduled(1, 10_000L, null, "it broke"), "Retry");
    story.in(Scope.NONE.withTask("id-2"));
    named("id-2", State.SUBMITTED);
    index();
    assertEquals("id-1", task("MT-12").id());
    assertEquals("MT-12", task("id-1").identifier());
    assertEquals("MT-12", store.tasks(10, null, soon()).items().getLast().identifier());
    assertNull(task("id-2").identifier());
    assertEquals(List.of(), store.task("MT-1"));

    story.in(Scope.NONE.withTask("id-1"));
    named("MT-13", State.RUNNING);
    index();
    assertEquals("MT-13", task("id-1").identifier());
    assertEquals("id-1", task("MT-12").id());

    story.source("lab").in(Scope.NONE.withTask("id-3"));
    named("MT-13", State.RUNNING);
    index();
    assertEquals(List.of("id-1", "id-3"), store.task("MT-13").stream().map(Task::id).toList());
  }

  @Test
  void theTimeOfTheSourceDecidesWhatWasSaidLastOfATask() throws Exception {
    story.in(Scope.NONE.withTask("t"));
    story.at(Story.START.plusSeconds(100));
    task(State.RELEASED);
    story.at(Story.START.plusSeconds(50));
    story.tell(new Fact.RetryScheduled(1, 1_000L, null, null), "Retry");
    index();
    assertEquals(State.RELEASED, taskState());
    story.at(Story.START.plusSeconds(40)).in(Scope.of("r1", null, null).withTask("t")).starts();
    index();
    assertEquals(State.RELEASED, taskState());
    story.at(Story.START.plusMillis(99_500)).in(Scope.NONE.withTask("t"));
    task(State.WAITING);
    index();
    assertEquals(State.WAITING, taskState());
  }

  @Test
  void readsWhatWasSaidOfATaskWithARunAndWithout() throws Exception {
    story.in(Scope.of("r1", null, null).withTask("t")).starts();
    story.tell(new Fact.RetryScheduled(1, 10_000L, null, "it broke"), "Retry");
    story.ends(State.FAILED);
    story.in(Scope.NONE.withTask("t"));
    story.tell(new Fact.RetryScheduled(2, 20_000L, null, "no slot"), "Retry");
    task(State.RELEASED);
    story.in(Scope.NONE.withTask("other"));
    task(State.RELEASED);
    index();
    assertEquals(
        List.of("RetryScheduled", "RetryScheduled", "StateChange"),
        store.wordsAbout("t", 10).stream()
            .map(event -> event.fact().getClass().getSimpleName())
            .toList());
    assertEquals(1, store.wordsAbout("t", 1).size());
  }

  @Test
  void listsTasksWithAndWithoutRuns() throws Exception {
    story.in(Scope.NONE.withTask("only submitted"));
    task(State.SUBMITTED);
    story.in(Scope.of("r1", null, null).withTask("both")).starts();
    task(State.RUNNING);
    story.in(Scope.of("r2", null, null).withTask("only run")).starts();
    story.in(Scope.of("r3", null, null).withTask("word first"));
    task(State.RUNNING);
    index();
    for (int limit : new int[] {10, 1, 2}) {
      assertEquals(
          List.of("word first", "only run", "both", "only submitted"),
          all(cursor -> store.tasks(limit, cursor, soon())).stream().map(Task::id).toList());
    }
  }

  @Test
  void addsUpAgentsBySource() throws Exception {
    run("r1", "a", "coder").starts();
    story.tell(new Fact.ToolCall("c", "grep", null), "ToolCall");
    story.tell(new Fact.ErrorReported(null, null, "no", false), "Error");
    story.in(Scope.of("r1", "a", "helper")).says("hello");
    run("r2", "b", "coder").starts();
    story.tell(new Fact.ModelResponse(null, "m", TokenUsage.of(10L, 5L), null), "LlmResponse");
    story.source("lab");
    run("r3", "a", "coder").starts();
    index();
    List<AgentSummary> agents = all(cursor -> store.agents(1, cursor, soon()));
    assertEquals(
        List.of("lab coder", "desk coder", "desk helper"),
        agents.stream().map(a -> a.source() + " " + a.agent()).toList());
    AgentSummary coder = agents.get(1);
    assertEquals(2, coder.runs());
    assertEquals(2, coder.threads());
    assertEquals(1, coder.errors());
    assertEquals(1, coder.toolCalls());
    assertEquals(15L, coder.usage() == null ? null : coder.usage().effectiveTotal());
    assertEquals(2, store.agent("coder").size());
    assertEquals(List.of(), store.agent("nobody"));
    assertEquals(
        List.of("r2", "r1"),
        all(cursor -> store.runsOfAgent("desk", "coder", 1, cursor)).stream()
            .map(r -> r.key().run())
            .toList());
  }

  @Test
  void showsTheLongestWaitingFirst() throws Exception {
    for (int i = 1; i <= 3; i++) {
      story.in("r" + i).starts();
      story.tell(
          new Fact.WaitOpened("w" + i, WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED),
          "Wait");
    }
    story.in("r2").says("goes on");
    index();
    List<WaitingRun> waiting = all(cursor -> store.waiting(1, cursor));
    assertEquals(List.of("r1", "r3"), waiting.stream().map(w -> w.run().key().run()).toList());
    assertEquals("May I?", waiting.getFirst().open().getFirst().prompt());
    assertEquals(WaitKind.APPROVAL, waiting.getFirst().open().getFirst().kind());
  }
}
