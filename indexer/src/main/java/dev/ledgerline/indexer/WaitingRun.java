// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.util.List;

/**
 * A run that waits.
 *
 * @param open its open waits, oldest first, at most {@value #MAX_WAITS}
 */
public record WaitingRun(RunSummary run, List<Wait> open) {
  public static final int MAX_WAITS = 100;
}
