// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.text.Normalizer;

/**
 * A text as it is compared: NFC and lower case, character by character, so that places in it are
 * places in the text that is shown.
 */
record Folded(String shown, String folded) {
  static Folded of(String text) {
    String shown =
        Normalizer.isNormalized(text, Normalizer.Form.NFC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFC);
    char[] chars = shown.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      chars[i] = Character.toLowerCase(chars[i]);
    }
    return new Folded(shown, new String(chars));
  }

  /**
   * Where a folded needle stands from {@code from} on, -1 where it does not. It neither begins nor
   * ends in the middle of a word.
   *
   * @param prefix it may end in the middle of a word
   */
  int find(String needle, int from, boolean prefix) {
    for (int at = folded.indexOf(needle, from); at >= 0; at = folded.indexOf(needle, at + 1)) {
      int end = at + needle.length();
      if (!joins(at) && (prefix || !joins(end))) {
        return at;
      }
    }
    return -1;
  }

  /** Whether the characters before and at that place belong to one word. */
  private boolean joins(int at) {
    return at > 0
        && at < folded.length()
        && WordScanner.joins(folded.codePointBefore(at), folded.codePointAt(at));
  }
}
