// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.FoldedRun.Unsent;
import dev.ledgerline.otel.export.FoldedRun.UnsentWait;
import dev.ledgerline.otel.export.KnownRuns.Known;
import dev.ledgerline.otel.export.RunContext.Place;
import dev.ledgerline.otel.receive.OtlpDialect;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Entries in, items out. A span is sent once, when its end is known: a step as it ends, the run
 * itself a little after its end. Until then a run is <b>open</b>, and its events are folded; how
 * many may be open is bounded. Used by one thread.
 */
final class Projection {
  private static final Pattern TRACE = Pattern.compile("(?!0{32})[0-9a-f]{32}");

  /** US dollars that a sum of fractions may be off. */
  private static final double ROUNDING = 1e-9;

  private final EventLog log;
  private final Settings settings;
  private final EventPredicate filter;
  private final boolean contents;
  private final SpanWriter writer;

  /** The one that was silent for longest stands first. */
  private final SequencedMap<RunKey, OpenRun> open = new LinkedHashMap<>(16, 0.75f, true);

  private final Set<OpenRun> touched = new LinkedHashSet<>();
  private final KnownRuns known = new KnownRuns();
  private final Meters meters = new Meters();
  private int openEvents;
  private long cutShort;

  Projection(
      EventLog log, Settings settings, EventPredicate filter, boolean contents, SpanWriter writer) {
    this.log = log;
    this.settings = settings;
    this.filter = filter;
    this.contents = contents;
    this.writer = writer;
  }

  /** Takes the entry at that position. */
  void take(long position, Entry entry, Projected out) throws IOException {
    switch (entry) {
      case Entry.Recorded recorded -> {
        meters.at(recorded.observedAt());
        Original original =
            recorded.dialect().equals(OtlpDialect.NAME) ? Original.read(recorded.original()) : null;
        take(position, recorded.events(), recorded.original(), original, out);
      }
      case Entry.Concluded concluded -> {
        meters.at(concluded.observedAt());
        take(position, concluded.events(), new byte[0], null, out);
      }
      case Entry.Refused _, Entry.Repeated _, Entry.Replayed _ -> {}
    }
  }

  private void take(
      long position, List<Event> events, byte[] record, @Nullable Original original, Projected out)
      throws IOException {
    boolean wanted = false;
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      OpenRun run = runOf(event, position, original != null);
      Placed placed = run == null ? null : fold(run, event, position, i, original != null);
      Scope known = run == null ? event.scope() : run.fold().scope();
      boolean matches = filter.test(event, known, record);
      wanted |= matches;
      if (run != null) {
        run.match(matches);
        touched.add(run);
        boundOpenRuns(run, out);
      }
      if (matches) {
        count(event);
        if (out.wants(Signal.LOGS) && original == null) { // else the record itself says it
          out.add(Signal.LOGS, log(event, run, placed, record));
        }
      }
    }
    if (wanted && original != null) {
      out.add(original.signal(), original.item());
    }
  }

  private Item log(Event event, @Nullable OpenRun run, @Nullable Placed placed, byte[] record) {
    ByteString trace = ByteString.EMPTY;
    ByteString span = ByteString.EMPTY;
    String agent = event.scope().agent();
    if (run != null && placed != null) {
      trace = run.context().trace();
      ByteString step = run.folded().openStep(placed.stepId());
      span = step != null ? step : run.context().foreign() ? span : run.context().root();
    }
    return writer.log(event, agent, trace, span, contents ? record : null);
  }

  private Placed fold(OpenRun run, Event event, long position, int index, boolean foreign) {
    openEvents++;
    return run.add(event, position, index, foreign);
  }

  private @Nullable OpenRun runOf(Event event, long position, boolean foreign) {
    Scope scope = event.scope();
    if (scope.run() == null) {
      return null;
    }
    RunKey key = new RunKey(event.source(), scope.run());
    OpenRun run = open.get(key);
    if (run == null) {
      Known before = known.run(key);
      run =
          new OpenRun(
              key,
              context(key, scope, before, foreign),
              position,
              position,
              before == null ? 0 : before.parts());
      open.put(key, run);
    }
    String thread = scope.thread();
    if (thread != null && !run.inThread() && !run.context().foreign()) {
      run.follows(known.follow(key.source(), thread, run.context().place()));
    }
    return run;
  }

  /** Decided with the first event: what has been sent cannot be moved to another trace. */
  private RunContext context(RunKey key, Scope scope, @Nullable Known before, boolean foreign) {
    ByteString root = Ids.root(key);
    if (before != null) {
      return new RunContext(before.place().trace(), root, null, foreign);
    }
    String told = scope.trace();
    ByteString trace = told != null && TRACE.matcher(told).matches() ? KnownRuns.bytes(told) : null;
    String parentRun = scope.parentRun();
    if (parentRun == null || parentRun.equals(key.run())) {
      return new RunContext(trace == null ? Ids.trace(key) : trace, root, null, foreign);
    }
    Place parent = place(new RunKey(key.source(), parentRun));
    boolean inItsTrace = trace == null || trace.equals(parent.trace());
    return new RunContext(
        trace == null ? parent.trace() : trace, root, inItsTrace ? parent.span() : null, foreign);
  }

  private Place place(RunKey run) {
    OpenRun followed = open.get(run);
    if (followed != null) {
      return followed.context().place();
    }
    Known sent = known.run(run);
    return sent == null ? new Place(Ids.trace(run), Ids.root(run)) : sent.place();
  }

  private void count(Event event) {
    if (event.fact() instanceof Fact.ErrorReported error) {
      Map<String, String> attributes = agent(event.scope().agent());
      attributes.put("error.type", error.category() == null ? "_OTHER" : error.category());
      meters.add(Instrument.ERRORS, 1, attributes);
    }
  }

  private void boundOpenRuns(OpenRun current, Projected out) throws IOException {
    while (open.size() > settings.limits().openRuns()
        || (openEvents > settings.limits().openEvents() && open.size() > 1)) {
      OpenRun eldest = open.firstEntry().getValue();
      if (eldest == current) {
        return;
      }
      cutShort++;
      end(eldest, Ending.of(eldest.fold().summary()), out);
    }
  }

  /**
   * Sends what has ended, and the runs that are due. Returns when the next one is; null for never.
   */
  @Nullable Instant settle(Instant now, Projected out) throws IOException {
    for (OpenRun run : touched) {
      if (open.get(run.key()) == run && run.matched() && !run.fold().outOfOrder()) {
        collect(run, false, out);
      }
    }
    touched.clear();
    Instant next = null;
    for (OpenRun run : List.copyOf(open.sequencedValues())) {
      Instant due = run.due(settings);
      if (due == null) {
        continue;
      }
      if (!due.isAfter(now)) {
        end(run, null, out);
      } else if (next == null || due.isBefore(next)) {
        next = due;
      }
    }
    return next;
  }

  private void end(OpenRun run, @Nullable Ending cut, Projected out) throws IOException {
    run.inOrder(log);
    RunSummary summary = run.fold().summary();
    boolean waits = summary.openWaits() > 0 && cut == null;
    if (run.matched()) {
      collect(run, !waits, out);
    }
    if (run.pending()) {
      boolean silent = cut == null && !summary.state().terminal();
      Ending ending =
          cut != null ? cut : silent ? Ending.silent(run.lastObserved()) : Ending.of(summary);
      boolean anything = run.part() == 0 || summary.state() != State.UNKNOWN;
      if (run.matched() && anything) {
        sendRun(run, summary, ending, out);
      }
      run.ended();
    }
    if (!waits) {
      open.remove(run.key());
      openEvents -= run.events();
      known.ended(run);
    }
  }

  private void sendRun(OpenRun run, RunSummary summary, Ending ending, Projected out) {
    Instant told = run.partStart();
    Instant start = told == null ? summary.startedAt() : told;
    Instant end = summary.endedAt() == null ? run.lastAt() : summary.endedAt();
    Map<String, String> attributes = agent(summary.agent());
    attributes.put("ledgerline.run.state", ending.state().word());
    if (run.part() == 0) {
      meters.add(Instrument.RUNS, 1, attributes);
      if (ending.failed()) {
        attributes.put("error.type", ending.state().word());
      }
      meters.record(Instrument.RUN_DURATION, Duration.between(start, end), attributes);
    }
    if (out.wants(Signal.TRACES) && !run.context().foreign()) {
      out.add(
          Signal.TRACES,
          writer.run(
              summary,
              ending,
              run.context(),
              links(run, summary),
              run.fold().transitions(),
              run.fold().waits().stream().filter(Wait::open).toList(),
              besideCalls(run.fold()),
              run.part(),
              start,
              end));
    }
  }

  /** What no model call tells that it spent; null for nothing. */
  private static @Nullable TokenUsage besideCalls(RunFold run) {
    TokenUsage rest = run.usage();
    for (Step step : run.steps()) {
      if (rest != null && step.kind() == StepKind.MODEL && step.usage() != null) {
        rest = rest.minus(step.usage());
      }
    }
    return rest == null || isNothing(rest) ? null : rest;
  }

  private static boolean isNothing(TokenUsage usage) {
    boolean noCost = usage.costUsd() == null || Math.abs(usage.costUsd()) < ROUNDING;
    return noCost
        && Stream.of(
                usage.input(),
                usage.output(),
                usage.total(),
                usage.cachedInput(),
                usage.cacheWrite(),
                usage.reasoning())
            .allMatch(count -> count == null || count == 0);
  }

  private List<Span.Link> links(OpenRun run, RunSummary summary) {
    Map<Place, String> links = new LinkedHashMap<>();
    RunKey key = run.key();
    String continued = summary.continuesRun();
    if (continued != null && !continued.equals(key.run())) {
      links.put(place(new RunKey(key.source(), continued)), "continues");
    }
    String parent = summary.parentRun();
    if (parent != null && run.context().parent() == null && !parent.equals(key.run())) {
      links.put(place(new RunKey(key.source(), parent)), "called_by");
    }
    Place previous = run.previous();
    if (previous != null && !previous.trace().equals(run.context().trace())) {
      links.putIfAbsent(previous, "previous_in_thread");
    }
    List<Span.Link> all = new ArrayList<>();
    links.forEach((place, type) -> all.add(place.link(type)));
    return all;
  }

  /** Sends the steps and waits of a run that are over. */
  private void collect(OpenRun run, boolean openOnesToo, Projected out) {
    FoldedRun folded = run.folded();
    RunSummary summary = run.fold().summary();
    for (Unsent unsent : folded.takeSteps(openOnesToo)) {
      Step step = folded.step(unsent);
      Instant told = step.endedAt();
      Instant end =
          told != null ? told : summary.endedAt() != null ? summary.endedAt() : run.lastAt();
      if (told != null) {
        measure(summary, step, told);
      }
      if (!unsent.foreign() && out.wants(Signal.TRACES)) {
        out.add(
            Signal.TRACES,
            writer.step(summary, run.context(), unsent.id(), unsent.parent(), step, end));
      }
    }
    for (UnsentWait unsent : folded.takeWaits()) {
      Wait wait = run.fold().waitAt(unsent.index());
      Instant end = wait.resolvedAt() == null ? run.lastAt() : wait.resolvedAt();
      measure(summary, wait, end);
      if (!run.context().foreign() && out.wants(Signal.TRACES)) {
        String by = wait.resolvedRun();
        Place answered = by == null ? null : place(new RunKey(run.key().source(), by));
        out.add(
            Signal.TRACES, writer.wait(summary, run.context(), unsent.id(), wait, end, answered));
      }
    }
    TokenUsage spent = run.newUsage();
    if (spent != null) {
      measure(summary, spent);
    }
  }

  private void measure(RunSummary run, Step step, Instant end) {
    if (step.kind() != StepKind.MODEL && step.kind() != StepKind.TOOL) {
      return;
    }
    boolean model = step.kind() == StepKind.MODEL;
    Map<String, String> attributes = agent(step.agent() == null ? run.agent() : step.agent());
    attributes.put("gen_ai.operation.name", model ? "chat" : "execute_tool");
    if (step.name() != null) {
      attributes.put(model ? "gen_ai.request.model" : "gen_ai.tool.name", step.name());
    }
    if (step.state() == State.FAILED) {
      attributes.put("error.type", "_OTHER");
    }
    meters.record(
        model ? Instrument.MODEL_DURATION : Instrument.TOOL_DURATION,
        Duration.between(step.startedAt(), end),
        attributes);
  }

  private void measure(RunSummary run, Wait wait, Instant end) {
    Map<String, String> attributes = agent(wait.agent() == null ? run.agent() : wait.agent());
    attributes.put("ledgerline.wait.kind", wait.kind().word());
    meters.record(Instrument.WAIT_DURATION, Duration.between(wait.openedAt(), end), attributes);
    if (wait.outcome() != null) {
      attributes.put("ledgerline.wait.outcome", wait.outcome().word());
    }
    meters.add(Instrument.WAITS, 1, attributes);
  }

  private void measure(RunSummary run, TokenUsage spent) {
    tokens(run, "input", spent.input());
    tokens(run, "output", spent.output());
    tokens(run, "cache_read", spent.cachedInput());
    tokens(run, "cache_write", spent.cacheWrite());
    tokens(run, "reasoning", spent.reasoning());
  }

  private void tokens(RunSummary run, String type, @Nullable Long count) {
    if (count != null) {
      Map<String, String> attributes = agent(run.agent());
      attributes.put("gen_ai.token.type", type);
      meters.add(Instrument.TOKENS, count, attributes);
    }
  }

  private static Map<String, String> agent(@Nullable String agent) {
    Map<String, String> attributes = new TreeMap<>();
    if (agent != null) {
      attributes.put("gen_ai.agent.name", agent);
    }
    return attributes;
  }

  boolean metricsChanged() {
    return meters.changed();
  }

  void metrics(Projected out) {
    Item.Group group = writer.group("ledgerline", null);
    for (Metric metric : meters.take()) {
      out.add(Signal.METRICS, Item.of(group, metric));
    }
  }

  int openRuns() {
    return open.size();
  }

  /** Runs that were sent before their end because too many were open. */
  long cutShort() {
    return cutShort;
  }

  void save(ObjectNode to) {
    ArrayNode runs = to.putArray("open");
    for (OpenRun run : open.sequencedValues()) {
      ObjectNode one = runs.addObject();
      one.put("source", run.key().source()).put("run", run.key().run());
      one.put("first", run.first()).put("last", run.last());
      one.put("trace", KnownRuns.hex(run.context().trace()));
      one.put("foreign", run.context().foreign()).put("matched", run.matched());
      one.put("pending", run.pending()).put("part", run.part());
      ByteString parent = run.context().parent();
      if (parent != null) {
        one.put("parent", KnownRuns.hex(parent));
      }
      Instant partStart = run.partStart();
      if (partStart != null) {
        one.put("part_start", partStart.toString());
      }
      Place previous = run.previous();
      if (previous != null) {
        one.put("previous", KnownRuns.hex(previous.trace()) + ":" + KnownRuns.hex(previous.span()));
      }
    }
    known.save(to);
    meters.save(to.putObject("metrics"));
  }

  /** What {@link #save} kept, and the events of the open runs read again. */
  void restore(JsonNode from) throws IOException {
    known.restore(from);
    Map<RunKey, JsonNode> kept = new LinkedHashMap<>();
    for (JsonNode one : from.path("open")) {
      RunKey key = new RunKey(one.path("source").asText(), one.path("run").asText());
      kept.put(key, one);
      JsonNode parent = one.path("parent");
      RunContext context =
          new RunContext(
              KnownRuns.bytes(one.path("trace").asText()),
              Ids.root(key),
              parent.isTextual() ? KnownRuns.bytes(parent.asText()) : null,
              one.path("foreign").asBoolean());
      OpenRun run =
          new OpenRun(
              key,
              context,
              one.path("first").asLong(),
              one.path("last").asLong(),
              one.path("part").asInt());
      run.match(one.path("matched").asBoolean());
      JsonNode previous = one.path("previous");
      if (previous.isTextual()) {
        String[] parts = previous.asText().split(":");
        run.follows(new Place(KnownRuns.bytes(parts[0]), KnownRuns.bytes(parts[1])));
      }
      open.put(key, run);
    }
    OpenRunReader.read(
        log,
        List.copyOf(open.sequencedValues()),
        (run, event, position, index) ->
            fold(run, event, position, index, event.dialect().equals(OtlpDialect.NAME)));
    Projected sentAlready = new Projected(Set.of());
    for (OpenRun run : List.copyOf(open.sequencedValues())) {
      JsonNode one = kept.get(run.key());
      if (run.events() == 0 || one == null) {
        open.remove(run.key()); // the log has let go of it
        continue;
      }
      String partStart = one.path("part_start").asText("");
      run.resume(
          one.path("pending").asBoolean(),
          one.path("part").asInt(),
          partStart.isEmpty() ? null : Instant.parse(partStart));
      if (run.matched() && !run.fold().outOfOrder()) {
        collect(run, false, sentAlready);
      }
    }
    meters.restore(from.path("metrics")); // after all that was measured of them before
  }
}
