// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

/** The disk is too full to take more; nothing was written. Passes by itself when space is freed. */
public final class LogFullException extends Exception {
  private static final long serialVersionUID = 1L;

  public LogFullException(String message) {
    super(message);
  }
}
