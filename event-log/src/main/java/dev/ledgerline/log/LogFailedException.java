// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

/**
 * Writing or syncing failed. The log takes nothing more until it is opened again and has read what
 * is really there.
 */
public final class LogFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  public LogFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
