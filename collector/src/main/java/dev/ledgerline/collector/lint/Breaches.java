// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.run.RunFold;
import java.util.ArrayList;
import java.util.List;

/** What the place of an event in its run says against it, in words. */
final class Breaches {
  private Breaches() {}

  static List<Finding> of(Event event, long line, RunFold.Placed placed) {
    boolean illegal = placed.flags().contains(Flag.ILLEGAL_TRANSITION);
    boolean late = placed.flags().contains(Flag.AFTER_END);
    if (!illegal && !late) {
      return List.of();
    }
    List<Finding> findings = new ArrayList<>(2);
    String run = event.scope().run();
    if (event.fact() instanceof Fact.RuleBroken broken) {
      String message =
          broken.message().isEmpty()
              ? "expected " + broken.expected() + ", seen " + broken.seen()
              : broken.message();
      findings.add(new Finding(line, "illegal_transition", run, null, broken.clause(), message));
    } else if (illegal) {
      findings.add(
          new Finding(
              line,
              "illegal_transition",
              run,
              null,
              "illegal_transition",
              event.nativeType() + " is not allowed here: the state machine of its run says so"));
    }
    if (late) {
      findings.add(
          new Finding(
              line,
              "after_end",
              run,
              null,
              "after_end",
              event.nativeType() + " comes after the end of its run"));
    }
    return findings;
  }
}
