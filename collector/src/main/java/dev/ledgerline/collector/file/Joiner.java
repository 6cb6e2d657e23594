// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import org.jspecify.annotations.Nullable;

/** Joins lines that come one by one, without a file behind them. Used by one thread. */
public final class Joiner {
  private final Joining joining;
  private @Nullable Assembly open;

  public Joiner(Joining joining) {
    this.joining = joining;
  }

  /**
   * Adds a line that is not blank, without its end.
   *
   * @return the record before it, where that has ended with this; else null
   */
  public byte @Nullable [] add(byte[] line) {
    Assembly before = open;
    if (before != null && joining.continues(before, line, 0, line.length)) {
      before.join(line, 0, line.length);
      return null;
    }
    open = new Assembly(line, 0, line.length);
    return before == null ? null : before.bytes();
  }

  /** Whether there is a record that a line could still continue. */
  public boolean isOpen() {
    return open != null;
  }

  /** Whether that record cannot be continued, so that nothing is gained by waiting. */
  public boolean isWhole() {
    return open != null && (joining.perLine() || open.isWhole());
  }

  /** Ends the record that is open; null where there is none. */
  public byte @Nullable [] end() {
    Assembly last = open;
    open = null;
    return last == null ? null : last.bytes();
  }
}
