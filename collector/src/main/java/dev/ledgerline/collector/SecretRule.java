// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import org.jspecify.annotations.Nullable;

/** Decides whether a word that secrets stand beside really has one. */
interface SecretRule {
  /**
   * The secret at that place, or null.
   *
   * @param bytes the record
   * @param word where the word begins
   * @param end behind the word
   * @param from the first byte of the record
   * @param to behind its last byte
   */
  @Nullable Secret at(byte[] bytes, int word, int end, int from, int to);
}
