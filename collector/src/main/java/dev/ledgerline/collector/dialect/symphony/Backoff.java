// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import dev.ledgerline.event.Fact;
import org.jspecify.annotations.Nullable;

/** The rules of retries (specification 8.4). */
final class Backoff {
  private static final long CONTINUATION_MILLIS = 1_000;
  private static final long BASE_MILLIS = 10_000;

  private Backoff() {}

  /**
   * What a retry breaks.
   *
   * @param last the attempt before it; null for none
   * @param lastSeen whether that is all that happened since the orchestrator started
   * @param continuation it follows a normal exit
   * @param longest the longest delay that was kept before
   * @return null where it breaks nothing, or too little is known to say
   */
  static Fact.@Nullable RuleBroken broken(
      int attempt,
      long millis,
      @Nullable Integer last,
      boolean lastSeen,
      boolean continuation,
      long longest) {
    if (continuation) {
      return millis == CONTINUATION_MILLIS ? null : Breach.continuationDelay(millis);
    }
    if (lastSeen && attempt > (last == null ? 0 : last) + 1) {
      return Breach.attemptJump(last, attempt, millis);
    }
    // no line tells the cap: a shorter delay is the cap itself, unless a longer one was kept before
    long usual = BASE_MILLIS << Math.min(attempt - 1, 30);
    boolean wrong = millis > usual || (millis < usual && longest > millis);
    return wrong ? Breach.delay(usual, attempt, millis) : null;
  }

  /** Whether an attempt could not even begin, so that no run is meant. */
  static boolean isOfNoRun(@Nullable String error) {
    return error != null
        && (error.startsWith("no available orchestrator slots")
            || error.startsWith("retry poll failed")
            || error.startsWith("failed to spawn agent"));
  }
}
