// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.util.List;

/** Looks for one word or one phrase in a text. */
interface TextMatch {
  boolean matches(String text);

  /**
   * The word, whatever its case. What {@link Words} takes apart, like {@code src/main.py}, must
   * stand there one behind the other.
   */
  static TextMatch word(String word, boolean prefix) {
    List<String> wanted = Words.of(word);
    if (wanted.isEmpty()) {
      return phrase(word);
    }
    return text -> {
      List<String> words = Words.of(text);
      for (int at = 0; at + wanted.size() <= words.size(); at++) {
        if (matchesAt(words, at, wanted, prefix)) {
          return true;
        }
      }
      return false;
    };
  }

  /**
   * That text, punctuation included, whatever its case. Like in the index it begins where a word
   * begins; it may end in the middle of one.
   */
  static TextMatch phrase(String phrase) {
    String wanted = Words.folded(phrase);
    return text -> {
      String folded = Words.folded(text);
      int at = folded.indexOf(wanted);
      while (at > 0 && Words.joins(folded.codePointBefore(at), folded.codePointAt(at))) {
        at = folded.indexOf(wanted, at + 1);
      }
      return at >= 0;
    };
  }

  private static boolean matchesAt(
      List<String> words, int at, List<String> wanted, boolean prefix) {
    int last = wanted.size() - 1;
    for (int i = 0; i < last; i++) {
      if (!words.get(at + i).equals(wanted.get(i))) {
        return false;
      }
    }
    String lastWord = words.get(at + last);
    return prefix ? lastWord.startsWith(wanted.get(last)) : lastWord.equals(wanted.get(last));
  }
}
