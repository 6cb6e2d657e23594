// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** Where a run id comes from. */
public enum RunIdQuality implements Word {
  /** The source's own id, in the record or in the context headers. */
  NATIVE,
  /** Made by the dialect from other ids. */
  DERIVED,
  ABSENT
}
