// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.answer;

import dev.ledgerline.event.Word;

/** An answer that did not get there, or must not go. */
public final class UndeliveredException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Why implements Word {
    /** No way back leads to the run, or that cannot be said this way. */
    UNANSWERABLE,
    /** It is answered, or nobody knows whether the last answer got there. */
    CONFLICT,
    /** The receiver refused it or could not be reached: it may be tried again. */
    REFUSED,
    /** It was sent, and no answer came: it may have got there. */
    UNKNOWN
  }

  private final Why why;

  UndeliveredException(Why why, String message) {
    super(message);
    this.why = why;
  }

  public Why why() {
    return why;
  }
}
