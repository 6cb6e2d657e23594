// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, columns as wide as they need to be. */
final class Table {
  /** The last column takes what is left; others are cut here. */
  private static final int WIDEST = 40;

  private static final int LAST = 160;

  private final List<String[]> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(headings);
  }

  void row(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = Visible.line(cells[i], i == cells.length - 1 ? LAST : WIDEST);
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]);
        if (i < row.length - 1) {
          int width = row[i].codePointCount(0, row[i].length());
          line.repeat(' ', widths[i] - width + 2);
        }
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }

  /** How a value of JSON stands in a cell; nothing for null. */
  static String cell(JsonNode value) {
    return value.isNull() || value.isMissingNode() ? "" : value.asText();
  }

  /** 81234 ms as 1m21s. */
  static String duration(JsonNode millis) {
    if (!millis.isNumber()) {
      return "";
    }
    long ms = millis.asLong();
    if (ms < 1_000) {
      return ms + "ms";
    }
    long s = ms / 1_000;
    if (s < 60) {
      return s + "." + ms % 1_000 / 100 + "s";
    }
    return s < 3_600 ? s / 60 + "m" + s % 60 + "s" : s / 3_600 + "h" + s % 3_600 / 60 + "m";
  }
}
