// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import dev.ledgerline.event.Word;

/** What {@code has:} can ask of a run. */
public enum Has implements Word {
  OPEN_WAIT,
  ERROR,
  VIOLATION,
  /** A run that this one called. */
  CHILD,
  /** It says nothing although it should go on, and does not count as lost yet. */
  STALL
}
