// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** What is odd about an event that was stored all the same. */
public enum Flag implements Word {
  /** The state machine of its run does not allow it here. */
  ILLEGAL_TRANSITION,
  /** It came after the end of its run. */
  AFTER_END,
  /** The dialect knows the shape but not the type. */
  UNKNOWN_TYPE,
  /** A field had a wrong type or value and was left empty. */
  INVALID_FIELD,
  /** A context header says something else than the record; the record won. */
  CONTEXT_MISMATCH,
  /** Sent again, it cannot be recognised: no id of its own, no stream. */
  NO_IDENTITY,
  /** Its time is more than a day away from its arrival. */
  CLOCK_SKEW
}
