// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.ByteString;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.SpanFlags;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells runs and events in the words of OpenTelemetry: semantic conventions for generative AI 1.41,
 * and {@code ledgerline.*} for what they have no name for (docs/otel-export.md has the table). Used
 * by one thread.
 */
final class SpanWriter {
  /** More changes of state of one run are not listed on its span; the newest are. */
  private static final int MAX_TRANSITIONS = 128;

  /** Nor are more waits that a run left open. */
  private static final int MAX_OPEN_WAITS = 128;

  private static final int SAMPLED = 1;

  /** Agents are few; more of them are written anew each time. */
  private static final int MAX_GROUPS = 1_000;

  private final InstrumentationScope scope;
  private final Map<Agent, Item.Group> groups = new HashMap<>();

  private record Agent(String source, @Nullable String name) {}

  SpanWriter(String version) {
    this.scope =
        InstrumentationScope.newBuilder().setName("dev.ledgerline").setVersion(version).build();
  }

  /** The agent is the service: that is what backends list and group by. */
  Item.Group group(String source, @Nullable String agent) {
    Agent key = new Agent(source, agent);
    Item.Group known = groups.get(key);
    if (known == null) {
      known = newGroup(key);
      if (groups.size() < MAX_GROUPS) {
        groups.put(key, known);
      }
    }
    return known;
  }

  private Item.Group newGroup(Agent agent) {
    Resource resource =
        Resource.newBuilder()
            .addAllAttributes(
                new Attributes()
                    .text("service.name", agent.name() == null ? agent.source() : agent.name())
                    .text("ledgerline.source", agent.source())
                    .list())
            .build();
    return new Item.Group(resource, "", scope, "");
  }

  Item step(
      RunSummary run,
      RunContext context,
      ByteString id,
      ByteString parent,
      Step step,
      Instant end) {
    String name = step.name();
    Attributes attributes =
        about(run)
            .text("ledgerline.step.id", step.id())
            .text("ledgerline.step.name", name)
            .text("ledgerline.step.call_id", step.callId());
    attributes.text("gen_ai.agent.name", step.agent() == null ? run.agent() : step.agent());
    Span.SpanKind kind = Span.SpanKind.SPAN_KIND_INTERNAL;
    String spanName =
        switch (step.kind()) {
          case MODEL -> {
            kind = Span.SpanKind.SPAN_KIND_CLIENT;
            attributes.text("gen_ai.operation.name", "chat").text("gen_ai.request.model", name);
            usage(attributes, "gen_ai.usage.", step.usage());
            yield named("chat", name);
          }
          case TOOL -> {
            attributes
                .text("gen_ai.operation.name", "execute_tool")
                .text("gen_ai.tool.name", name)
                .text("gen_ai.tool.call.id", step.callId());
            yield named("execute_tool", name);
          }
          case AGENT -> {
            attributes.text("gen_ai.operation.name", "invoke_agent");
            yield named("invoke_agent", name);
          }
          case TURN, WAIT, TASK, OTHER -> named(step.kind().word(), name);
        };
    if (step.kind() != StepKind.MODEL) {
      usage(attributes, "ledgerline.usage.", step.usage());
    }
    attributes
        .word("ledgerline.step.kind", step.kind())
        .word("ledgerline.step.state", step.state());
    if (step.endedAt() == null) {
      attributes.truth("ledgerline.step.end_told", false);
    }
    Span.Builder span = span(context, id, parent, spanName, kind, step.startedAt(), end);
    if (step.state() == State.FAILED) {
      failed(span, attributes, step.error(), "tool_error");
    }
    return Item.of(
        group(run.key().source(), run.agent()), span.addAllAttributes(attributes.list()).build());
  }

  /**
   * A wait that is over, or that its run left open.
   *
   * @param answered the run that answered it; null where none is known
   */
  Item wait(
      RunSummary run,
      RunContext context,
      ByteString id,
      Wait wait,
      Instant end,
      RunContext.@Nullable Place answered) {
    Attributes attributes =
        about(run)
            .text("gen_ai.agent.name", wait.agent() == null ? run.agent() : wait.agent())
            .text("ledgerline.wait.id", wait.id())
            .word("ledgerline.wait.kind", wait.kind())
            .word("ledgerline.wait.outcome", wait.outcome())
            .text("ledgerline.wait.resolved_by", wait.resolvedBy())
            .text("ledgerline.wait.resolved_run_id", wait.resolvedRun())
            .text("ledgerline.wait.prompt", wait.prompt())
            .word("ledgerline.wait.quality", wait.quality());
    Span.Builder span =
        span(
            context,
            id,
            context.root(),
            "wait " + wait.kind().word(),
            Span.SpanKind.SPAN_KIND_INTERNAL,
            wait.openedAt(),
            end);
    if (answered != null) {
      span.addLinks(answered.link("resolved_by"));
    }
    return Item.of(
        group(run.key().source(), run.agent()), span.addAllAttributes(attributes.list()).build());
  }

  /**
   * The run itself, or a part of it that went on after its span had been sent.
   *
   * @param ending what became of it
   * @param links to other runs
   * @param openWaits those that it leaves open
   * @param besideCalls what it spent and is told of no model call
   * @param part 0 for the run itself
   */
  Item run(
      RunSummary run,
      Ending ending,
      RunContext context,
      List<Span.Link> links,
      List<Transition> transitions,
      List<Wait> openWaits,
      @Nullable TokenUsage besideCalls,
      int part,
      Instant start,
      Instant end) {
    Attributes attributes =
        about(run)
            .text("gen_ai.operation.name", "invoke_agent")
            .text("gen_ai.agent.name", run.agent())
            .word("ledgerline.run.state", ending.state())
            .word("ledgerline.run.state.quality", ending.quality())
            .text("ledgerline.run.reason", ending.reason())
            .word("ledgerline.run.verdict", run.verdict())
            .word("ledgerline.run.time_quality", run.timeQuality())
            .text("ledgerline.run.title", run.title())
            .text("ledgerline.task.id", run.task())
            .text("ledgerline.run.parent_id", run.parentRun())
            .text("ledgerline.run.continues_id", run.continuesRun())
            .text("ledgerline.dialect", run.dialect())
            .number("ledgerline.run.events", run.events())
            .number("ledgerline.run.errors", (long) run.errors())
            .number("ledgerline.run.tool_calls", (long) run.toolCalls())
            .number("ledgerline.run.failed_tools", (long) run.failedTools())
            .number("ledgerline.run.model_calls", (long) run.modelCalls())
            .number("ledgerline.run.waits", (long) run.waits())
            .number("ledgerline.run.open_waits", (long) run.openWaits())
            .number("ledgerline.run.violations", (long) run.violations());
    usage(attributes, "ledgerline.usage.", run.usage());
    besideCalls(attributes, besideCalls);
    ByteString id = context.root();
    ByteString parent = context.parent() == null ? ByteString.EMPTY : context.parent();
    if (part > 0) {
      attributes.number("ledgerline.run.part", (long) part);
      id = Ids.span(run.key(), "part", Integer.toString(part));
      parent = context.root();
    }
    Span.Builder span =
        span(
            context,
            id,
            parent,
            named("invoke_agent", run.agent()),
            Span.SpanKind.SPAN_KIND_INTERNAL,
            start,
            end);
    if (part == 0) {
      span.addAllLinks(links);
    }
    if (ending.failed()) {
      failed(span, attributes, ending.reason(), ending.state().word());
    }
    openWaits.stream().limit(MAX_OPEN_WAITS).map(SpanWriter::event).forEach(span::addEvents);
    int left = Math.max(0, transitions.size() - MAX_TRANSITIONS);
    transitions.subList(left, transitions.size()).forEach(t -> span.addEvents(event(t)));
    span.setDroppedEventsCount(left + Math.max(0, openWaits.size() - MAX_OPEN_WAITS));
    return Item.of(
        group(run.key().source(), run.agent()), span.addAllAttributes(attributes.list()).build());
  }

  private static Span.Event event(Transition transition) {
    return Span.Event.newBuilder()
        .setName("ledgerline.state_changed")
        .setTimeUnixNano(Attributes.nanos(transition.at()))
        .addAllAttributes(
            new Attributes()
                .word("ledgerline.entity", transition.entity())
                .text("ledgerline.entity.id", transition.entityId())
                .word("ledgerline.state.from", transition.from())
                .word("ledgerline.state.to", transition.to())
                .text("ledgerline.state.native", transition.nativeTo())
                .text("ledgerline.state.reason", transition.reason())
                .truth("ledgerline.state.legal", transition.legal())
                .text("ledgerline.state.clause", transition.clause())
                .word("ledgerline.state.quality", transition.quality())
                .list())
        .build();
  }

  /** A wait has no span as long as it is open. */
  private static Span.Event event(Wait open) {
    return Span.Event.newBuilder()
        .setName("ledgerline.wait_open")
        .setTimeUnixNano(Attributes.nanos(open.openedAt()))
        .addAllAttributes(
            new Attributes()
                .text("ledgerline.wait.id", open.id())
                .word("ledgerline.wait.kind", open.kind())
                .text("ledgerline.wait.prompt", open.prompt())
                .word("ledgerline.wait.quality", open.quality())
                .list())
        .build();
  }

  /**
   * One event as a log record.
   *
   * @param trace and {@code span}: empty where it belongs to no run
   * @param contents the record as received, null to tell its one line only
   */
  Item log(
      Event event,
      @Nullable String agent,
      ByteString trace,
      ByteString span,
      byte @Nullable [] contents) {
    Attributes attributes =
        new Attributes()
            .text("log.record.uid", event.id().toString()) // equal uid, same event: may be dropped
            .word("ledgerline.kind", event.kind())
            .text("ledgerline.native_type", event.nativeType())
            .text("ledgerline.dialect", event.dialect())
            .text("ledgerline.run.id", event.scope().run())
            .text("ledgerline.task.id", event.scope().task())
            .text("gen_ai.conversation.id", event.scope().thread())
            .text("session.id", event.scope().thread())
            .text("gen_ai.agent.name", event.scope().agent());
    FactAttributes.add(attributes, event.fact());
    event.flags().stream()
        .sorted()
        .forEach(flag -> attributes.truth("ledgerline.flag." + flag.word(), true));
    String body =
        contents == null || contents.length == 0
            ? event.summary()
            : Attributes.shortened(new String(contents, StandardCharsets.UTF_8));
    SeverityNumber severity = FactAttributes.severity(event);
    Instant at = event.occurredAt();
    LogRecord.Builder log =
        LogRecord.newBuilder()
            .setTimeUnixNano(at == null ? 0 : Attributes.nanos(at))
            .setObservedTimeUnixNano(Attributes.nanos(event.observedAt()))
            .setSeverityNumber(severity)
            .setSeverityText(severity.name().substring(severity.name().lastIndexOf('_') + 1))
            .setEventName("ledgerline." + event.kind().word())
            .setTraceId(trace)
            .setSpanId(span)
            .addAllAttributes(attributes.list());
    log.getBodyBuilder().setStringValue(body);
    if (!trace.isEmpty()) {
      log.setFlags(SAMPLED);
    }
    return Item.of(group(event.source(), agent), log.build());
  }

  private static Attributes about(RunSummary run) {
    return new Attributes()
        .text("gen_ai.agent.execution.id", run.key().run())
        .text("ledgerline.run.id", run.key().run())
        .text("gen_ai.conversation.id", run.thread())
        .text("session.id", run.thread());
  }

  /** Sums stand under another name than the counts of single calls, so that adding up is right. */
  private static void usage(Attributes attributes, String prefix, @Nullable TokenUsage usage) {
    if (usage == null) {
      return;
    }
    counts(attributes, prefix, usage)
        .number("ledgerline.total_tokens", usage.total())
        .decimal("ledgerline.cost_usd", usage.costUsd());
  }

  private static void besideCalls(Attributes attributes, @Nullable TokenUsage usage) {
    if (usage != null) {
      String prefix = "ledgerline.usage.beside_calls.";
      counts(attributes, prefix, usage)
          .number(prefix + "total_tokens", usage.total())
          .decimal(prefix + "cost_usd", usage.costUsd());
    }
  }

  private static Attributes counts(Attributes attributes, String prefix, TokenUsage usage) {
    return attributes
        .number(prefix + "input_tokens", usage.input())
        .number(prefix + "output_tokens", usage.output())
        .number(prefix + "cache_read.input_tokens", usage.cachedInput())
        .number(prefix + "cache_write.input_tokens", usage.cacheWrite())
        .number(prefix + "reasoning.output_tokens", usage.reasoning());
  }

  private static void failed(
      Span.Builder span, Attributes attributes, @Nullable String error, String type) {
    attributes.text("error.type", type);
    span.setStatus(
        Status.newBuilder()
            .setCode(Status.StatusCode.STATUS_CODE_ERROR)
            .setMessage(error == null ? "" : Attributes.shortened(error)));
  }

  private static Span.Builder span(
      RunContext context,
      ByteString id,
      ByteString parent,
      String name,
      Span.SpanKind kind,
      Instant start,
      Instant end) {
    return Span.newBuilder()
        .setTraceId(context.trace())
        .setSpanId(id)
        .setParentSpanId(parent)
        .setFlags(SAMPLED | SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK_VALUE)
        .setName(name)
        .setKind(kind)
        .setStartTimeUnixNano(Attributes.nanos(start))
        .setEndTimeUnixNano(Attributes.nanos(end.isBefore(start) ? start : end));
  }

  private static String named(String operation, @Nullable String name) {
    return name == null ? operation : operation + " " + Attributes.shortened(name);
  }
}
