// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.util.List;
import java.util.Map;

/**
 * What was found in a log.
 *
 * @param records all of them
 * @param events that they would make
 * @param duplicates records that were there before; no finding
 * @param rejected records that would go to quarantine
 * @param byDialect records
 * @param byKind events
 * @param findings by line, the first {@link Lint#MOST_FINDINGS}
 * @param findingsInAll listed or not
 * @param runs in order of their first event, the first {@link Lint#MOST_RUNS}
 * @param runsInAll listed or not
 */
public record LintReport(
    long records,
    long events,
    long duplicates,
    long rejected,
    Map<String, Long> byDialect,
    Map<String, Long> byKind,
    List<Finding> findings,
    long findingsInAll,
    List<Judged> runs,
    long runsInAll) {

  /**
   * A run.
   *
   * @param verdict of its state machines; the seqs in it are of no use here, findings have lines
   * @param line of its first record
   * @param wholly false where it was too long or its records too far apart to be judged to its end
   */
  public record Judged(RunSummary summary, Verdict verdict, long line, boolean wholly) {
    Judged notWholly() {
      return new Judged(summary, verdict, line, false);
    }
  }
}
