// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/**
 * What the source itself says of a tool call that came back: its status, its error, its exit code.
 */
public enum ToolOutcome implements Word {
  OK,
  FAILED,
  /** It came back, and nothing says how. Counts as completed. */
  UNTOLD
}
