// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.NativeFacts.Read;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.Word;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What each type says that the native form has beyond the Agent Protocol. */
final class NativeAdditions {
  private NativeAdditions() {}

  static Read read(String type, Fields f) {
    return switch (type) {
      case "StateTransition" -> stateTransition(f);
      case "WaitOpened" -> waitOpened(f);
      case "WaitResolved" -> waitResolved(f);
      case "TaskSubmitted" ->
          Read.of(
              new Fact.StateChange(
                  Entity.TASK,
                  f.id("task_id"),
                  null,
                  State.SUBMITTED,
                  null,
                  type,
                  null,
                  Quality.REPORTED,
                  Firmness.FIRM),
              Brief.line(f.text("title")));
      case "RetryScheduled" -> retryScheduled(f);
      case "Usage" -> usage(f);
      case "Handoff" -> handoff(f);
      case "Reasoning" ->
          Read.of(new Fact.Reasoning(f.textPointer("content")), Brief.line(f.text("content")));
      case "Plan" -> Read.of(new Fact.PlanUpdated(), Brief.line(f.text("summary")));
      case "Snapshot" -> Read.of(new Fact.Snapshot(), Brief.line(f.text("summary")));
      case "Control" -> control(f);
      case "Error" -> error(f);
      case "Log" ->
          Read.of(
              new Fact.LogLine(f.text("level"), f.id("run_name")),
              Brief.line(f.text("level"), f.text("message")));
      case "Span" -> span(f);
      case "RuleBroken" -> ruleBroken(f);
      case "PartOf" -> partOf(f);
      case "Other" -> other(f);
      default -> new Read(new Fact.UnknownFact(type), type, false);
    };
  }

  private static Read stateTransition(Fields f) {
    String to = f.text("to");
    if (to == null) {
      return Read.nothing("StateTransition", f);
    }
    Entity entity = f.word(Entity.class, "entity");
    String from = f.text("from");
    State fromState = state(from, f);
    State toState = state(to, f);
    String nativeFrom = f.text("native_from");
    String nativeTo = f.text("native_to");
    String reason = Brief.reason(f.text("reason"));
    Quality quality = f.word(Quality.class, "quality");
    Firmness firmness = f.word(Firmness.class, "firmness");
    Fact fact =
        new Fact.StateChange(
            entity == null ? Entity.RUN : entity,
            f.id("entity_id"),
            fromState,
            toState == null ? State.UNKNOWN : toState,
            nativeFrom != null ? nativeFrom : fromState == null ? from : null,
            nativeTo != null ? nativeTo : toState == null ? to : null,
            reason,
            quality == null ? Quality.REPORTED : quality,
            firmness == null ? Firmness.FIRM : firmness);
    return Read.of(fact, Brief.line(from == null ? null : from + " →", to, reason));
  }

  /** A state of ours in any case; null, and noted, where the word is none of them. */
  private static @Nullable State state(@Nullable String word, Fields f) {
    if (word == null) {
      return null;
    }
    State state = Word.of(State.class, word);
    if (state == null) {
      state = Word.of(State.class, word.toLowerCase(Locale.ROOT));
    }
    if (state == null && word.equalsIgnoreCase("cancelled")) {
      state = State.CANCELED;
    }
    if (state == null) {
      f.noteInvalid();
    }
    return state;
  }

  private static Read waitOpened(Fields f) {
    String prompt = f.text("prompt");
    WaitKind kind = f.word(WaitKind.class, "kind");
    if (kind == null) {
      f.noteInvalid();
      kind = WaitKind.EXTERNAL; // the one that claims least
    }
    String waitId = f.id("wait_id");
    Quality quality = f.word(Quality.class, "quality");
    Fact fact =
        new Fact.WaitOpened(
            waitId == null ? kind.word() + ":" + f.node().path("id").asText() : waitId,
            kind,
            Brief.reason(prompt),
            f.isTrue("blocking", true),
            f.id("call_id"),
            quality == null ? Quality.REPORTED : quality);
    return Read.of(fact, Brief.line(kind.word(), prompt));
  }

  private static Read waitResolved(Fields f) {
    WaitOutcome outcome = f.word(WaitOutcome.class, "outcome");
    String by = f.id("resolved_by");
    Quality quality = f.word(Quality.class, "quality");
    if (outcome == null) {
      outcome = WaitOutcome.UNKNOWN;
    }
    Fact fact =
        new Fact.WaitResolved(
            f.id("wait_id"),
            outcome,
            by,
            f.id("resolved_run_id"),
            quality == null ? Quality.REPORTED : quality);
    return Read.of(fact, Brief.line(outcome.word(), by == null ? null : "by " + by));
  }

  private static Read retryScheduled(Fields f) {
    String error = f.text("error");
    Fact fact =
        new Fact.RetryScheduled(
            f.small("attempt", 1), f.count("delay_ms"), f.time("due_at"), Brief.reason(error));
    return Read.of(fact, Brief.line("retry scheduled", error));
  }

  private static Read usage(Fields f) {
    TokenUsage usage = f.has("usage") ? f.inside("usage").usage() : f.usage();
    if (usage == null) {
      return Read.nothing("Usage", f);
    }
    usage = f.isTrue("takes_back", false) ? usage.negated() : usage;
    String series = f.id("series");
    Fact fact =
        new Fact.UsageReported(
            series == null ? "run" : series,
            f.isTrue("cumulative", false),
            usage,
            f.isTrue("primary", true),
            f.inside("baseline").usage());
    Long total = usage.effectiveTotal();
    return Read.of(fact, total == null ? "" : total + " tokens");
  }

  private static Read handoff(Fields f) {
    String from = f.id("from");
    String to = f.id("to");
    return Read.of(new Fact.Handoff(from, to), Brief.line(from, "→", to));
  }

  private static Read partOf(Fields f) {
    String whole = f.id("whole_run_id");
    return whole == null
        ? Read.nothing("PartOf", f)
        : Read.of(new Fact.PartOf(whole), Brief.line("part of", whole));
  }

  private static Read control(Fields f) {
    String action = f.text("action");
    return action == null ? Read.nothing("Control", f) : Read.of(new Fact.Control(action), action);
  }

  private static Read error(Fields f) {
    String message = f.text("message");
    if (message == null) {
      message = f.text("content");
    }
    String code = f.text("code");
    String told = Brief.reason(message);
    Fact fact =
        new Fact.ErrorReported(
            f.text("category"), code, told == null ? "" : told, f.isTrue("fatal", false));
    return Read.of(fact, Brief.line(code, message));
  }

  private static Read ruleBroken(Fields f) {
    String clause = f.text("clause");
    if (clause == null) {
      return Read.nothing("RuleBroken", f);
    }
    String expected = Brief.reason(f.text("expected"));
    String seen = Brief.reason(f.text("seen"));
    String message = Brief.reason(f.text("message"));
    Fact fact =
        new Fact.RuleBroken(
            clause,
            expected == null ? "" : expected,
            seen == null ? "" : seen,
            message == null ? "" : message);
    return Read.of(fact, Brief.line(message, clause));
  }

  private static Read other(Fields f) {
    String type = f.text("native_type");
    return Read.of(new Fact.UnknownFact(type == null ? "Other" : type), Brief.line(type));
  }

  private static Read span(Fields f) {
    String id = f.id("span_id");
    String name = f.text("name");
    Instant start = f.time("start");
    if (id == null || name == null || start == null) {
      return Read.nothing("Span", f);
    }
    StepKind kind = f.word(StepKind.class, "step_kind");
    ToolOutcome outcome = f.word(ToolOutcome.class, "outcome");
    String error = f.text("error");
    Fact fact =
        new Fact.SpanRecorded(
            id,
            f.id("parent_span_id"),
            kind == null ? StepKind.OTHER : kind,
            name,
            f.id("call_id"),
            start,
            f.time("end"),
            outcome == null ? ToolOutcome.UNTOLD : outcome,
            Brief.reason(error),
            f.inside("usage").usage(),
            NativeFacts.args(f),
            f.isTrue("root", false),
            f.word(State.class, "ending"),
            f.id("run_name"));
    return Read.of(fact, Brief.line(name, error));
  }
}
