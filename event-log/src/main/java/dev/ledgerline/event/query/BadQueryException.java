// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

/** A query that means nothing; the message is for who wrote it. */
public final class BadQueryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int position;

  /** The fault is in the query as a whole. */
  public BadQueryException(String message) {
    this(message, 0);
  }

  /**
   * @param position of the fault in the query, in characters from 0
   */
  public BadQueryException(String message, int position) {
    super(message);
    this.position = position;
  }

  public int position() {
    return position;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  BadQueryException at(int position) {
    return new BadQueryException(getMessage(), position);
  }
}
