// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import static java.util.Map.entry;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.event.Word;
import dev.ledgerline.otel.convention.Reading.Told;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ledgerline's own export ({@code otel.export}): what another Ledgerline knew of a run, said the
 * same here. Its steps are intervals; the run and its waits are no steps of it.
 */
final class Ledgerline implements Convention {
  /** The native form's word for the event in which a run tells its title and its agent. */
  private static final String STARTED = "RunStarted";

  static final String SCOPE = "dev.ledgerline";

  private static final String BESIDE_CALLS = "ledgerline.usage.beside_calls.";

  @Override
  public boolean speaks(SpanView span) {
    return span.scope().equals(SCOPE) && span.has("ledgerline.run.id");
  }

  @Override
  public Map<Meaning, List<String>> names() {
    return Map.ofEntries(
        entry(Meaning.RUN, List.of("ledgerline.run.id")),
        entry(Meaning.TOTAL_TOKENS, List.of("ledgerline.total_tokens")),
        entry(Meaning.COST_USD, List.of("ledgerline.cost_usd")));
  }

  @Override
  public void refine(SpanView span, Reading reading) {
    reading.outermost = false;
    reading.ending = null;
    State state = Word.of(State.class, span.attribute("ledgerline.run.state"));
    WaitKind wait = Word.of(WaitKind.class, span.attribute("ledgerline.wait.kind"));
    StepKind step = Word.of(StepKind.class, span.attribute("ledgerline.step.kind"));
    if (state != null) {
      run(span, reading, state);
    } else if (wait != null) {
      wait(span, reading, wait);
    } else if (step != null) {
      step(span, reading, step);
    }
  }

  private static void step(SpanView span, Reading reading, StepKind kind) {
    reading.kind = kind;
    String name = span.attribute("ledgerline.step.name");
    reading.name = name == null ? reading.name : name;
    reading.callId = span.attribute("ledgerline.step.call_id");
    if (kind == StepKind.TURN) {
      reading.ending = Word.of(State.class, span.attribute("ledgerline.step.state"));
    }
    boolean untold = reading.error == null || reading.error.equals(span.attribute("error.type"));
    reading.error = untold ? null : span.error();
    reading.endUntold = "false".equals(span.attribute("ledgerline.step.end_told"));
  }

  private static void run(SpanView span, Reading reading, State state) {
    reading.task = span.attribute("ledgerline.task.id");
    reading.parentRun = span.attribute("ledgerline.run.parent_id");
    reading.continuesRun = span.attribute("ledgerline.run.continues_id");
    Instant start = span.time("startTimeUnixNano");
    Instant end = span.time("endTimeUnixNano");
    Quality quality = quality(span.attribute("ledgerline.run.state.quality"));
    String reason = span.attribute("ledgerline.run.reason");
    String title = span.attribute("ledgerline.run.title");
    boolean goesOn = span.has("ledgerline.run.part");
    State first = state.terminal() ? State.RUNNING : state;
    reading.instead.add(
        new Told(
            STARTED,
            became(first, null, quality, goesOn ? Firmness.REOPENS : Firmness.FIRM),
            start,
            title == null ? "" : title));
    for (SpanView.Moment moment : span.moments()) {
      WaitKind kind = Word.of(WaitKind.class, moment.attribute("ledgerline.wait.kind"));
      if (kind != null) {
        reading.instead.add(opened(kind, moment::attribute, moment.at));
      }
    }
    TokenUsage beside = besideCalls(span);
    if (beside != null) {
      Fact spent =
          new Fact.UsageReported("beside model calls", true, beside, true, TokenUsage.UNTOLD);
      reading.instead.add(new Told(reading.name, spent, end, "tokens"));
    }
    if (state.terminal()) {
      // Never soft: what comes later by another way was known when the run was sent.
      String summary = reason == null ? state.word() : state.word() + ": " + reason;
      Fact ended = became(state, reason, quality, Firmness.FIRM);
      reading.instead.add(new Told("invoke_agent", ended, end, summary));
    }
  }

  private static Fact became(
      State state, @Nullable String reason, Quality quality, Firmness firmness) {
    return new Fact.StateChange(
        Entity.RUN, null, null, state, null, null, reason, quality, firmness);
  }

  /** What was spent and is told of no model call; a total, which a later part tells again. */
  private static @Nullable TokenUsage besideCalls(SpanView span) {
    TokenUsage usage =
        new TokenUsage(
            span.count(BESIDE_CALLS + "input_tokens"),
            span.count(BESIDE_CALLS + "output_tokens"),
            span.count(BESIDE_CALLS + "total_tokens"),
            span.count(BESIDE_CALLS + "cache_read.input_tokens"),
            span.count(BESIDE_CALLS + "cache_write.input_tokens"),
            span.count(BESIDE_CALLS + "reasoning.output_tokens"),
            span.amount(BESIDE_CALLS + "cost_usd"));
    return usage.equals(TokenUsage.UNTOLD) ? null : usage;
  }

  private static void wait(SpanView span, Reading reading, WaitKind kind) {
    reading.instead.add(opened(kind, span::attribute, span.time("startTimeUnixNano")));
    WaitOutcome outcome = outcome(span);
    if (outcome != null) {
      reading.instead.add(resolved(outcome, span, span.time("endTimeUnixNano")));
    }
  }

  /** What a log record tells of a wait, which has no span as long as it is open. */
  static List<Told> waits(SpanView line, String event, @Nullable Instant at) {
    WaitKind kind = Word.of(WaitKind.class, line.attribute("ledgerline.wait.kind"));
    WaitOutcome outcome = outcome(line);
    boolean named = line.has("ledgerline.wait.id");
    if (named && kind != null && event.equals("ledgerline.wait.opened")) {
      Told opened = opened(kind, line::attribute, at);
      boolean blocks = "true".equals(line.attribute("ledgerline.wait.blocking"));
      Fact stands = became(State.WAITING, null, Quality.DERIVED, Firmness.SOFT);
      return blocks
          ? List.of(opened, new Told("wait", stands, at, opened.summary()))
          : List.of(opened);
    }
    return named && outcome != null && event.equals("ledgerline.wait.resolved")
        ? List.of(resolved(outcome, line, at))
        : List.of();
  }

  private static @Nullable WaitOutcome outcome(SpanView told) {
    return Word.of(WaitOutcome.class, told.attribute("ledgerline.wait.outcome"));
  }

  private static Told resolved(WaitOutcome outcome, SpanView told, @Nullable Instant at) {
    Fact resolved =
        new Fact.WaitResolved(
            told.attribute("ledgerline.wait.id"),
            outcome,
            told.attribute("ledgerline.wait.resolved_by"),
            told.attribute("ledgerline.wait.resolved_run_id"),
            quality(told.attribute("ledgerline.wait.quality")));
    return new Told("wait", resolved, at, outcome.word());
  }

  /** An attribute by its name. */
  private interface Attribute {
    @Nullable String of(String name);
  }

  private static Told opened(WaitKind kind, Attribute attribute, @Nullable Instant at) {
    String prompt = attribute.of("ledgerline.wait.prompt");
    Fact opened =
        // Not blocking: steps that arrive later tell what was before it, not that it is over.
        new Fact.WaitOpened(
            String.valueOf(attribute.of("ledgerline.wait.id")),
            kind,
            prompt,
            false,
            null,
            quality(attribute.of("ledgerline.wait.quality")));
    return new Told("wait", opened, at, prompt == null ? "waits: " + kind.word() : prompt);
  }

  private static Quality quality(@Nullable String word) {
    Quality told = Word.of(Quality.class, word);
    return told == null ? Quality.DERIVED : told;
  }
}
