// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.LedgerLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;

/**
 * Counts what became of records, by source. Part of each commit, so it is as exactly-once as the
 * documents are.
 */
final class Ledger {
  /** Names of sources come from senders; the records of further ones are counted together. */
  static final int MAX_SOURCES = 10_000;

  static final String FURTHER = "(further sources)";

  private final TreeMap<String, long[]> counts = new TreeMap<>();

  void stored(String source) {
    of(source)[0]++;
  }

  void duplicates(String source, int records) {
    of(source)[1] += records;
  }

  void rejected(String source) {
    of(source)[2]++;
  }

  /** So many more records of that source are in quarantine, fewer where negative. */
  void quarantined(String source, int change) {
    of(source)[3] += change;
  }

  List<LedgerLine> lines() {
    List<LedgerLine> lines = new ArrayList<>(counts.size());
    counts.forEach((source, n) -> lines.add(new LedgerLine(source, n[0], n[1], n[2], n[3])));
    return List.copyOf(lines);
  }

  /** A line for each source: its name in base64 and its four counts. */
  String toText() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (source, n) -> {
          byte[] name = source.getBytes(StandardCharsets.UTF_8);
          text.append(Base64.getEncoder().encodeToString(name));
          for (long count : n) {
            text.append(' ').append(count);
          }
          text.append('\n');
        });
    return text.toString();
  }

  static Ledger parse(String text) {
    Ledger ledger = new Ledger();
    text.lines()
        .forEach(
            line -> {
              String[] parts = line.split(" ");
              String source =
                  new String(Base64.getDecoder().decode(parts[0]), StandardCharsets.UTF_8);
              long[] counts = ledger.of(source);
              for (int i = 0; i < counts.length; i++) {
                counts[i] = Long.parseLong(parts[i + 1]);
              }
            });
    return ledger;
  }

  private long[] of(String source) {
    long[] known = counts.get(source);
    if (known != null) {
      return known;
    }
    String name = counts.size() < MAX_SOURCES ? source : FURTHER;
    return counts.computeIfAbsent(name, s -> new long[4]);
  }
}
