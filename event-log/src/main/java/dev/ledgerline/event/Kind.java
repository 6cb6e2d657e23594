// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.util.Locale;

/** The kinds of events. */
public enum Kind implements Word {
  STATE,
  WAIT_OPENED,
  WAIT_RESOLVED,
  MESSAGE,
  MESSAGE_DELTA,
  REASONING,
  TOOL_CALL,
  TOOL_PROGRESS,
  TOOL_RESULT,
  LLM_REQUEST,
  LLM_RESPONSE,
  ARTIFACT,
  PLAN,
  HANDOFF,
  SNAPSHOT,
  USAGE,
  CONTROL,
  ERROR,
  LOG,
  SPAN,
  OTHER;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '.');

  @Override
  public String word() {
    return word;
  }
}
