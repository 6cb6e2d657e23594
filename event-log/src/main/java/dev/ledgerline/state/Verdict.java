// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * What the machine of a run says of its record.
 *
 * @param machine the name of the run's machine
 * @param violations in the order of the source, the first {@link #MAX_VIOLATIONS}
 * @param count all violations, listed or not
 * @param unknown what could not be judged, and why; may be told beside violations
 */
public record Verdict(
    Result result, String machine, List<Violation> violations, int count, List<String> unknown) {
  /** More violations of one run are counted and not kept: nobody reads them one by one. */
  public static final int MAX_VIOLATIONS = 1_000;

  /** Violated wins over unknown. */
  public enum Result implements Word {
    OK,
    VIOLATED,
    UNKNOWN
  }

  public Verdict {
    violations = List.copyOf(violations);
    unknown = List.copyOf(unknown);
  }

  /** The same with something more that could not be judged. */
  public Verdict butUnknown(String phrase) {
    List<String> more = new ArrayList<>(unknown);
    more.add(phrase);
    return new Verdict(result(count, false), machine, violations, count, more);
  }

  public static Result result(int violations, boolean allKnown) {
    return violations > 0 ? Result.VIOLATED : allKnown ? Result.OK : Result.UNKNOWN;
  }
}
