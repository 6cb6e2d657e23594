// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.Word;

/** What time went into (api.md, "time class"), in order: where classes overlap the first counts. */
public enum TimeClass implements Word {
  HUMAN_INPUT,
  APPROVAL,
  REVIEW,
  AUTH,
  EXTERNAL,
  TOOL_OUTPUT,
  CAPACITY,
  TIMER,
  TOOL,
  MODEL,
  /** A run that this one called. */
  CHILD,
  /** Nothing of the above, by the word of a source that would have told. */
  IDLE,
  /** Nobody told. */
  UNKNOWN;

  /** What waiting for that is. */
  public static TimeClass of(WaitKind kind) {
    return valueOf(kind.name());
  }
}
