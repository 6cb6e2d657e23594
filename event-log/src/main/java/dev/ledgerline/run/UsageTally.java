// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Fact.UsageReported;
import dev.ledgerline.event.TokenUsage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run spent. What single calls report adds up; of a running total only the rise since its
 * baseline counts, and a total that falls begins a new count (the process behind it was started
 * again). Of what was wholly taken back nothing is told.
 */
final class UsageTally {
  private @Nullable TokenUsage calls;
  private @Nullable TokenUsage evidence;
  private final Map<String, Series> series = new HashMap<>();

  void add(TokenUsage usage) {
    TokenUsage sum = calls == null ? usage : calls.plus(usage);
    calls = usage.negative() && usage.negated().equals(calls) ? null : sum;
  }

  void add(UsageReported report) {
    if (!report.primary()) {
      if (!report.cumulative()) {
        evidence = evidence == null ? report.usage() : evidence.plus(report.usage());
      }
      return;
    }
    if (report.cumulative()) {
      series
          .computeIfAbsent(report.series(), name -> new Series(report.baseline()))
          .read(report.usage());
    } else {
      add(report.usage());
    }
  }

  /** What was told beside what counts; it is more than nothing where nothing that counts came. */
  @Nullable TokenUsage evidence() {
    return evidence;
  }

  /** Null if nothing was told. */
  @Nullable TokenUsage total() {
    TokenUsage total = calls;
    for (Series one : series.values()) {
      TokenUsage spent = one.spent();
      if (spent != null) {
        total = total == null ? spent : total.plus(spent);
      }
    }
    return total;
  }

  private static final class Series {
    private @Nullable TokenUsage baseline;
    private @Nullable TokenUsage reading;
    private @Nullable TokenUsage earlierCounts;

    Series(@Nullable TokenUsage baseline) {
      this.baseline = baseline;
    }

    void read(TokenUsage now) {
      if (baseline != null && fell(reading == null ? baseline : reading, now)) {
        TokenUsage spent = (reading == null ? baseline : reading).since(baseline);
        earlierCounts = earlierCounts == null ? spent : earlierCounts.plus(spent);
        baseline = TokenUsage.UNTOLD;
      }
      reading = now;
    }

    /**
     * Null where the baseline is not known: nobody can say then how much of the total is this
     * run's.
     */
    @Nullable TokenUsage spent() {
      if (baseline == null || reading == null) {
        return null;
      }
      TokenUsage spent = reading.since(baseline);
      return earlierCounts == null ? spent : earlierCounts.plus(spent);
    }

    private static boolean fell(TokenUsage before, TokenUsage now) {
      Long was = before.effectiveTotal();
      Long is = now.effectiveTotal();
      return was != null && is != null && is < was;
    }
  }
}
