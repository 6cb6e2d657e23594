// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session file of Codex.
 *
 * @param thread whose file it is
 * @param forkedFrom the thread whose history the file begins with, null where it has its own
 * @param copiedFrom the thread of the part that is being copied, null where the file tells its own
 * @param turn the newest that started
 * @param model of the newest turn
 * @param open whether the newest turn has not ended
 * @param told whether the newest turn is a copy of one that its own file told
 * @param total newest {@code token_count} of the thread, null where none was seen
 * @param before {@code total} when the newest turn started, null where unknown
 * @param counted whether the newest turn has {@code token_usage_record}s
 */
record CodexRolloutFile(
    @Nullable String thread,
    @Nullable String forkedFrom,
    @Nullable String copiedFrom,
    @Nullable String agent,
    @Nullable String turn,
    @Nullable String model,
    boolean open,
    boolean told,
    @Nullable TokenUsage total,
    @Nullable TokenUsage before,
    boolean counted) {
  static final TokenUsage NONE_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  static final CodexRolloutFile UNKNOWN =
      new CodexRolloutFile(null, null, null, null, null, null, false, false, null, null, false);

  /** Where an id of Codex, a UUID of version 7, says of which version it is. */
  private static final int VERSION = 14;

  /** A file from its start: nothing was spent before. */
  static CodexRolloutFile of(String thread, @Nullable String forkedFrom, @Nullable String agent) {
    return new CodexRolloutFile(
        thread, forkedFrom, null, agent, null, null, false, false, NONE_YET, null, false);
  }

  /** The part of the file begins that stands in the file of {@code origin} too. */
  CodexRolloutFile copying(@Nullable String itsOrigin) {
    return new CodexRolloutFile(
        thread, itsOrigin, forkedFrom, agent, turn, model, open, told, total, before, counted);
  }

  /** The thread that what comes now was said in. */
  @Nullable String currentThread() {
    return copiedFrom != null ? copiedFrom : thread;
  }

  CodexRolloutFile started(String turn, boolean told) {
    String from = told || isOlderThanItsFile(turn) ? copiedFrom : null;
    return new CodexRolloutFile(
        thread, forkedFrom, from, agent, turn, model, true, told, total, total, false);
  }

  /** Ids of Codex tell the time; a fork has turns that began before it did. */
  private boolean isOlderThanItsFile(String turn) {
    return thread != null
        && thread.length() == turn.length()
        && thread.startsWith("7", VERSION)
        && turn.startsWith("7", VERSION)
        && turn.compareTo(thread) < 0;
  }

  CodexRolloutFile ended() {
    return new CodexRolloutFile(
        thread, forkedFrom, copiedFrom, agent, turn, model, false, told, total, before, counted);
  }

  CodexRolloutFile withModel(String model) {
    return new CodexRolloutFile(
        thread, forkedFrom, copiedFrom, agent, turn, model, open, told, total, before, counted);
  }

  CodexRolloutFile counting() {
    return new CodexRolloutFile(
        thread, forkedFrom, copiedFrom, agent, turn, model, open, told, total, before, true);
  }

  CodexRolloutFile withTotal(TokenUsage total) {
    return new CodexRolloutFile(
        thread, forkedFrom, copiedFrom, agent, turn, model, open, told, total, before, counted);
  }
}
