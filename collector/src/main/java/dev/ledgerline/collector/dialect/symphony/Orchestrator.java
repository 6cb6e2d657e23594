// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of the process that writes a stream. The files of a log may come as one stream
 * or as one each; logs of several processes come in streams that alternate.
 *
 * @param epoch how often it is known to have started again
 * @param whole whether the log was seen from the start of the process on; null before anything
 *     shows it
 * @param first time of the first line of the stream
 * @param open issues with runs that have not ended
 * @param longestDelay the longest back-off that was announced, in milliseconds
 * @param besideOthers whether it went on after another stream had spoken: that one did not continue
 *     it
 */
record Orchestrator(
    int epoch,
    @Nullable Boolean whole,
    @Nullable Instant first,
    List<String> open,
    long longestDelay,
    boolean besideOthers) {

  /** More than any has at work at once; what is beyond is not lost at a restart. */
  private static final int MOST_OPEN = 1_000;

  static final Orchestrator UNSEEN = new Orchestrator(0, null, null, List.of(), 0, false);

  Orchestrator {
    open = List.copyOf(open);
  }

  /** The same process in another stream, as far as anybody knows. */
  Orchestrator continued() {
    return new Orchestrator(epoch, Boolean.TRUE.equals(whole) ? true : null, null, open, 0, false);
  }

  Orchestrator amongOthers() {
    return new Orchestrator(epoch, whole, first, open, longestDelay, true);
  }

  Orchestrator begun(@Nullable Boolean whole, @Nullable Instant first) {
    return new Orchestrator(
        epoch,
        this.whole == null ? whole : this.whole,
        this.first == null ? first : this.first,
        open,
        longestDelay,
        besideOthers);
  }

  Orchestrator restarted(List<String> open) {
    return new Orchestrator(epoch + 1, true, first, open, longestDelay, besideOthers);
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
    return new Orchestrator(epoch, whole, first, changed, longestDelay, besideOthers);
  }

  Orchestrator delayed(long millis) {
    return new Orchestrator(
        epoch, whole, first, open, Math.max(longestDelay, millis), besideOthers);
  }
}
