// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.log.Position;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.apache.lucene.index.IndexCommit;

/**
 * What a commit says of itself. The two commits of a pair say the same.
 *
 * @param format of the documents; another one is built again
 * @param log the log that it was built from
 * @param position up to which it was built
 * @param ledger {@link Ledger#toText}
 */
record CommitData(int format, UUID log, Position position, String ledger) {
  static CommitData of(IndexCommit commit) throws IOException {
    Map<String, String> data = commit.getUserData();
    try {
      Position position = Position.parse(data.getOrDefault("position", ""));
      if (position == null) {
        throw new IllegalArgumentException("no position");
      }
      return new CommitData(
          Integer.parseInt(data.getOrDefault("format", "")),
          UUID.fromString(data.getOrDefault("log", "")),
          position,
          data.getOrDefault("ledger", ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("a commit does not say what it is of: " + data.keySet(), e);
    }
  }

  Map<String, String> toMap() {
    return Map.of(
        "format",
        Integer.toString(format),
        "log",
        log.toString(),
        "position",
        position.toString(),
        "ledger",
        ledger);
  }
}
