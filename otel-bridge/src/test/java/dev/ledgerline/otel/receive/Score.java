// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import dev.ledgerline.run.RunFold;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Right and compared, by source and by what was compared. */
final class Score {
  private static final List<String> COLUMNS =
      List.of("count", "run", "state", "thread", "tools", "waits", "tokens", "agents");

  private final Map<String, Map<String, int[]>> sources = new TreeMap<>();
  private final StringBuilder report = new StringBuilder();

  void add(String source, String folder, Collection<RunFold> runs, List<Truth> truths) {
    if (truths.isEmpty() && runs.isEmpty()) {
      return;
    }
    count(source, "count", runs.size() == truths.size());
    if (runs.size() != truths.size()) {
      report.append(
          "- %s/%s: %d runs instead of %d%n".formatted(source, folder, runs.size(), truths.size()));
    }
    for (Truth truth : truths) {
      truth.found.forEach(
          (what, wrong) -> {
            count(source, what, wrong == null);
            if (wrong != null) {
              report.append(
                  "- %s/%s %s: %s %s%n".formatted(source, folder, truth.name(), what, wrong));
            }
          });
    }
  }

  private void count(String source, String what, boolean right) {
    int[] pair =
        sources
            .computeIfAbsent(source, _ -> new TreeMap<>())
            .computeIfAbsent(what, _ -> new int[2]);
    pair[0] += right ? 1 : 0;
    pair[1]++;
  }

  int right(String what) {
    return sources.values().stream().mapToInt(s -> s.getOrDefault(what, new int[2])[0]).sum();
  }

  private int compared(String what) {
    return sources.values().stream().mapToInt(s -> s.getOrDefault(what, new int[2])[1]).sum();
  }

  String table() {
    StringBuilder table = new StringBuilder("| source | " + String.join(" | ", COLUMNS) + " |\n");
    table.append("|---".repeat(COLUMNS.size() + 1)).append("|\n");
    sources.forEach(
        (source, score) -> {
          table.append("| ").append(source).append(" |");
          for (String column : COLUMNS) {
            int[] pair = score.get(column);
            table.append(pair == null ? " - |" : " %d/%d |".formatted(pair[0], pair[1]));
          }
          table.append('\n');
        });
    table.append("| all |");
    COLUMNS.forEach(c -> table.append(" %d/%d |".formatted(right(c), compared(c))));
    return table.append("\n\n").toString();
  }

  String report() {
    return report.toString();
  }
}
