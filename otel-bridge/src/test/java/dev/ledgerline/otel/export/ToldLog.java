// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Receipt;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.LogFullException;
import dev.ledgerline.otel.receive.OtlpDialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real log in a folder, and who tells stories into it: one event a second from noon on. */
final class ToldLog implements Intake, AutoCloseable {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  final FileLog log;
  private final AtomicInteger told = new AtomicInteger();

  ToldLog(Path folder) throws IOException {
    this(folder, FileLogOptions.defaults());
  }

  ToldLog(Path folder, FileLogOptions options) throws IOException {
    this.log = FileLog.open(folder, options, new LocalStorage());
  }

  /** When the newest event arrived. */
  Instant now() {
    return NOON.plusSeconds(told.get());
  }

  /** A run with a model call, a tool, a wait for an approval, and an end. */
  void wholeRun(String run, @Nullable String thread) throws Exception {
    begin(run, thread);
    middle(run, thread);
    end(run, thread);
  }

  void begin(String run, @Nullable String thread) throws Exception {
    tell(run, thread, Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "begins");
    tell(run, thread, new Fact.Message(Role.USER, false, null), "please look it up");
  }

  void middle(String run, @Nullable String thread) throws Exception {
    tell(run, thread, new Fact.ModelRequest("m1", "large"), "asks the model");
    tell(
        run,
        thread,
        new Fact.ModelResponse("m1", "large", TokenUsage.of(100L, 20L), null),
        "the model answers");
    tell(run, thread, new Fact.ToolCall("c1", "search", "/args"), "search");
    tell(
        run,
        thread,
        new Fact.ToolResult("c1", "search", ToolOutcome.FAILED, null, "no network", false, false),
        "search failed");
    tell(
        run,
        thread,
        new Fact.WaitOpened("w1", WaitKind.APPROVAL, "May I?", true, null, Quality.REPORTED),
        "May I?");
    tell(
        run,
        thread,
        new Fact.WaitResolved("w1", WaitOutcome.APPROVED, "ada", null, Quality.REPORTED),
        "yes");
  }

  void end(String run, @Nullable String thread) throws Exception {
    tell(
        run,
        thread,
        Fact.StateChange.reported(Entity.RUN, State.COMPLETED, "RunCompleted"),
        "done");
  }

  void tell(String run, @Nullable String thread, Fact fact, String summary) throws Exception {
    tell(Scope.of(run, thread, "planner"), fact, summary);
  }

  void tell(Scope scope, Fact fact, String summary) throws Exception {
    append(event(scope, fact, summary));
  }

  /** The next event, not told yet. */
  Event event(Scope scope, Fact fact, String summary) {
    String n = Integer.toString(told.incrementAndGet());
    return new Event(
        EventId.named("test", n),
        "test",
        "agent-protocol",
        "Told",
        n,
        scope,
        now(),
        now(),
        TimeQuality.SOURCE,
        null,
        fact,
        Set.of(),
        summary);
  }

  void append(Event event) throws Exception {
    byte[] record =
        "{\"n\":\"%s\",\"text\":\"%s\"}"
            .formatted(event.nativeId(), event.summary())
            .getBytes(StandardCharsets.UTF_8);
    log.append(
        List.of(
            EntryCodec.encode(
                new Entry.Recorded(
                    event.source(),
                    event.dialect(),
                    event.id(),
                    0,
                    null,
                    null,
                    event.observedAt(),
                    false,
                    Entry.Headers.NONE,
                    record,
                    List.of(event)))));
  }

  /** Records of OTLP, as the collector stores them. */
  @Override
  public Receipt take(String dialect, List<byte[]> records, Context context)
      throws InterruptedException {
    OtlpDialect otlp = new OtlpDialect();
    List<byte[]> entries = new ArrayList<>();
    for (byte[] record : records) {
      try {
        RawRecord raw = new RawRecord(record, new ObjectMapper().readTree(record));
        if (otlp.decode(raw, context, new Nothing()) instanceof Decoded.Drafts read) {
          entries.add(EntryCodec.encode(stored(record, read, context)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    try {
      log.append(entries);
    } catch (LogFullException | LogFailedException e) {
      throw new AssertionError(e);
    }
    return new Receipt(records.size(), entries.size(), 0, 0, "0-1", List.of(), List.of());
  }

  private static Entry stored(byte[] record, Decoded.Drafts read, Context context) {
    EventId id = EventId.named("otlp", String.valueOf(read.identity()));
    List<Event> events = new ArrayList<>();
    for (Draft draft : read.drafts()) {
      events.add(
          new Event(
              id.event(events.size()),
              context.source(),
              OtlpDialect.NAME,
              draft.nativeType(),
              draft.nativeId(),
              draft.scope(),
              draft.occurredAt(),
              context.observedAt(),
              draft.timeQuality(),
              draft.order(),
              draft.fact(),
              draft.flags(),
              draft.summary()));
    }
    return new Entry.Recorded(
        context.source(),
        OtlpDialect.NAME,
        id,
        0,
        null,
        null,
        context.observedAt(),
        false,
        Entry.Headers.NONE,
        record,
        events);
  }

  /** The time that is so much after the newest event. */
  Instant after(Duration later) {
    return now().plus(later);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private static final class Nothing implements Memory {
    @Override
    public <T extends Record> @Nullable T recall(String key, Class<T> type) {
      return null;
    }

    @Override
    public void remember(String key, Record value) {}

    @Override
    public void forget(String key) {}
  }
}
