// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** Who speaks in a message. */
public enum Role implements Word {
  SYSTEM,
  USER,
  ASSISTANT,
  TOOL,
  UNKNOWN
}
