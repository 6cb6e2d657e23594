// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Every millisecond of some periods in exactly one class; what no stretch covers is unknown.
 *
 * @param totalMillis that of the periods, by the milliseconds of their ends; the sum of {@code
 *     millis}
 * @param millis in order of precedence, those above 0 only
 */
public record TimeLedger(long totalMillis, Map<TimeClass, Long> millis) {
  private static final TimeClass[] CLASSES = TimeClass.values();

  public TimeLedger {
    EnumMap<TimeClass, Long> some = new EnumMap<>(TimeClass.class);
    millis.forEach(
        (of, ms) -> {
          if (ms > 0) {
            some.put(of, ms);
          }
        });
    millis = Collections.unmodifiableMap(some);
  }

  public static TimeLedger of(Period period, List<Stretch> stretches) {
    return of(List.of(period), stretches);
  }

  /**
   * What the stretches account for.
   *
   * @param periods may overlap, and count once then
   * @param stretches what they have outside of the periods does not count
   */
  public static TimeLedger of(List<Period> periods, List<Stretch> stretches) {
    Edges edges = new Edges(periods.size() + stretches.size());
    periods.forEach(period -> edges.add(Edges.PERIOD, period.from(), period.to()));
    for (Stretch stretch : stretches) {
      edges.add(stretch.of().ordinal(), stretch.from(), stretch.to());
    }
    edges.sort();
    int[] open = new int[Edges.PERIOD + 1];
    EnumMap<TimeClass, Long> millis = new EnumMap<>(TimeClass.class);
    long total = 0;
    for (int i = 0; i + 1 < edges.count; i++) {
      open[edges.what(i)] += edges.change(i);
      long length = edges.at(i + 1) - edges.at(i);
      if (length > 0 && open[Edges.PERIOD] > 0) {
        millis.merge(counts(open), length, Long::sum);
        total += length;
      }
    }
    return new TimeLedger(total, millis);
  }

  public long millis(TimeClass of) {
    return millis.getOrDefault(of, 0L);
  }

  /**
   * Where something begins or ends, 8 bytes each since a run may have millions: the millisecond,
   * what it is, and whether it begins.
   */
  private static final class Edges {
    static final int PERIOD = CLASSES.length;
    private static final int SCALE = 2 * (PERIOD + 1);

    private final long[] edges;
    private int count;

    Edges(int intervals) {
      edges = new long[2 * intervals];
    }

    void add(int what, Instant from, Instant to) {
      long begins = from.toEpochMilli();
      long ends = to.toEpochMilli();
      if (begins < ends) {
        edges[count++] = begins * SCALE + 2L * what + 1;
        edges[count++] = ends * SCALE + 2L * what;
      }
    }

    void sort() {
      Arrays.sort(edges, 0, count);
    }

    long at(int i) {
      return Math.floorDiv(edges[i], (long) SCALE);
    }

    int what(int i) {
      return Math.floorMod(edges[i], SCALE) / 2;
    }

    int change(int i) {
      return Math.floorMod(edges[i], 2) == 1 ? 1 : -1;
    }
  }

  private static TimeClass counts(int[] open) {
    for (TimeClass of : CLASSES) {
      // Nothing is known to have been idle beside something of which nobody told the end.
      if (open[of.ordinal()] > 0
          && (of != TimeClass.IDLE || open[TimeClass.UNKNOWN.ordinal()] == 0)) {
        return of;
      }
    }
    return TimeClass.UNKNOWN;
  }
}
