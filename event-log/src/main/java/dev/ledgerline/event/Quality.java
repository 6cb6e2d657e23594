// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

/** How well we know something. */
public enum Quality implements Word {
  /** The source said so. */
  REPORTED,
  /** It follows from other facts. */
  DERIVED,
  /** Our own conclusion; no record says it. */
  SYNTHESIZED
}
