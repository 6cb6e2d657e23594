// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import org.jspecify.annotations.Nullable;

/**
 * Why a record was not stored.
 *
 * @param pointer JSON pointer to the culprit, null where there is none
 * @param message a sentence for the sender
 */
public record Rejection(Code code, @Nullable String pointer, String message) {
  /** The error codes of api.md that a single record can have. */
  public enum Code implements Word {
    INVALID_JSON,
    INVALID_ENCODING,
    TRUNCATED,
    MISSING_FIELD,
    INVALID_FIELD,
    UNKNOWN_DIALECT,
    CONFLICT,
    TOO_LARGE,
    TOO_DEEP
  }
}
