// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.compat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.query.Skeleton;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.TraceIds;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A trace in the JSON of Jaeger's UI ({@code /api/traces}, model/json of jaegertracing/jaeger): a
 * run is a span, its steps and waits are spans below it, its changes of state are logs of it. Times
 * are microseconds.
 */
final class JaegerTrace {
  /** A browser draws no more of one trace; what is left out is said in a warning. */
  private static final int MAX_SPANS = 20_000;

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern SPAN = Pattern.compile("[0-9a-f]{16}");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final String id;
  private final Instant now;
  private final ArrayNode spans = JSON.arrayNode();
  private final Map<String, String> processes = new LinkedHashMap<>();
  private final Map<String, Set<String>> operations = new HashMap<>();
  private long leftOut;

  /**
   * @param now the end of what has none
   */
  JaegerTrace(String id, Instant now) {
    this.id = id;
    this.now = now;
  }

  /** The trace of a run: its first own one, else the derived. */
  static String idOf(RunSummary run) {
    return run.traces().isEmpty()
        ? HEX.formatHex(TraceIds.trace(run.key()))
        : run.traces().getFirst();
  }

  /** What a run is called as a service, here and where it is exported. */
  static String serviceOf(RunSummary run) {
    return run.agent() == null ? run.key().source() : run.agent();
  }

  void add(Skeleton skeleton) {
    RunSummary run = skeleton.run();
    RunKey key = run.key();
    String root = HEX.formatHex(TraceIds.root(key));
    ObjectNode span =
        span(root, null, "invoke_agent", serviceOf(run), run.startedAt(), run.endedAt());
    ArrayNode tags = (ArrayNode) span.get("tags");
    tag(tags, "ledgerline.run.id", key.run());
    tag(tags, "ledgerline.source", key.source());
    tag(tags, "ledgerline.run.state", run.state().word());
    tag(tags, "ledgerline.verdict", run.verdict().word());
    tag(tags, "gen_ai.conversation.id", run.thread());
    tag(tags, "ledgerline.task.id", run.task());
    tag(tags, "ledgerline.title", run.title());
    tag(tags, "ledgerline.reason", run.reason());
    usage(tags, run.usage());
    error(tags, isFailure(run.state()), run.reason());
    if (run.parentRun() != null) {
      RunKey parent = new RunKey(key.source(), run.parentRun());
      reference(span, HEX.formatHex(TraceIds.root(parent)), "CHILD_OF", idWith(run, parent));
    }
    if (run.continuesRun() != null) {
      RunKey before = new RunKey(key.source(), run.continuesRun());
      reference(span, HEX.formatHex(TraceIds.root(before)), "FOLLOWS_FROM", idWith(run, before));
    }
    ArrayNode logs = (ArrayNode) span.get("logs");
    skeleton.states().forEach(change -> logs.add(log(change)));
    if (!put(span)) {
      return;
    }
    for (Step step : skeleton.steps()) {
      step(run, root, step);
    }
    for (Wait wait : skeleton.waits()) {
      wait(run, root, wait);
    }
  }

  /** What that service does in it. */
  Set<String> operations(String service) {
    return operations.getOrDefault(service, Set.of());
  }

  /**
   * Whether something of that name is in it, done by that service.
   *
   * @param service null or empty for any; {@code operation} alike
   */
  boolean tells(@Nullable String service, @Nullable String operation) {
    return operation == null
        || operation.isEmpty()
        || operations.entrySet().stream()
            .filter(done -> service == null || service.isEmpty() || done.getKey().equals(service))
            .anyMatch(done -> done.getValue().contains(operation));
  }

  /** Runs that were told in one trace refer to each other in it. */
  private String idWith(RunSummary run, RunKey other) {
    return run.traces().isEmpty() ? HEX.formatHex(TraceIds.trace(other)) : id;
  }

  private void step(RunSummary run, String root, Step step) {
    String parent = step.parentId();
    ObjectNode span =
        span(
            stepId(run, step.id()),
            parent == null ? root : stepId(run, parent),
            operation(step),
            step.agent() == null ? serviceOf(run) : step.agent(),
            step.startedAt(),
            step.endedAt());
    ArrayNode tags = (ArrayNode) span.get("tags");
    tag(tags, "ledgerline.step.kind", step.kind().word());
    tag(tags, "ledgerline.step.state", step.state().word());
    tag(tags, "gen_ai.tool.call.id", step.kind() == StepKind.TOOL ? step.callId() : null);
    usage(tags, step.usage());
    error(tags, step.state() == State.FAILED, step.error());
    put(span);
  }

  private void wait(RunSummary run, String root, Wait wait) {
    ObjectNode span =
        span(
            HEX.formatHex(TraceIds.span(run.key(), "wait", wait.id() + "/" + wait.openedSeq())),
            root,
            "wait " + wait.kind().word(),
            wait.agent() == null ? serviceOf(run) : wait.agent(),
            wait.openedAt(),
            wait.resolvedAt());
    ArrayNode tags = (ArrayNode) span.get("tags");
    tag(tags, "ledgerline.wait.kind", wait.kind().word());
    tag(tags, "ledgerline.wait.outcome", wait.outcome() == null ? "open" : wait.outcome().word());
    tag(tags, "ledgerline.wait.prompt", wait.prompt());
    put(span);
  }

  /** What was told as a span keeps its id. */
  private static String stepId(RunSummary run, String step) {
    return !run.traces().isEmpty() && SPAN.matcher(step).matches()
        ? step
        : HEX.formatHex(TraceIds.span(run.key(), "step", step));
  }

  /** As the GenAI conventions name spans: the operation and what it is done with. */
  private static String operation(Step step) {
    String operation =
        switch (step.kind()) {
          case TOOL -> "execute_tool";
          case MODEL -> "chat";
          case AGENT -> "invoke_agent";
          default -> step.kind().word();
        };
    return step.name() == null ? operation : operation + " " + step.name();
  }

  private static boolean isFailure(State state) {
    return state == State.FAILED || state == State.TIMED_OUT || state == State.LOST;
  }

  private boolean put(ObjectNode span) {
    if (spans.size() >= MAX_SPANS) {
      leftOut++;
      return false;
    }
    spans.add(span);
    return true;
  }

  private ObjectNode span(
      String spanId,
      @Nullable String parent,
      String operation,
      String service,
      Instant start,
      @Nullable Instant end) {
    ObjectNode span = JSON.objectNode();
    span.put("traceID", id);
    span.put("spanID", spanId);
    span.put("flags", 1);
    span.put("operationName", operation);
    span.putArray("references");
    if (parent != null) {
      reference(span, parent, "CHILD_OF", id);
    }
    Instant until = end == null ? now : end;
    span.put("startTime", micros(start));
    span.put("duration", Math.max(0, micros(until) - micros(start)));
    ArrayNode tags = span.putArray("tags");
    if (end == null) {
      tag(tags, "ledgerline.open", "true");
    }
    span.putArray("logs");
    span.put("processID", processes.computeIfAbsent(service, s -> "p" + (processes.size() + 1)));
    operations.computeIfAbsent(service, s -> new LinkedHashSet<>()).add(operation);
    span.putNull("warnings");
    return span;
  }

  private static void reference(ObjectNode span, String to, String type, String trace) {
    ObjectNode reference = ((ArrayNode) span.get("references")).addObject();
    reference.put("refType", type);
    reference.put("traceID", trace);
    reference.put("spanID", to);
  }

  private static ObjectNode log(Transition change) {
    ObjectNode log = JSON.objectNode();
    log.put("timestamp", micros(change.at()));
    ArrayNode fields = log.putArray("fields");
    tag(fields, "event", change.from().word() + " → " + change.to().word());
    tag(fields, "native", change.nativeTo());
    tag(fields, "reason", change.reason());
    tag(fields, "clause", change.clause());
    return log;
  }

  private static void usage(ArrayNode tags, @Nullable TokenUsage usage) {
    if (usage != null) {
      number(tags, "gen_ai.usage.input_tokens", usage.input());
      number(tags, "gen_ai.usage.output_tokens", usage.output());
    }
  }

  private static void error(ArrayNode tags, boolean failed, @Nullable String why) {
    if (failed) {
      ObjectNode tag = tags.addObject();
      tag.put("key", "error");
      tag.put("type", "bool");
      tag.put("value", true);
      tag(tags, "error.message", why);
    }
  }

  private static void tag(ArrayNode tags, String key, @Nullable String value) {
    if (value != null) {
      ObjectNode tag = tags.addObject();
      tag.put("key", key);
      tag.put("type", "string");
      tag.put("value", value);
    }
  }

  private static void number(ArrayNode tags, String key, @Nullable Long value) {
    if (value != null) {
      ObjectNode tag = tags.addObject();
      tag.put("key", key);
      tag.put("type", "int64");
      tag.put("value", value);
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  ObjectNode json() {
    ObjectNode trace = JSON.objectNode();
    trace.put("traceID", id);
    trace.set("spans", spans);
    ObjectNode known = trace.putObject("processes");
    processes.forEach(
        (service, process) -> {
          ObjectNode entry = known.putObject(process);
          entry.put("serviceName", service);
          entry.putArray("tags");
        });
    if (leftOut == 0) {
      trace.putNull("warnings");
    } else {
      trace
          .putArray("warnings")
          .add(leftOut + " spans are not shown; Ledgerline's own page has all");
    }
    return trace;
  }
}
