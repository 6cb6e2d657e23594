// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.indexer.Indexer;
import dev.ledgerline.indexer.lucene.LuceneRunStore;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.Runs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The whole way: entries in a log on disk, indexed by Lucene, asked for over HTTP. */
final class StoreServer implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  final FileLog log;
  final TestServer server;
  private final LuceneRunStore store;
  private final Indexer indexer;
  private Position end = Position.START;
  private String dialect = "agent-protocol";
  private int told;

  StoreServer(Path folder, InstantSource clock) throws Exception {
    log = FileLog.open(folder.resolve("log"));
    store =
        LuceneRunStore.open(folder.resolve("index"), log, LuceneRunStore.Settings.DEFAULT, clock);
    indexer = Indexer.start(log, store, Indexer.Settings.DEFAULT);
    server =
        new TestServer(new Runs(store, log, clock, Duration.ofSeconds(10), Map::of, "0.1.0-test"));
  }

  StoreServer dialect(String dialect) {
    this.dialect = dialect;
    return this;
  }

  /** One record that happened and arrived at that time. */
  Position tell(String source, Scope scope, Instant at, String original, Fact... facts)
      throws Exception {
    return tell(source, scope, at, null, original, facts);
  }

  /** The same with the source's own number. */
  Position tell(
      String source, Scope scope, Instant at, @Nullable Long order, String original, Fact... facts)
      throws Exception {
    List<Event> events = new ArrayList<>();
    EventId id = EventId.named("record", source, Integer.toString(++told));
    for (Fact fact : facts) {
      events.add(
          new Event(
              id.event(events.size()),
              source,
              dialect,
              fact.getClass().getSimpleName(),
              null,
              scope,
              at,
              at,
              TimeQuality.SOURCE,
              order,
              fact,
              Set.of(),
              "event " + told));
    }
    return append(
        new Entry.Recorded(
            source,
            dialect,
            id,
            original.hashCode(),
            null,
            null,
            at,
            false,
            Entry.Headers.NONE,
            original.getBytes(StandardCharsets.UTF_8),
            events));
  }

  Position append(Entry entry) throws Exception {
    end = log.append(List.of(EntryCodec.encode(entry))).last();
    return end;
  }

  /** The answer once everything that was told is visible. */
  JsonNode ask(String path) throws Exception {
    return ask(path, end);
  }

  JsonNode ask(String path, Position after) throws Exception {
    if (!store.awaitVisible(after, Duration.ofSeconds(30))) {
      throw new AssertionError("position " + after + " did not become visible");
    }
    String separator = path.contains("?") ? "&" : "?";
    return JSON.readTree(server.json(path + separator + "after_position=" + after));
  }

  static List<String> texts(JsonNode page, String pointer) {
    List<String> texts = new ArrayList<>();
    page.get("items").forEach(item -> texts.add(item.at(pointer).asText()));
    return texts;
  }

  @Override
  public void close() throws IOException {
    server.close();
    indexer.close();
    log.close();
  }
}
