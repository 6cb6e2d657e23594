// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

/**
 * Text from agents on its way to a terminal: whatever could steer it, hide text or turn its
 * direction is shown as an escape.
 */
final class Visible {
  private Visible() {}

  /** On one line. */
  static String line(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    visible.append(
                        switch (c) {
                          case '\n' -> "\\n";
                          case '\r' -> "\\r";
                          case '\t' -> "\\t";
                          default -> String.format("\\u%04x", c);
                        });
                default -> visible.appendCodePoint(c);
              }
            });
    return visible.toString();
  }

  /** On one line of at most so many characters; says with an ellipsis that there was more. */
  static String line(String text, int atMost) {
    String line = line(text);
    if (line.codePointCount(0, line.length()) <= atMost) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, atMost - 1)) + "…";
  }
}
