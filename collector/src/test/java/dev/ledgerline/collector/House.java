// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A collector on a real log in a folder; closed and opened again it is a restart. */
public final class House implements AutoCloseable {
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  public static final Origin STREAM = new Origin("src", "s1", null, Entry.Headers.NONE);

  public final FileLog log;
  public final Collector collector;

  public House(Path folder) throws IOException {
    this(folder, Limits.DEFAULT);
  }

  public House(Path folder, Limits limits) throws IOException {
    this.log =
        FileLog.open(
            folder.resolve("log"),
            FileLogOptions.defaults().withSegmentBytes(4 << 20),
            new LocalStorage());
    this.collector =
        new Collector(
            log,
            dialects(),
            limits,
            Redaction.on(Redaction.keyIn(folder.resolve("key"))),
            InstantSource.fixed(NOW));
    collector.recover(folder.resolve("collector"));
  }

  static List<Dialect> dialects() {
    List<Dialect> dialects = new ArrayList<>(Dialects.standard().inOrder());
    dialects.add(new SummingDialect());
    return dialects;
  }

  Receipt take(String body, Origin origin) throws Exception {
    return collector.take(
        Delivery.of(body.getBytes(StandardCharsets.UTF_8), RecordFormat.SNIFFED, origin));
  }

  Receipt take(String body) throws Exception {
    return take(body, new Origin("src", null, null, Entry.Headers.NONE));
  }

  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (EventLog.Cursor cursor = log.read(Position.START)) {
      for (EventLog.LogEntry e = cursor.next(); e != null; e = cursor.next()) {
        entries.add(EntryCodec.decode(e.bytes()));
      }
    }
    return entries;
  }

  public List<Event> events() throws IOException {
    return entries().stream()
        .flatMap(
            entry ->
                switch (entry) {
                  case Entry.Recorded e -> e.events().stream();
                  case Entry.Concluded e -> e.events().stream();
                  default -> java.util.stream.Stream.<Event>of();
                })
        .toList();
  }

  public List<Entry.Refused> refused() throws IOException {
    return entries().stream()
        .filter(Entry.Refused.class::isInstance)
        .map(Entry.Refused.class::cast)
        .toList();
  }

  @Override
  public void close() throws IOException {
    collector.close();
    log.close();
  }

  /** Closes without a word, as a crash would: no last checkpoint. */
  public void crash() throws IOException {
    log.close();
  }
}
