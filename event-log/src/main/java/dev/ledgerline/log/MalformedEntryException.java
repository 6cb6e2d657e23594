// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;

/** The bytes are no entry: cut off, altered, or written by a newer version of this program. */
public final class MalformedEntryException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedEntryException(String message) {
    super(message);
  }
}
