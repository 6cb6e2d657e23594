// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An issue in a snapshot of Symphony.
 *
 * @param issue its id, else its identifier
 * @param trackerState what the tracker calls its state
 * @param startedAt of the run (running)
 * @param thread and {@code turn} of the session, null while there is none
 * @param attempt of the run, or of the retry to come
 * @param dueAt of the retry, computed anew for each answer
 * @param blockedAt when it stopped (blocked)
 * @param error why there is a retry, or why it is blocked
 * @param says the newest event of the session and its text
 * @param saidAt when that was
 * @param tokens of the session so far, null if not told
 */
record SymphonyRow(
    Listed listed,
    String issue,
    @Nullable String identifier,
    @Nullable String trackerState,
    @Nullable Instant startedAt,
    @Nullable String thread,
    @Nullable String turn,
    @Nullable Integer attempt,
    @Nullable Instant dueAt,
    @Nullable Instant blockedAt,
    @Nullable String error,
    @Nullable String event,
    @Nullable String says,
    @Nullable Instant saidAt,
    @Nullable TokenUsage tokens) {

  /** The lists of a snapshot, under their names. */
  enum Listed implements Word {
    RUNNING,
    RETRYING,
    BLOCKED
  }

  /** {@code due_at} follows from a timer and the time of the answer, in whole seconds. */
  private static final Duration DUE_JITTER = Duration.ofSeconds(2);

  /** Length of an id of Codex: a session is two of them with a dash between. */
  private static final int CODEX_ID = 36;

  /** Null where the row does not say whose it is. */
  static @Nullable SymphonyRow read(JsonNode row, Listed listed) {
    String identifier = word(row, "issue_identifier");
    String issue = word(row, "issue_id");
    if (issue == null) {
      issue = identifier;
    }
    if (issue == null) {
      return null;
    }
    String session = word(row, "session_id");
    boolean pair =
        session != null && session.length() == 2 * CODEX_ID + 1 && session.charAt(CODEX_ID) == '-';
    String thread = word(row, "thread_id");
    String turn = word(row, "turn_id");
    if (thread == null && session != null) {
      thread = pair ? session.substring(0, CODEX_ID) : session;
    }
    if (turn == null && session != null) {
      turn = pair ? session.substring(CODEX_ID + 1) : null;
    }
    JsonNode attempt = row.path("attempt");
    return new SymphonyRow(
        listed,
        issue,
        identifier,
        word(row, "state"),
        SymphonySnapshot.time(row, "started_at"),
        thread,
        turn,
        attempt.isInt() && attempt.intValue() >= 0 ? (Integer) attempt.intValue() : null,
        SymphonySnapshot.time(row, "due_at"),
        SymphonySnapshot.time(row, "blocked_at"),
        text(row, "error"),
        text(row, "last_event"),
        text(row, "last_message"),
        SymphonySnapshot.time(row, "last_event_at"),
        row.path("tokens").isObject() ? Fields.of(row.path("tokens"), "").usage() : null);
  }

  private static @Nullable String word(JsonNode row, String name) {
    String word = row.path(name).textValue();
    return word == null || word.isEmpty() ? null : word;
  }

  private static @Nullable String text(JsonNode row, String name) {
    String text = Brief.reason(row.path(name).textValue());
    return text == null || text.isBlank() ? null : text;
  }

  SymphonyRow withAttempt(@Nullable Integer attempt) {
    return new SymphonyRow(
        listed,
        issue,
        identifier,
        trackerState,
        startedAt,
        thread,
        turn,
        attempt,
        dueAt,
        blockedAt,
        error,
        event,
        says,
        saidAt,
        tokens);
  }

  /** The run of a row that is running: an issue has one at a time, and each begins at its own. */
  String run() {
    return issue + "@" + (startedAt != null ? startedAt : blockedAt != null ? blockedAt : "?");
  }

  boolean isOfSameRun(SymphonyRow other) {
    return Objects.equals(startedAt, other.startedAt);
  }

  /** Whether the newest event says that the turn failed; the orchestrator itself calls it done. */
  boolean saysTurnFailed() {
    return says != null && says.contains("turn completed (failed)");
  }

  boolean saysError() {
    return "error".equals(event);
  }

  boolean isDueOtherwise(SymphonyRow before) {
    if (dueAt == null || before.dueAt == null) {
      return !Objects.equals(dueAt, before.dueAt);
    }
    return Duration.between(before.dueAt, dueAt).abs().compareTo(DUE_JITTER) > 0;
  }

  boolean givesSignOfLifeAfter(@Nullable Instant last) {
    return saidAt != null
        && (last == null
            || Duration.between(last, saidAt).compareTo(SymphonySnapshot.SIGN_OF_LIFE) >= 0);
  }

  boolean saysMoreThan(SymphonyRow before) {
    return listed != before.listed
        || !isOfSameRun(before)
        || !Objects.equals(thread, before.thread)
        || !Objects.equals(turn, before.turn)
        || !Objects.equals(attempt, before.attempt)
        || !Objects.equals(error, before.error)
        || !Objects.equals(trackerState, before.trackerState)
        || !Objects.equals(tokens, before.tokens)
        || isDueOtherwise(before)
        || (saysTurnFailed() && !before.saysTurnFailed())
        || (saysError() && !before.saysError())
        || givesSignOfLifeAfter(before.saidAt);
  }
}
