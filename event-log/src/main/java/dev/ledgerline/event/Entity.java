// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** What a change of state is about. */
public enum Entity implements Word {
  RUN,
  TASK,
  THREAD,
  TURN,
  TOOL,
  AGENT
}
