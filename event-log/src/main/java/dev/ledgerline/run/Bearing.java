// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;

/** What a fact is to the run that it is told in. */
final class Bearing {
  private Bearing() {}

  /** A change of state of the run itself. */
  static boolean isOfTheRun(Fact fact) {
    return fact instanceof StateChange change && change.entity() == Entity.RUN;
  }

  /** What is asked of a run, by the user or by who controls it; the run itself says nothing. */
  static boolean isRequest(Fact fact) {
    return fact instanceof Fact.Control
        || fact instanceof Fact.WaitResolved
        || (fact instanceof Fact.Message message && message.role() == Role.USER)
        || (fact instanceof StateChange change && change.to() == State.CANCELING);
  }

  /**
   * What is told of the task, said about the run, concluded or told of an interval may well come
   * after the end of the run.
   */
  static boolean isActOfTheRun(Fact fact) {
    return switch (fact) {
      case StateChange change ->
          change.entity() != Entity.TASK && change.firmness() != Firmness.SOFT;
      case Fact.SpanRecorded s -> false;
      case Fact.RetryScheduled r -> false;
      case Fact.RuleBroken b -> false;
      case Fact.PartOf p -> false;
      case Fact.LogLine l -> false;
      default -> true;
    };
  }

  /** Leaves the end of the run on purpose. */
  static boolean reopens(Fact fact) {
    return fact instanceof StateChange change && change.firmness() == Firmness.REOPENS;
  }

  /** Whether an agent, a model or a tool has a part in it. */
  static boolean isOfAnAgent(Fact fact) {
    return switch (fact) {
      case Fact.SpanRecorded span -> span.ofAnAgent();
      case Fact.LogLine line -> line.runName() != null;
      case Fact.Snapshot s -> false;
      case Fact.PartOf p -> false;
      default -> true;
    };
  }
}
