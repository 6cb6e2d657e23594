// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** How a wait ended. */
public enum WaitOutcome implements Word {
  ANSWERED,
  APPROVED,
  DENIED,
  CANCELED,
  EXPIRED,
  SUPERSEDED,
  /** It ended, and nothing says how. */
  UNKNOWN
}
