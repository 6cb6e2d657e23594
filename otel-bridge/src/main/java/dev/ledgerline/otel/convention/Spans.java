// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes drafts of a span by all that the conventions know. */
public final class Spans {
  /** OpenInference writes the stack into the message, right behind the error. */
  private static final Pattern PYTHON_STACK =
      Pattern.compile("Traceback \\(most recent call last\\):");

  private static final int MAX_ERROR = 500;

  private Spans() {}

  /**
   * The drafts of a record whose trace and span ids are right.
   *
   * @param record as {@code dev.ledgerline.otel.receive} writes them
   */
  public static Decoded.Drafts drafts(JsonNode record, Context context) {
    SpanView span = new SpanView(record);
    Reading reading = read(span);
    String spanId = span.text("spanId");
    String traceId = span.text("traceId");
    Instant start = span.time("startTimeUnixNano");
    Instant end = span.time("endTimeUnixNano");
    Instant told = start == null ? end : start;
    List<Draft> drafts = new ArrayList<>();
    Scope scope = scope(reading, context, traceId);
    String type = reading.operation == null ? "span" : reading.operation;
    String summary = reading.error == null ? span.name() : span.name() + ": " + reading.error;
    Set<Flag> flags = flags(span, start, end);
    for (Reading.Told one : reading.instead) {
      drafts.add(
          Draft.of(scope, one.type(), one.fact(), one.summary())
              .at(one.at())
              .withNativeId(spanId)
              .withFlags(flags));
    }
    if (drafts.isEmpty()) {
      drafts.add(
          Draft.of(
                  scope,
                  type,
                  interval(span, reading, told == null ? context.observedAt() : told, end, context),
                  summary)
              .at(told)
              .withNativeId(spanId)
              .withFlags(flags));
    }
    if (!reading.noise) {
      reading.waits.forEach(wait -> waited(wait, scope, type, end, drafts));
      for (Fact fact : reading.more) {
        drafts.add(Draft.of(scope, type, fact, summary).at(end).withNativeId(spanId));
      }
      reading.said.forEach(said -> drafts.add(said(said, scope, type).at(told)));
      if (reading.outermost && !reading.work && reading.kind != StepKind.TOOL) {
        Utterance prompt = Utterance.prompt(span);
        if (prompt != null) {
          drafts.add(said(prompt, scope, type).at(told));
        }
        Utterance answer = Utterance.answer(span);
        if (answer != null) {
          drafts.add(said(answer, scope, type).at(end));
        }
      }
      if (reading.whole != null && context.run() == null && !reading.whole.equals(traceId)) {
        Scope trace = Scope.NONE.withTrace(traceId).withRun(traceId, RunIdQuality.DERIVED);
        drafts.add(Draft.of(trace, type, new Fact.PartOf(reading.whole), summary));
      }
      answers(reading, scope, context).map(draft -> draft.at(told)).ifPresent(drafts::add);
    }
    // A span that is told while it is open comes again when it has ended.
    String identity = traceId + "/" + spanId + (end == null ? "/open" : "");
    return new Decoded.Drafts(identity, drafts);
  }

  static Reading read(SpanView span) {
    Reading reading = new Reading(span.name());
    reading.operation = span.string(Meaning.OPERATION);
    reading.kind =
        reading.operation == null ? StepKind.OTHER : Conventions.TABLES.kind(reading.operation);
    boolean agentAlone = reading.kind == StepKind.AGENT && !span.saysWhereParentIs();
    reading.outermost = span.entersProcess() || agentAlone;
    reading.agent = span.string(Meaning.AGENT);
    reading.thread = span.stringHereOrInResource(Meaning.THREAD);
    reading.run = span.stringHereOrInResource(Meaning.RUN);
    reading.runName = span.stringHereOrInResource(Meaning.RUN_NAME);
    reading.parentRun = span.string(Meaning.CALLING_RUN);
    boolean tool = reading.kind == StepKind.TOOL;
    reading.callId = tool ? span.string(Meaning.TOOL_CALL) : null;
    reading.name = name(span, reading);
    Waiting interrupt = Interrupt.of(span, reading.callId);
    if (reading.kind == StepKind.MODEL) {
      reading.callId = span.string(Meaning.MODEL_ANSWER);
    }
    if (interrupt != null) {
      reading.waits(interrupt);
      reading.unanswered = true;
    } else if (span.status() == SpanView.Status.ERROR) {
      reading.failed = true;
    } else if (tool) {
      reading.failed =
          span.string(Meaning.ERROR_TYPE) != null
              || "error".equals(span.string(Meaning.TOOL_STATUS));
    }
    reading.error = reading.failed ? firstLine(span.error()) : null;
    reading.usage = reading.kind == StepKind.MODEL ? span.usage() : null;
    if (reading.kind == StepKind.AGENT || reading.kind == StepKind.MODEL) {
      reading.ending = ending(span, reading);
    }
    boolean ofALibrary = false;
    for (Convention convention : Conventions.ALL) {
      if (convention.speaks(span)) {
        ofALibrary = true;
        convention.refine(span, reading);
      }
    }
    if (!ofALibrary && reading.kind == StepKind.OTHER && !span.isPlumbing()) {
      // Somebody's own span: where nothing of an agent is told, it says how the work went.
      reading.ending = reading.failed ? Endings.of(span) : State.COMPLETED;
    }
    if (reading.kind == StepKind.TOOL && !span.hasParent() && !reading.unanswered) {
      // A call that nobody is seen to make, as servers tell it: where nothing else is, it is all.
      reading.ending = reading.failed ? Endings.of(span) : State.COMPLETED;
    }
    if (reading.outermost && reading.kind == StepKind.MODEL && reading.agent == null) {
      // A program that calls models itself goes by the name of its service.
      reading.agent = span.stringHereOrInResource(Meaning.SERVICE);
    }
    Handover.read(span, reading);
    return reading;
  }

  /** How a run ended whose outermost span this is. */
  static State ending(SpanView span, Reading reading) {
    return !reading.waits.isEmpty() && !reading.failed && isOpen(reading.waits)
        ? State.SUSPENDED
        : reading.failed ? Endings.of(span) : State.COMPLETED;
  }

  private static boolean isOpen(List<Waiting> waits) {
    return waits.stream().anyMatch(wait -> wait.outcome() == null);
  }

  private static String name(SpanView span, Reading reading) {
    String name =
        switch (reading.kind) {
          case AGENT -> {
            String agent = span.string(Meaning.AGENT);
            yield agent != null ? agent : span.string(Meaning.WORKFLOW);
          }
          case MODEL -> span.string(Meaning.MODEL);
          case TOOL -> span.string(Meaning.TOOL);
          default -> span.string(Meaning.WORKFLOW);
        };
    return name == null ? span.name() : name;
  }

  private static Scope scope(Reading reading, Context context, String traceId) {
    Scope scope = Scope.NONE.withTrace(traceId);
    if (reading.noise) {
      return scope.withThread(reading.thread);
    }
    String run = reading.run != null ? reading.run : context.run();
    scope =
        run != null
            ? scope.withRun(run, RunIdQuality.NATIVE)
            : scope.withRun(traceId, RunIdQuality.DERIVED);
    return scope
        .withThread(reading.thread)
        .withTask(reading.task)
        .withParentRun(reading.parentRun)
        .withContinuesRun(reading.continuesRun)
        .withAgent(reading.agent);
  }

  private static Fact.SpanRecorded interval(
      SpanView span, Reading reading, Instant from, @Nullable Instant end, Context context) {
    String parent = span.text("parentSpanId");
    boolean tool = reading.kind == StepKind.TOOL;
    boolean waits = tool && reading.unanswered;
    return new Fact.SpanRecorded(
        span.text("spanId"),
        Hex.isId(parent, Hex.SPAN) ? parent : null,
        reading.kind,
        reading.name,
        reading.callId,
        from,
        // A call that was put off has no answer yet: its step stays open with the wait.
        waits || reading.endUntold ? null : end,
        reading.failed
            ? ToolOutcome.FAILED
            : span.status() == SpanView.Status.OK ? ToolOutcome.OK : ToolOutcome.UNTOLD,
        reading.error,
        reading.kind == StepKind.MODEL ? reading.usage : null,
        tool ? span.pointer(Meaning.TOOL_ARGUMENTS) : null,
        reading.outermost,
        reading.ending,
        context.run() == null && reading.run == null ? reading.runName : null);
  }

  private static Set<Flag> flags(SpanView span, @Nullable Instant start, @Nullable Instant end) {
    boolean endsBeforeStart = start != null && end != null && end.isBefore(start);
    boolean wrongParent = span.hasParent() && !Hex.isId(span.text("parentSpanId"), Hex.SPAN);
    boolean invalid = span.invalid() || start == null || endsBeforeStart || wrongParent;
    return invalid ? Set.of(Flag.INVALID_FIELD) : Set.of();
  }

  private static void waited(
      Waiting wait, Scope scope, String type, @Nullable Instant end, List<Draft> drafts) {
    // Not blocking: spans that arrive later tell what was before it, not that it is over.
    Fact opened =
        new Fact.WaitOpened(
            wait.id(), wait.kind(), wait.prompt(), false, wait.callId(), Quality.DERIVED);
    String prompt = wait.prompt() == null ? "waits: " + wait.kind().word() : wait.prompt();
    Instant from = wait.opened() == null ? end : wait.opened();
    drafts.add(Draft.of(scope, type, opened, prompt).at(from).withNativeId(wait.id()));
    WaitOutcome outcome = wait.outcome();
    if (outcome != null) {
      Fact resolved = new Fact.WaitResolved(wait.id(), outcome, null, null, Quality.DERIVED);
      Instant to = wait.resolved() == null ? end : wait.resolved();
      drafts.add(Draft.of(scope, type, resolved, outcome.word()).at(to).withNativeId(wait.id()));
    }
  }

  /** What an earlier run waited for is here. */
  private static Optional<Draft> answers(Reading reading, Scope scope, Context context) {
    String run = scope.run();
    boolean byTrace = reading.answered != null && context.run() == null && reading.run == null;
    if (run == null || !(byTrace || (reading.resumes && scope.thread() != null))) {
      return Optional.empty();
    }
    String answered = byTrace ? reading.answered : run;
    Scope told =
        byTrace ? Scope.NONE.withTrace(answered).withRun(answered, RunIdQuality.DERIVED) : scope;
    Fact fact = Fact.WaitResolved.inItsThread(run);
    return Optional.of(Draft.of(told, "resume", fact, WaitOutcome.ANSWERED.word()));
  }

  private static Draft said(Utterance said, Scope scope, String type) {
    return Draft.of(scope, type, new Fact.Message(said.role(), false, said.pointer()), said.text());
  }

  static @Nullable String firstLine(@Nullable String text) {
    return text == null
        ? null
        : text.strip()
            .lines()
            .findFirst()
            .map(line -> PYTHON_STACK.split(line, 2)[0])
            .map(line -> line.length() <= MAX_ERROR ? line : line.substring(0, MAX_ERROR - 1) + "…")
            .orElse(null);
  }
}
