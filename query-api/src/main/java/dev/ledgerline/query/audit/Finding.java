// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.State;
import dev.ledgerline.event.Word;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.LoopFold;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something odd that breaks no rule of a state machine.
 *
 * @param since when it began, null where only the events say
 * @param count how often, 1 where there is nothing to count
 * @param fromSeq the first event that shows it, null where none does
 * @param toSeq the last one
 * @param runs that it is about, where it is about more than one
 * @param message a sentence for who reads it
 */
public record Finding(
    Kind kind,
    @Nullable Instant since,
    long count,
    @Nullable Long fromSeq,
    @Nullable Long toSeq,
    List<String> runs,
    String message) {

  /** What is odd. */
  public enum Kind implements Word {
    /** It says nothing although it should go on. */
    STALL,
    /** It said nothing for so long that it counts as lost; our conclusion, never told. */
    LOST,
    /** The same calls with the same arguments again and again. */
    CALL_LOOP,
    /** Runs of one task complete and begin again. */
    RUN_LOOP,
    /** A retry came at another time than is documented or announced. */
    RETRY
  }

  static @Nullable Finding ofSilence(RunSummary run, boolean stalled) {
    boolean lost = run.state() == State.LOST;
    if (!lost && !stalled) {
      return null;
    }
    return new Finding(
        lost ? Kind.LOST : Kind.STALL,
        run.lastObservedAt(),
        1,
        run.events(),
        run.events(),
        List.of(),
        (lost ? "lost: " : "stalled: ") + "no event since " + run.lastObservedAt());
  }

  static Finding of(LoopFold.Loop loop) {
    String what =
        loop.period() == 1
            ? "the same call" + (loop.tool() == null ? "" : " of " + loop.tool())
            : "the same round of " + loop.period() + " calls";
    return new Finding(
        Kind.CALL_LOOP,
        null,
        loop.times(),
        loop.fromSeq(),
        loop.toSeq(),
        List.of(),
        what + " with the same arguments " + loop.times() + " times one after the other");
  }

  static Finding of(RunLoops.Loop loop) {
    return new Finding(
        Kind.RUN_LOOP,
        loop.from(),
        loop.runs().size(),
        null,
        null,
        loop.runs(),
        loop.runs().size() + " runs of one task completed within seconds of each other");
  }

  static Finding of(Retry retry) {
    return new Finding(
        Kind.RETRY, retry.at(), 1, null, null, List.of(), String.valueOf(retry.note()));
  }
}
