// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

/**
 * The log failed after it had taken the records: whether they will be found after a restart nobody
 * knows. The sender must send them again, and what was stored will be recognised.
 */
public final class OutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(Throwable cause) {
    super("the log failed; whether the records were stored is unknown: send them again", cause);
  }
}
