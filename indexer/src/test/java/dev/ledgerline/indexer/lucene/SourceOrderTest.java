// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Silence.Patience;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
