// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store that holds what it is given and answers in that order; queries are not looked at. */
public final class MemoryRuns implements RunReader {
  public final List<RunSummary> runs = new ArrayList<>();
  public final Map<RunKey, List<StoredEvent>> events = new LinkedHashMap<>();
  public final List<StoredEvent> stray = new ArrayList<>();
  public final List<AgentThread> threads = new ArrayList<>();
  public final List<Task> tasks = new ArrayList<>();
  public final List<AgentSummary> agents = new ArrayList<>();
  public final List<WaitingRun> waiting = new ArrayList<>();
  public final List<LedgerLine> ledger = new ArrayList<>();
  public final List<Quarantined> quarantine = new ArrayList<>();
  public final List<Event> words = new ArrayList<>();
  public RunGroups groups = new RunGroups(List.of(), 0);

  /** What the last statistics were asked for. */
  public RunGroups.@Nullable Grouping grouped;

  private Position visible = Position.START;

  /** What the last list of runs was sorted by. */
  public @Nullable String sortedBy;

  /** Stops every list of runs until it is counted down, where set. */
  public @Nullable CountDownLatch gate;

  /** Thrown by every list of runs, where set. */
  public @Nullable Exception failure;

  private final Semaphore lists = new Semaphore(0);

  /** Waits until so many lists of runs were asked for. */
  public void awaitLists(int count) throws InterruptedException {
    lists.acquire(count);
  }

  public synchronized void show(Position position) {
    visible = position;
    notifyAll();
  }

  @Override
  public synchronized Position visible() {
    return visible;
  }

  @Override
  public synchronized boolean awaitVisible(Position position, Duration atMost)
      throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (visible.compareTo(position) < 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  @Override
  public Page<RunSummary> runs(
      Query query,
      RunSort sort,
      boolean descending,
      int limit,
      @Nullable String cursor,
      Instant deadline)
      throws IOException, DeadlineException, BadCursorException {
    sortedBy = (descending ? "-" : "") + sort;
    lists.release();
    if (gate != null) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case DeadlineException e -> throw e;
      case IllegalArgumentException e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
    return part(runs, limit, cursor);
  }

  @Override
  public List<RunSummary> run(String runId) {
    return runs.stream()
        .filter(run -> run.key().run().equals(runId) || run.aliases().contains(runId))
        .toList();
  }

  @Override
  public @Nullable RunSummary run(RunKey key) {
    return runs.stream().filter(run -> run.key().equals(key)).findFirst().orElse(null);
  }

  @Override
  public Page<StoredEvent> events(
      RunKey run, long afterSeq, Set<Kind> kinds, int limit, @Nullable String cursor)
      throws BadCursorException {
    List<StoredEvent> wanted =
        events.getOrDefault(run, List.of()).stream()
            .filter(event -> event.seq() > afterSeq)
            .filter(event -> kinds.isEmpty() || kinds.contains(event.event().kind()))
            .toList();
    return part(wanted, limit, cursor);
  }

  @Override
  public @Nullable StoredEvent event(RunKey run, long seq) {
    return events.getOrDefault(run, List.of()).stream()
        .filter(event -> event.seq() == seq)
        .findFirst()
        .orElse(null);
  }

  @Override
  public @Nullable Standing standing(EventId event) {
    return events.values().stream()
        .flatMap(List::stream)
        .filter(stored -> stored.event().id().equals(event))
        .map(
            stored ->
                new Standing(
                    stored.seq(),
                    new RunFold.Placed(
                        stored.flags(), stored.stepId(), stored.parentSeq(), stored.order())))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Page<StoredEvent> eventsWithoutRun(int limit, @Nullable String cursor)
      throws BadCursorException {
    return part(stray, limit, cursor);
  }

  @Override
  public <T> @Nullable T fold(RunKey run, Function<RunFold, T> look) {
    List<StoredEvent> all = events.get(run);
    if (all == null) {
      return null;
    }
    RunFold fold = new RunFold(run);
    for (StoredEvent stored : all) {
      Event event = stored.event();
      fold.add(event, stored.seq());
    }
    return look.apply(fold);
  }

  @Override
  public Page<Hit> search(Query query, int limit, @Nullable String cursor, Instant deadline)
      throws BadCursorException {
    List<Hit> hits =
        events.values().stream()
            .flatMap(List::stream)
            .map(event -> new Hit(event, List.of("a <mark>word</mark>")))
            .toList();
    return part(hits, limit, cursor);
  }

  @Override
  public Page<AgentThread> threads(int limit, @Nullable String cursor, Instant deadline)
      throws BadCursorException {
    return part(threads, limit, cursor);
  }

  @Override
  public @Nullable AgentThread thread(String id) {
    return threads.stream().filter(thread -> thread.id().equals(id)).findFirst().orElse(null);
  }

  @Override
  public Page<RunSummary> runsOfThread(String thread, int limit, @Nullable String cursor)
      throws BadCursorException {
    return part(runs.stream().filter(run -> thread.equals(run.thread())).toList(), limit, cursor);
  }

  @Override
  public Page<Task> tasks(int limit, @Nullable String cursor, Instant deadline)
      throws BadCursorException {
    return part(tasks, limit, cursor);
  }

  @Override
  public List<Task> task(String id) {
    return tasks.stream()
        .filter(task -> task.id().equals(id) || id.equals(task.identifier()))
        .toList();
  }

  @Override
  public List<Event> wordsAbout(String task, int atMost) {
    return words.subList(Math.max(0, words.size() - atMost), words.size());
  }

  @Override
  public RunGroups groups(Query query, RunGroups.Grouping grouping, Instant deadline) {
    grouped = grouping;
    return groups;
  }

  @Override
  public Silence silence() {
    return Silence.DEFAULT;
  }

  @Override
  public Page<RunSummary> runsOfTask(String task, int limit, @Nullable String cursor)
      throws BadCursorException {
    return part(runs.stream().filter(run -> task.equals(run.task())).toList(), limit, cursor);
  }

  @Override
  public Page<AgentSummary> agents(int limit, @Nullable String cursor, Instant deadline)
      throws BadCursorException {
    return part(agents, limit, cursor);
  }

  @Override
  public List<AgentSummary> agent(String name) {
    return agents.stream().filter(agent -> agent.agent().equals(name)).toList();
  }

  @Override
  public Page<RunSummary> runsOfAgent(
      String source, String agent, int limit, @Nullable String cursor) throws BadCursorException {
    return part(
        runs.stream()
            .filter(run -> run.key().source().equals(source) && run.agents().contains(agent))
            .toList(),
        limit,
        cursor);
  }

  @Override
  public Page<WaitingRun> waiting(int limit, @Nullable String cursor) throws BadCursorException {
    return part(waiting, limit, cursor);
  }

  @Override
  public List<LedgerLine> ledger() {
    return List.copyOf(ledger);
  }

  @Override
  public Page<Quarantined> quarantine(@Nullable String state, int limit, @Nullable String cursor)
      throws BadCursorException {
    return part(
        quarantine.stream().filter(item -> state == null || item.state().equals(state)).toList(),
        limit,
        cursor);
  }

  @Override
  public @Nullable Quarantined quarantined(String id) {
    return quarantine.stream()
        .filter(item -> item.entry().id().equals(id))
        .findFirst()
        .orElse(null);
  }

  @Override
  public long sizeBytes() {
    return 4096;
  }

  private static <T> Page<T> part(List<T> all, int limit, @Nullable String cursor)
      throws BadCursorException {
    try {
      int from = cursor == null ? 0 : Integer.parseInt(cursor);
      int to = Math.min(all.size(), from + limit);
      return new Page<>(all.subList(from, to), to < all.size() ? Integer.toString(to) : null);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadCursorException("no cursor of ours: " + cursor);
    }
  }
}
