// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every millisecond of some periods in exactly one class; what no stretch covers is unknown.
 *
 * @param totalMillis that of the periods, by the milliseconds of their ends; the sum of {@code
 *     millis}
 * @param millis in order of precedence, those above 0 only
 */
public record TimeLedger(long totalMillis, Map<TimeClass, Long> millis) {
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
    List<Edge> edges = new ArrayList<>(2 * (periods.size() + stretches.size()));
    periods.forEach(period -> Edge.add(edges, null, period));
    for (Stretch stretch : stretches) {
      Edge.add(edges, stretch.of(), new Period(stretch.from(), stretch.to()));
    }
    edges.sort(Comparator.comparingLong(Edge::at));
    int[] open = new int[TimeClass.values().length];
    int periodsOpen = 0;
    EnumMap<TimeClass, Long> millis = new EnumMap<>(TimeClass.class);
    long total = 0;
    long at = 0;
    for (Edge edge : edges) {
      if (periodsOpen > 0 && edge.at > at) {
        millis.merge(counts(open), edge.at - at, Long::sum);
        total += edge.at - at;
      }
      at = edge.at;
      if (edge.of == null) {
        periodsOpen += edge.change;
      } else {
        open[edge.of.ordinal()] += edge.change;
      }
    }
    return new TimeLedger(total, millis);
  }

  public long millis(TimeClass of) {
    return millis.getOrDefault(of, 0L);
  }

  /**
   * Where something begins or ends.
   *
   * @param of null: a period
   */
  private record Edge(long at, @Nullable TimeClass of, int change) {
    static void add(List<Edge> edges, @Nullable TimeClass of, Period period) {
      long from = period.from().toEpochMilli();
      long to = period.to().toEpochMilli();
      if (from < to) {
        edges.add(new Edge(from, of, 1));
        edges.add(new Edge(to, of, -1));
      }
    }
  }

  private static TimeClass counts(int[] open) {
    for (TimeClass of : TimeClass.values()) {
      // Nothing is known to have been idle beside something of which nobody told the end.
      if (open[of.ordinal()] > 0
          && (of != TimeClass.IDLE || open[TimeClass.UNKNOWN.ordinal()] == 0)) {
        return of;
      }
    }
    return TimeClass.UNKNOWN;
  }
}
