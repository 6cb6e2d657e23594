// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.util.List;

/**
 * What opening a log found that was not as it should be.
 *
 * @param cuts what was being written when the last process ended and had never been acknowledged
 * @param losses what had been written and cannot be read any more
 */
public record Recovery(List<Cut> cuts, List<Loss> losses) {
  public Recovery {
    cuts = List.copyOf(cuts);
    losses = List.copyOf(losses);
  }

  /** Whether everything was as it should be. */
  public boolean clean() {
    return cuts.isEmpty() && losses.isEmpty();
  }

  /**
   * The end of a file was cut off because no sound record stood there.
   *
   * @param last the last sound entry before it
   * @param bytes how much was cut
   */
  public record Cut(String file, Position last, long bytes, String reason) {}

  /**
   * Entries that are gone, though sound ones follow.
   *
   * @param file a copy of it is kept beside it, with {@code .damaged} at the end of its name
   */
  public record Loss(Position first, Position last, String file, String reason) {}
}
