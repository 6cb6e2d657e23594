// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** Nothing of the delivery was stored, for a reason that may pass. */
public final class IntakeUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, as the error codes of api.md. */
  public enum Reason implements Word {
    RATE_LIMITED,
    OVERLOADED,
    DISK_FULL,
    NOT_READY
  }

  private final Reason reason;
  private final int retryAfterSeconds;

  public IntakeUnavailableException(Reason reason, String message, int retryAfterSeconds) {
    super(message);
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public Reason reason() {
    return reason;
  }

  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
