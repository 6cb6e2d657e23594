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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private static final String INTERNAL = "internal";
  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern SPAN = Pattern.compile("[0-9a-f]{16}");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Who did something. */
  private record Doer(String service, String source) {}

  /**
   * A span, and what is looked for in it.
   *
   * @param kind of spans, as OpenTelemetry has them
   */
  private record Shown(String service, String kind, boolean failed, ObjectNode json) {}

  private final String id;
  private final Instant now;
  private final List<Shown> spans = new ArrayList<>();
  private final Map<Doer, String> processes = new LinkedHashMap<>();
  private long leftOut;

  /**
   * @param now the end of what has none
   */
  JaegerTrace(String id, Instant now) {
    this.id = id;
    this.now = now;
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
        span(
            root,
            null,
            named("invoke_agent", run.agent()),
            new Doer(serviceOf(run), key.source()),
            run.startedAt(),
            run.endedAt());
    ArrayNode tags = tags(span, INTERNAL, "invoke_agent", run);
    tag(tags, "gen_ai.agent.name", run.agent());
    tag(tags, "ledgerline.run.state", run.state().word());
    tag(tags, "ledgerline.run.verdict", run.verdict().word());
    tag(tags, "ledgerline.run.title", run.title());
    tag(tags, "ledgerline.run.reason", run.reason());
    tag(tags, "ledgerline.task.id", run.task());
    tag(tags, "ledgerline.dialect", run.dialect());
    number(tags, "ledgerline.run.events", run.events());
    number(tags, "ledgerline.run.errors", (long) run.errors());
    number(tags, "ledgerline.run.tool_calls", (long) run.toolCalls());
    number(tags, "ledgerline.run.model_calls", (long) run.modelCalls());
    usage(tags, "ledgerline.usage.", run.usage());
    boolean failed = isFailure(run.state());
    if (failed) {
      error(tags, run.state().word(), run.reason());
    }
    if (run.parentRun() != null) {
      RunKey parent = new RunKey(key.source(), run.parentRun());
      reference(span, HEX.formatHex(TraceIds.root(parent)), "CHILD_OF", id);
    }
    if (run.continuesRun() != null) {
      RunKey before = new RunKey(key.source(), run.continuesRun());
      reference(span, HEX.formatHex(TraceIds.root(before)), "FOLLOWS_FROM", idWith(run, before));
    }
    ArrayNode logs = (ArrayNode) span.get("logs");
    skeleton.states().forEach(change -> logs.add(log(change)));
    if (!put(new Shown(serviceOf(run), INTERNAL, failed, span))) {
      return;
    }
    for (Step step : skeleton.steps()) {
      step(run, root, step);
    }
    for (Wait wait : skeleton.waits()) {
      wait(run, root, wait);
    }
  }

  /** What that service does in it, and of which kind each is. */
  Map<String, String> operations(String service) {
    Map<String, String> operations = new LinkedHashMap<>();
    for (Shown span : spans) {
      if (span.service().equals(service)) {
        operations.put(span.json().path("operationName").asText(), span.kind());
      }
    }
    return operations;
  }

  /** Whether one of its spans is what is looked for. */
  boolean tells(JaegerSearch search) {
    return spans.stream()
        .anyMatch(span -> search.finds(span.service(), span.json(), span.failed()));
  }

  /** Runs that were told in one trace refer to each other in it. */
  private String idWith(RunSummary run, RunKey other) {
    return run.traces().isEmpty() ? HEX.formatHex(TraceIds.trace(other)) : id;
  }

  private void step(RunSummary run, String root, Step step) {
    String parent = step.parentId();
    String agent = step.agent() == null ? run.agent() : step.agent();
    String service = agent == null ? run.key().source() : agent;
    String doing = operation(step.kind());
    ObjectNode span =
        span(
            stepId(run, step.id()),
            parent == null ? root : stepId(run, parent),
            named(doing == null ? step.kind().word() : doing, step.name()),
            new Doer(service, run.key().source()),
            step.startedAt(),
            step.endedAt());
    boolean model = step.kind() == StepKind.MODEL;
    String kind = model ? "client" : INTERNAL;
    ArrayNode tags = tags(span, kind, doing, run);
    tag(tags, "gen_ai.agent.name", agent);
    if (model) {
      tag(tags, "gen_ai.request.model", step.name());
    } else if (step.kind() == StepKind.TOOL) {
      tag(tags, "gen_ai.tool.name", step.name());
      tag(tags, "gen_ai.tool.call.id", step.callId());
    }
    tag(tags, "ledgerline.step.id", step.id());
    tag(tags, "ledgerline.step.kind", step.kind().word());
    tag(tags, "ledgerline.step.state", step.state().word());
    usage(tags, model ? "gen_ai.usage." : "ledgerline.usage.", step.usage());
    boolean failed = step.state() == State.FAILED;
    if (failed) {
      error(tags, "tool_error", step.error());
    }
    put(new Shown(service, kind, failed, span));
  }

  private void wait(RunSummary run, String root, Wait wait) {
    String agent = wait.agent() == null ? run.agent() : wait.agent();
    String service = agent == null ? run.key().source() : agent;
    ObjectNode span =
        span(
            HEX.formatHex(TraceIds.span(run.key(), "wait", wait.id() + "/" + wait.openedSeq())),
            root,
            "wait " + wait.kind().word(),
            new Doer(service, run.key().source()),
            wait.openedAt(),
            wait.resolvedAt());
    ArrayNode tags = tags(span, INTERNAL, null, run);
    tag(tags, "gen_ai.agent.name", agent);
    tag(tags, "ledgerline.wait.id", wait.id());
    tag(tags, "ledgerline.wait.kind", wait.kind().word());
    tag(tags, "ledgerline.wait.outcome", wait.outcome() == null ? "open" : wait.outcome().word());
    tag(tags, "ledgerline.wait.prompt", wait.prompt());
    put(new Shown(service, INTERNAL, false, span));
  }

  /** What was told as a span keeps its id. */
  private static String stepId(RunSummary run, String step) {
    return !run.traces().isEmpty() && SPAN.matcher(step).matches()
        ? step
        : HEX.formatHex(TraceIds.span(run.key(), "step", step));
  }

  /** As the GenAI conventions call it; null where they do not. */
  private static @Nullable String operation(StepKind kind) {
    return switch (kind) {
      case TOOL -> "execute_tool";
      case MODEL -> "chat";
      case AGENT -> "invoke_agent";
      default -> null;
    };
  }

  private static String named(String operation, @Nullable String name) {
    return name == null ? operation : operation + " " + name;
  }

  private static boolean isFailure(State state) {
    return state == State.FAILED || state == State.TIMED_OUT || state == State.LOST;
  }

  private boolean put(Shown span) {
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
      Doer process,
      Instant start,
      @Nullable Instant end) {
    ObjectNode span = JSON.objectNode();
    span.put("traceID", id);
    span.put("spanID", spanId);
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
    span.put("processID", processes.computeIfAbsent(process, _ -> "p" + (processes.size() + 1)));
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

  /** What every span says, in the words of the export. */
  private static ArrayNode tags(
      ObjectNode span, String kind, @Nullable String operation, RunSummary run) {
    ArrayNode tags = (ArrayNode) span.get("tags");
    tag(tags, "span.kind", kind);
    tag(tags, "gen_ai.operation.name", operation);
    tag(tags, "gen_ai.conversation.id", run.thread());
    tag(tags, "ledgerline.run.id", run.key().run());
    return tags;
  }

  private static void usage(ArrayNode tags, String prefix, @Nullable TokenUsage usage) {
    if (usage != null) {
      number(tags, prefix + "input_tokens", usage.input());
      number(tags, prefix + "output_tokens", usage.output());
    }
  }

  private static void error(ArrayNode tags, String type, @Nullable String why) {
    tags.addObject().put("key", "error").put("type", "bool").put("value", true);
    tag(tags, "error.type", type);
    tag(tags, "otel.status_code", "ERROR");
    tag(tags, "otel.status_description", why);
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
    ArrayNode shown = trace.putArray("spans");
    spans.forEach(span -> shown.add(span.json()));
    ObjectNode known = trace.putObject("processes");
    processes.forEach(
        (process, name) -> {
          ObjectNode entry = known.putObject(name);
          entry.put("serviceName", process.service());
          tag(entry.putArray("tags"), "ledgerline.source", process.source());
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
