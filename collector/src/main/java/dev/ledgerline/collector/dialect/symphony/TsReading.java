// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.Fields;
import dev.ledgerline.collector.dialect.Timestamps;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One record of the log that mobilyze-llc/symphony-ts writes (commit 1e0ad61): {@code timestamp
 * level event message} and the keys that {@code message} repeats as {@code key=value}. Its clock
 * calls the hour after midnight 24.
 */
final class TsReading {
  private static final Pattern TEXT =
      Pattern.compile("(?:^| )message=(\"(?:[^\"\\\\]|\\\\.)*\"|\\S+)");

  private final Fields record;
  private final String event;
  private final @Nullable String level;
  private final Story story;
  private final Untold untold;

  TsReading(JsonNode json, Context context, Memory memory, TrackerStates trackerStates) {
    this.record = Fields.of(json, "");
    String type = record.text("event");
    this.event = type == null ? "" : type;
    this.level = record.text("level");
    String told = record.text("timestamp");
    boolean midnight = told != null && told.length() > 13 && told.startsWith("24", 11);
    Instant at = told == null ? null : Timestamps.parse(midnight ? hourZero(told) : told);
    boolean unread = told != null && at == null;
    this.story =
        new Story(
            context,
            memory,
            trackerStates,
            new Telling.When(
                at,
                midnight ? TimeQuality.DERIVED : TimeQuality.SOURCE,
                event.isEmpty() ? "record" : event,
                midnight || unread ? Set.of(Flag.INVALID_FIELD) : Set.of()),
            null);
    this.untold = new Untold(story);
  }

  /** 24:02 is 00:02 of the same date. */
  private static String hourZero(String told) {
    return told.substring(0, 11) + "00" + told.substring(13);
  }

  static boolean claims(JsonNode json) {
    return json.path("timestamp").isTextual()
        && json.path("level").isTextual()
        && json.path("event").isTextual()
        && json.path("message").asText().startsWith("event=");
  }

  Decoded read() {
    String issue = record.id("issue_id");
    String thread = record.id("thread_id");
    if (record.refusal() != null) {
      return new Decoded.Rejected(record.refusal());
    }
    Session session =
        thread == null
            ? Session.of(record.text("session_id"))
            : new Session(thread, record.text("turn_id"));
    if (issue != null) {
      story.about(issue, record.text("issue_identifier"));
      issue(session);
    } else {
      process();
    }
    return new Decoded.Drafts(null, story.told());
  }

  private void process() {
    switch (event) {
      case "runtime_starting" -> story.restarted("the orchestrator started again");
      case "shutdown_complete" -> story.restarted("the orchestrator ended");
      case "workflow_reload_failed", "workflow_reload_rejected", "dispatch_validation_failed" ->
          story.trouble("config", Brief.line(text()));
      case "runtime_poll_failed",
          "candidate_issue_fetch_failed",
          "reconciliation_state_refresh_failed" ->
          story.trouble("transport", Brief.line(text()));
      default -> {}
    }
    if (story.told().isEmpty()) {
      line();
    }
  }

  private void issue(@Nullable Session session) {
    switch (event) {
      case "worker_spawned" -> story.dispatched(record.small("attempt", 0), null);
      case "session_started" -> story.turnStarted(session);
      case "turn_completed" -> story.turnCompleted(session);
      case "turn_failed" -> story.turnEnded(session, State.FAILED, event, text());
      case "turn_cancelled" -> story.turnEnded(session, State.CANCELED, event, text());
      case "turn_input_required", "approval_required" ->
          story.turnFailed(session, failure(asked(), text()));
      case "turn_ended_with_error", "startup_failed" ->
          story.turnFailed(session, failure(null, text()));
      case "agent_runner_error" -> story.failing(failure(null, text()));
      case "worker_exit_normal" -> {
        story.completed(session);
        untold.queuedAgain("continuation");
      }
      case "worker_exit_abnormal" -> abnormal(session);
      default -> {}
    }
    spent(session);
    if (story.told().isEmpty()) {
      line();
    }
  }

  private WaitKind asked() {
    String code = record.text("error_code");
    boolean approval =
        event.equals("approval_required") || (code != null && code.contains("approval"));
    return approval ? WaitKind.APPROVAL : WaitKind.HUMAN_INPUT;
  }

  /** A stop is told as a failure, first by the words of the runner and then by its reason. */
  private static Failure failure(@Nullable WaitKind asked, String text) {
    if (text.contains("session stalled for") || text.contains("stall_timeout")) {
      return new Failure(State.TIMED_OUT, "Stalled", "stalled", null);
    }
    if (text.startsWith("Stopped due to ") || text.startsWith("stopped after ")) {
      return new Failure(State.CANCELED, "CanceledByReconciliation", text, null);
    }
    String reason = Brief.reason(text);
    State state = text.contains("timed out") ? State.TIMED_OUT : State.FAILED;
    return new Failure(
        state,
        state == State.FAILED ? "Failed" : "TimedOut",
        reason == null || reason.isEmpty() ? "failed" : reason,
        asked);
  }

  private void abnormal(@Nullable Session session) {
    String reason = record.text("reason");
    Failure failure = failure(null, reason == null ? text() : reason);
    story.crashed(session, failure);
    untold.queuedAgain(failure.reason());
  }

  private void spent(@Nullable Session session) {
    if (session == null
        || record.present("total_tokens") == null
        || event.equals("stage_completed")) {
      return;
    }
    TokenUsage usage =
        new TokenUsage(
            record.count("input_tokens"),
            record.count("output_tokens"),
            record.count("total_tokens"),
            record.count("cache_read_tokens"),
            record.count("cache_write_tokens"),
            record.count("reasoning_tokens"),
            null);
    story.spent(session, usage);
  }

  private void line() {
    story.line(level, text());
  }

  /** What {@code message} says beside the keys. */
  private String text() {
    String message = record.text("message");
    Matcher text = message == null ? null : TEXT.matcher(message);
    if (text == null || !text.find()) {
      return event;
    }
    String found = text.group(1);
    return found.startsWith("\"")
        ? found.substring(1, found.length() - 1).replace("\\\"", "\"").replace("\\n", " ")
        : found;
  }
}
