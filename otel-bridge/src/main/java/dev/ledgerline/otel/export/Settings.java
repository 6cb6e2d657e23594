// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import java.time.Duration;

/**
 * The pace and the limits of an exporter; the same for all targets.
 *
 * @param silence after which a run that waits for nothing counts as lost
 */
public record Settings(Pace pace, Limits limits, Duration silence) {

  /**
   * When it does what.
   *
   * @param flush the longest that an item waits for others
   * @param metricsEvery how often metrics go out while they change
   * @param settle how long after the end of a run what belongs to it is waited for
   * @param settleConcluded the same where the end is only a conclusion (the end of a stream)
   * @param timeout of one request
   * @param save how often the cursor is kept while there is more to read
   */
  public record Pace(
      Duration flush,
      Duration metricsEvery,
      Duration settle,
      Duration settleConcluded,
      Duration timeout,
      Backoff backoff,
      Duration save) {}

  /**
   * How much at once.
   *
   * @param requestItems and {@code requestBytes}: of one request; a single item may be larger
   * @param openRuns and {@code openEvents}: runs that are followed at once, and their events;
   *     beyond that the one that was silent for longest is sent as it is
   */
  public record Limits(int requestItems, int requestBytes, int openRuns, int openEvents) {}

  /** Requests stay below the 4 MiB that gRPC servers take unless they are told otherwise. */
  public static final Settings DEFAULT =
      new Settings(
          new Pace(
              Duration.ofMillis(200),
              Duration.ofSeconds(10),
              Duration.ofSeconds(2),
              Duration.ofSeconds(60),
              Duration.ofSeconds(10),
              Backoff.USUAL,
              Duration.ofSeconds(1)),
          new Limits(1_000, 2 << 20, 5_000, 500_000),
          Duration.ofMinutes(30));

  public Settings withSilence(Duration silence) {
    return new Settings(pace, limits, silence);
  }
}
