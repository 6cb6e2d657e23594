// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.CodexRolloutCourse.Turn;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session file of Codex.
 *
 * @param thread whose file it is
 * @param forkedFrom the thread whose history the file begins with, null where it has its own
 * @param copiedFrom the thread of the part that is being copied, null where the file tells its own
 * @param numbered whether its records have numbers; where they have none time is their order
 * @param numbers those that have come
 */
record CodexRolloutFile(
    @Nullable String thread,
    @Nullable String forkedFrom,
    @Nullable String copiedFrom,
    @Nullable String agent,
    boolean numbered,
    CodexRolloutNumbers numbers,
    CodexRolloutCourse course) {
  static final TokenUsage NONE_YET = new TokenUsage(0L, 0L, 0L, 0L, 0L, 0L, null);

  static final CodexRolloutFile UNKNOWN =
      new CodexRolloutFile(
          null, null, null, null, false, CodexRolloutNumbers.NONE, CodexRolloutCourse.UNKNOWN);

  /** Where an id of Codex, a UUID of version 7, says of which version it is. */
  private static final int VERSION = 14;

  /** A file from its start: nothing was spent before. Of its own thread some may be known. */
  CodexRolloutFile of(String itsThread, @Nullable String origin, @Nullable String itsAgent) {
    CodexRolloutFile its = thread == null ? this : UNKNOWN;
    return new CodexRolloutFile(
        itsThread, origin, null, itsAgent, numbered, its.numbers, its.course.from(NONE_YET));
  }

  /** The part of the file begins that stands in the file of {@code origin} too. */
  CodexRolloutFile copying(@Nullable String itsOrigin) {
    return new CodexRolloutFile(thread, itsOrigin, forkedFrom, agent, numbered, numbers, course);
  }

  /** The thread that what comes now was said in. */
  @Nullable String currentThread() {
    return copiedFrom != null ? copiedFrom : thread;
  }

  CodexRolloutFile started(Turn turn) {
    String from = turn.copied() || isOlder(turn.id()) ? copiedFrom : null;
    return new CodexRolloutFile(
        thread, forkedFrom, from, agent, numbered, numbers, course.with(turn));
  }

  /** Ids of Codex tell the time; a fork has turns that began before it did. */
  boolean isOlder(String turn) {
    return thread != null
        && thread.length() == turn.length()
        && thread.startsWith("7", VERSION)
        && turn.startsWith("7", VERSION)
        && turn.compareTo(thread) < 0;
  }

  CodexRolloutFile with(CodexRolloutCourse itsCourse) {
    return new CodexRolloutFile(
        thread, forkedFrom, copiedFrom, agent, numbered, numbers, itsCourse);
  }

  /** A record with that number came. */
  CodexRolloutFile with(@Nullable Long number) {
    return number == null
        ? this
        : new CodexRolloutFile(
            thread,
            forkedFrom,
            copiedFrom,
            agent,
            numbered || course.marks().isEmpty(),
            numbers.with(number),
            course);
  }

  /** Where a record stands. */
  long place(@Nullable Long number, @Nullable Instant time) {
    if (numbered) {
      return number == null ? course.end() : number;
    }
    return time == null ? course.end() : ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** Whether everything has come that stands before a record. */
  boolean isNext(@Nullable Long number) {
    return !numbered || number == null || number == numbers.next();
  }
}
