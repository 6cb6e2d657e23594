// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Runs that stand still until a later run of their thread goes on. */
class AnsweredRunsTest extends StoreTest {
  private static final Instant LATER = Story.START.plusSeconds(60);

  @Test
  void aLaterRunOfTheThreadAnswersWhatTheFirstWaitedFor() throws Exception {
    asks("t1");
    index();
    assertEquals(1, store.waiting(10, null).items().size());

    resumes("t2");
    index();
    assertAnswered();
  }

  @Test
  void itDoesSoWhereBothComeTogether() throws Exception {
    asks("t1");
    resumes("t2");
    index();
    assertAnswered();
  }

  @Test
  void itDoesSoWhereTheAnswerComesFirst() throws Exception {
    resumes("t2");
    index();
    asks("t1");
    index();
    assertAnswered();
  }

  @Test
  void itStaysSoAfterARestart() throws Exception {
    asks("t1");
    resumes("t2");
    index();
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    ends("t1", "again");
    ends("t2", "again");
    index();

    assertEquals("t1", run("t2").continuesRun());
    assertEquals(0, run("t1").openWaits());
  }

  @Test
  void whatIsAskedAfterTheAnswerGoesOnWaiting() throws Exception {
    resumes("t2");
    asks("t3", LATER.plusSeconds(60));
    index();

    assertEquals(1, run("t3").openWaits());
  }

  private void assertAnswered() throws Exception {
    RunSummary first = run("t1");
    assertEquals(State.SUSPENDED, first.state());
    assertEquals(0, first.openWaits());
    assertTrue(store.waiting(10, null).items().isEmpty());
    Wait wait = Objects.requireNonNull(store.fold(first.key(), fold -> fold.waits().getFirst()));
    assertEquals("t2", wait.resolvedRun());
    assertEquals(LATER, wait.resolvedAt());
    assertEquals(2, run("t2").events());
    assertEquals("t1", run("t2").continuesRun());
    assertEquals(3, first.events());
  }

  private void asks(String run) throws Exception {
    asks(run, Story.START.plusSeconds(1));
  }

  private void asks(String run, Instant at) throws Exception {
    ends(run, "root");
    in(run)
        .at(at)
        .tell(
            new Fact.WaitOpened(
                "w", WaitKind.HUMAN_INPUT, "Book it?", false, null, Quality.DERIVED),
            "Book it?");
    story.at(null);
  }

  private void resumes(String run) throws Exception {
    ends(run, "root");
    in(run).at(LATER).tell(Fact.WaitResolved.inItsThread(run), "answered");
    story.at(null);
  }

  private void ends(String run, String span) throws Exception {
    in(run)
        .tell(
            new Fact.SpanRecorded(
                span,
                null,
                StepKind.AGENT,
                span,
                null,
                Story.START,
                Story.START.plusSeconds(1),
                ToolOutcome.OK,
                null,
                null,
                null,
                true,
                State.COMPLETED,
                null),
            span);
  }

  private Story in(String run) {
    return story.in(Scope.NONE.withRun(run, RunIdQuality.DERIVED).withThread("talk"));
  }
}
