// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The way of a record through the collector and into runs, without anything that a dialect could
 * not notice: identity, duplicates, arrival order.
 */
final class Recorder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Dialects dialects = Dialects.standard();
  private final @Nullable String dialectName;
  private final Map<String, MapMemory> memories = new HashMap<>();
  private final Map<String, String> byIdentity = new HashMap<>();
  private final Map<String, Long> streamLengths = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Rejection> rejections = new ArrayList<>();
  private int received;
  private int duplicates;
  private int stored;

  /**
   * A recorder.
   *
   * @param dialectName null: found out for each record
   */
  Recorder(@Nullable String dialectName) {
    this.dialectName = dialectName;
  }

  /** What another collector recorded. */
  static Recorder of(List<Event> events, List<Rejection> rejections, int stored) {
    Recorder recorder = new Recorder(null);
    recorder.events.addAll(events);
    recorder.rejections.addAll(rejections);
    recorder.stored = stored;
    return recorder;
  }

  /** One event or conclusion in its run. */
  private record Arrived(Event event, long seq, long order) {}

  void send(List<String> records, Context context, boolean fromItsStart) {
    if (context.stream() != null && fromItsStart) {
      streamLengths.put(context.stream(), 0L);
    }
    for (String record : records) {
      take(record.getBytes(StandardCharsets.UTF_8), numbered(context));
    }
  }

  /** Records without a stream, in one request. */
  Recorder tell(String... records) {
    return tellAs(null, null, records);
  }

  /** Records under these headers, in one request. */
  Recorder tellAs(@Nullable String run, @Nullable String thread, String... records) {
    send(List.of(records), headers(run, thread), false);
    return this;
  }

  /** The sender closes the stream of that run. */
  void end(@Nullable String run, @Nullable String thread) {
    end(dialectName == null ? "" : dialectName, headers(run, thread));
  }

  private static Context headers(@Nullable String run, @Nullable String thread) {
    return new Context("pond", null, null, run, thread, null, null, Golden.OBSERVED);
  }

  RunFold run(String id) {
    RunFold run = runs().get(id);
    if (run == null) {
      throw new AssertionError("no run " + id + " among " + runs().keySet());
    }
    return run;
  }

  /** The tool calls of a run: name and state. */
  List<String> calls(String run) {
    return run(run).steps().stream()
        .filter(step -> step.kind() == StepKind.TOOL)
        .map(step -> step.name() + " " + step.state().word())
        .toList();
  }

  /** The waits of a run: kind and outcome. */
  List<String> waits(String run) {
    return run(run).waits().stream()
        .map(
            wait -> {
              WaitOutcome outcome = wait.outcome();
              return wait.kind().word() + " " + (outcome == null ? "open" : outcome.word());
            })
        .toList();
  }

  State state(String run) {
    return run(run).summary().state();
  }

  /** The sender closed the body of an event stream. */
  void end(String dialect, Context context) {
    Dialect ended = dialects.named(dialect);
    if (ended != null) {
      int n = 0;
      for (Draft draft : ended.endOfStream(context, memory(ended))) {
        EventId id = EventId.named("conclusion", Integer.toString(events.size()), "" + n++);
        events.add(event(id, ended.name(), draft, context));
      }
    }
  }

  private Context numbered(Context context) {
    if (context.stream() == null) {
      return context;
    }
    return context.withNumber(streamLengths.merge(context.stream(), 1L, Long::sum) - 1);
  }

  private void take(byte[] bytes, Context context) {
    received++;
    RawRecord record = new RawRecord(bytes, parse(bytes));
    Dialect dialect = dialectName != null ? dialects.named(dialectName) : dialects.claiming(record);
    if (dialect == null) {
      rejections.add(new Rejection(Rejection.Code.UNKNOWN_DIALECT, null, "nobody claims it"));
      return;
    }
    MapMemory memory = memory(dialect);
    Map<String, Record> before = memory.values();
    boolean stands =
        switch (dialect.decode(record, context, memory)) {
          case Decoded.Rejected rejected -> {
            rejections.add(rejected.rejection());
            yield false;
          }
          case Decoded.Drafts drafts -> store(record, dialect, drafts, context);
        };
    if (!stands) {
      memory.restore(before);
    }
  }

  private MapMemory memory(Dialect dialect) {
    return memories.computeIfAbsent(dialect.name(), name -> new MapMemory());
  }

  /** False where it had been stored before, or something else under its id. */
  private boolean store(RawRecord record, Dialect dialect, Decoded.Drafts drafts, Context context) {
    String key =
        drafts.identity() != null
            ? "id " + drafts.identity()
            : context.stream() != null
                ? "at " + context.stream() + " " + context.number()
                : "new " + received;
    String stood = byIdentity.putIfAbsent(key, record.text());
    if (stood != null) {
      if (stood.equals(record.text())) {
        duplicates++;
      } else {
        rejections.add(new Rejection(Rejection.Code.CONFLICT, "/id", "another content"));
      }
      return false;
    }
    stored++;
    EventId id = EventId.named(context.source(), dialect.name(), key);
    int n = 0;
    for (Draft draft : drafts.drafts()) {
      events.add(event(id.event(n++), dialect.name(), draft, context));
    }
    return true;
  }

  private static Event event(EventId id, String dialect, Draft draft, Context context) {
    return new Event(
        id,
        context.source(),
        dialect,
        draft.nativeType(),
        draft.nativeId(),
        draft.scope(),
        draft.occurredAt(),
        context.observedAt(),
        draft.timeQuality(),
        draft.order(),
        draft.fact(),
        draft.flags(),
        draft.summary());
  }

  /** The runs in order of their first event. */
  SequencedMap<String, RunFold> runs() {
    SequencedMap<String, List<Event>> byRun = new LinkedHashMap<>();
    for (Event event : events) {
      String run = event.scope().run();
      if (run != null) {
        byRun.computeIfAbsent(run, r -> new ArrayList<>()).add(event);
      }
    }
    SequencedMap<String, RunFold> runs = new LinkedHashMap<>();
    byRun.forEach((run, itsEvents) -> runs.put(run, folded(run, itsEvents)));
    return runs;
  }

  private static RunFold folded(String run, List<Event> itsEvents) {
    RunKey key = new RunKey(itsEvents.getFirst().source(), run);
    RunFold fold = new RunFold(key);
    List<Arrived> arrived = new ArrayList<>();
    long seq = 0;
    for (Event event : itsEvents) {
      seq++;
      arrived.add(new Arrived(event, seq, fold.add(event, seq).order()));
    }
    if (!fold.outOfOrder()) {
      return fold;
    }
    RunFold again = new RunFold(key);
    arrived.sort(Comparator.comparingLong(Arrived::order).thenComparingLong(Arrived::seq));
    arrived.forEach(a -> again.add(a.event(), a.seq()));
    return again;
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  List<Rejection> rejections() {
    return List.copyOf(rejections);
  }

  int received() {
    return received;
  }

  int stored() {
    return stored;
  }

  int duplicates() {
    return duplicates;
  }

  static JsonNode parse(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
