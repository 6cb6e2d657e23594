// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes drafts of a log record. It belongs to the run of its trace and is a line of it; what spans
 * of the same library cannot tell (who decided, what a person asked, how it ended) is told beside
 * the line. What they do tell (tokens, calls of models) is not told again.
 */
public final class LogRecords {
  /** Codex writes the place in its source where others write the name of the event. */
  private static final Pattern NO_NAME = Pattern.compile("\\s");

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.]{1,100}");

  /** How a command ended, in the words in which Codex tells it to the model. */
  private static final Pattern EXIT =
      Pattern.compile("(?m)^Process exited with code (?!0\\b)-?\\d+");

  private static final Context NOWHERE =
      new Context("", null, null, null, null, null, null, Instant.EPOCH);

  private final SpanView line;
  private final Scope scope;
  private final String type;
  private final @Nullable Instant at;
  private final String body;
  private final List<Draft> drafts = new ArrayList<>();

  private LogRecords(SpanView line, String body, Context context) {
    this.line = line;
    this.body = body;
    this.type = type(line, body);
    Instant time = line.time("timeUnixNano");
    this.at = time != null ? time : line.time("observedTimeUnixNano");
    String trace = line.text("traceId");
    String told = line.stringHereOrInResource(Meaning.THREAD);
    String thread = told == null ? SymphonyGo.thread(line) : told;
    Scope known = Scope.NONE.withThread(thread).withAgent(line.string(Meaning.AGENT));
    if (Hex.isId(trace, Hex.TRACE)) {
      known = known.withTrace(trace).withRun(trace, RunIdQuality.DERIVED);
    }
    boolean alone = known.trace() == null;
    String prompt = alone ? line.attribute("prompt.id") : null; // Claude Code
    String named = line.stringHereOrInResource(Meaning.RUN);
    String run = named != null ? named : context.run() != null ? context.run() : prompt;
    this.scope = run == null ? known : known.withRun(run, RunIdQuality.NATIVE);
  }

  /** The drafts of a record as {@code dev.ledgerline.otel.receive} writes them. */
  public static List<Draft> drafts(JsonNode record, Context context) {
    return drafts(SpanView.ofLog(record), record, context);
  }

  /** The same, for who only wants to know what is read. */
  static void read(SpanView line, JsonNode record) {
    drafts(line, record, NOWHERE);
  }

  private static List<Draft> drafts(SpanView line, JsonNode record, Context context) {
    String body = record.path(SpanView.LOG).path("body").path("stringValue").asText();
    LogRecords read = new LogRecords(line, body, context);
    read.read();
    return read.drafts;
  }

  /** By the attribute, else the field, else the body where that looks like a name. */
  private static String type(SpanView line, String body) {
    String attribute = line.attribute("event.name");
    if (attribute != null) {
      return attribute;
    }
    String field = line.text("eventName");
    if (!field.isEmpty() && !NO_NAME.matcher(field).find()) {
      return field;
    }
    return NAME.matcher(body).matches() && body.indexOf('.') > 0 ? body : "log";
  }

  private void read() {
    String library = line.scope();
    if (library.equals(Ledgerline.SCOPE)) {
      line(body, null);
      Ledgerline.waits(line, type, at).forEach(told -> also(told.fact(), told.summary()));
    } else if (library.startsWith("com.anthropic.claude_code")) {
      claudeCode();
    } else if (type.startsWith("codex.")) {
      codex();
    } else if (library.equals("acp") && line.has("run_id")) {
      acp();
    } else {
      line(body.isEmpty() ? type : body, null);
    }
  }

  private void line(String summary, @Nullable String runName) {
    String level = line.text("severityText");
    Draft draft =
        Draft.of(scope, type, new Fact.LogLine(level.isEmpty() ? null : level, runName), summary);
    drafts.add(line.invalid() ? draft.at(at).withFlags(Set.of(Flag.INVALID_FIELD)) : draft.at(at));
  }

  private void also(Fact fact, String summary) {
    if (scope.run() != null) {
      drafts.add(Draft.of(scope, type, fact, summary).at(at));
    }
  }

  private void said(Role role, String attribute) {
    String text = line.attribute(attribute);
    if (text != null && !text.equals("<REDACTED>")) {
      also(new Fact.Message(role, false, line.pointerTo(attribute)), text);
    }
  }

  // --- Claude Code 2.1

  private void claudeCode() {
    boolean traced = scope.trace() != null;
    line(body, traced ? line.attribute("prompt.id") : null);
    if (!traced) {
      claudeCodeAlone();
      return;
    }
    switch (type) {
      case "user_prompt" -> said(Role.USER, "prompt");
      case "assistant_response" -> said(Role.ASSISTANT, "response");
      case "tool_decision" -> claudeDecided();
      default -> {}
    }
  }

  /** Where no spans come, a prompt is a run, and its log is all there is. */
  private void claudeCodeAlone() {
    switch (type) {
      case "user_prompt" -> {
        also(Fact.StateChange.reported(Entity.RUN, State.RUNNING, type), "running");
        said(Role.USER, "prompt");
      }
      case "assistant_response" -> {
        said(Role.ASSISTANT, "response");
        // Nothing says that a prompt is done; what comes after takes this back.
        Fact end =
            Fact.StateChange.reported(Entity.RUN, State.COMPLETED, type)
                .derived(Fact.Firmness.SOFT);
        also(end, "completed");
      }
      case "api_request" ->
          also(
              new Fact.ModelResponse(
                  line.attribute("request_id"),
                  line.attribute("model"),
                  ClaudeCode.usage(line),
                  null),
              "model");
      case "api_error" -> {
        String error = String.valueOf(line.attribute("error"));
        also(new Fact.ErrorReported("model", line.attribute("status_code"), error, false), error);
        Fact end =
            Fact.StateChange.reported(Entity.RUN, State.FAILED, type)
                .because(error)
                .derived(Fact.Firmness.SOFT);
        also(end, "failed: " + error);
      }
      case "tool_result" -> {
        boolean failed = "false".equals(line.attribute("success"));
        also(
            new Fact.ToolResult(
                line.attribute("tool_use_id"),
                line.attribute("tool_name"),
                failed ? ToolOutcome.FAILED : ToolOutcome.OK,
                null,
                failed ? line.attribute("error") : null,
                true,
                false),
            String.valueOf(line.attribute("tool_name")));
      }
      case "tool_decision" -> claudeDecided();
      default -> {}
    }
  }

  private void claudeDecided() {
    boolean rejected = "reject".equals(line.attribute("decision"));
    String source = String.valueOf(line.attribute("source"));
    String call = line.attribute("tool_use_id");
    decided(call, "tool_name", source.startsWith("user"), !rejected, source);
  }

  // --- Codex 0.169

  private void codex() {
    line(type, null);
    switch (type) {
      case "codex.user_prompt" -> said(Role.USER, "prompt");
      case "codex.tool_decision" -> {
        String decision = String.valueOf(line.attribute("decision"));
        boolean byUser = "User".equalsIgnoreCase(line.attribute("source"));
        boolean approved = decision.startsWith("approved");
        decided(line.attribute("call_id"), "tool_name", byUser, approved, decision);
      }
      case "codex.tool_result" -> {
        String output = line.attribute("output");
        boolean exited = output != null && EXIT.matcher(output).find();
        boolean failed = exited || "false".equals(line.attribute("success"));
        also(
            new Fact.ToolResult(
                line.attribute("call_id"),
                line.attribute("tool_name"),
                failed ? ToolOutcome.FAILED : ToolOutcome.OK,
                line.pointerTo("output"),
                failed ? Spans.firstLine(output) : null,
                true,
                true),
            String.valueOf(line.attribute("tool_name")));
      }
      default -> {}
    }
  }

  /** A call was allowed or refused; where a person did it, it waited for them. */
  private void decided(
      @Nullable String call, String toolName, boolean byPerson, boolean approved, String how) {
    String tool = String.valueOf(line.attribute(toolName));
    if (call != null && byPerson) {
      String prompt = "May " + tool + " run?";
      also(
          new Fact.WaitOpened(call, WaitKind.APPROVAL, prompt, false, call, Quality.DERIVED),
          prompt);
      WaitOutcome outcome = approved ? WaitOutcome.APPROVED : WaitOutcome.DENIED;
      also(new Fact.WaitResolved(call, outcome, how, null, Quality.REPORTED), outcome.word());
    }
    if (call != null && !approved) {
      also(
          new Fact.ToolResult(call, tool, ToolOutcome.FAILED, null, "refused: " + how, true, true),
          tool + " refused");
    }
  }

  // --- ACP SDK 1.0: its spans say nothing of how a run went

  private void acp() {
    String run = line.attribute("run_id");
    line(body, run);
    switch (body) {
      case "Run started" -> became(State.RUNNING);
      case "Run completed" -> became(State.COMPLETED);
      case "Run cancelled" -> became(State.CANCELED);
      case "Run failed" -> became(State.FAILED);
      case "Run awaited" ->
          also(
              new Fact.WaitOpened(
                  run + "@" + at, WaitKind.HUMAN_INPUT, null, true, null, Quality.REPORTED),
              "waits");
      case "Run resumed" ->
          also(
              new Fact.WaitResolved(null, WaitOutcome.ANSWERED, null, null, Quality.REPORTED),
              "answered");
      default -> {}
    }
  }

  private void became(State state) {
    String error = state == State.FAILED ? line.string(Meaning.EXCEPTION_MESSAGE) : null;
    also(
        Fact.StateChange.reported(Entity.RUN, state, body).because(Spans.firstLine(error)),
        error == null ? state.word() : state.word() + ": " + error);
  }
}
