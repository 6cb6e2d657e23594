// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Word;

/** Nothing of a delivery could be taken, and sending it again as it is will not help. */
public final class DeliveryRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, as the error codes of api.md. */
  public enum Code implements Word {
    BAD_REQUEST(400),
    INVALID_FIELD(400),
    INVALID_JSON(400),
    INVALID_ENCODING(400),
    TRUNCATED(400),
    UNKNOWN_DIALECT(404),
    NOT_FOUND(404),
    TOO_LARGE(413),
    UNSUPPORTED_MEDIA_TYPE(415),
    UNSUPPORTED_ENCODING(415);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  private final Code code;

  public DeliveryRefusedException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
