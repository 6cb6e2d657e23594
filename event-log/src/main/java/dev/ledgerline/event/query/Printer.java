// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.util.List;
import java.util.stream.Collectors;

/** Prints queries so that they parse to the same again. */
final class Printer {
  private Printer() {}

  static String join(List<Query> parts, String separator) {
    return parts.stream().map(Query::toString).collect(Collectors.joining(separator));
  }

  static String quoted(String value) {
    return value.isEmpty() || !value.chars().allMatch(Printer::isPlain)
        ? alwaysQuoted(value)
        : value;
  }

  static String quotedWord(String word) {
    return word;
  }

  static String alwaysQuoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static boolean isPlain(int c) {
    return c > ' ' && c != '"' && c != '(' && c != ')' && c != '*' && c != '\\';
  }
}
