// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

  @Test
  void whatIsFoundOutLaterAboutTheWaitingRunIsNotSaidOfTheOther() throws Exception {
    asks("t1");
    resumes("t2");
    index();
    in("t1").at(Story.START.plusSeconds(2)).ends(State.COMPLETED);
    story.at(null);
    index();

    assertEquals(Set.of(Flag.AFTER_END), events("t1").get(2).flags());
    assertEquals(Set.of(), events("t2").get(1).flags());
  }

  @Test
  void theNumbersOfTheOneRunOrderNothingInTheOther() throws Exception {
    in("t1").order(1L).starts();
    story.order(2L).at(Story.START).tell(asked(), "Book it?");
    in("t2").order(1L).at(LATER).tell(Fact.WaitResolved.inItsThread("t2"), "answered");
    for (int i = 0; i < 4; i++) {
      index();
    }

    assertEquals(0, run("t1").openWaits());
    assertEquals(3, run("t1").events());
  }

  @Test
  void anAnswerStandsOnceInARunThatIsBoth() throws Exception {
    in("t1").at(Story.START).tell(asked(), "Book it?");
    resumes("t2");
    index();
    in("t1").at(LATER).tell(new Fact.PartOf("t2"), "part of t2");
    story.at(null);
    index();

    assertStandsOnceInEach("t2", 4);
  }

  @Test
  void anAnswerStandsOnceInARunThatWasTwoThatWaited() throws Exception {
    in("t1").at(Story.START).tell(asked(), "Book it?");
    in("t3").at(Story.START).tell(asked(), "Book it?");
    resumes("t2");
    index();
    in("t1").at(LATER).tell(new Fact.PartOf("t3"), "part of t3");
    story.at(null);
    index();
    assertStandsOnceInEach("t3", 4);

    in("t3").at(Story.START.plusSeconds(2)).ends(State.COMPLETED);
    story.at(null);
    index();
    assertEquals(Set.of(), events("t2").get(1).flags());
    assertTrue(
        events("t3").stream()
            .filter(stored -> stored.event().fact() instanceof Fact.WaitResolved)
            .allMatch(stored -> stored.flags().contains(Flag.AFTER_END)));
  }

  private void assertStandsOnceInEach(String run, int events) throws Exception {
    Set<Position> positions = new LinkedHashSet<>();
    events(run).forEach(stored -> positions.add(stored.position()));
    assertEquals(events, positions.size());
    assertEquals(events, events(run).size());
    assertEquals(events, run(run).events());
  }

  private List<StoredEvent> events(String run) throws Exception {
    return store.events(run(run).key(), 0, Set.of(), 100, null).items();
  }

  private static Fact asked() {
    return new Fact.WaitOpened("w", WaitKind.HUMAN_INPUT, "Book it?", false, null, Quality.DERIVED);
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
    in(run).at(at).tell(asked(), "Book it?");
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
