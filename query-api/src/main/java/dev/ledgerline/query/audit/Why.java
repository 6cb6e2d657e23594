// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.Word;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.run.RunKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why something is not done yet, for an operator at two in the morning.
 *
 * @param stuck it will not go on by itself
 * @param since when the cause began
 * @param because a sentence
 * @param toDo what who must act should do, null where there is nothing to do
 * @param run the run that it hangs on, which may be a child or an attempt; null where none is known
 * @param waiting the wait that it hangs on, null where it is none
 * @param nextAt when it goes on by itself, null where that is not known
 */
public record Why(
    boolean stuck,
    Cause cause,
    @Nullable Instant since,
    String because,
    Actor mustAct,
    @Nullable String toDo,
    @Nullable RunKey run,
    @Nullable RunWait waiting,
    @Nullable Instant nextAt,
    Cost cost) {

  /** Why it is not done; the wait kinds of api.md first. */
  public enum Cause implements Word {
    HUMAN_INPUT,
    APPROVAL,
    REVIEW,
    AUTH,
    TOOL_OUTPUT,
    EXTERNAL,
    CHILD,
    TIMER,
    CAPACITY,
    PAUSED,
    STALLED,
    LOST,
    /** It does the same again and again. */
    LOOP,
    RUNNING,
    ENDED,
    UNKNOWN;

    static Cause of(WaitKind kind) {
      return valueOf(kind.name());
    }
  }

  /** Who must act for it to go on. */
  public enum Actor implements Word {
    /** Somebody who is asked. */
    HUMAN,
    /** Whoever looks after the system. */
    OPERATOR,
    /** A system outside. */
    EXTERNAL,
    NOBODY;

    /** Who ends a wait of that kind. */
    public static Actor of(WaitKind kind) {
      return switch (kind) {
        case HUMAN_INPUT, APPROVAL, REVIEW, AUTH -> HUMAN;
        case TOOL_OUTPUT, EXTERNAL -> EXTERNAL;
        case CAPACITY -> OPERATOR;
        case CHILD, TIMER -> NOBODY;
      };
    }
  }

  /**
   * What it cost so far.
   *
   * @param durationMillis from its beginning until now, or until it ended
   * @param waitingMillis of these it waited for somebody, for a place to run or for a timer
   * @param attempts 1 for a run
   * @param usage null if never told
   */
  public record Cost(
      long durationMillis, long waitingMillis, int attempts, @Nullable TokenUsage usage) {}
}
