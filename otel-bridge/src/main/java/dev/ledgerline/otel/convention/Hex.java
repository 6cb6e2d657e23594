// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

/** Ids in hex, as records hold them. */
public final class Hex {
  /** Digits of the id of a trace. */
  public static final int TRACE = 32;

  /** Digits of the id of a span. */
  public static final int SPAN = 16;

  private Hex() {}

  /** Whether it has so many digits in lower case, and is not all zero. */
  public static boolean isId(String id, int digits) {
    if (id.length() != digits) {
      return false;
    }
    boolean zero = true;
    for (int i = 0; i < digits; i++) {
      char c = id.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
      zero &= c == '0';
    }
    return !zero;
  }

  /** Whether it has no digit but zeros. */
  static boolean isZero(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
