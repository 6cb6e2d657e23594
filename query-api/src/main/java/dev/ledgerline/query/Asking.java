// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.RunReader.BadCursorException;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * How a question is put to the store: in a lane and until a deadline. Where the store has no answer
 * it says why in words for who asked.
 */
final class Asking {
  private final RunReader store;
  private final InstantSource clock;
  private final Duration deadline;
  private final Lanes lanes;

  /**
   * @param deadline how long one question may take
   */
  Asking(RunReader store, InstantSource clock, Duration deadline) {
    this.store = store;
    this.clock = clock;
    this.deadline = deadline;
    this.lanes = new Lanes(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), deadline);
  }

  /** A question to the store. */
  interface Look<T> {
    T at() throws IOException, DeadlineException, BadCursorException;
  }

  /** A question for so many items. */
  interface PageLook<T> {
    Page<T> at(int limit) throws IOException, DeadlineException, BadCursorException;
  }

  /** When a question that is asked now must be answered. */
  Instant byWhen() {
    return clock.instant().plus(deadline);
  }

  <T> T look(Look<T> look) throws UnansweredException, IOException {
    return lanes.in(
        () -> {
          try {
            return look.at();
          } catch (DeadlineException e) {
            throw new UnansweredException.TooSlow(
                "the question took longer than " + deadline.toSeconds() + " s; ask for less");
          } catch (BadCursorException e) {
            throw UnansweredException.Misput.cursor("the cursor is not one of this list");
          }
        });
  }

  <T> Page<T> page(int limit, PageLook<T> look) throws UnansweredException, IOException {
    int size = checked(limit);
    return look(() -> look.at(size));
  }

  /** A question with a query, a value of which its field may not be able to have. */
  <T> T query(Look<T> look) throws UnansweredException, IOException {
    try {
      return look(look);
    } catch (IllegalArgumentException e) {
      throw UnansweredException.Misput.query(String.valueOf(e.getMessage()));
    }
  }

  /** What is seen in a run folded in the order of its source. */
  <T> T fold(RunKey run, Function<RunFold, T> look) throws UnansweredException, IOException {
    return lanes.in(
        () -> {
          T seen = store.fold(run, look);
          if (seen == null) {
            throw UnansweredException.Absent.run(run.run());
          }
          return seen;
        });
  }

  static int checked(int limit) throws UnansweredException.Misput {
    if (limit < 1 || limit > Runs.MAX_PAGE) {
      throw UnansweredException.Misput.request(
          "limit must be from 1 to " + Runs.MAX_PAGE + ", not " + limit);
    }
    return limit;
  }
}
