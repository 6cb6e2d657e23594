// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.Fields;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.WaitKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log that zeefan1555/symphony-go writes (commit 7834b9c): {@code time level
 * event message issue_id issue_identifier session_id trace_id fields}. Each run has a trace of its
 * own. Only its first dispatch is told, no retry and no end of a worker.
 */
final class GoReading {
  private static final Set<String> EVENTS =
      Set.of(
          "codex_event",
          "dispatch_started",
          "dispatch_skipped",
          "state_changed",
          "workspace_hook_started",
          "workspace_hook_completed",
          "workspace_hook_failed",
          "workspace_cleaned",
          "codex_turn_completed",
          "codex_turn_activity_summary",
          "issue_error",
          "worker_stalled",
          "waiting_for_review",
          "poll_error",
          "workflow_reload_failed",
          "workflow_reloaded",
          "config_warning",
          "log_sink_failed");

  /** Hooks that open a run; the others come after it. */
  private static final Set<String> OPENING_HOOKS = Set.of("after_create", "before_run");

  private final Fields record;
  private final String event;
  private final String message;
  private final @Nullable String level;
  private final Story story;
  private final Untold untold;
  private final String line;
  private final boolean precise;

  GoReading(
      JsonNode json, String line, Context context, Memory memory, TrackerStates trackerStates) {
    this.record = Fields.of(json, "");
    this.line = line;
    String type = record.text("event");
    this.event = type == null ? "" : type;
    String text = record.text("message");
    this.message = text == null ? "" : text;
    this.level = record.text("level");
    Instant at = record.time("time");
    this.precise = at != null && !at.equals(at.truncatedTo(ChronoUnit.MILLIS));
    Set<Flag> flags = EVENTS.contains(event) ? Set.of() : Set.of(Flag.UNKNOWN_TYPE);
    this.story =
        new Story(
            context,
            memory,
            trackerStates,
            new Telling.When(at, TimeQuality.SOURCE, event.isEmpty() ? "record" : event, flags),
            null);
    this.untold = new Untold(story);
  }

  static boolean claims(JsonNode json) {
    return json.path("time").isTextual()
        && json.path("level").isTextual()
        && json.path("fields").isObject()
        && EVENTS.contains(json.path("event").asText());
  }

  Decoded read() {
    Fields fields = record.inside("fields");
    String issue = record.id("issue_id");
    Session session = Session.of(record.text("session_id"));
    if (record.refusal() != null) {
      return new Decoded.Rejected(record.refusal());
    }
    if (issue == null) {
      process();
    } else {
      String name = record.text("issue_identifier");
      story.about(issue, name == null ? record.text("issue") : name);
      issue(fields, session);
    }
    return new Decoded.Drafts(precise ? line : null, story.told());
  }

  private void process() {
    switch (event) {
      case "poll_error" -> story.trouble("transport", Brief.line(Brief.reason(message)));
      case "workflow_reload_failed" -> story.trouble("config", Brief.line(Brief.reason(message)));
      default -> story.line(level, message);
    }
  }

  private void issue(Fields fields, @Nullable Session session) {
    String trace = record.text("trace_id");
    switch (event) {
      case "dispatch_started" -> story.dispatched(null, null);
      case "state_changed" -> stateChanged(trace);
      case "workspace_hook_started" -> {
        String hook = fields.text("hook");
        if (hook != null && OPENING_HOOKS.contains(hook)) {
          untold.inTrace(trace, true);
        }
        line();
      }
      case "codex_event" -> codex(fields, trace, session);
      case "codex_turn_completed" -> {
        untold.inTrace(trace, true);
        story.turnCompleted(session);
        untold.rests();
      }
      case "codex_turn_activity_summary" -> {
        untold.rests();
        if (story.told().isEmpty()) {
          untold.lineOfIssue(level, message);
        }
      }
      case "issue_error" -> {
        story.crashed(null, failure());
        untold.queuedAgain(Brief.line(message));
      }
      case "worker_stalled" -> {
        story.stalled(null);
        untold.queuedAgain("stalled");
      }
      case "waiting_for_review" -> {
        story.completed(null);
        story.released("waiting for review");
      }
      case "workspace_cleaned" -> untold.cleaned();
      case "dispatch_skipped" -> untold.lineOfIssue(level, event + " " + message);
      default -> line();
    }
  }

  private void line() {
    if (untold.resting()) {
      untold.lineOfIssue(level, message);
    } else {
      story.line(level, message);
    }
  }

  /** {@code Todo -> In Progress}: this orchestrator moves the issue itself when it starts. */
  private void stateChanged(@Nullable String trace) {
    untold.inTrace(trace, message.endsWith("-> In Progress"));
    line();
  }

  private void codex(Fields fields, @Nullable String trace, @Nullable Session session) {
    switch (message) {
      case "session_started" -> {
        untold.inTrace(trace, true);
        untold.onThread(session);
        story.line(level, message);
      }
      case "turn_started" -> {
        untold.inTrace(trace, true);
        story.turnStarted(session);
      }
      case "turn_completed" -> {
        story.turnCompleted(session);
        untold.rests();
      }
      default -> {
        Fields params = fields.inside("params");
        if (!new AppServerMessage(message, params, story).tell() && story.told().isEmpty()) {
          line();
        }
      }
    }
  }

  private Failure failure() {
    Failure plain = Failure.of(message);
    int colon = message.indexOf(": ");
    WaitKind asked = colon < 0 ? null : AppServerMessage.asks(message.substring(0, colon));
    return asked == null ? plain : new Failure(plain.state(), plain.word(), plain.reason(), asked);
  }
}
