// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** What something waits for. */
public enum WaitKind implements Word {
  HUMAN_INPUT,
  APPROVAL,
  AUTH,
  TOOL_OUTPUT,
  EXTERNAL,
  CHILD,
  TIMER,
  CAPACITY,
  REVIEW
}
