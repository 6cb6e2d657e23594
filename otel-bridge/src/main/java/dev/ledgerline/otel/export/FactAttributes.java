// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the fact of an event says, as attributes of its log record. Contents stay in the log. */
final class FactAttributes {
  private static final Map<String, SeverityNumber> LEVELS =
      Map.of(
          "trace", SeverityNumber.SEVERITY_NUMBER_TRACE,
          "debug", SeverityNumber.SEVERITY_NUMBER_DEBUG,
          "warn", SeverityNumber.SEVERITY_NUMBER_WARN,
          "warning", SeverityNumber.SEVERITY_NUMBER_WARN,
          "error", SeverityNumber.SEVERITY_NUMBER_ERROR,
          "critical", SeverityNumber.SEVERITY_NUMBER_FATAL,
          "fatal", SeverityNumber.SEVERITY_NUMBER_FATAL);

  private FactAttributes() {}

  static void add(Attributes to, Fact fact) {
    switch (fact) {
      case Fact.StateChange change ->
          to.word("ledgerline.entity", change.entity())
              .text("ledgerline.entity.id", change.entityId())
              .word("ledgerline.state.from", change.from())
              .word("ledgerline.state.to", change.to())
              .text("ledgerline.state.native", change.nativeTo())
              .text("ledgerline.state.reason", change.reason())
              .word("ledgerline.state.quality", change.quality());
      case Fact.RetryScheduled retry ->
          to.number("ledgerline.retry.attempt", wide(retry.attempt()))
              .number("ledgerline.retry.delay_ms", retry.delayMillis())
              .text("error.message", retry.error());
      case Fact.WaitOpened opened ->
          to.text("ledgerline.wait.id", opened.waitId())
              .word("ledgerline.wait.kind", opened.waitKind())
              .text("ledgerline.wait.prompt", opened.prompt())
              .truth("ledgerline.wait.blocking", opened.blocking())
              .word("ledgerline.wait.quality", opened.quality())
              .text("gen_ai.tool.call.id", opened.callId());
      case Fact.WaitResolved resolved ->
          to.text("ledgerline.wait.id", resolved.waitId())
              .word("ledgerline.wait.outcome", resolved.outcome())
              .text("ledgerline.wait.resolved_by", resolved.resolvedBy())
              .text("ledgerline.wait.resolved_run_id", resolved.resolvedRun())
              .word("ledgerline.wait.quality", resolved.quality());
      case Fact.Message message -> to.word("ledgerline.message.role", message.role());
      case Fact.ToolCall call -> tool(to, call.callId(), call.name());
      case Fact.ToolProgress progress -> tool(to, progress.callId(), progress.name());
      case Fact.ToolResult result ->
          tool(to, result.callId(), result.name())
              .word("ledgerline.tool.outcome", result.outcome())
              .text("error.message", result.error());
      case Fact.ModelRequest request -> to.text("gen_ai.request.model", request.model());
      case Fact.ModelResponse response ->
          usage(to, response.usage())
              .text("gen_ai.response.model", response.model())
              .text("error.message", response.error());
      case Fact.UsageReported report ->
          usage(to, report.usage()).truth("ledgerline.usage.cumulative", report.cumulative());
      case Fact.ArtifactProduced artifact ->
          to.text("ledgerline.artifact.name", artifact.name())
              .text("ledgerline.artifact.uri", artifact.uri());
      case Fact.Handoff handoff ->
          to.text("ledgerline.handoff.from", handoff.from())
              .text("ledgerline.handoff.to", handoff.to());
      case Fact.Control control -> to.text("ledgerline.control", control.action());
      case Fact.ErrorReported error ->
          to.text("error.type", error.code() == null ? error.category() : error.code())
              .text("error.message", error.message());
      case Fact.RuleBroken broken ->
          to.text("ledgerline.rule.clause", broken.clause())
              .text("ledgerline.rule.expected", broken.expected())
              .text("ledgerline.rule.seen", broken.seen());
      case Fact.SpanRecorded span ->
          to.text("ledgerline.step.name", span.name()).text("error.message", span.error());
      case Fact.LogLine _,
          Fact.Reasoning _,
          Fact.PlanUpdated _,
          Fact.Snapshot _,
          Fact.PartOf _,
          Fact.UnknownFact _ -> {}
    }
  }

  /** What went wrong is an error, what breaks a rule a warning, what a log line says its own. */
  static SeverityNumber severity(Event event) {
    return switch (event.fact()) {
      case Fact.ErrorReported _ -> SeverityNumber.SEVERITY_NUMBER_ERROR;
      case Fact.StateChange change
          when change.to() == State.FAILED || change.to() == State.TIMED_OUT ->
          SeverityNumber.SEVERITY_NUMBER_ERROR;
      case Fact.ToolResult result when result.outcome() == ToolOutcome.FAILED ->
          SeverityNumber.SEVERITY_NUMBER_WARN;
      case Fact.RuleBroken _ -> SeverityNumber.SEVERITY_NUMBER_WARN;
      case Fact.LogLine line -> level(line.level());
      default -> SeverityNumber.SEVERITY_NUMBER_INFO;
    };
  }

  private static SeverityNumber level(@Nullable String level) {
    return level == null
        ? SeverityNumber.SEVERITY_NUMBER_INFO
        : LEVELS.getOrDefault(level.toLowerCase(Locale.ROOT), SeverityNumber.SEVERITY_NUMBER_INFO);
  }

  private static Attributes tool(Attributes to, @Nullable String call, @Nullable String name) {
    return to.text("gen_ai.tool.call.id", call).text("gen_ai.tool.name", name);
  }

  private static Attributes usage(Attributes to, @Nullable TokenUsage usage) {
    return usage == null
        ? to
        : to.number("gen_ai.usage.input_tokens", usage.input())
            .number("gen_ai.usage.output_tokens", usage.output());
  }

  private static @Nullable Long wide(@Nullable Integer number) {
    return number == null ? null : (Long) number.longValue();
  }
}
