// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

/** An instance did not answer with its state; the message says why, without its own words. */
final class NoStateException extends Exception {
  private static final long serialVersionUID = 1L;

  NoStateException(String message) {
    super(message);
  }
}
