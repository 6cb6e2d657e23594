// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Silence.Patience;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceOrderTest extends StoreTest {
  /** Start, result before its call, end; the call comes last. */
  private void tellMixedUp() {
    story.in("r").order(1L).starts();
    story.order(3L);
    story.tell(
        new Fact.ToolResult("c", "grep", ToolOutcome.OK, null, null, false, false), "ToolResult");
    story.order(4L).ends(State.COMPLETED);
    story.order(2L).tell(new Fact.ToolCall("c", "grep", null), "ToolCall");
  }

  private void isInOrder() throws Exception {
    RunSummary run = run("r");
    assertEquals(State.COMPLETED, run.state());
    assertEquals(0, run.violations());
    assertEquals(1, run.toolCalls());
    List<StoredEvent> events = store.events(key("r"), 0, Set.of(), 10, null).items();
    assertEquals(List.of(1L, 3L, 4L, 2L), events.stream().map(StoredEvent::order).toList());
    assertEquals(List.of(1L, 2L, 3L, 4L), events.stream().map(StoredEvent::seq).toList());
    for (StoredEvent event : events) {
      assertEquals(Set.of(), event.flags(), event.event().nativeType());
    }
    assertNotNull(events.get(1).stepId());
    assertEquals(events.get(1).stepId(), events.get(3).stepId());
    assertEquals(
        0, store.search(QueryParser.parse("flag:after_end"), 5, null, soon()).items().size());
  }

  @Test
  void foldsARunAgainWhenItsEventsCameInAnotherOrder() throws Exception {
    tellMixedUp();
    index();
    isInOrder();
  }

  @Test
  void correctsWhatItSaidOfEventsThatHadBeenVisible() throws Exception {
    story.in("r").order(1L).starts();
    story.order(3L);
    story.tell(
        new Fact.ToolResult("c", "grep", ToolOutcome.OK, null, null, false, false), "ToolResult");
    index();
    assertEquals(Set.of(Flag.ILLEGAL_TRANSITION), flags(2));
    story.order(4L).ends(State.COMPLETED);
    index();
    story.order(2L).tell(new Fact.ToolCall("c", "grep", null), "ToolCall");
    index();
    isInOrder();
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    isInOrder();
    story.order(5L).says("after the end");
    index();
    assertEquals(Set.of(Flag.AFTER_END), flags(5));
    assertEquals(
        1, store.search(QueryParser.parse("flag:after_end"), 5, null, soon()).items().size());
  }

  private Set<Flag> flags(long seq) throws Exception {
    StoredEvent event = store.event(key("r"), seq);
    assertNotNull(event);
    return event.flags();
  }

  @Test
  void foldsARunAgainThatItHadLetGo() throws Exception {
    store.close();
    store =
        LuceneRunStore.open(
            folder.resolve("index"),
            log,
            new LuceneRunStore.Settings(
                1,
                1,
                new Silence(Patience.of(Duration.ofDays(1)), Patience.of(Duration.ofDays(1)))),
            CLOCK);
    for (int i = 0; i < 6; i++) {
      story.in("r" + i % 3).says("word" + i);
      index();
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(2, run("r" + i).events());
      assertEquals(
          List.of(1L, 2L),
          store.events(key("r" + i), 0, Set.of(), 10, null).items().stream()
              .map(StoredEvent::seq)
              .toList());
    }
  }

  /**
   * Told of a run in any order and indexed in parts, summary and verdict are those of the order.
   */
  @Test
  void anyOrderOfArrivalGivesTheSameSummaryAndVerdict() throws Exception {
    List<Fact> facts =
        List.of(
            Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"),
            new Fact.ToolCall("c", "grep", null),
            new Fact.ToolResult("c", "grep", ToolOutcome.OK, null, null, false, false),
            new Fact.WaitOpened("w", WaitKind.APPROVAL, "?", true, null, Quality.REPORTED),
            new Fact.WaitResolved("w", WaitOutcome.APPROVED, "Ana", null, Quality.REPORTED),
            Fact.StateChange.reported(Entity.RUN, State.FAILED, "RunCompleted"),
            new Fact.Message(Role.ASSISTANT, false, "/text"),
            Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted"));
    tellInOrder("in order", facts, new Random(0), false);
    for (int seed = 1; seed <= 12; seed++) {
      tellInOrder("mixed-" + seed, facts, new Random(seed), true);
    }
    List<Object> expected = told("in order");
    assertTrue(expected.toString().contains("FAILED, VIOLATED, 2"), expected.toString());
    for (int seed = 1; seed <= 12; seed++) {
      assertEquals(expected, told("mixed-" + seed), "seed " + seed);
    }
  }

  private void tellInOrder(String run, List<Fact> facts, Random random, boolean mixed)
      throws Exception {
    List<Integer> order = new ArrayList<>(IntStream.range(0, facts.size()).boxed().toList());
    if (mixed) {
      Collections.shuffle(order, random);
    }
    for (int n : order) {
      Fact fact = facts.get(n);
      story.in(run).at(Story.START.plusSeconds(n)).order((long) n);
      story.tell(fact, fact.getClass().getSimpleName());
      if (random.nextInt(3) == 0) {
        index();
      }
    }
    index();
  }

  private List<Object> told(String run) throws Exception {
    RunSummary summary = run(run);
    List<Object> told = new ArrayList<>();
    told.add(summary.state());
    told.add(summary.verdict());
    told.add(summary.violations());
    told.add(summary.toolCalls());
    told.add(summary.waits());
    told.add(summary.startedAt());
    told.add(Objects.requireNonNull(summary.endedAt()));
    Verdict verdict = Objects.requireNonNull(store.fold(key(run), RunFold::verdict));
    told.add(verdict.result());
    verdict.violations().forEach(violation -> told.add(violation.clause() + violation.message()));
    told.add(verdict.unknown());
    return told;
  }

  @Test
  void aRuleThatIsBrokenOutsideAnyRunIsFoundToo() throws Exception {
    story.in((String) null);
    story.tell(new Fact.RuleBroken("Symphony 13.1", "issue_id", "none", "prose"), "line");
    index();
    assertEquals(
        1,
        store.search(QueryParser.parse("flag:illegal_transition"), 5, null, soon()).items().size());
  }

  @Test
  void whoLooksAtAFoldSeesWhatIsNewInTheOrderOfTheSource() throws Exception {
    tellMixedUp();
    index();
    assertEquals(State.COMPLETED, store.fold(key("r"), fold -> fold.summary().state()));
    assertEquals((Integer) 1, store.fold(key("r"), fold -> fold.steps().size()));

    story.order(5L).says("more");
    index();
    assertEquals(5L, store.fold(key("r"), RunFold::events));
    story.order(6L).says("more");
    index();
    assertEquals(6L, store.fold(key("r"), RunFold::events));
    story.order(3L).says("late");
    index();
    assertEquals(7L, store.fold(key("r"), RunFold::events));
    assertNull(store.fold(key("none"), RunFold::events));
  }
}
