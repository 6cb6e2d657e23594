// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a word is, in one place for the index and for the live tail: letters and digits of any
 * script, in lower case and NFC; everything else separates, and in scripts without spaces each
 * character is a word. {@code src/Main.java:17} is {@code src main java 17}. Offsets are those of
 * the NFC form of the text, {@link #text}.
 *
 * <p>For one thread at a time; {@link #reset} makes it ready for another text.
 */
public final class Words {
  /** A longer one (a key, a blob in Base64) goes on as another word right behind it. */
  public static final int MAX_CHARS = 255;

  /** The lower case of letters and digits of ASCII, 0 for all else; most text is ASCII. */
  private static final char[] ASCII = new char[128];

  static {
    for (char c = 0; c < ASCII.length; c++) {
      ASCII[c] = Character.isLetterOrDigit(c) ? Character.toLowerCase(c) : 0;
    }
  }

  private final char[] word = new char[MAX_CHARS];
  private String text;
  private int length;
  private int start;
  private int end;

  public Words(String text) {
    this.text = nfc(text);
  }

  public void reset(String text) {
    this.text = nfc(text);
    length = 0;
    start = 0;
    end = 0;
  }

  /** Goes on to the next word; false if there is none. */
  public boolean next() {
    int at = end;
    length = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c < ASCII.length) {
        char lower = ASCII[c];
        if (lower == 0) {
          if (length > 0) {
            break;
          }
        } else if (length == 0) {
          start = at;
          word[length++] = lower;
        } else if (length == MAX_CHARS) {
          break;
        } else {
          word[length++] = lower;
        }
        at++;
        continue;
      }
      int codePoint = text.codePointAt(at);
      int chars = Character.charCount(codePoint);
      if (Character.isLetterOrDigit(codePoint)) {
        boolean alone = standsAlone(codePoint);
        if (length == 0) {
          start = at;
        } else if (alone || length + chars > MAX_CHARS) {
          break;
        }
        length += Character.toChars(Character.toLowerCase(codePoint), word, length);
        if (alone) {
          at += chars;
          break;
        }
      } else if (length > 0) {
        break;
      }
      at += chars;
    }
    end = at;
    return length > 0;
  }

  /** Whether two characters that follow each other belong to one word. */
  public static boolean joins(int before, int after) {
    return Character.isLetterOrDigit(before)
        && Character.isLetterOrDigit(after)
        && !standsAlone(before)
        && !standsAlone(after);
  }

  /**
   * In scripts that put no space between words every character is a word, so that a word inside a
   * sentence is found: it is looked for as a phrase.
   */
  private static boolean standsAlone(int codePoint) {
    if (codePoint < 0x0e00) {
      return false;
    }
    return switch (Character.UnicodeScript.of(codePoint)) {
      case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }

  /** The word is the first {@link #length} of these; overwritten by the next one. */
  public char[] chars() {
    return word;
  }

  public int length() {
    return length;
  }

  public String word() {
    return new String(word, 0, length);
  }

  /** Where the word starts in {@link #text}. */
  public int start() {
    return start;
  }

  /** Where the word ends in {@link #text}, exclusive. */
  public int end() {
    return end;
  }

  public String text() {
    return text;
  }

  /** All words of a text. */
  public static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    for (Words each = new Words(text); each.next(); ) {
      words.add(each.word());
    }
    return words;
  }

  /** The form in which phrases are compared: NFC, lower case, everything else as it was. */
  public static String folded(String text) {
    String normal = nfc(text);
    StringBuilder folded = new StringBuilder(normal.length());
    normal.codePoints().forEach(c -> folded.appendCodePoint(Character.toLowerCase(c)));
    return folded.toString();
  }

  private static String nfc(String text) {
    return isAscii(text) || Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? text
        : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= ASCII.length) {
        return false;
      }
    }
    return true;
  }
}
