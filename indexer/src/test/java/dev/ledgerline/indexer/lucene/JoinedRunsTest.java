// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.run.RunSummary;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Runs that turn out to be parts of others. */
class JoinedRunsTest extends StoreTest {
  @Test
  void aPartAndItsWholeAreOneRunUnderEitherId() throws Exception {
    say("whole", "first");
    say("part", "second");
    join("part", "whole");
    index();

    assertEquals(List.of("whole"), allRuns());
    RunSummary run = run("whole");
    assertEquals(3, run.events());
    assertEquals(List.of("part"), run.aliases());
    assertEquals(run, run("part"));
    assertEquals(LongStream.rangeClosed(1, 3).boxed().toList(), seqs("whole"));
  }

  @Test
  void aPartThatWasARunForAWhileStopsBeingOne() throws Exception {
    say("part", "second");
    index();
    say("whole", "first");
    index();
    assertEquals(2, allRuns().size());

    join("part", "whole");
    index();
    say("part", "third");
    index();

    assertEquals(List.of("whole"), allRuns());
    assertEquals(4, run("whole").events());
    assertEquals(4, seqs("whole").size());
  }

  @Test
  void aChainOfPartsIsOneRunInWhateverOrderItIsTold() throws Exception {
    say("a", "one");
    say("b", "two");
    say("c", "three");
    join("c", "b");
    join("b", "a");
    index();

    assertEquals(List.of("a"), allRuns());
    assertEquals(5, run("c").events());
  }

  @Test
  void whatIsPartOfTwoIsPartOfTheFirstAndLeavesThemApart() throws Exception {
    say("a", "one");
    say("b", "two");
    join("part", "a");
    join("part", "b");
    join("a", "part");
    index();

    assertEquals(2, allRuns().size());
    assertEquals(run("a"), run("part"));
    assertEquals(1, run("b").events());
  }

  @Test
  void whatAnAgentOfItsOwnEnclosesIsPartOfNothing() throws Exception {
    encloses("part");
    say("whole", "first");
    join("part", "whole");
    index();

    assertEquals(2, allRuns().size());
  }

  @Test
  void aWholeThatComesLaterIsTheRunOfItsPart() throws Exception {
    say("part", "second");
    join("part", "whole");
    index();
    say("whole", "first");
    index();

    assertEquals(List.of("whole"), allRuns());
    assertEquals(3, run("whole").events());
    assertEquals(run("whole"), run("part"));
  }

  @Test
  void whatWasJoinedStaysSoAfterARestart() throws Exception {
    say("whole", "first");
    say("part", "second");
    join("part", "whole");
    index();
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    say("part", "third");
    say("whole", "fourth");
    index();

    assertEquals(List.of("whole"), allRuns());
    assertEquals(5, run("part").events());
  }

  @Test
  void aSeqThatWasShownStaysWhereTheProcessDiedBeforeTheCommit() throws Exception {
    say("whole", "first");
    say("part", "second");
    join("part", "whole");
    index();
    say("whole", "third");
    index();
    List<EventId> shown = ids("whole");

    store.close(); // as dead: nothing was committed
    store = open(folder.resolve("index"));
    index();

    assertEquals(shown, ids("whole"));
  }

  @Test
  void theRunsOfAnIndexThatIsBuiltAnewAreThoseOfTheOldOne() throws Exception {
    say("whole", "first");
    say("part", "second");
    join("part", "whole");
    index();
    encloses("part");
    index();
    List<String> shown = allRuns();

    store.rebuild();
    index();

    assertEquals(shown, allRuns());
  }

  @Test
  void whatWasSaidOfAPartBeforeAnyAgentActedStaysSoAfterARestart() throws Exception {
    join("part", "whole");
    index();
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    say("part", "first");
    say("whole", "second");
    index();

    assertEquals(List.of("whole"), allRuns());
    assertEquals(3, run("part").events());
  }

  @Test
  void aRunThatGoesByItsSourcesNameIsPartOfAnotherAfterARestartToo() throws Exception {
    in("trace").tell(new Fact.LogLine(null, "named"), "of an agent");
    index();
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    say("whole", "first");
    join("trace", "whole");
    index();

    assertEquals(1, allRuns().size());
    assertEquals(3, run("whole").events());
    assertEquals(run("trace"), run("named"));
  }

  private void say(String run, String text) throws Exception {
    in(run).tell(new Fact.Message(Role.ASSISTANT, false, null), text);
  }

  private void join(String part, String whole) throws Exception {
    in(part).tell(new Fact.PartOf(whole), "part of " + whole);
  }

  /** An agent of its own does all of the run. */
  private void encloses(String run) throws Exception {
    Instant at = Story.START;
    in(run)
        .tell(
            new Fact.SpanRecorded(
                "s",
                null,
                StepKind.AGENT,
                "agent",
                null,
                at,
                at,
                ToolOutcome.OK,
                null,
                null,
                null,
                true),
            "agent");
  }

  private Story in(String run) {
    return story.in(Scope.NONE.withRun(run, RunIdQuality.DERIVED));
  }

  private List<String> allRuns() throws Exception {
    return runs(QueryParser.parse(""));
  }

  private List<EventId> ids(String run) throws Exception {
    return store.events(run(run).key(), 0, Set.of(), 100, null).items().stream()
        .map(stored -> stored.event().id())
        .toList();
  }

  private List<Long> seqs(String run) throws Exception {
    return store.events(run(run).key(), 0, Set.of(), 100, null).items().stream()
        .map(StoredEvent::seq)
        .toList();
  }
}
