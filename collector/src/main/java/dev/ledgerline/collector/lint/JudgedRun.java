// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import dev.ledgerline.event.Event;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a log that is judged. The number of an event says its line, so that what the fold says
 * of events can be said of lines: line * {@value #PER_LINE} + n-th event of the record.
 */
final class JudgedRun {
  static final int PER_LINE = 1 << 12;

  private record Numbered(Event event, long number, long order) {}

  private final RunKey key;
  private final long line;
  private RunFold fold;

  /**
   * To be sorted, should they turn out to be in another order than they happened; null: too many.
   */
  private @Nullable List<Numbered> kept = new ArrayList<>();

  private boolean wholly = true;

  JudgedRun(RunKey key, long line) {
    this.key = key;
    this.line = line;
    this.fold = new RunFold(key);
  }

  void add(Event event, long number) {
    RunFold.Placed placed = fold.add(event, number);
    if (kept != null) {
      kept.add(new Numbered(event, number, placed.order()));
    }
  }

  /** How many events it keeps. */
  int kept() {
    return kept == null ? 0 : kept.size();
  }

  void keepNone() {
    kept = null;
  }

  long events() {
    return fold.events();
  }

  /** What comes from here on is not judged. */
  void stop() {
    wholly = false;
    kept = null;
  }

  boolean isStopped() {
    return !wholly;
  }

  /** Sorts it into the order of its source, if it was not in it, and judges it. */
  LintReport.Judged end() {
    List<Numbered> all = kept;
    if (fold.outOfOrder()) {
      if (all == null) {
        wholly = false;
      } else {
        fold = new RunFold(key);
        all.sort(Comparator.comparingLong(Numbered::order).thenComparingLong(Numbered::number));
        for (Numbered one : all) {
          fold.add(one.event, one.number);
        }
      }
    }
    return new LintReport.Judged(fold.summary(), fold.verdict(), line, wholly);
  }
}
