// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Flag;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is odd about a record that can be read all the same. */
final class Oddities {
  private Oddities() {}

  /**
   * The flags of its events.
   *
   * @param invalid a field was left empty because it has a wrong type or value
   * @param mismatch a header says something else
   * @param unknown its type is not known
   */
  static Set<Flag> of(boolean invalid, boolean mismatch, boolean unknown) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (invalid) {
      flags.add(Flag.INVALID_FIELD);
    }
    if (mismatch) {
      flags.add(Flag.CONTEXT_MISMATCH);
    }
    if (unknown) {
      flags.add(Flag.UNKNOWN_TYPE);
    }
    return flags;
  }

  /** Whether a record and a header both say what something is, and not the same. */
  static boolean differ(@Nullable String said, @Nullable String header) {
    return said != null && header != null && !said.equals(header);
  }
}
