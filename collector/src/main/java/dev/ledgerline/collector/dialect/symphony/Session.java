// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A turn of a thread of Codex: {@code <thread id>-<turn id>}. Both are UUIDs, with dashes in them.
 *
 * @param turn null where only the thread is told
 */
record Session(String thread, @Nullable String turn) {
  private static final int UUID = 36;

  static @Nullable Session of(@Nullable String id) {
    if (id == null || id.isEmpty() || isCut(id)) {
      return null;
    }
    if (id.length() > UUID + 1 && id.charAt(UUID) == '-') {
      return new Session(id.substring(0, UUID), id.substring(UUID + 1));
    }
    return new Session(id, null);
  }

  /** Whether it begins like two UUIDs and ends too soon: the line was cut off. */
  private static boolean isCut(String id) {
    if (id.length() >= 2 * UUID + 1 || id.length() == UUID || id.length() < 8) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23 || i == UUID;
      if (i <= UUID && dash != (c == '-')) {
        return false;
      }
      if (c != '-' && Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** When the thread was made, to the millisecond, where its id is a UUID of version 7. */
  @Nullable Instant made() {
    if (thread.length() != UUID || thread.charAt(14) != '7') {
      return null;
    }
    try {
      String digits = thread.substring(0, 8) + thread.substring(9, 13);
      return Instant.ofEpochMilli(Long.parseLong(digits, 16));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
