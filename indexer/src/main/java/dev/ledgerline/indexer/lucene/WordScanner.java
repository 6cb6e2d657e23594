// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits text into words: runs of letters and digits (and marks), lower case, NFC. Everything else
 * separates, so a path or an id becomes a phrase. Characters of scripts without spaces are words of
 * their own. Longer runs than {@value #MAX_WORD} characters are cut into several words.
 */
final class WordScanner {
  static final int MAX_WORD = 255;

  private final char[] buffer = new char[MAX_WORD + 2];
  private String text = "";
  private int at;
  private int length;

  void start(String text) {
    this.text = isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
    this.at = 0;
  }

  char[] buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  /** Moves to the next word; false at the end. */
  boolean next() {
    length = 0;
    int end = text.length();
    while (at < end) {
      char c = text.charAt(at);
      if (c < 128) {
        at++;
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
          buffer[length++] = c;
        } else if (c >= 'A' && c <= 'Z') {
          buffer[length++] = (char) (c + 32);
        } else if (length > 0) {
          return true;
        }
      } else {
        int point = text.codePointAt(at);
        if (standsAlone(point)) {
          if (length > 0) {
            return true;
          }
          at += Character.charCount(point);
          length = Character.toChars(point, buffer, 0);
          return true;
        }
        at += Character.charCount(point);
        if (isPartOfWord(point)) {
          length += Character.toChars(Character.toLowerCase(point), buffer, length);
        } else if (length > 0) {
          return true;
        }
      }
      if (length >= MAX_WORD) {
        return true;
      }
    }
    return length > 0;
  }

  static List<String> words(String text) {
    WordScanner scanner = new WordScanner();
    scanner.start(text);
    List<String> words = new ArrayList<>();
    while (scanner.next()) {
      words.add(new String(Arrays.copyOf(scanner.buffer, scanner.length)));
    }
    return words;
  }

  /** Whether two characters that follow each other are in one word. */
  static boolean joins(int before, int after) {
    return isPartOfWord(before)
        && isPartOfWord(after)
        && !standsAlone(before)
        && !standsAlone(after);
  }

  private static boolean isPartOfWord(int point) {
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> Character.isLetterOrDigit(point);
    };
  }

  private static boolean standsAlone(int point) {
    return switch (Character.UnicodeScript.of(point)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> Character.isLetter(point);
      default -> false;
    };
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }
}
