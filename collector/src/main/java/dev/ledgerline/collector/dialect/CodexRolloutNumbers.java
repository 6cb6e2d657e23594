// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

/**
 * Which numbers of a session file have come. A number that is missing when one {@link Long#SIZE}
 * after it comes is taken to be lost.
 *
 * @param next the first that is missing
 * @param ahead those after it, the lowest bit for the one that follows
 */
record CodexRolloutNumbers(long next, long ahead) {
  static final CodexRolloutNumbers NONE = new CodexRolloutNumbers(0, 0);

  CodexRolloutNumbers with(long number) {
    if (number < next) {
      return this;
    }
    long lost = Math.max(0, number - next - (Long.SIZE - 1));
    long came = lost >= Long.SIZE ? 0 : ahead >>> lost;
    came |= 1L << (number - next - lost);
    int inARow = Long.numberOfTrailingZeros(~came);
    return new CodexRolloutNumbers(next + lost + inARow, inARow == Long.SIZE ? 0 : came >>> inARow);
  }
}
