// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.collector.dialect.Fields;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One runtime event. */
final class EventReading {
  private final Fields f;
  private final RawRecord record;
  private final Context context;
  private final Memory memory;
  private final Set<String> known;

  EventReading(RawRecord record, Context context, Memory memory, Set<String> known) {
    this.f = Fields.of(record.json(), "");
    this.record = record;
    this.context = context;
    this.memory = memory;
    this.known = known;
  }

  Decoded read() {
    String event = f.text("event");
    if (event == null || event.isEmpty()) {
      return Decoded.Rejected.of(Rejection.Code.MISSING_FIELD, "/event", "event is required");
    }
    String issue = f.id("issue_id");
    String thread = f.id("thread_id");
    Instant at = f.time("timestamp");
    if (f.refusal() != null) {
      return new Decoded.Rejected(f.refusal());
    }
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (f.sawInvalid()) {
      flags.add(Flag.INVALID_FIELD);
    }
    if (!known.contains(event)) {
      flags.add(Flag.UNKNOWN_TYPE);
    }
    Story story =
        new Story(
            context,
            memory,
            TrackerStates.USUAL,
            new Telling.When(at, TimeQuality.SOURCE, event, flags),
            null);
    String told = issue != null ? issue : context.task();
    if (told == null) {
      story.line(null, event);
    } else {
      story.about(told, f.text("issue_identifier"));
      tell(event, session(thread), story);
    }
    boolean precise = at != null && !at.equals(at.truncatedTo(ChronoUnit.MILLIS));
    return new Decoded.Drafts(precise ? record.text() : null, story.told());
  }

  private @Nullable Session session(@Nullable String thread) {
    if (thread != null) {
      return new Session(thread, f.text("turn_id"));
    }
    Session own = Session.of(f.text("session_id"));
    return own != null ? own : AppServerMessage.sessionOf(params());
  }

  private Fields params() {
    return f.inside("payload").inside("params");
  }

  private void tell(String event, @Nullable Session session, Story story) {
    Untold untold = new Untold(story);
    if (session != null) {
      untold.joins(session);
    }
    String method = f.inside("payload").text("method");
    boolean done =
        method != null
            && (event.equals("notification") || event.equals("turn_completed"))
            && new AppServerMessage(method, params(), story).tell();
    if (done && !story.told().isEmpty()) {
      return;
    }
    switch (event) {
      case "session_started" -> story.turnStarted(session);
      case "turn_completed" -> story.turnCompleted(session);
      case "turn_failed" -> story.turnEnded(session, State.FAILED, event, reason());
      case "turn_cancelled" -> story.turnEnded(session, State.CANCELED, event, reason());
      case "turn_input_required" -> untold.asks(session, WaitKind.HUMAN_INPUT, question(method));
      case "approval_required" -> untold.asks(session, WaitKind.APPROVAL, question(method));
      case "turn_ended_with_error" -> ended(session, story, untold);
      case "startup_failed" ->
          untold.neverStarted(f.node().path("codex_app_server_pid").asText(), failure());
      case "tool_call_completed" -> tool(session, story, ToolOutcome.OK);
      case "tool_call_failed", "unsupported_tool_call" -> tool(session, story, ToolOutcome.FAILED);
      default -> {}
    }
    if (story.told().isEmpty()) {
      story.fact(session, new Fact.LogLine(null), Brief.line(event, method));
    }
  }

  /** A turn that ended because it asked for something leaves its run waiting, as far as is told. */
  private void ended(@Nullable Session session, Story story, Untold untold) {
    Failure failure = failure();
    if (failure.asked() != null) {
      untold.asks(session, failure.asked(), failure.reason());
    } else {
      story.turnFailed(session, failure);
      story.crashed(session, failure);
    }
  }

  private Failure failure() {
    return Failure.of(reason());
  }

  private @Nullable String reason() {
    if (f.has("reason")) {
      return f.node().path("reason").asText();
    }
    return params().inside("error").text("message");
  }

  private @Nullable String question(@Nullable String method) {
    var questions = params().elements("questions");
    String asked = questions.isEmpty() ? null : questions.getFirst().path("question").textValue();
    String message = params().text("message");
    return asked != null ? asked : message != null ? message : method;
  }

  private void tool(@Nullable Session session, Story story, ToolOutcome outcome) {
    String tool = params().text("tool");
    String name = tool != null ? tool : f.text("tool");
    String call = params().has("callId") ? params().id("callId") : null;
    story.fact(
        session,
        new Fact.ToolResult(
            call,
            name,
            outcome,
            null,
            outcome == ToolOutcome.FAILED ? Brief.reason(reason()) : null,
            true,
            false),
        Brief.line(name));
  }
}
