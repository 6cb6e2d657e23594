// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Delivery;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A collector on a log on disk, with redaction, to which bodies are posted. */
final class RealCollector implements AutoCloseable {
  private final FileLog log;
  private final Collector collector;
  private final @Nullable String dialect;
  private final List<Rejection> rejections = new ArrayList<>();
  private int stored;

  RealCollector(Path folder, @Nullable String dialect) throws IOException {
    this.log = FileLog.open(folder);
    this.dialect = dialect;
    this.collector =
        new Collector(
            log,
            Dialects.standard().inOrder(),
            Limits.DEFAULT,
            Redaction.on(new byte[32]),
            InstantSource.system());
    collector.recover(folder.resolve("collector"));
  }

  /** Posts records as one body: an event stream, or lines. */
  void post(List<String> records, Context context, long offset, boolean eventStream)
      throws Exception {
    StringBuilder body = new StringBuilder();
    for (String record : records) {
      body.append(eventStream ? "data: " : "").append(record).append(eventStream ? "\n\n" : "\n");
    }
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    Origin origin =
        new Origin(
            context.source(),
            context.stream(),
            offset,
            new Entry.Headers(context.run(), context.thread(), context.agent(), context.task()));
    RecordFormat format =
        eventStream
            ? RecordFormat.EVENT_STREAM
            : records.getFirst().startsWith("{") ? RecordFormat.JSON_LINES : RecordFormat.TEXT;
    Receipt receipt =
        collector.take(new Delivery(bytes, bytes.length, format, dialect, origin, true));
    receipt.errors().forEach(error -> rejections.add(error.rejection()));
    stored += receipt.stored();
  }

  /** What the log holds now. */
  Recorder recorded() throws IOException {
    List<Event> events = new ArrayList<>();
    try (EventLog.Cursor cursor = log.read(Position.START)) {
      for (var entry = cursor.next(); entry != null; entry = cursor.next()) {
        switch (EntryCodec.decode(entry.bytes())) {
          case Entry.Recorded recorded -> events.addAll(recorded.events());
          case Entry.Concluded concluded -> events.addAll(concluded.events());
          default -> {}
        }
      }
    }
    return Recorder.of(events, rejections, stored);
  }

  @Override
  public void close() throws IOException {
    collector.close();
    log.close();
  }
}
