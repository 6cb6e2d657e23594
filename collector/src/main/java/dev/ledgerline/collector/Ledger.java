// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.IntakeUnavailableException.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The loss ledger: per source received = stored + duplicates + rejected + in flight, in records, at
 * any time. Safe for use by many threads.
 */
public final class Ledger {
  private static final int RETRY_AFTER_SECONDS = 60;

  /** One source's sums; a moment's truth as a whole. */
  public record Account(
      String source, long received, long stored, long duplicates, long rejected, long inFlight) {}

  private final int mostSources;
  private final ConcurrentHashMap<String, Book> books = new ConcurrentHashMap<>();

  Ledger(int mostSources) {
    this.mostSources = mostSources;
  }

  /** All sources by name. */
  public List<Account> accounts() {
    return books.values().stream()
        .map(Book::account)
        .sorted(Comparator.comparing(Account::source))
        .toList();
  }

  /** The sums once everything that is in flight is durable. */
  List<Account> enqueued() {
    return books.values().stream().map(Book::enqueued).toList();
  }

  /**
   * The book of that source.
   *
   * @throws IntakeUnavailableException it would be one source too many
   */
  Book book(String source) throws IntakeUnavailableException {
    Book book = books.get(source);
    if (book != null) {
      return book;
    }
    if (books.size() >= mostSources) {
      throw new IntakeUnavailableException(
          Reason.RATE_LIMITED,
          "there are " + mostSources + " sources already, which is the limit",
          RETRY_AFTER_SECONDS);
    }
    return restored(source);
  }

  /** The book of a source that the log knows. */
  Book restored(String source) {
    return books.computeIfAbsent(source, Book::new);
  }

  /** One source's sums. */
  static final class Book {
    private final String source;
    private long stored;
    private long duplicates;
    private long rejected;
    private final Tally inFlight = new Tally();

    Book(String source) {
      this.source = source;
    }

    synchronized void begin(Tally tally) {
      inFlight.add(tally, 1);
    }

    /** Nothing of it was stored after all. */
    synchronized void abandon(Tally tally) {
      inFlight.add(tally, -1);
    }

    /** It is durable. */
    synchronized void settle(Tally tally) {
      inFlight.add(tally, -1);
      add(tally.stored, tally.duplicates, tally.rejected);
    }

    /** What the log or a checkpoint says. */
    synchronized void add(long stored, long duplicates, long rejected) {
      this.stored += stored;
      this.duplicates += duplicates;
      this.rejected += rejected;
    }

    synchronized Account account() {
      long received = stored + duplicates + rejected + inFlight.sum();
      return new Account(source, received, stored, duplicates, rejected, inFlight.sum());
    }

    synchronized Account enqueued() {
      return new Account(
          source,
          stored + duplicates + rejected + inFlight.sum(),
          stored + inFlight.stored,
          duplicates + inFlight.duplicates,
          rejected + inFlight.rejected,
          0);
    }
  }

  /** What became of the records of one request that belong to one source. */
  static final class Tally {
    int stored;
    int duplicates;
    int rejected;

    private void add(Tally other, int sign) {
      stored += sign * other.stored;
      duplicates += sign * other.duplicates;
      rejected += sign * other.rejected;
    }

    int sum() {
      return stored + duplicates + rejected;
    }
  }
}
