// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** What somebody who mistyped may have meant. */
final class Nearest {
  /** Words that differ in more letters than this are no typing errors. */
  private static final int FARTHEST = 3;

  private Nearest() {}

  /** {@code ", did you mean state?"}, or the known words where none is near. */
  static String hint(String word, Collection<String> known) {
    String lower = word.toLowerCase(Locale.ROOT);
    String best = "";
    int bestDistance = FARTHEST + 1;
    for (String candidate : known) {
      int distance = distance(lower, candidate);
      if (distance < bestDistance && distance < candidate.length()) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best.isEmpty()
        ? "; known are " + String.join(" ", known)
        : ", did you mean " + best + "?";
  }

  /** Letters to insert, remove, replace or swap with the next. */
  private static int distance(String a, String b) {
    int[][] costs = new int[a.length() + 1][b.length() + 1];
    for (int[] row : costs) {
      Arrays.fill(row, 0);
    }
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          costs[i][j] = i + j;
          continue;
        }
        int replaced = costs[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int moved = Math.min(costs[i - 1][j], costs[i][j - 1]) + 1;
        costs[i][j] = Math.min(replaced, moved);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          costs[i][j] = Math.min(costs[i][j], costs[i - 2][j - 2] + 1);
        }
      }
    }
    return costs[a.length()][b.length()];
  }
}
