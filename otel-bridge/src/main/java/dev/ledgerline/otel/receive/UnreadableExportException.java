// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import org.jspecify.annotations.Nullable;

/** A body that is no export at all, so that not even one span of it can be named. */
final class UnreadableExportException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableExportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
