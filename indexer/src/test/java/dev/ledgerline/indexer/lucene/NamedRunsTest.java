// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.run.RunSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs that are traces: which of them are shown, and by which id. */
class NamedRunsTest extends StoreTest {
  @Test
  void aTraceGoesByTheIdThatItsSourceHasForTheRun() throws Exception {
    trace("t1").tell(span("child", "root", null), "span");
    index();
    assertEquals("t1", run("t1").key().run());

    trace("t1").tell(span("root", null, "run-1"), "span");
    index();

    RunSummary run = run("run-1");
    assertEquals("run-1", run.key().run());
    assertEquals(List.of("t1"), run.aliases());
    assertEquals(RunIdQuality.NATIVE, run.runIdQuality());
    assertEquals(2, run.events());
    assertEquals(run, run("t1"));
  }

  @Test
  void theSecondTraceOfARunContinuesTheFirst() throws Exception {
    trace("t1").tell(span("a", null, "run-1"), "span");
    index();
    trace("t2").tell(span("b", null, "run-1"), "span");
    index();

    assertEquals(List.of("t1"), run("run-1").aliases());
    assertEquals("t2", run("t2").key().run());
    assertEquals("run-1", run("t2").continuesRun());
    assertNull(run("run-1").continuesRun());
  }

  @Test
  void ofTwoThatComeTogetherTheFirstBearsTheId() throws Exception {
    trace("t1").tell(span("a", null, "run-1"), "span");
    trace("t2").tell(span("b", null, "run-1"), "span");
    index();

    assertEquals(List.of("t1"), run("run-1").aliases());
    assertEquals("run-1", run("t2").continuesRun());
  }

  @Test
  void aTraceInWhichNoAgentHasAPartIsNoRunUntilOneDoes() throws Exception {
    trace("t1").tell(work("http", null), "span");
    index();
    assertEquals(List.of(), store.run("t1"));
    assertEquals(1, store.eventsWithoutRun(10, null).items().size());

    trace("t1").tell(span("root", "http", null), "span");
    index();
    assertEquals(2, run("t1").events());
    assertTrue(run("t1").steps() == 2);
  }

  private Story trace(String trace) {
    return story.in(Scope.NONE.withRun(trace, RunIdQuality.DERIVED).withTrace(trace));
  }

  private static Fact work(String id, @Nullable String parent) {
    return span(id, parent, StepKind.OTHER, null, null);
  }

  private static Fact span(String id, @Nullable String parent, @Nullable String runName) {
    return span(id, parent, StepKind.AGENT, State.COMPLETED, runName);
  }

  private static Fact span(
      String id,
      @Nullable String parent,
      StepKind kind,
      @Nullable State ending,
      @Nullable String runName) {
    return new Fact.SpanRecorded(
        id,
        parent,
        kind,
        id,
        null,
        Story.START,
        Story.START.plusSeconds(1),
        ToolOutcome.OK,
        null,
        null,
        null,
        parent == null,
        ending,
        runName);
  }
}
