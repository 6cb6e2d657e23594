// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** Where a time comes from. */
public enum TimeQuality implements Word {
  SOURCE,
  DERIVED,
  /** The source told no time; this is when the record arrived. */
  INGEST
}
