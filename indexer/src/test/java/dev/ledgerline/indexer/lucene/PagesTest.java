// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.BadCursorException;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.run.RunSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PagesTest extends StoreTest {
  private Page<RunSummary> newest(int limit, @Nullable String cursor) throws Exception {
    return store.runs(new Query.All(), RunSort.STARTED, true, limit, cursor, soon());
  }

  private static List<String> names(Page<RunSummary> page) {
    return page.items().stream().map(run -> run.key().run()).toList();
  }

  private static List<String> runs(int from, int to) {
    return IntStream.iterate(from, i -> i >= to, i -> i - 1).mapToObj(i -> "r" + i).toList();
  }

  @Test
  void neitherRepeatsNorMissesRunsWhileNewOnesArrive() throws Exception {
    for (int i = 1; i <= 10; i++) {
      story.in("r" + i).starts();
    }
    index();
    Page<RunSummary> first = newest(4, null);
    story.in("r11").starts();
    story.in("r3").says("more");
    index();
    Page<RunSummary> second = newest(4, first.next());
    Page<RunSummary> third = newest(4, second.next());

    assertEquals(runs(10, 7), names(first));
    assertEquals(runs(6, 3), names(second));
    assertEquals(runs(2, 1), names(third));
    assertNull(third.next());
  }

  @Test
  void keepsRunsApartThatStartedAtTheSameTime() throws Exception {
    story.at(dev.ledgerline.indexer.Story.START);
    for (int i = 1; i <= 9; i++) {
      story.in("r" + i).starts();
    }
    index();
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page<RunSummary> page = newest(2, cursor);
      seen.addAll(names(page));
      cursor = page.next();
    } while (cursor != null);
    assertEquals(runs(9, 1), seen);
  }

  @Test
  void sortsByWhatRunsHaveAndPutsThoseLastThatLackIt() throws Exception {
    story.in("long").starts();
    story.in("short").starts();
    story.in("short").ends(State.COMPLETED);
    story.in("open").starts();
    story.in("long").says("a");
    story.in("long").ends(State.COMPLETED);
    index();
    assertEquals(List.of("long", "short", "open"), sorted(RunSort.DURATION, true));
    assertEquals(List.of("short", "long", "open"), sorted(RunSort.DURATION, false));
    assertEquals(List.of("long", "short", "open"), sorted(RunSort.ENDED, true));
    assertEquals(List.of("open", "short", "long"), sorted(RunSort.EVENTS, false));
    assertEquals(3, sorted(RunSort.ERRORS, true).size());
    assertEquals(3, sorted(RunSort.TOKENS, true).size());
  }

  private List<String> sorted(RunSort sort, boolean descending) throws Exception {
    return all(cursor -> store.runs(new Query.All(), sort, descending, 1, cursor, soon())).stream()
        .map(run -> run.key().run())
        .toList();
  }

  @Test
  void pagesThroughEventsAndMatchesWhileMoreArrive() throws Exception {
    story.in("r");
    for (int i = 1; i <= 10; i++) {
      story.says("needle " + i);
    }
    index();
    Query needle = QueryParser.parse("needle");
    Page<Hit> hits = store.search(needle, 6, null, soon());
    Page<StoredEvent> events = store.events(key("r"), 2, Set.of(), 3, null);
    story.says("needle 11");
    index();
    Page<Hit> more = store.search(needle, 6, hits.next(), soon());

    assertEquals(
        List.of(10L, 9L, 8L, 7L, 6L, 5L), seqs(hits.items().stream().map(Hit::event).toList()));
    assertEquals(List.of(4L, 3L, 2L, 1L), seqs(more.items().stream().map(Hit::event).toList()));
    assertEquals(List.of(3L, 4L, 5L), seqs(events.items()));
    assertEquals(
        List.of(6L, 7L, 8L), seqs(store.events(key("r"), 2, Set.of(), 3, events.next()).items()));
  }

  private static List<Long> seqs(List<StoredEvent> events) {
    return events.stream().map(StoredEvent::seq).toList();
  }

  @Test
  void showsEventsOfSomeKindsAndSingleOnes() throws Exception {
    story.in("r").starts();
    story.says("a");
    story.ends(State.FAILED);
    index();
    assertEquals(
        List.of(1L, 3L), seqs(store.events(key("r"), 0, Set.of(Kind.STATE), 10, null).items()));
    StoredEvent second = store.event(key("r"), 2);
    assertEquals("Message", second == null ? null : second.event().nativeType());
    assertNull(store.event(key("r"), 4));
    assertNull(store.event(key("none"), 1));
    assertEquals(List.of(), store.events(key("none"), 0, Set.of(), 10, null).items());
  }

  @Test
  void showsEventsWithoutARunAndOnlyCountsNoise() throws Exception {
    story.in((String) null).says("who said that");
    story.tell(new dev.ledgerline.event.Fact.LogLine("debug"), "Log", "noise", "buzz");
    index();
    List<StoredEvent> events = all(cursor -> store.eventsWithoutRun(5, cursor));
    assertEquals(List.of("Message"), events.stream().map(e -> e.event().nativeType()).toList());
    assertEquals(0, events.getFirst().seq());
    assertEquals(2, store.ledger().getFirst().stored());
    assertEquals(0, store.search(QueryParser.parse("buzz"), 5, null, soon()).items().size());
  }

  @Test
  void refusesCursorsOfOtherListsAndMadeUpOnes() throws Exception {
    for (int i = 1; i <= 3; i++) {
      story.in("r" + i).starts();
    }
    index();
    String cursor = newest(1, null).next();
    assertThrows(
        BadCursorException.class,
        () -> store.runs(new Query.All(), RunSort.EVENTS, true, 1, cursor, soon()));
    assertThrows(
        BadCursorException.class,
        () ->
            store.runs(
                QueryParser.parse("state:failed"), RunSort.STARTED, true, 1, cursor, soon()));
    assertThrows(BadCursorException.class, () -> newest(1, "x" + cursor));
    assertThrows(BadCursorException.class, () -> newest(1, "no/cursor"));
    assertThrows(BadCursorException.class, () -> newest(1, ""));
    assertThrows(BadCursorException.class, () -> newest(1, "A".repeat(10_000)));
  }

  @Test
  void countsTheLedgerAndKeepsWhatWasRefused() throws Exception {
    story.in("r").starts();
    story.refused("q1");
    story.refused("q2");
    story.repeated(5);
    index();
    story.replayed("q1");
    story.replayed("q1");
    story.replayed("unknown");
    story.source("lab").starts();
    index();

    assertEquals(
        List.of(
            new dev.ledgerline.indexer.RunReader.LedgerLine("desk", 1, 5, 2, 1),
            new dev.ledgerline.indexer.RunReader.LedgerLine("lab", 1, 0, 0, 0)),
        store.ledger());
    assertEquals(List.of("q2", "q1"), ids(null));
    assertEquals(List.of("q2"), ids("open"));
    assertEquals(List.of("q1"), ids("replayed"));
    var found = store.quarantined("q1");
    assertEquals("replayed", found == null ? null : found.state());
    assertNull(store.quarantined("unknown"));
    store.commit();
    store.close();
    store = open(folder.resolve("index"));
    assertEquals(2, store.ledger().size());
    assertEquals(List.of("q2"), ids("open"));
  }

  private List<String> ids(@Nullable String state) throws Exception {
    return all(cursor -> store.quarantine(state, 1, cursor)).stream()
        .map(item -> item.entry().id())
        .toList();
  }
}
