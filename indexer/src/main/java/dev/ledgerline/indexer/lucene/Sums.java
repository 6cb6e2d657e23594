// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.indexer.RunGroups.Percentiles;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the runs of one group add up to. */
final class Sums {
  /** The parts of a usage, in the order of {@link TokenUsage}; the cost stands apart. */
  static final int PARTS = 6;

  long runs;
  long events;
  long errors;
  private long[] durations = new long[4];
  private int ended;
  private long @Nullable [] tokens;
  private int told;
  private double cost;
  private boolean costTold;

  void duration(long millis) {
    if (ended == durations.length) {
      durations = Arrays.copyOf(durations, 2 * ended);
    }
    durations[ended++] = millis;
  }

  void tokens(int part, long count) {
    if (tokens == null) {
      tokens = new long[PARTS];
    }
    tokens[part] += count;
    told |= 1 << part;
  }

  void cost(double usd) {
    cost += usd;
    costTold = true;
  }

  @Nullable TokenUsage usage() {
    return told == 0 && !costTold
        ? null
        : new TokenUsage(
            part(0), part(1), part(2), part(3), part(4), part(5), costTold ? (Double) cost : null);
  }

  private @Nullable Long part(int part) {
    return tokens == null || (told & (1 << part)) == 0 ? null : (Long) tokens[part];
  }

  @Nullable Percentiles durations() {
    if (ended == 0) {
      return null;
    }
    Arrays.sort(durations, 0, ended);
    return new Percentiles(rank(50), rank(95), rank(99));
  }

  /** The nearest rank: so many percent took that long at most. */
  private long rank(int percent) {
    long rank = ((long) ended * percent + 99) / 100;
    return durations[(int) rank - 1];
  }
}
