// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the process that writes the log.
 *
 * @param epoch how often it is known to have started again
 * @param whole whether the log was seen from the start of the process on; null before anything
 *     shows it
 * @param first time of the first line
 * @param open issues with runs that have not ended
 * @param longestDelay the longest back-off that was announced, in milliseconds
 */
record Orchestrator(
    int epoch,
    @Nullable Boolean whole,
    @Nullable Instant first,
    List<String> open,
    long longestDelay) {

  /** More than any has at work at once; what is beyond is not lost at a restart. */
  private static final int MOST_OPEN = 1_000;

  static final Orchestrator UNSEEN = new Orchestrator(0, null, null, List.of(), 0);

  Orchestrator {
    open = List.copyOf(open);
  }

  Orchestrator begun(@Nullable Boolean whole, @Nullable Instant first) {
    return new Orchestrator(
        epoch,
        this.whole == null ? whole : this.whole,
        this.first == null ? first : this.first,
        open,
        longestDelay);
  }

  Orchestrator restarted() {
    return new Orchestrator(epoch + 1, true, first, List.of(), longestDelay);
  }

  Orchestrator working(String issue, boolean works) {
    if (open.contains(issue) == works || (works && open.size() >= MOST_OPEN)) {
      return this;
    }
    List<String> changed = new ArrayList<>(open);
    if (works) {
      changed.add(issue);
    } else {
      changed.remove(issue);
    }
    return new Orchestrator(epoch, whole, first, changed, longestDelay);
  }

  Orchestrator delayed(long millis) {
    return millis <= longestDelay ? this : new Orchestrator(epoch, whole, first, open, millis);
  }
}
