// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a target said to one request (OTLP specification, Full Success to OTLP/HTTP Throttling). */
sealed interface Answer {
  /** Longer explanations are cut. */
  int MAX_REASON = 500;

  /**
   * It has them, but for those that it rejected. That is final: a partial success is never sent
   * again.
   *
   * @param rejected spans, log records or data points
   * @param message why, or a warning where none was rejected; may be empty
   */
  record Accepted(long rejected, String message) implements Answer {
    static final Accepted ALL = new Accepted(0, "");
  }

  /**
   * Later, perhaps.
   *
   * @param after how long the target asked to be left alone; null where it did not
   */
  record Busy(String reason, @Nullable Duration after) implements Answer {}

  /** Too much in one request. */
  record TooLarge(String reason) implements Answer {}

  /** Not us, or not here: nothing that is sent can change that. */
  record Unauthorized(String reason) implements Answer {}

  /** Not this signal. */
  record Unsupported(String reason) implements Answer {}

  /**
   * Never this request.
   *
   * @param code the status, for example 400 or INVALID_ARGUMENT
   */
  record Refused(String code, String reason) implements Answer {}

  /** What others wrote, on one line and not too long. */
  static String shortened(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "…";
  }
}
