// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RunsTest {
  private final MemoryLog log = new MemoryLog();
  private final MemoryRuns store = new MemoryRuns();

  private Runs runs(Duration deadline) {
    return new Runs(store, log, () -> Story.NOON, deadline, Map::of, "0.1.0-test");
  }

  @Test
  void isReadyWhenWhatWasThereAtTheStartIsVisible() throws Exception {
    log.append(new Entry.Repeated("here", Story.NOON, 1));
    Runs runs = runs(Duration.ofSeconds(10));
    assertFalse(runs.ready());
    assertFalse(runs.awaitReady(Duration.ofMillis(1)));
    assertEquals("0 of 1 entries", runs.progress());
    log.append(new Entry.Repeated("here", Story.NOON, 1));
    Thread.ofVirtual().start(() -> store.show(Position.of(1)));
    assertTrue(runs.awaitReady(Duration.ofSeconds(10)));
    assertTrue(runs.ready());
    assertEquals(Position.of(1), runs.visible());
  }

  @Test
  void looksThroughTheStoreForFewAtOnceAndLooksUpForEverybody() throws Exception {
    store.runs.add(Story.run("here", "r"));
    Runs runs = runs(Duration.ofMillis(50));
    int lanes = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    CountDownLatch gate = new CountDownLatch(1);
    store.gate = gate;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < lanes; i++) {
        answers.add(threads.submit(() -> list(runs)));
      }
      store.awaitLists(lanes);
      assertThrows(UnansweredException.TooSlow.class, () -> list(runs));
      assertEquals("r", runs.run("r", null).key().run());
      gate.countDown();
      for (Future<Integer> answer : answers) {
        assertEquals(1, answer.get());
      }
    }
  }

  private static int list(Runs runs) throws Exception {
    return runs.runs(new Query.All(), RunSort.STARTED, true, 10, null).items().size();
  }

  @Test
  void refusesPagesThatAreTooLargeOrNone() {
    Runs runs = runs(Duration.ofSeconds(10));
    RunKey key = new RunKey("here", "r");
    for (int limit : new int[] {-1, 0, 1001}) {
      UnansweredException refused =
          assertThrows(
              UnansweredException.Misput.class, () -> runs.events(key, 0, Set.of(), limit, null));
      assertEquals(UnansweredException.Code.BAD_REQUEST, refused.code());
    }
  }

  @Test
  void saysThatARunIsUnknownWhateverIsAskedOfIt() {
    Runs runs = runs(Duration.ofSeconds(10));
    RunKey key = new RunKey("here", "none");
    assertThrows(UnansweredException.Absent.class, () -> runs.run("none", null));
    assertThrows(UnansweredException.Absent.class, () -> runs.steps(key));
    assertThrows(UnansweredException.Absent.class, () -> runs.transitions(key));
    assertThrows(UnansweredException.Absent.class, () -> runs.verdict(key));
    assertThrows(UnansweredException.Absent.class, () -> runs.waits(key));
    assertThrows(UnansweredException.Absent.class, () -> runs.skeleton(key));
    assertThrows(UnansweredException.Absent.class, () -> runs.event(key, 1));
  }

  @Test
  void namesTheSourcesOfAnAmbiguousAgentInAlphabeticalOrder() throws Exception {
    for (String source : List.of("there", "here")) {
      store.agents.add(new AgentSummary("coder", source, 1, 1, Story.NOON, 0, 0, null));
    }
    Runs runs = runs(Duration.ofSeconds(10));
    UnansweredException.Ambiguous refused =
        assertThrows(UnansweredException.Ambiguous.class, () -> runs.agent("coder", null));
    assertEquals(List.of("here", "there"), refused.sources());
    assertEquals("there", runs.agent("coder", "there").source());
  }
}
