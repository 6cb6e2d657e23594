// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.collector.dialect.Brief;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.TimeQuality;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One line of the log of the reference implementation, or of a port that uses its messages. */
final class TextReading {
  /** Several processes write one log: that far their lines may be out of order. */
  private static final Duration OUT_OF_ORDER = Duration.ofSeconds(1);

  private static final Pattern RETRY =
      Pattern.compile(" in (\\d{1,15})ms \\(attempt (\\d{1,9})\\)");
  private static final Pattern TURN = Pattern.compile("(\\d{1,9})/(\\d{1,9})");
  private static final Pattern IDENTIFIER = Pattern.compile("\\b[A-Za-z][A-Za-z0-9_]*-\\d+\\b");
  private static final Pattern PAIR = Pattern.compile("\\b[a-z_]+=\\S");
  private static final Pattern PID = Pattern.compile("#PID<[0-9.]{1,40}>");

  /** The mark of what redaction took out, or what it would have taken out had it been on. */
  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "\\[redacted:[^\\]]+]|(?i:bearer) [A-Za-z0-9._~+/=-]{16,}"
              + "|\\b(?:lin_api_|gh[pousr]_|sk-)[A-Za-z0-9_-]{16,}");

  /** More names in one line than anybody looks for. */
  private static final int MOST_NAMES = 16;

  /** Time of the newest line of a stream. */
  record Clock(Instant at) {}

  /** What was complained about last, of one kind. */
  record Complaint(String text) {}

  private final Context context;
  private final Memory memory;
  private final LineHead head;
  private final String message;
  private final Saying saying;
  private final Keys keys;
  private final Story story;
  private final long stepBack;

  TextReading(LineHead head, Context context, Memory memory, TrackerStates trackerStates) {
    this.context = context;
    this.memory = memory;
    this.head = head;
    this.message = Saying.asIfCodex(head.message());
    this.saying = Saying.of(message);
    this.keys =
        saying.must == Saying.Must.SAY_NOTHING
            ? new Keys(Map.of(), null)
            : Keys.in(
                message, saying == Saying.RETRYING ? "Retrying ".length() : saying.start.length());
    Instant before = before();
    this.stepBack =
        before == null || head.at() == null ? 0 : Duration.between(head.at(), before).toMillis();
    boolean back = stepBack >= OUT_OF_ORDER.toMillis();
    Instant at = back ? before : head.at();
    TimeQuality quality = back || !head.zoned() ? TimeQuality.DERIVED : TimeQuality.SOURCE;
    this.story =
        new Story(
            context,
            memory,
            trackerStates,
            new Telling.When(at, quality, nativeType(), Set.of()),
            before);
  }

  private @Nullable Instant before() {
    String key = "clock/" + (context.stream() == null ? "" : context.stream());
    Clock clock = memory.recall(key, Clock.class);
    if (head.at() != null) {
      memory.remember(key, new Clock(head.at()));
    }
    return clock == null ? null : clock.at();
  }

  private String nativeType() {
    return saying == Saying.OTHER ? "line" : saying.phrase();
  }

  Decoded read(String line) {
    story.begins(saying.beginsALog());
    aboutItsIssue();
    if (saying == Saying.NOTIFICATION) {
      log();
    } else {
      act();
      judge(line);
    }
    if (stepBack >= OUT_OF_ORDER.toMillis()) {
      story.broken(Breach.stepBack(stepBack));
    }
    // without microseconds two different lines may look alike
    return new Decoded.Drafts(head.precise() ? line : null, story.told());
  }

  private void aboutItsIssue() {
    String issue = keys.told("issue_id");
    String name = keys.told("issue_identifier");
    if (issue != null) {
      story.about(issue, name);
    } else if (name != null) {
      story.aboutNamed(name);
    }
  }

  private void act() {
    Session session = Session.of(keys.told("session_id"));
    switch (saying) {
      case DISPATCHING -> {
        if (keys.has("attempt")) { // else the line was cut off
          story.dispatched(keys.number("attempt"), keys.told("pid"));
        }
      }
      case SESSION_STARTED -> story.turnStarted(session);
      case SESSION_COMPLETED -> story.turnCompleted(session);
      case TURN_DONE, CONTINUING, MAX_TURNS -> story.worked(session);
      case SESSION_ENDED -> story.turnFailed(session, Failure.of(keys.term()));
      case SESSION_FAILED, WORKSPACE_FAILED, RUN_FAILED -> story.failing(Failure.of(keys.term()));
      case TASK_COMPLETED -> story.completed(session);
      case TASK_EXITED -> story.crashed(session, Failure.of(keys.term()));
      case TASK_BLOCKED, BLOCKED -> story.blocked(session, prompt());
      case TASK_FINISHED -> finished(session);
      case STALLED -> story.stalled(session);
      case RETRYING -> retrying();
      case MOVED_TO_TERMINAL, MOVED_TO_INACTIVE -> {
        String state = keys.told("state");
        story.stopped(state, state == null ? "stopped" : "tracker_state:" + state);
      }
      case GONE -> story.stopped(null, "tracker_state:(not visible)");
      case NOT_ROUTED -> story.stopped(null, "no longer routed");
      case IS_TERMINAL, BLOCK_RELEASED -> released();
      case LEFT_ACTIVE -> story.released("left active states");
      case NOT_VISIBLE -> story.released("tracker_state:(not visible)");
      case SERVER_STARTED, APPLICATION_STARTED, CLEANUP_SKIPPED ->
          story.restarted("the orchestrator started again");
      case TERMINATED -> story.restarted("the orchestrator was told to end");
      default -> {}
    }
    if (story.told().isEmpty()) {
      other();
    }
  }

  /** What no fact says, or not all of it. */
  private void other() {
    switch (saying) {
      case CONFIG_RELOAD,
          CONFIG_INVALID,
          CONFIG_PARSE,
          CONFIG_MISSING,
          TRACKER_CONFIG,
          TRACKER_UNKNOWN ->
          trouble("config");
      case TRACKER_FAILED, TRACKER_REQUEST -> trouble("transport");
      case TASK_CRASHED, PROCESS_CRASHED -> {
        Matcher pid = PID.matcher(message);
        if (pid.find()) {
          story.lineOf(pid.group(), head.level(), message);
        } else {
          log();
        }
      }
      default -> log();
    }
  }

  private void log() {
    story.line(head.level(), message);
  }

  /** The same complaint comes with each look at the file, dozens in a second. */
  private void trouble(String category) {
    if (!"error".equals(head.level())) {
      log();
      return;
    }
    String text = Brief.line(Brief.reason(message));
    Complaint last = memory.recall("complaint/" + saying, Complaint.class);
    if (last != null && last.text().equals(text)) {
      log();
      return;
    }
    memory.remember("complaint/" + saying, new Complaint(text));
    story.trouble(category, text);
  }

  /** {@code … session_id=…: <what it asks>} or {@code … elapsed_ms=N; <what it asks>}. */
  private @Nullable String prompt() {
    if (keys.term() != null) {
      return keys.term();
    }
    int semicolon = message.indexOf("; ");
    return semicolon < 0 ? null : message.substring(semicolon + 2);
  }

  private void finished(@Nullable Session session) {
    String reason = keys.term();
    if (reason == null || reason.startsWith(":normal")) {
      story.completed(session);
    } else {
      story.crashed(session, Failure.of(reason));
    }
  }

  private void retrying() {
    Matcher retry = RETRY.matcher(message);
    if (!retry.find()) {
      log();
      return;
    }
    story.retrying(
        Integer.valueOf(retry.group(2)), Long.valueOf(retry.group(1)), errorOfRetry(retry.end()));
  }

  private @Nullable String errorOfRetry(int from) {
    int error = message.indexOf("error=", from);
    return error < 0 ? null : message.substring(error + "error=".length());
  }

  private void released() {
    String state = keys.told("state");
    boolean unseen = message.contains("no longer visible");
    story.released(
        state != null
            ? "tracker_state:" + state
            : unseen ? "tracker_state:(not visible)" : "no longer routed");
  }

  private void judge(String line) {
    if (!Keys.cutOff(message)) {
      judgeNames();
    }
    judgeTurns();
    if (!saying.isOfTheWebServer() && mayHoldACredential(line) && CREDENTIAL.matcher(line).find()) {
      story.broken(Breach.credential());
    }
  }

  /** Many times faster than the pattern, and seldom true. */
  private static boolean mayHoldACredential(String line) {
    return line.contains("[redacted:")
        || line.contains("earer ")
        || line.contains("EARER ")
        || line.contains("lin_api_")
        || line.contains("sk-")
        || line.contains("gh");
  }

  private void judgeNames() {
    switch (saying.must) {
      case NAME_THE_SESSION -> {
        named();
        if (!keys.has("session_id")) {
          story.broken(Breach.noSession(nativeType()));
        }
      }
      case NAME_THE_ISSUE -> named();
      case GIVE_THE_ID -> {
        if (!keys.has("issue_id")) {
          story.broken(Breach.noIssue(nativeType()));
        }
      }
      case SAY_NOTHING -> {
        if (saying == Saying.OTHER) {
          prose();
        }
      }
    }
  }

  private void judgeTurns() {
    if (saying == Saying.TURN_DONE || saying == Saying.CONTINUING) {
      String turns = keys.told("turn");
      Matcher turn = turns == null ? null : TURN.matcher(turns);
      if (turn != null && turn.matches()) {
        int now = Integer.parseInt(turn.group(1));
        int most = Integer.parseInt(turn.group(2));
        if (now > most) {
          story.broken(Breach.tooManyTurns(now, most));
        }
      }
    }
  }

  private void named() {
    if (!keys.has("issue_id")) {
      story.broken(Breach.noIssue(nativeType()));
    }
    if (!keys.has("issue_identifier")) {
      story.broken(Breach.noIdentifier(nativeType()));
    }
  }

  /** A line about an issue that is known, and no key says so. */
  private void prose() {
    if (PAIR.matcher(message).find()) {
      return;
    }
    Matcher name = IDENTIFIER.matcher(message);
    for (int n = 0; n < MOST_NAMES && name.find(); n++) {
      if (story.aboutNamed(name.group())) {
        story.broken(Breach.prose(name.group()));
        return;
      }
    }
  }
}
