// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Spans, log records and metrics as they come by OTLP, one record each (see the package). A span
 * becomes an interval; the span that is the run itself also tells how the run ended, which is
 * derived: the normal end of a root is a status that was never set.
 *
 * <p>Nothing is remembered from span to span. Children come before their parents and in other
 * exports, so what needs both is found out where runs are folded.
 */
public final class OtlpDialect implements Dialect {
  public static final String NAME = "otlp";

  private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
  private static final Pattern SPAN_ID = Pattern.compile("(?!0{16})[0-9a-f]{16}");
  private static final Pattern NO_SPAN = Pattern.compile("0*");

  /** Some libraries name the span after the method of the agent. */
  private static final Pattern METHOD = Pattern.compile("\\.(run|kickoff)$");

  /** Google ADK wraps the results of parallel calls in a span that is no call. */
  private static final String NO_TOOL = "(merged)";

  /** OpenInference writes the stack into the message, right behind the error. */
  private static final String PYTHON_STACK = "Traceback \\(most recent call last\\):";

  private static final int MAX_ERROR = 500;

  private static final Set<Flag> INVALID = Set.of(Flag.INVALID_FIELD);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    return record.json().path("resource").isObject() && signal(record.json()) != null;
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    Signal signal = signal(record.json());
    if (signal == null || !record.json().path(signal.member).isObject()) {
      String member = signal == null ? "span" : signal.member;
      return new Decoded.Rejected(
          new Rejection(
              Rejection.Code.INVALID_FIELD,
              "/" + member,
              "this cannot be read as a " + member + "; its bytes stand here in base64"));
    }
    return switch (signal) {
      case TRACES -> span(record, context);
      case LOGS -> logRecord(record);
      case METRICS -> metric(record);
    };
  }

  private static @Nullable Signal signal(JsonNode record) {
    for (Signal signal : Signal.values()) {
      if (record.has(signal.member)) {
        return signal;
      }
    }
    return null;
  }

  private static Decoded span(RawRecord record, Context context) {
    JsonNode span = record.json().path("span");
    Rejection wrongId = wrongId(span, "traceId", TRACE_ID, 16);
    if (wrongId == null) {
      wrongId = wrongId(span, "spanId", SPAN_ID, 8);
    }
    return wrongId == null
        ? drafts(new SpanView(record.json(), Signal.TRACES), context)
        : new Decoded.Rejected(wrongId);
  }

  /** A log record whose ids are wrong belongs to no trace, as the protocol says. */
  private static Decoded logRecord(RawRecord record) {
    SpanView line = new SpanView(record.json(), Signal.LOGS);
    String trace = line.text("traceId");
    String run = line.stringHereOrInResource(GenAiConvention.RUN);
    Scope scope = Scope.NONE.withThread(line.stringHereOrInResource(GenAiConvention.THREAD));
    if (TRACE_ID.matcher(trace).matches()) {
      scope = scope.withRun(trace, RunIdQuality.DERIVED).withTrace(trace);
    }
    if (run != null) {
      scope = scope.withRun(run, RunIdQuality.NATIVE);
    }
    Instant time = line.time("timeUnixNano");
    Instant told = time != null ? time : line.time("observedTimeUnixNano");
    String name = line.text("eventName");
    String body = record.json().path(Signal.LOGS.member).path("body").path("stringValue").asText();
    String severity = line.text("severityText");
    Draft draft =
        Draft.of(
            scope,
            name.isEmpty() ? "log" : name,
            new Fact.LogLine(severity.isEmpty() ? null : severity),
            body.isEmpty() ? name : body);
    return Decoded.Drafts.of(
        identity(record), line.invalid() ? draft.at(told).withFlags(INVALID) : draft.at(told));
  }

  private static Decoded metric(RawRecord record) {
    SpanView metric = new SpanView(record.json(), Signal.METRICS);
    return Decoded.Drafts.of(
        identity(record), Draft.of(Scope.NONE, "metric", new Fact.Snapshot(), metric.name()));
  }

  /**
   * Log records and metrics have no id. Their times are told to the nanosecond: what is equal to
   * the last byte was sent twice.
   */
  private static String identity(RawRecord record) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(record.bytes());
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static @Nullable Rejection wrongId(
      JsonNode span, String field, Pattern right, int bytes) {
    JsonNode id = span.path(field);
    if (id.isTextual() && right.matcher(id.textValue()).matches()) {
      return null;
    }
    String told = id.isMissingNode() ? "absent" : shortened(id.toString(), 80);
    return new Rejection(
        id.isMissingNode() ? Rejection.Code.MISSING_FIELD : Rejection.Code.INVALID_FIELD,
        "/span/" + field,
        "%s must be %d bytes in hex, not all zero; it is %s".formatted(field, bytes, told));
  }

  private static Decoded drafts(SpanView span, Context context) {
    String traceId = span.text("traceId");
    String spanId = span.text("spanId");
    String parent = span.text("parentSpanId");
    boolean hasParent = !NO_SPAN.matcher(parent).matches();
    String parentId = hasParent && SPAN_ID.matcher(parent).matches() ? parent : null;

    String operation = span.string(GenAiConvention.OPERATION);
    StepKind kind = stepKind(span, operation);
    Pause pause = Pause.of(span, kind, spanId);
    boolean failed = pause == null && failed(span, kind);
    String error = failed ? firstLine(span.error()) : null;

    Instant toldStart = span.time("startTimeUnixNano");
    Instant end = span.time("endTimeUnixNano");
    Instant told = toldStart != null ? toldStart : end;
    Instant start = told != null ? told : context.observedAt();

    boolean ownRun = span.stringHereOrInResource(GenAiConvention.RUN) != null;
    boolean root = !hasParent || (kind == StepKind.AGENT && ownRun);
    Scope scope = scope(span, context, traceId, !hasParent);

    Fact.SpanRecorded interval =
        new Fact.SpanRecorded(
            spanId,
            parentId,
            kind,
            stepName(span, kind),
            kind == StepKind.TOOL ? span.string(GenAiConvention.TOOL_CALL) : null,
            start,
            // A call that was put off has no answer yet: its step stays open with the wait.
            pause != null && kind == StepKind.TOOL ? null : end,
            failed
                ? ToolOutcome.FAILED
                : span.status() == SpanView.Status.OK ? ToolOutcome.OK : ToolOutcome.UNTOLD,
            error,
            // Whatever encloses model calls repeats their sums, or its own running totals.
            kind == StepKind.MODEL ? span.usage() : null,
            kind == StepKind.TOOL ? span.pointer(GenAiConvention.TOOL_ARGUMENTS) : null,
            root);

    String type = operation == null ? "span" : operation;
    boolean endsBeforeStart = toldStart != null && end != null && end.isBefore(toldStart);
    boolean invalid =
        span.invalid() || toldStart == null || endsBeforeStart || (hasParent && parentId == null);
    Set<Flag> flags = invalid ? INVALID : Set.of();
    String summary = error == null ? span.name() : span.name() + ": " + error;

    List<Draft> drafts = new ArrayList<>();
    drafts.add(
        Draft.of(scope, type, interval, summary).at(told).withNativeId(spanId).withFlags(flags));
    if (pause != null) {
      drafts.add(waitOpened(pause, scope, type).at(end).withNativeId(spanId));
    }
    if (root) {
      said(Utterance.prompt(span), scope, type).ifPresent(d -> drafts.add(d.at(told)));
    }
    if (root && end != null) {
      said(Utterance.answer(span), scope, type).ifPresent(d -> drafts.add(d.at(end)));
      drafts.add(ended(span, scope, type, pause, failed, error).at(end).withNativeId(spanId));
    }
    // A span that is told while it is open comes again when it has ended.
    String identity = traceId + "/" + spanId + (end == null ? "/open" : "");
    return new Decoded.Drafts(identity, drafts);
  }

  private static Scope scope(SpanView span, Context context, String traceId, boolean outermost) {
    String run = span.stringHereOrInResource(GenAiConvention.RUN);
    if (run == null) {
      run = context.run();
    }
    Scope scope =
        run != null
            ? Scope.NONE.withRun(run, RunIdQuality.NATIVE)
            : Scope.NONE.withRun(traceId, RunIdQuality.DERIVED);
    String agent = agent(span, outermost);
    return scope
        .withThread(span.stringHereOrInResource(GenAiConvention.THREAD))
        .withParentRun(span.string(GenAiConvention.CALLING_RUN))
        .withAgent(agent)
        .withTrace(traceId);
  }

  private static @Nullable String agent(SpanView span, boolean outermost) {
    String told = span.string(GenAiConvention.AGENT);
    String operation = span.string(GenAiConvention.OPERATION);
    if (told != null) {
      return told;
    }
    // OpenInference names the span after the agent, and its root after the graph.
    if ("AGENT".equals(operation) || (outermost && "CHAIN".equals(operation))) {
      return METHOD.matcher(span.name()).replaceFirst("");
    }
    if (!outermost) {
      // The service would make an agent of everything that a call passes through.
      return null;
    }
    String workflow = span.string(GenAiConvention.WORKFLOW);
    return workflow != null ? workflow : span.stringHereOrInResource(GenAiConvention.SERVICE);
  }

  private static StepKind stepKind(SpanView span, @Nullable String operation) {
    StepKind kind = GenAiConvention.stepKind(operation);
    boolean noTool = kind == StepKind.TOOL && span.name().endsWith(NO_TOOL);
    return noTool ? StepKind.OTHER : kind;
  }

  private static String stepName(SpanView span, StepKind kind) {
    String name =
        switch (kind) {
          case AGENT -> span.string(GenAiConvention.AGENT);
          case MODEL -> span.string(GenAiConvention.MODEL);
          case TOOL -> span.string(GenAiConvention.TOOL);
          default -> span.string(GenAiConvention.WORKFLOW);
        };
    return name == null ? span.name() : name;
  }

  private static boolean failed(SpanView span, StepKind kind) {
    if (span.status() == SpanView.Status.ERROR) {
      return true;
    }
    return kind == StepKind.TOOL
        && (span.string(GenAiConvention.ERROR_TYPE) != null
            || "error".equals(span.string(GenAiConvention.TOOL_STATUS)));
  }

  /** What was asked of the run and what it answered stands on its root. */
  private static Optional<Draft> said(@Nullable Utterance utterance, Scope scope, String type) {
    return Optional.ofNullable(utterance)
        .map(
            said ->
                Draft.of(
                    scope,
                    type,
                    new Fact.Message(said.role(), false, said.pointer()),
                    said.text()));
  }

  private static Draft waitOpened(Pause pause, Scope scope, String type) {
    // Not blocking: spans that arrive later tell what was before it, not that it is over.
    Fact fact =
        new Fact.WaitOpened(
            pause.id(), pause.kind(), pause.prompt(), false, pause.callId(), Quality.DERIVED);
    String prompt = pause.prompt();
    return Draft.of(scope, type, fact, prompt == null ? "waits: " + pause.kind().word() : prompt);
  }

  private static Draft ended(
      SpanView span,
      Scope scope,
      String type,
      @Nullable Pause pause,
      boolean failed,
      @Nullable String error) {
    State state = State.COMPLETED;
    if (pause != null) {
      state = State.SUSPENDED;
    } else if (span.string(GenAiConvention.CANCELLATION) != null) {
      state = State.CANCELED;
    } else if (failed) {
      List<String> exceptions = span.exceptionTypes();
      state = exceptions.isEmpty() ? State.FAILED : GenAiConvention.end(exceptions.getLast());
    }
    Fact fact =
        Fact.StateChange.reported(Entity.RUN, state, span.status().name().toLowerCase(Locale.ROOT))
            .derived(Fact.Firmness.FIRM)
            .because(error);
    return Draft.of(scope, type, fact, state.word() + (error == null ? "" : ": " + error));
  }

  private static @Nullable String firstLine(@Nullable String text) {
    return text == null
        ? null
        : text.strip()
            .lines()
            .findFirst()
            .map(line -> line.split(PYTHON_STACK, 2)[0])
            .map(line -> shortened(line, MAX_ERROR))
            .orElse(null);
  }

  private static String shortened(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
