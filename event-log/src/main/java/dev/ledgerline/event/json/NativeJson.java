// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.Word;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes events in the native form, whatever dialect they came in. What is large stands in the
 * original, and is copied from there. Read back, an event says the same fact; only its pointers
 * lead into the native record then.
 */
public final class NativeJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private NativeJson() {}

  /**
   * An event as a native record.
   *
   * @param original the record that it came from; {@code MissingNode} where it is gone: texts,
   *     arguments and results are left out then
   */
  public static ObjectNode write(Event event, JsonNode original) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    Fact fact = event.fact();
    if (!(fact instanceof Fact.ArtifactProduced)) {
      json.put("id", event.id().toString());
    }
    json.put("type", typeOf(fact, event.scope()));
    header(event, json);
    body(event, fact, original, json);
    return json;
  }

  private static String typeOf(Fact fact, Scope scope) {
    return switch (fact) {
      case StateChange change ->
          isStart(change)
              ? "RunStarted"
              : isEnd(change)
                  ? "RunCompleted"
                  : isCancel(change)
                      ? "CancelRequest"
                      : isSubmission(change, scope) ? "TaskSubmitted" : "StateTransition";
      case Fact.RetryScheduled r -> "RetryScheduled";
      case Fact.WaitOpened w -> "WaitOpened";
      case Fact.WaitResolved w -> "WaitResolved";
      case Fact.Message m -> "TextOutput";
      case Fact.Reasoning r -> "Reasoning";
      case Fact.ToolCall c -> "ToolCall";
      case Fact.ToolProgress p -> "ToolTextOutput";
      case Fact.ToolResult r -> "ToolResult";
      case Fact.ModelRequest r -> "CompletionCall";
      case Fact.ModelResponse r -> "CompletionResult";
      case Fact.UsageReported u -> "Usage";
      case Fact.ArtifactProduced a -> "ArtifactGenerated";
      case Fact.PlanUpdated p -> "Plan";
      case Fact.Handoff h -> "Handoff";
      case Fact.Snapshot s -> "Snapshot";
      case Fact.Control c -> "Control";
      case Fact.ErrorReported e -> "Error";
      case Fact.LogLine l -> "Log";
      case Fact.SpanRecorded s -> "Span";
      case Fact.RuleBroken b -> "RuleBroken";
      case Fact.PartOf p -> "PartOf";
      case Fact.UnknownFact u -> "Other";
    };
  }

  private static void header(Event event, ObjectNode json) {
    Scope scope = event.scope();
    text(json, "run_id", scope.run());
    if (scope.runIdQuality() == RunIdQuality.DERIVED) {
      word(json, "run_id_quality", scope.runIdQuality());
    }
    text(json, "thread_id", scope.thread());
    text(json, "task_id", scope.task());
    text(json, "turn_id", scope.turn());
    text(json, "agent", scope.agent());
    number(json, "depth", scope.depth());
    text(json, "parent_run_id", scope.parentRun());
    text(json, "continues_run_id", scope.continuesRun());
    text(json, "trace_id", scope.trace());
    number(
        json,
        event.fact() instanceof Fact.RetryScheduled ? "native_attempt" : "attempt",
        scope.nativeAttempt());
    time(json, "timestamp", event.occurredAt());
    if (event.timeQuality() == TimeQuality.DERIVED) {
      word(json, "time_quality", event.timeQuality());
    }
    number(json, "order", event.order());
    text(json, "source", event.source());
    text(json, "dialect", event.dialect());
    text(json, "native_type", event.nativeType());
    text(json, "native_id", event.nativeId());
    time(json, "observed_at", event.observedAt());
  }

  private static void body(Event event, Fact fact, JsonNode original, ObjectNode json) {
    switch (fact) {
      case StateChange change -> change(event, change, json);
      case Fact.RetryScheduled retry -> {
        number(json, "attempt", retry.attempt());
        number(json, "delay_ms", retry.delayMillis());
        time(json, "due_at", retry.dueAt());
        text(json, "error", retry.error());
      }
      case Fact.WaitOpened wait -> {
        text(json, "wait_id", wait.waitId());
        word(json, "kind", wait.waitKind());
        text(json, "prompt", wait.prompt());
        json.put("blocking", wait.blocking());
        text(json, "call_id", wait.callId());
        quality(json, wait.quality());
      }
      case Fact.WaitResolved wait -> {
        text(json, "wait_id", wait.waitId());
        word(json, "outcome", wait.outcome());
        text(json, "resolved_by", wait.resolvedBy());
        text(json, "resolved_run_id", wait.resolvedRun());
        quality(json, wait.quality());
      }
      case Fact.Message message -> {
        word(json, "role", message.role());
        set(json, "delta", message.delta());
        content(json, "content", at(original, message.textPointer()));
      }
      case Fact.Reasoning reasoning ->
          content(json, "content", at(original, reasoning.textPointer()));
      case Fact.ToolCall call -> {
        text(json, "call_id", call.callId());
        text(json, "function_name", call.name());
        args(json, at(original, call.argsPointer()));
      }
      case Fact.ToolProgress progress -> {
        text(json, "call_id", progress.callId());
        text(json, "function_name", progress.name());
        text(json, "content", event.summary());
      }
      case Fact.ToolResult result -> {
        text(json, "call_id", result.callId());
        text(json, "function_name", result.name());
        word(json, "outcome", result.outcome());
        result(json, at(original, result.resultPointer()));
        text(json, "error", result.error());
        set(json, "opens", result.opens());
        set(json, "tentative", result.tentative());
      }
      case Fact.ModelRequest request -> {
        text(json, "call_id", request.callId());
        text(json, "model", request.model());
      }
      case Fact.ModelResponse response -> {
        text(json, "call_id", response.callId());
        text(json, "model", response.model());
        usage(json, "usage", response.usage());
        text(json, "error", response.error());
      }
      case Fact.UsageReported report -> {
        text(json, "series", report.series());
        set(json, "cumulative", report.cumulative());
        TokenUsage told = report.usage();
        usage(json, "usage", told.negative() ? told.negated() : told);
        set(json, "takes_back", told.negative());
        json.put("primary", report.primary());
        usage(json, "baseline", report.baseline());
      }
      case Fact.ArtifactProduced artifact -> {
        text(json, "id", artifact.artifactId());
        text(json, "name", artifact.name());
        text(json, "url", artifact.uri());
        text(json, "mime_type", artifact.mediaType());
      }
      case Fact.PlanUpdated p -> text(json, "summary", event.summary());
      case Fact.Snapshot s -> text(json, "summary", event.summary());
      case Fact.Handoff handoff -> {
        text(json, "from", handoff.from());
        text(json, "to", handoff.to());
      }
      case Fact.Control control -> text(json, "action", control.action());
      case Fact.ErrorReported error -> {
        text(json, "category", error.category());
        text(json, "code", error.code());
        json.put("message", error.message());
        set(json, "fatal", error.fatal());
      }
      case Fact.LogLine line -> {
        text(json, "level", line.level());
        text(json, "message", event.summary());
        text(json, "run_name", line.runName());
      }
      case Fact.SpanRecorded span -> span(span, original, json);
      case Fact.RuleBroken broken -> {
        json.put("clause", broken.clause());
        json.put("expected", broken.expected());
        json.put("seen", broken.seen());
        json.put("message", broken.message());
      }
      case Fact.PartOf part -> text(json, "whole_run_id", part.whole());
      case Fact.UnknownFact unknown -> text(json, "native_type", unknown.nativeType());
    }
  }

  // --- changes of state

  private static boolean isPlain(StateChange change, Entity entity, String nativeTo) {
    return change.entity() == entity
        && change.from() == null
        && change.nativeFrom() == null
        && nativeTo.equals(change.nativeTo())
        && change.quality() == Quality.REPORTED
        && change.firmness() == Firmness.FIRM;
  }

  private static boolean isStart(StateChange change) {
    return isPlain(change, Entity.RUN, "RunStarted")
        && change.to() == State.RUNNING
        && change.entityId() == null
        && change.reason() == null;
  }

  private static boolean isEnd(StateChange change) {
    return isPlain(change, Entity.RUN, "RunCompleted")
        && finish(change.to()) != null
        && change.entityId() == null;
  }

  private static boolean isCancel(StateChange change) {
    return isPlain(change, Entity.RUN, "CancelRequest")
        && change.to() == State.CANCELING
        && change.entityId() == null
        && change.reason() == null;
  }

  private static boolean isSubmission(StateChange change, Scope scope) {
    return isPlain(change, Entity.TASK, "TaskSubmitted")
        && change.to() == State.SUBMITTED
        && change.entityId() != null
        && change.entityId().equals(scope.task())
        && change.reason() == null;
  }

  private static @Nullable String finish(State state) {
    return switch (state) {
      case COMPLETED -> "success";
      case FAILED -> "error";
      case CANCELED -> "canceled";
      default -> null;
    };
  }

  private static void change(Event event, StateChange change, ObjectNode json) {
    if (isStart(change) || isSubmission(change, event.scope())) {
      text(json, "title", event.summary());
    } else if (isEnd(change)) {
      text(json, "finish_reason", finish(change.to()));
      text(json, "reason", change.reason());
    } else if (!isCancel(change)) {
      word(json, "entity", change.entity());
      text(json, "entity_id", change.entityId());
      word(json, "from", change.from());
      text(json, "native_from", change.nativeFrom());
      word(json, "to", change.to());
      text(json, "native_to", change.nativeTo());
      text(json, "reason", change.reason());
      quality(json, change.quality());
      if (change.firmness() != Firmness.FIRM) {
        word(json, "firmness", change.firmness());
      }
    }
  }

  // --- what stands in the original

  private static @Nullable JsonNode at(JsonNode original, @Nullable String pointer) {
    JsonNode node = pointer == null ? null : original.at(pointer);
    return node == null || node.isMissingNode() || node.isNull() ? null : node;
  }

  private static void content(ObjectNode json, String name, @Nullable JsonNode node) {
    if (node != null) {
      json.put(name, node.isTextual() ? node.textValue() : node.toString());
    }
  }

  /** Arguments are an object; some sources write one inside a string, some any text at all. */
  private static void args(ObjectNode json, @Nullable JsonNode args) {
    if (args == null) {
      return;
    }
    JsonNode object = args.isTextual() ? parsed(args.textValue()) : args;
    if (object != null && object.isObject()) {
      json.set("args", object);
    } else {
      content(json, "args_text", args);
    }
  }

  private static @Nullable JsonNode parsed(String text) {
    try {
      return text.startsWith("{") ? JSON.readTree(text) : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static void result(ObjectNode json, @Nullable JsonNode result) {
    if (result != null) {
      json.set(result.isTextual() ? "text_result" : "result", result);
    }
  }

  private static void span(Fact.SpanRecorded span, JsonNode original, ObjectNode json) {
    text(json, "span_id", span.spanId());
    text(json, "parent_span_id", span.parentSpanId());
    word(json, "step_kind", span.stepKind());
    json.put("name", span.name());
    text(json, "call_id", span.callId());
    time(json, "start", span.start());
    time(json, "end", span.end());
    if (span.outcome() != ToolOutcome.UNTOLD) {
      word(json, "outcome", span.outcome());
    }
    text(json, "error", span.error());
    usage(json, "usage", span.usage());
    args(json, at(original, span.argsPointer()));
    set(json, "root", span.root());
    word(json, "ending", span.ending());
    text(json, "run_name", span.runName());
  }

  // --- fields

  private static void text(ObjectNode json, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.put(name, value);
    }
  }

  private static void word(ObjectNode json, String name, @Nullable Word value) {
    if (value != null) {
      json.put(name, value.word());
    }
  }

  private static void quality(ObjectNode json, Quality quality) {
    if (quality != Quality.REPORTED) {
      word(json, "quality", quality);
    }
  }

  private static void set(ObjectNode json, String name, boolean value) {
    if (value) {
      json.put(name, true);
    }
  }

  private static void number(ObjectNode json, String name, @Nullable Number value) {
    if (value != null) {
      json.put(name, value.longValue());
    }
  }

  private static void time(ObjectNode json, String name, @Nullable Instant value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }

  private static void usage(ObjectNode json, String name, @Nullable TokenUsage usage) {
    if (usage == null) {
      return;
    }
    ObjectNode tokens = json.putObject(name);
    number(tokens, "input_tokens", usage.input());
    number(tokens, "output_tokens", usage.output());
    number(tokens, "total_tokens", usage.total());
    number(tokens, "cached_input_tokens", usage.cachedInput());
    number(tokens, "cache_write_tokens", usage.cacheWrite());
    number(tokens, "reasoning_tokens", usage.reasoning());
    if (usage.costUsd() != null) {
      tokens.put("cost_usd", usage.costUsd());
    }
  }
}
