// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.log.Position;
import java.util.List;

/**
 * Where everything stands.
 *
 * @param durable the newest entry of the log
 * @param indexed the newest entry that questions see
 */
public record Status(
    Position durable,
    Position indexed,
    Lag lag,
    List<SourceLine> sources,
    Sizes sizes,
    String version) {

  /**
   * How far questions are behind the log.
   *
   * @param entries of the log that questions do not see yet
   * @param millis age of the oldest of them, 0 when there is none
   */
  public record Lag(long entries, long millis) {
    public static final Lag NONE = new Lag(0, 0);
  }

  /** The loss ledger of one source, in records. */
  public record SourceLine(
      String source, long stored, long duplicates, long rejected, long quarantined, long inFlight) {
    /** What must come out, at any time. */
    public long received() {
      return stored + duplicates + rejected + inFlight;
    }
  }

  /** Bytes on disk. */
  public record Sizes(long logBytes, long indexBytes) {}
}
