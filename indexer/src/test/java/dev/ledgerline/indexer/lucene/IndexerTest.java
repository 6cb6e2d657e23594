// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Indexer;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class IndexerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Indexer.Settings QUICK =
      new Indexer.Settings(
          Duration.ofMillis(20),
          Duration.ofMillis(1),
          Duration.ofMillis(50),
          10_000,
          Duration.ofHours(1));

  /** Commits only when it is closed. */
  private static final Indexer.Settings LAZY =
      new Indexer.Settings(
          Duration.ofMillis(20),
          Duration.ofMillis(1),
          Duration.ofHours(1),
          1_000_000,
          Duration.ZERO);

  @TempDir Path folder;
  private final FaultyFolders disk = new FaultyFolders();
  private FileLog log;
  private Story story;
  private LuceneRunStore store;
  private Indexer indexer;

  @BeforeEach
  void open() throws IOException {
    log = Story.openLog(folder.resolve("log"));
    story = new Story(log).in("r");
    start(QUICK);
  }

  private void start(Indexer.Settings settings) throws IOException {
    store =
        LuceneRunStore.open(
            folder.resolve("index"), log, StoreTest.SETTINGS, StoreTest.CLOCK, disk);
    indexer = Indexer.start(log, store, settings);
  }

  @AfterEach
  void close() throws IOException {
    indexer.close();
    log.close();
  }

  private void shows(Position position, int events) throws Exception {
    assertTrue(store.awaitVisible(position, PATIENCE), () -> "not visible: " + indexer.failure());
    assertEquals(events, store.run("r").getFirst().events());
  }

  @Test
  void showsWhatIsAppendedWithoutBeingAsked() throws Exception {
    shows(story.starts(), 1);
    shows(story.says("more"), 2);
    Position last = story.ends(State.COMPLETED);
    shows(last, 3);
    assertEquals(State.COMPLETED, store.run("r").getFirst().state());
    assertEquals(3, indexer.entries());
    assertEquals(Indexer.State.RUNNING, indexer.state());
    assertTrue(indexer.refreshes() > 0);
    assertFalse(store.awaitVisible(last.plus(1), Duration.ofMillis(1)));
  }

  @Test
  void commitsWhenItIsClosedAndGoesOnFromThere() throws Exception {
    indexer.close();
    start(LAZY);
    shows(story.says("a"), 1);
    assertEquals(0, indexer.commits());
    indexer.close();
    assertEquals(Indexer.State.STOPPED, indexer.state());
    start(LAZY);
    assertEquals(Position.of(1), store.visible());
    assertEquals(Position.of(1), store.written());
    shows(story.says("b"), 2);
    assertEquals(1, indexer.entries());
  }

  @Test
  void pausesWhileTheDiskIsFullAndCatchesUp() throws Exception {
    shows(story.starts(), 1);
    disk.full.set(true);
    Position last = story.says("while it is full");
    while (indexer.failures() < 2) {
      Thread.onSpinWait();
      last = story.says("more");
    }
    assertEquals(1, store.run("r").size());
    assertTrue(String.valueOf(indexer.failure()).contains("No space left"));
    assertTrue(store.visible().compareTo(last) < 0);

    disk.full.set(false);
    shows(last, (int) last.number());
    while (indexer.state() != Indexer.State.RUNNING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void passesOverAnEntryThatNobodyCanRead() throws Exception {
    story.starts();
    log.append(List.of(new byte[] {99, 1, 2}));
    shows(story.says("after it"), 2);
    assertEquals(1, indexer.unreadable());
  }

  @Test
  void buildsADamagedIndexAgain() throws Exception {
    story.starts();
    Position last = story.says("a");
    shows(last, 2);
    while (indexer.commits() == 0) {
      Thread.onSpinWait();
    }
    assertTrue(indexer.scrub());
    indexer.close();
    start(LAZY);
    try (Stream<Path> files = Files.list(folder.resolve("index/events"))) {
      Path file = files.filter(f -> f.toString().endsWith(".cfs")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      Files.write(file, bytes);
    }
    assertFalse(indexer.scrub());
    while (indexer.rebuilds() == 0) {
      Thread.onSpinWait();
    }
    shows(last, 2);
    assertEquals(2, indexer.entries());
  }

  @Test
  void catchesUpWithALongLog() throws Exception {
    indexer.close();
    for (int i = 0; i < 3_000; i++) {
      story.in("r" + i % 7).append(entry(i));
    }
    start(QUICK);
    assertTrue(store.awaitVisible(log.end(), PATIENCE));
    long events = 0;
    for (int i = 0; i < 7; i++) {
      events += store.run("r" + i).getFirst().events();
    }
    assertEquals(3_000, events);
    assertTrue(store.sizeBytes() > 0);
  }

  private dev.ledgerline.log.Entry entry(int n) {
    return story.entry(
        "Message", "{\"text\":\"word" + n + "\"}", new dev.ledgerline.event.Fact.PlanUpdated());
  }
}
