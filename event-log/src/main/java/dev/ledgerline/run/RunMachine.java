// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import static dev.ledgerline.event.State.CANCELED;
import static dev.ledgerline.event.State.CANCELING;
import static dev.ledgerline.event.State.COMPLETED;
import static dev.ledgerline.event.State.FAILED;
import static dev.ledgerline.event.State.LOST;
import static dev.ledgerline.event.State.PAUSED;
import static dev.ledgerline.event.State.QUEUED;
import static dev.ledgerline.event.State.RUNNING;
import static dev.ledgerline.event.State.STARTING;
import static dev.ledgerline.event.State.TIMED_OUT;
import static dev.ledgerline.event.State.UNKNOWN;
import static dev.ledgerline.event.State.WAITING;

import dev.ledgerline.event.State;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/** The canonical state machine of a run: from where to where it may go. */
final class RunMachine {
  private RunMachine() {}

  /** The rule that a change of state breaks, null where it is allowed. */
  static @Nullable String brokenRule(State from, State to) {
    if (from == to) {
      return "a run that is " + from.word() + " does not become so again";
    }
    if (from.terminal()) {
      return "a run that ended does not change";
    }
    boolean allowed =
        switch (from) {
          case UNKNOWN, SUBMITTED -> true;
          case QUEUED ->
              EnumSet.of(STARTING, RUNNING, CANCELED, TIMED_OUT, FAILED, LOST).contains(to);
          case STARTING -> EnumSet.of(RUNNING, FAILED, CANCELED, TIMED_OUT, LOST).contains(to);
          case RUNNING -> to == WAITING || to == PAUSED || to == CANCELING || to.terminal();
          case WAITING, PAUSED -> to == RUNNING || to == CANCELING || to.terminal();
          case CANCELING -> EnumSet.of(CANCELED, COMPLETED, FAILED, TIMED_OUT).contains(to);
          default -> to == UNKNOWN;
        };
    return allowed ? null : "a run does not go from " + from.word() + " to " + to.word();
  }
}
