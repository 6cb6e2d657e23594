// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.util.List;
import java.util.stream.Collectors;

/** Prints queries so that they parse to the same again. */
final class Printer {
  private static final String SPECIAL = "\"()*\\";

  private Printer() {}

  static String join(List<Query> parts, String separator) {
    return parts.stream().map(Query::toString).collect(Collectors.joining(separator));
  }

  /** A value behind a field; in quotes where it would end too early otherwise. */
  static String quoted(String value) {
    return value.isEmpty() || value.startsWith("(") || !value.chars().allMatch(Printer::isPlain)
        ? alwaysQuoted(value)
        : value;
  }

  /** A word by itself cannot be quoted, that would be a phrase: what means something is escaped. */
  static String escapedWord(String word) {
    StringBuilder escaped = new StringBuilder(word.length() + 2);
    boolean keyword = word.equals("OR") || word.equals("AND");
    if (keyword || word.startsWith("-") || isField(word)) {
      escaped.append('\\');
    }
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (SPECIAL.indexOf(c) >= 0 || Character.isWhitespace(c)) {
        escaped.append('\\');
      }
      escaped.append(c);
    }
    return escaped.toString();
  }

  static String alwaysQuoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Whether it begins like a field and its sign. */
  private static boolean isField(String word) {
    int end = 0;
    while (end < word.length()
        && (Character.isLetter(word.charAt(end)) || word.charAt(end) == '_')) {
      end++;
    }
    return end > 0 && end < word.length() && ":<>".indexOf(word.charAt(end)) >= 0;
  }

  private static boolean isPlain(int c) {
    return SPECIAL.indexOf(c) < 0 && c != ',' && !Character.isWhitespace(c);
  }
}
