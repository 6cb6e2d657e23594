// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.Words;

/**
 * A text as it is compared ({@link Words#folded}), with the text that is shown: places in one are
 * places in the other.
 */
record Folded(String shown, String folded) {
  static Folded of(String text) {
    return new Folded(new Words(text).text(), Words.folded(text));
  }

  /**
   * Where a folded needle stands from {@code from} on, -1 where it does not. Where it begins with a
   * letter or digit, it begins at the beginning of a word.
   *
   * @param whole and where it ends with one, it ends at the end of a word
   */
  int find(String needle, int from, boolean whole) {
    if (needle.isEmpty()) {
      return -1;
    }
    for (int at = folded.indexOf(needle, from); at >= 0; at = folded.indexOf(needle, at + 1)) {
      if (!joins(at) && !(whole && joins(at + needle.length()))) {
        return at;
      }
    }
    return -1;
  }

  /** Whether the characters before and at that place belong to one word. */
  private boolean joins(int at) {
    return at > 0
        && at < folded.length()
        && Words.joins(folded.codePointBefore(at), folded.codePointAt(at));
  }
}
