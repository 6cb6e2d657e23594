// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** The one set of states of runs and tasks (api.md, Words with one meaning). */
public enum State implements Word {
  /** Seen, but its state was not told. */
  UNKNOWN,
  /** Accepted, not started (tasks). */
  SUBMITTED,
  /** Waiting for capacity. */
  QUEUED,
  /** Preparing. */
  STARTING,
  RUNNING,
  /** Needs something from outside: at least one open wait and no progress. */
  WAITING,
  /** Stopped on purpose, can go on. */
  PAUSED,
  /** The next attempt has a timer (tasks). */
  RETRY_SCHEDULED,
  /** A cancel was asked for, not confirmed. */
  CANCELING,
  COMPLETED,
  FAILED,
  /** Also killed and terminated. */
  CANCELED,
  /** Also expired and stalled. */
  TIMED_OUT,
  /** Refused. */
  REJECTED,
  /** Ended early by a limit of tokens, turns or steps. */
  INCOMPLETE,
  /** The run ended with open waits; another run continues it. */
  SUSPENDED,
  /** Continued as a new run. */
  SUPERSEDED,
  /** No longer owned, outcome not told (tasks). */
  RELEASED,
  /** Ended without a word; always our own conclusion. */
  LOST;

  public boolean terminal() {
    return switch (this) {
      case UNKNOWN,
          SUBMITTED,
          QUEUED,
          STARTING,
          RUNNING,
          WAITING,
          PAUSED,
          RETRY_SCHEDULED,
          CANCELING ->
          false;
      default -> true;
    };
  }
}
