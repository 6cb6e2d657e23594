// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Message;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.Position;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpReceiver;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was exported to another Ledgerline says the same there. */
class ThereAndBackTest {
  private static final Context THERE =
      new Context("there", null, null, null, null, null, null, ToldLog.NOON);
  private static final Duration LONG_AFTER = Duration.ofDays(2);

  /** How the spans arrive. */
  enum Way {
    IN_ORDER,
    SHUFFLED,
    TWICE,
    WITH_LOGS,
    LOGS_LATE
  }

  private @TempDir Path folder;
  private ToldLog here;

  @BeforeEach
  void open() throws Exception {
    here = new ToldLog(folder.resolve("here"));
  }

  @AfterEach
  void close() throws Exception {
    here.close();
  }

  @Test
  void aRunWithAToolAModelAndAnAnsweredWait() throws Exception {
    here.wholeRun("r1", "t1");
    assertSameThere();
  }

  @Test
  void everyEndThatARunCanHave() throws Exception {
    for (State state : State.values()) {
      if (state.terminal() && state != State.RELEASED && state != State.LOST) {
        here.begin(state.word(), "t1");
        here.middle(state.word(), null);
        here.tell(
            state.word(),
            null,
            Fact.StateChange.reported(Entity.RUN, state, null).because("so it was"),
            "ends");
      }
    }
    here.begin("silent", null); // and is lost
    here.begin("concluded", null);
    here.tell(
        "concluded",
        null,
        Fact.StateChange.reported(Entity.RUN, State.COMPLETED, null).derived(Fact.Firmness.SOFT),
        "seems to be over");
    assertSameThere();
  }

  @Test
  void aRunThatIsSuspendedWithAnOpenWait() throws Exception {
    suspended("r1");
    assertSameThere();
  }

  @Test
  void aWaitThatALaterRunAnswers() throws Exception {
    suspended("r1");
    here.tell(
        Scope.of("r1", "t1", "planner"),
        new Fact.WaitResolved("w1", WaitOutcome.APPROVED, "ada", "r2", Quality.REPORTED),
        "yes");
    here.tell(Scope.of("r2", "t1", "planner").withContinuesRun("r1"), started(), "goes on");
    here.end("r2", "t1");
    assertSameThere();
  }

  @Test
  void waitsOfEveryKindAndOutcomeAndThoseThatTheEndOfTheRunEnds() throws Exception {
    here.begin("r1", null);
    for (WaitKind kind : WaitKind.values()) {
      for (WaitOutcome outcome : WaitOutcome.values()) {
        String id = kind.word() + "-" + outcome.word();
        here.tell("r1", null, opened(id, kind, kind == WaitKind.APPROVAL ? "May I?" : null), "?");
        here.tell("r1", null, new Fact.WaitResolved(id, outcome, null, null, Quality.DERIVED), "!");
      }
    }
    here.tell("r1", null, opened("last", WaitKind.APPROVAL, "And this?"), "?");
    here.tell("r1", null, Fact.StateChange.reported(Entity.RUN, State.CANCELED, null), "stop");
    assertSameThere();
  }

  @Test
  void aTaskWithTurnsSubAgentsARunThatItCallsAndACallWithoutAnEnd() throws Exception {
    Scope root = Scope.of("r1", "t1", "planner").withTask("issue-7").withDepth(0);
    Scope below = root.withAgent("writer").withDepth(1);
    here.tell(root, started(), "begins");
    here.tell(root, turn(State.RUNNING), "turn");
    here.tell(root, new Fact.ToolCall("c1", "delegate", null), "delegates");
    here.tell(below, new Fact.ModelRequest("m1", "small"), "asks");
    here.tell(below, new Fact.ModelResponse("m1", "small", null, "overloaded"), "fails");
    here.tell(below, new Fact.ToolCall("c2", "read", null), "reads, for ever");
    Scope called = Scope.of("r2", "t1", "coder").withParentRun("r1");
    here.tell(called, started(), "begins");
    here.tell(called, new Fact.Message(Role.ASSISTANT, false, null), "I write it");
    here.end("r2", "t1");
    here.tell(
        root,
        new Fact.ToolResult("c1", "delegate", ToolOutcome.FAILED, null, null, false, false),
        "failed");
    here.tell(root, turn(State.CANCELED), "turn ends");
    here.tell(root, Fact.StateChange.reported(Entity.RUN, State.FAILED, null), "fails");
    assertSameThere();
  }

  @Test
  void tokensAreCountedOnceWhetherOrNotModelCallsTellThem() throws Exception {
    here.begin("beside", null);
    here.tell("beside", null, reported(70L, 7L), "tokens");
    here.end("beside", null);
    here.begin("both", null);
    here.middle("both", null);
    here.tell("both", null, reported(5L, 1L), "tokens");
    here.end("both", null);
    here.begin("total", null);
    TokenUsage total = new TokenUsage(null, null, 90L, 10L, 3L, 2L, 0.25);
    here.tell("total", null, new Fact.ModelResponse(null, "large", total, null), "answers");
    here.end("total", null);
    assertSameThere();
  }

  @Test
  void aRunThatWentOnAfterItsEnd() throws Exception {
    Sender sender = new Sender();
    here.wholeRun("r1", "t1");
    sender.send(LONG_AFTER);
    here.tell(
        "r1",
        "t1",
        new Fact.StateChange(
            Entity.RUN,
            null,
            null,
            State.RUNNING,
            null,
            "Reopened",
            null,
            Quality.REPORTED,
            Fact.Firmness.REOPENS),
        "again");
    here.tell("r1", "t1", reported(5L, 1L), "tokens");
    here.tell("r1", "t1", Fact.StateChange.reported(Entity.RUN, State.TIMED_OUT, null), "stalls");
    sender.send(LONG_AFTER);
    assertSameThere(sender.received);
  }

  @Test
  void aRunThatWaitsIsSeenToWaitByItsLogRecords() throws Exception {
    here.begin("r1", "t1");
    here.tell("r1", "t1", new Fact.ToolCall("c1", "search", null), "search");
    here.tell(
        "r1",
        "t1",
        new Fact.ToolResult("c1", "search", ToolOutcome.OK, null, null, false, false),
        "found");
    here.tell("r1", "t1", opened("w1", WaitKind.APPROVAL, "May I?"), "May I?");
    Sender sender = new Sender();
    sender.send(LONG_AFTER);
    try (ToldLog there = new ToldLog(folder.resolve("there"))) {
      receive(there, Signal.TRACES, sender.received.traces);
      receive(there, Signal.LOGS, sender.received.logs);
      RunFold run = folded(new RunKey("s", "r1"), runs(there).getOrDefault("r1", List.of()));
      assertEquals(State.WAITING, run.state());
      assertEquals(1, run.summary().openWaits());
      assertEquals("May I?", run.waitAt(0).prompt());
    }
  }

  private void suspended(String run) throws Exception {
    here.begin(run, "t1");
    here.tell(run, "t1", opened("w1", WaitKind.APPROVAL, "May I?"), "May I?");
    here.tell(run, "t1", Fact.StateChange.reported(Entity.RUN, State.SUSPENDED, null), "stands");
  }

  private static Fact started() {
    return Fact.StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted");
  }

  private static Fact opened(String id, WaitKind kind, @Nullable String prompt) {
    return new Fact.WaitOpened(id, kind, prompt, true, null, Quality.REPORTED);
  }

  private static Fact turn(State state) {
    return new Fact.StateChange(
        Entity.TURN, "turn-1", null, state, null, null, null, Quality.REPORTED, Fact.Firmness.FIRM);
  }

  private static Fact reported(Long input, Long output) {
    return new Fact.UsageReported("s", false, TokenUsage.of(input, output), true, null);
  }

  /** Follows the log here. */
  private final class Sender {
    final Received received = new Received();
    private final Projection projection =
        new Projection(
            here.log,
            Settings.DEFAULT,
            EventPredicate.of(QueryParser.parse(""), Instant.EPOCH),
            false,
            new SpanWriter("1"));
    private Position read = Position.START;

    Sender() throws Exception {}

    /** Everything that is new, and then so much time. */
    void send(Duration later) throws Exception {
      Projected out = new Projected(Set.of(Signal.TRACES, Signal.LOGS));
      try (EventLog.Cursor cursor = here.log.read(read)) {
        for (LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
          read = entry.position();
          projection.take(read.number(), EntryCodec.decode(entry.bytes()), out);
        }
      }
      projection.settle(here.after(later), out);
      for (Signal signal : List.of(Signal.TRACES, Signal.LOGS)) {
        received.add(signal, new Request(out.of(signal)).message(signal).toByteArray());
      }
    }
  }

  private void assertSameThere() throws Exception {
    Sender sender = new Sender();
    sender.send(LONG_AFTER);
    assertSameThere(sender.received);
  }

  private void assertSameThere(Received received) throws Exception {
    String told = table(here);
    for (Way way : Way.values()) {
      try (ToldLog there = new ToldLog(folder.resolve(way.name()))) {
        if (way == Way.WITH_LOGS) {
          receive(there, Signal.LOGS, received.logs);
        }
        receive(there, Signal.TRACES, requests(received, way));
        if (way == Way.LOGS_LATE) {
          receive(there, Signal.LOGS, received.logs);
        }
        assertEquals(told, table(there), way.name());
      }
    }
  }

  private static void receive(ToldLog there, Signal signal, List<? extends Message> exports)
      throws Exception {
    for (Message export : exports) {
      byte[] body = export.toByteArray();
      assertEquals(
          200,
          new OtlpReceiver(there)
              .receive(signal, body, body.length, Encoding.PROTOBUF, THERE)
              .status());
    }
  }

  /** One for each span. */
  private static List<ExportTraceServiceRequest> requests(Received received, Way way) {
    List<ExportTraceServiceRequest> all = new ArrayList<>();
    for (ExportTraceServiceRequest export : received.traces) {
      for (ResourceSpans resource : export.getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            ScopeSpans.Builder one = scope.toBuilder().clearSpans().addSpans(span);
            all.add(
                ExportTraceServiceRequest.newBuilder()
                    .addResourceSpans(resource.toBuilder().clearScopeSpans().addScopeSpans(one))
                    .build());
          }
        }
      }
    }
    if (way == Way.SHUFFLED) {
      Collections.shuffle(all, new Random(3));
    }
    if (way == Way.TWICE) {
      all.addAll(List.copyOf(all));
    }
    return all;
  }

  private record Numbered(Event event, long seq, long order) {}

  private static Map<String, List<Event>> runs(ToldLog log) throws Exception {
    Map<String, List<Event>> runs = new LinkedHashMap<>();
    Set<Object> seen = new HashSet<>();
    try (EventLog.Cursor cursor = log.log.read(Position.START)) {
      for (LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (EntryCodec.decode(entry.bytes()) instanceof Entry.Recorded recorded) {
          for (Event event : recorded.events()) {
            if (event.scope().run() != null && seen.add(event.id())) {
              runs.computeIfAbsent(event.scope().run(), _ -> new ArrayList<>()).add(event);
            }
          }
        }
      }
    }
    return runs;
  }

  /** All runs of a log, in one text that can be compared. */
  private static String table(ToldLog log) throws Exception {
    List<String> lines = new ArrayList<>();
    runs(log).forEach((run, events) -> lines.addAll(lines(folded(new RunKey("s", run), events))));
    lines.sort(Comparator.naturalOrder());
    return String.join("\n", lines);
  }

  private static RunFold folded(RunKey key, List<Event> events) {
    RunFold fold = new RunFold(key);
    List<Numbered> all = new ArrayList<>();
    long seq = 0;
    for (Event event : events) {
      all.add(new Numbered(event, ++seq, fold.add(event, seq).order()));
    }
    if (fold.outOfOrder()) {
      all.sort(Comparator.comparingLong(Numbered::order).thenComparingLong(Numbered::seq));
      RunFold again = new RunFold(key);
      all.forEach(one -> again.add(one.event(), one.seq()));
      fold = again;
    }
    return fold;
  }

  private static List<String> lines(RunFold fold) {
    RunSummary run = fold.summary();
    String id = run.key().run();
    // One that fell silent is lost there; here only who asks for the time knows that.
    boolean silent = !run.state().terminal() || run.state() == State.LOST;
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            id,
            "run",
            silent ? "silent" : run.state() + " " + run.stateQuality() + " " + run.reason(),
            run.title(),
            run.task(),
            run.thread(),
            run.agent(),
            run.parentRun(),
            run.continuesRun(),
            run.startedAt(),
            silent ? null : run.endedAt(),
            run.violations(),
            tokens(run.usage())));
    Map<String, Step> steps = new LinkedHashMap<>();
    fold.steps().forEach(step -> steps.put(step.id(), step));
    for (Step step : fold.steps()) {
      Step around = step.parentId() == null ? null : steps.get(step.parentId());
      lines.add(
          line(
              id,
              "step",
              step.kind(),
              step.name(),
              step.state(),
              step.error(),
              step.agent(),
              around == null ? null : around.name(),
              step.callId(),
              step.startedAt(),
              step.endedAt(),
              tokens(step.usage())));
    }
    for (Wait wait : fold.waits()) {
      lines.add(
          line(
              id,
              "wait",
              wait.id(),
              wait.kind(),
              wait.prompt(),
              wait.outcome(),
              wait.openedAt(),
              wait.resolvedAt(),
              wait.resolvedBy(),
              wait.resolvedRun(),
              wait.quality()));
    }
    return lines;
  }

  private static List<@Nullable Object> tokens(@Nullable TokenUsage usage) {
    List<@Nullable Object> counts = new ArrayList<>();
    if (usage != null) {
      counts.add(usage.input());
      counts.add(usage.output());
      counts.add(usage.effectiveTotal());
      counts.add(usage.cachedInput());
      counts.add(usage.cacheWrite());
      counts.add(usage.reasoning());
      counts.add(usage.costUsd());
    }
    return counts;
  }

  private static String line(@Nullable Object... cells) {
    List<String> texts = new ArrayList<>();
    for (Object cell : cells) {
      texts.add(String.valueOf(cell));
    }
    return String.join(" | ", texts);
  }
}
