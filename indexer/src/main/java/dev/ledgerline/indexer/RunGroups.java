// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs add up to, group by group.
 *
 * @param groups by time where there are buckets, and the largest first
 * @param leftOut groups beyond the limit, the smallest ones
 */
public record RunGroups(List<Group> groups, long leftOut) {

  /** What runs can be grouped by. */
  public enum By implements Word {
    STATE,
    VERDICT,
    DIALECT,
    SOURCE,
    /** The root agent. */
    AGENT,
    THREAD,
    TASK,
    PARENT,
    /** Its first 256 characters. */
    REASON
  }

  /**
   * How runs are grouped.
   *
   * @param by null: by time alone, or all together
   * @param bucket by when they began, in pieces of that length counted from 1970 in UTC; null: not
   *     by time
   * @param limit groups at most
   */
  public record Grouping(@Nullable By by, @Nullable Duration bucket, int limit) {}

  /**
   * Runs that have the same in common.
   *
   * @param key null where they lack it, or where nothing was asked for
   * @param bucket null where time was not asked for
   * @param durations of those that ended, null where none did
   * @param usage the sum of theirs, null if never told
   */
  public record Group(
      @Nullable String key,
      @Nullable Instant bucket,
      long runs,
      long events,
      long errors,
      @Nullable Percentiles durations,
      @Nullable TokenUsage usage) {}

  /** Milliseconds that so many percent of the runs took at most: exact, by the nearest rank. */
  public record Percentiles(long p50, long p95, long p99) {}
}
