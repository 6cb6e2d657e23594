// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.LogFullException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells events to a real log, a record for each. Every record happens a second after the one before
 * and arrives as it happens.
 */
public final class Story {
  public static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventLog log;
  private String source = "desk";
  private @Nullable Instant occurredAt;
  private @Nullable Long order;
  private Set<Flag> flags = Set.of();
  private Scope scope = Scope.NONE;
  private boolean twin;
  private @Nullable String id;
  private String summary = "";
  private int told;

  public Story(EventLog log) {
    this.log = log;
  }

  public static FileLog openLog(Path folder) throws IOException {
    return FileLog.open(
        folder, FileLogOptions.defaults().withDiskLimits(0, 1.0), new LocalStorage());
  }

  public Story source(String source) {
    this.source = source;
    return this;
  }

  public Story in(@Nullable String run) {
    return in(Scope.of(run, null, null));
  }

  public Story in(@Nullable String run, String agent) {
    return in(Scope.of(run, null, agent));
  }

  public Story in(Scope scope) {
    this.scope = scope;
    return this;
  }

  public Story at(@Nullable Instant occurredAt) {
    this.occurredAt = occurredAt;
    return this;
  }

  public Story order(@Nullable Long order) {
    this.order = order;
    return this;
  }

  public Story flags(Flag... flags) {
    this.flags = Set.of(flags);
    return this;
  }

  /** The records that follow may have been told before. */
  public Story maybeOlderTwin(boolean twin) {
    this.twin = twin;
    return this;
  }

  /** The next record has that id. */
  public Story id(String id) {
    this.id = id;
    return this;
  }

  public Position starts() {
    return tell(Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "RunStarted");
  }

  public Position ends(State state) {
    return tell(Fact.StateChange.reported(Entity.RUN, state, "RunFinished"), "RunFinished");
  }

  public Position says(String text) {
    return tell(
        new Fact.Message(dev.ledgerline.event.Role.ASSISTANT, false, "/text"),
        "Message",
        "text",
        text);
  }

  public Position tell(Fact fact, String type, String... fields) {
    ObjectNode record = JSON.createObjectNode().put("type", type);
    for (int i = 0; i < fields.length; i += 2) {
      record.put(fields[i], fields[i + 1]);
    }
    summary = fields.length > 1 ? fields[1] : type;
    return tell(type, record.toString().getBytes(StandardCharsets.UTF_8), fact);
  }

  /** One record that became those events. */
  public Position tell(String type, byte[] record, Fact... facts) {
    return append(entry(type, record, facts));
  }

  /** The next record, not told yet. */
  public Entry entry(String type, String record, Fact... facts) {
    return entry(type, record.getBytes(StandardCharsets.UTF_8), facts);
  }

  private Entry entry(String type, byte[] record, Fact... facts) {
    Instant observedAt = START.plusSeconds(told++);
    String name = id == null ? "record " + told : id;
    id = null;
    EventId recordId = EventId.named(source, name);
    List<Event> events = new ArrayList<>();
    for (Fact fact : facts) {
      events.add(
          new Event(
              recordId.event(events.size()),
              source,
              "agent-protocol",
              type,
              name,
              scope,
              occurredAt,
              observedAt,
              occurredAt == null ? TimeQuality.INGEST : TimeQuality.SOURCE,
              order,
              fact,
              flags,
              summary));
    }
    return new Entry.Recorded(
        source,
        "agent-protocol",
        recordId,
        Arrays.hashCode(record),
        null,
        null,
        observedAt,
        twin,
        Entry.Headers.NONE,
        record,
        events);
  }

  public Position refused(String id) {
    return append(
        new Entry.Refused(
            source,
            id,
            START,
            null,
            null,
            null,
            new Rejection(Rejection.Code.MISSING_FIELD, "/run_id", "run_id is required"),
            Entry.Headers.NONE,
            "{\"type\":\"ToolCall\"}".getBytes(StandardCharsets.UTF_8)));
  }

  public Position replayed(String id) {
    return append(new Entry.Replayed(source, START, id));
  }

  public Position repeated(int records) {
    return append(new Entry.Repeated(source, START, records));
  }

  public Position append(Entry entry) {
    try {
      return log.append(List.of(EntryCodec.encode(entry))).last();
    } catch (LogFullException | LogFailedException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
