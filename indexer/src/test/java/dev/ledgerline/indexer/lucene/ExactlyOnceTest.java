// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.State;
import dev.ledgerline.indexer.RunReader.LedgerLine;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.indexer.WrongLogException;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest extends StoreTest {
  private List<StoredEvent> events(LuceneRunStore store, String run) throws Exception {
    return all(cursor -> store.events(key(run), 0, Set.of(), 7, cursor));
  }

  private void hasTold(LuceneRunStore store, int records) throws Exception {
    List<StoredEvent> events = events(store, "r");
    assertEquals(
        LongStream.rangeClosed(1, records).boxed().toList(),
        events.stream().map(StoredEvent::seq).toList());
    assertEquals(records, events.stream().map(e -> e.event().id()).distinct().count());
    assertEquals(List.of(new LedgerLine("desk", records, 0, 0, 0)), store.ledger());
    assertEquals(records, store.run("r").getFirst().events());
  }

  private void tell(int records) {
    story.in("r");
    for (int i = 0; i < records; i++) {
      story.says("word" + i);
    }
  }

  @Test
  void showsWhatWasAddedAfterARefreshAndNotBefore() throws Exception {
    Position last = story.in("r").starts();
    add(store);
    assertEquals(Position.START, store.visible());
    assertTrue(store.run("r").isEmpty());

    store.refresh();

    assertEquals(last, store.visible());
    assertEquals(State.RUNNING, run("r").state());
  }

  @Test
  void readsOnFromItsCommitWhenItWasKilledAtAnyPoint() throws Exception {
    List<Path> copies = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tell(10);
      index();
      copies.add(folder.resolve("copy" + copies.size()));
      copy(folder.resolve("index"), copies.getLast());
      store.commit();
      copies.add(folder.resolve("copy" + copies.size()));
      copy(folder.resolve("index"), copies.getLast());
    }
    for (Path copy : copies) {
      try (LuceneRunStore again = open(copy)) {
        index(again);
        hasTold(again, 40);
      }
    }
  }

  @Test
  void opensAtTheLastCommitThatBothIndexesHaveWhenItDiedBetweenThem() throws Exception {
    tell(10);
    index();
    store.commit();
    tell(10);
    index();
    store.commit();
    Path before = folder.resolve("before");
    copy(folder.resolve("index"), before);
    tell(10);
    index();
    store.commit();
    Path torn = folder.resolve("torn");
    copy(before.resolve("events"), torn.resolve("events"));
    copy(folder.resolve("index/runs"), torn.resolve("runs"));

    for (int times = 0; times < 3; times++) {
      // Dies again and again between the two commits; each time it must find a pair.
      try (LuceneRunStore again = open(torn)) {
        assertEquals(Position.of(20), again.written());
        index(again);
        hasTold(again, 30);
        Path half = folder.resolve("half" + times);
        copy(torn.resolve("events"), half.resolve("events"));
        again.commit();
        copy(torn.resolve("runs"), half.resolve("runs"));
        torn = half;
      }
    }
  }

  @Test
  void keepsEventsThatWereToldBeforeOutAndCountsThemAsDuplicates() throws Exception {
    story.in("r").id("a").says("first");
    index();
    story.id("a").maybeOlderTwin(true).says("again");
    story.id("b").says("new");
    story.id("b").says("again, not visible yet");
    index();

    assertEquals(2, events(store, "r").size());
    assertEquals(List.of(new LedgerLine("desk", 2, 2, 0, 0)), store.ledger());
    assertEquals(2, run("r").events());
  }

  @Test
  void givesEventsTheSameNumbersWhenItIsBuiltAgain() throws Exception {
    for (int i = 0; i < 50; i++) {
      story.in("r" + i % 3).says("word" + i);
      index();
    }
    List<String> before = numbers();
    store.rebuild();
    assertEquals(Position.START, store.visible());
    index();
    assertEquals(before, numbers());
  }

  private List<String> numbers() throws Exception {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      for (StoredEvent event : events(store, "r" + i)) {
        numbers.add(event.seq() + " " + event.position() + " " + event.event().id());
      }
    }
    return numbers;
  }

  @Test
  void goesBackToItsCommitButStillShowsWhatWasVisible() throws Exception {
    tell(5);
    index();
    store.commit();
    tell(5);
    index();
    store.reopen();

    assertEquals(Position.of(5), store.written());
    assertEquals(Position.of(10), store.visible());
    hasTold(store, 10);
    tell(1);
    index();
    hasTold(store, 11);
  }

  @Test
  void refusesTheIndexOfAnotherLog() throws Exception {
    tell(3);
    index();
    store.commit();
    store.close();
    try (FileLog other = Story.openLog(folder.resolve("other"))) {
      WrongLogException refused =
          assertThrows(
              WrongLogException.class,
              () -> LuceneRunStore.open(folder.resolve("index"), other, SETTINGS, CLOCK));
      assertTrue(String.valueOf(refused.getMessage()).contains(other.id().toString()));
    }
    store = open(folder.resolve("index"));
    hasTold(store, 3);
  }

  @Test
  void startsOverWithAnIndexThatIsAheadOfItsLog() throws Exception {
    Path older = folder.resolve("older");
    tell(3);
    log.close();
    copy(folder.resolve("log"), older);
    log = Story.openLog(folder.resolve("log"));
    store.close();
    story = new Story(log);
    store = open(folder.resolve("index"));
    tell(3);
    index();
    store.commit();
    store.close();
    log.close();

    log = Story.openLog(older);
    store = open(folder.resolve("index"));
    assertEquals(Position.START, store.written());
    index();
    hasTold(store, 3);
  }

  @Test
  void findsEveryFlippedBitOfTheFilesOfACommit() throws Exception {
    tell(200);
    index();
    store.commit();
    assertTrue(store.scrub());
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder.resolve("index"))) {
      files = all.filter(Files::isRegularFile).filter(f -> f.toFile().length() > 0).toList();
    }
    int checked = 0;
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      if (name.equals("write.lock") || name.equals("open")) {
        continue;
      }
      byte[] good = Files.readAllBytes(file);
      for (int at : new int[] {0, good.length / 2, good.length - 1}) {
        byte[] bad = good.clone();
        bad[at] ^= 0x10;
        Files.write(file, bad);
        boolean sound = store.scrub();
        Files.write(file, good);
        assertFalse(sound, name + " at " + at + " of " + good.length);
        checked++;
      }
    }
    assertTrue(checked > 10, "files: " + files);
    assertTrue(store.scrub());
  }

  @Test
  void buildsADamagedIndexAgainWhenTheLastProcessDidNotCloseIt() throws Exception {
    tell(50);
    index();
    store.commit();
    Path killed = folder.resolve("killed");
    copy(folder.resolve("index"), killed);
    Path damaged = largest(killed.resolve("events"));
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);

    try (LuceneRunStore again = open(killed)) {
      assertEquals(Position.START, again.written());
      index(again);
      hasTold(again, 50);
    }
  }

  @Test
  void buildsAnIndexAgainThatLacksAFile() throws Exception {
    tell(50);
    index();
    store.commit();
    store.close();
    Files.delete(largest(folder.resolve("index/runs")));
    store = open(folder.resolve("index"));
    index();
    hasTold(store, 50);
  }

  private static Path largest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Path largest =
          files.max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length())).orElse(null);
      assertNotNull(largest);
      return largest;
    }
  }
}
