// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.State;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work that may need several runs.
 *
 * @param identifier what people call it, where its source has such a word beside the id
 * @param state its source's newest word about the task itself, as long as no run of it started
 *     later; else the state of its newest run
 * @param attempts its runs as first seen, oldest first, at most the newest {@value #MAX_ATTEMPTS}
 * @param nextAttemptAt when the scheduled retry is due, null unless one is scheduled
 * @param threads the threads of its runs
 */
public record Task(
    String id,
    @Nullable String identifier,
    State state,
    List<Attempt> attempts,
    @Nullable Instant nextAttemptAt,
    List<String> threads) {
  public static final int MAX_ATTEMPTS = 1000;

  /** One try; {@code number} counts from 1. */
  public record Attempt(
      int number,
      @Nullable Integer nativeAttempt,
      String source,
      String run,
      State state,
      Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String reason) {}
}
