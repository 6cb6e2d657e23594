// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** The kinds of intervals inside a run. */
public enum StepKind implements Word {
  TURN,
  MODEL,
  TOOL,
  AGENT,
  WAIT,
  TASK,
  OTHER
}
