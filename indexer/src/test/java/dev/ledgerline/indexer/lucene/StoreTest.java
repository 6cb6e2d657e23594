// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Silence.Patience;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log and a store in a folder, and the steps of the indexer done by hand. */
abstract class StoreTest {
  static final LuceneRunStore.Settings SETTINGS =
      new LuceneRunStore.Settings(
          1_000,
          100_000,
          new Silence(Patience.of(Duration.ofDays(1)), Patience.of(Duration.ofDays(1))));

  /** Ten minutes after the first event of a story. */
  static final Instant NOW = Story.START.plusSeconds(600);

  static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @TempDir Path folder;
  FileLog log;
  Story story;
  LuceneRunStore store;

  @BeforeEach
  void open() throws IOException {
    log = Story.openLog(folder.resolve("log"));
    story = new Story(log);
    store = open(folder.resolve("index"));
  }

  LuceneRunStore open(Path index) throws IOException {
    return LuceneRunStore.open(index, log, SETTINGS, CLOCK);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    log.close();
  }

  /** Indexes all that was told. */
  void index() throws Exception {
    index(store);
  }

  void index(LuceneRunStore store) throws Exception {
    add(store);
    store.refresh();
  }

  void add(LuceneRunStore store) throws Exception {
    try (EventLog.Cursor cursor = log.read(store.written())) {
      for (EventLog.LogEntry next = cursor.next(); next != null; next = cursor.next()) {
        store.add(next.position(), EntryCodec.decode(next.bytes()));
      }
    }
  }

  static Instant soon() {
    return Instant.now().plusSeconds(60);
  }

  static RunKey key(String run) {
    return new RunKey("desk", run);
  }

  RunSummary run(String id) throws IOException {
    List<RunSummary> runs = store.run(id);
    if (runs.size() != 1) {
      throw new AssertionError(runs.size() + " runs with id " + id);
    }
    return runs.getFirst();
  }

  List<String> runs(Query query) throws Exception {
    return runs(query, RunReader.RunSort.STARTED).stream().map(run -> run.key().run()).toList();
  }

  List<RunSummary> runs(Query query, RunReader.RunSort sort) throws Exception {
    return all(cursor -> store.runs(query, sort, true, 1_000, cursor, soon()));
  }

  interface Pages<T> {
    Page<T> from(@Nullable String cursor) throws Exception;
  }

  static <T> List<T> all(Pages<T> pages) throws Exception {
    List<T> items = new ArrayList<>();
    String cursor = null;
    do {
      Page<T> page = pages.from(cursor);
      items.addAll(page.items());
      cursor = page.next();
    } while (cursor != null);
    return items;
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        if (!file.endsWith("write.lock")) {
          Files.copy(file, target);
        }
      }
    }
  }
}
