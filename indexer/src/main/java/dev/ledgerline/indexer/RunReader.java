// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The side of a run store that questions see. Safe for many threads. Every method that takes a
 * deadline stops with a {@link DeadlineException} when it has passed, or when the question would
 * need more memory than one question may have; a cursor that is not ours is a {@link
 * BadCursorException}; a query with a value that its field cannot have is an {@link
 * IllegalArgumentException} whose message is for who wrote the query.
 */
public interface RunReader {
  /** The newest entry whose events the next question will see. */
  Position visible();

  /** Waits until that entry is visible; false if the time ran out first. */
  boolean awaitVisible(Position position, Duration atMost) throws InterruptedException;

  /** How runs that say nothing are judged. */
  Silence silence();

  /** Order of a list of runs. */
  enum RunSort {
    STARTED,
    ENDED,
    DURATION,
    EVENTS,
    ERRORS,
    TOKENS
  }

  Page<RunSummary> runs(
      Query query,
      RunSort sort,
      boolean descending,
      int limit,
      @Nullable String cursor,
      Instant deadline)
      throws IOException, DeadlineException, BadCursorException;

  /** The runs with that id or alias, one for each source that has it. */
  List<RunSummary> run(String runId) throws IOException;

  @Nullable RunSummary run(RunKey key) throws IOException;

  /**
   * Events of a run by seq.
   *
   * @param afterSeq exclusive
   * @param kinds empty: all
   */
  Page<StoredEvent> events(
      RunKey run, long afterSeq, Set<Kind> kinds, int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  @Nullable StoredEvent event(RunKey run, long seq) throws IOException;

  /**
   * Where an event stands in its run; null while it is not visible, and where it belongs to no run.
   */
  @Nullable Standing standing(EventId event) throws IOException;

  /**
   * What the run store adds to an event.
   *
   * @param seq order of arrival within its run, from 1
   */
  record Standing(long seq, RunFold.Placed placed) {}

  /** Events that belong to no run, newest first. */
  Page<StoredEvent> eventsWithoutRun(int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  /**
   * What {@code look} sees in the run folded in the order of the source, up to what is visible;
   * null where there is no such run. Of a run that goes on only what is new is folded.
   *
   * @param look must not keep the fold, which changes as soon as it returns
   */
  <T> @Nullable T fold(RunKey run, Function<RunFold, T> look) throws IOException;

  /** Events that match, newest first, with what matched. */
  Page<Hit> search(Query query, int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException;

  /**
   * A match.
   *
   * @param fragments pieces of text around what matched: HTML-escaped, matches in {@code <mark>}
   */
  record Hit(StoredEvent event, List<String> fragments) {}

  /** Threads, the one whose newest run was first seen last comes first. */
  Page<AgentThread> threads(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException;

  @Nullable AgentThread thread(String id) throws IOException;

  /** Its runs as first seen, oldest first. */
  Page<RunSummary> runsOfThread(String thread, int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  /** Tasks, the one whose newest run was first seen last comes first. */
  Page<Task> tasks(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException;

  /** The tasks with that id; else those that people call so, one for each source that has it. */
  List<Task> task(String idOrIdentifier) throws IOException;

  /**
   * What sources said of a task itself: retries and changes of its state, as they arrived.
   *
   * @param atMost the newest
   */
  List<Event> wordsAbout(String task, int atMost) throws IOException;

  /** Its runs as first seen, oldest first. */
  Page<RunSummary> runsOfTask(String task, int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  /** What the runs that match add up to. */
  RunGroups groups(Query query, RunGroups.Grouping grouping, Instant deadline)
      throws IOException, DeadlineException;

  /** Agents, the one whose newest run was first seen last comes first. */
  Page<AgentSummary> agents(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException;

  /** The agents of that name, one for each source that has it. */
  List<AgentSummary> agent(String name) throws IOException;

  /** The runs in which it acted as first seen, newest first. */
  Page<RunSummary> runsOfAgent(String source, String agent, int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  /** Runs with open waits, the one that waits longest first. */
  Page<WaitingRun> waiting(int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  /** The loss ledger, a line for each source, by name. */
  List<LedgerLine> ledger();

  /**
   * Records: received = stored + duplicates + rejected (+ in flight, which only the collector
   * knows).
   */
  record LedgerLine(String source, long stored, long duplicates, long rejected, long quarantined) {}

  /** Quarantined records, newest first; {@code state} null: all. */
  Page<Quarantined> quarantine(@Nullable String state, int limit, @Nullable String cursor)
      throws IOException, BadCursorException;

  @Nullable Quarantined quarantined(String id) throws IOException;

  /** A record that was not stored; {@code state} is {@code open} or {@code replayed}. */
  record Quarantined(dev.ledgerline.log.Entry.Refused entry, String state) {}

  /** Bytes on disk. */
  long sizeBytes();

  /** The answer was not found in time. */
  final class DeadlineException extends Exception {
    private static final long serialVersionUID = 1L;

    public DeadlineException() {
      super("the question took longer than its deadline");
    }
  }

  /** The cursor is not one of this list. */
  final class BadCursorException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadCursorException(String message) {
      super(message);
    }
  }
}
