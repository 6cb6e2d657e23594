// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Transition;
import dev.ledgerline.run.Wait;
import dev.ledgerline.run.audit.History;
import dev.ledgerline.state.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything one can ask. Safe for many threads; answers block until they are there or the deadline
 * has passed.
 */
public final class Runs {
  /** More items than this are not given at once. */
  public static final int MAX_PAGE = 1000;

  /** How long {@code after_position} waits. */
  private static final Duration POSITION_PATIENCE = Duration.ofSeconds(5);

  private final RunReader store;
  private final EventLog log;
  private final InstantSource clock;
  private final Asking asking;
  private final Named byName;
  private final Gauge gauge;
  private final List<Dialect> dialects;

  /** The end of the log when this began: an index that is behind it is still being rebuilt. */
  private final Position replayTo;

  /**
   * @param deadline how long one question may take
   * @param inFlight records taken in and not yet decided, by source, now
   */
  public Runs(
      RunReader store,
      EventLog log,
      InstantSource clock,
      Duration deadline,
      Supplier<Map<String, Long>> inFlight,
      String version) {
    this(store, log, clock, deadline, inFlight, version, List.of());
  }

  /**
   * The same.
   *
   * @param dialects are asked what they made nothing of in a record that is looked at
   */
  public Runs(
      RunReader store,
      EventLog log,
      InstantSource clock,
      Duration deadline,
      Supplier<Map<String, Long>> inFlight,
      String version,
      List<Dialect> dialects) {
    this.store = store;
    this.log = log;
    this.clock = clock;
    this.asking = new Asking(store, clock, deadline);
    this.byName = new Named(store);
    this.gauge = new Gauge(store, log, clock, inFlight, version);
    this.dialects = List.copyOf(dialects);
    this.replayTo = log.end();
  }

  // --- where everything stands

  public String version() {
    return gauge.version();
  }

  /** Whether questions see everything that was in the log when the server started. */
  public boolean ready() {
    return store.visible().compareTo(replayTo) >= 0;
  }

  /** Waits for that; false if the time ran out first. */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    return store.awaitVisible(replayTo, atMost);
  }

  /** How far a rebuild has come. */
  public String progress() {
    return store.visible().number() + " of " + replayTo.number() + " entries";
  }

  /** What time it is for questions. */
  public Instant now() {
    return clock.instant();
  }

  /** The newest entry whose events the next question will see. */
  public Position visible() {
    return store.visible();
  }

  /** Waits until what was durable at that position can be asked for. */
  public void awaitPosition(Position position) throws UnansweredException, InterruptedException {
    if (!store.awaitVisible(position, POSITION_PATIENCE)) {
      throw new UnansweredException.TooSlow(
          "position " + position + " is not visible yet; visible is " + store.visible());
    }
  }

  public Status status() throws IOException {
    return gauge.read();
  }

  // --- what matches

  /** What that text asks for; null or blank is everything. */
  public Query parse(@Nullable String text) throws UnansweredException {
    try {
      return QueryParser.parse(text == null ? "" : text);
    } catch (BadQueryException e) {
      throw UnansweredException.Misput.query(e.getMessage());
    }
  }

  public Page<RunSummary> runs(
      Query query, RunSort sort, boolean descending, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    int size = Asking.checked(limit);
    return asking.query(() -> store.runs(query, sort, descending, size, cursor, asking.byWhen()));
  }

  /** What the runs that match add up to. */
  public RunGroups groups(Query query, RunGroups.Grouping grouping)
      throws UnansweredException, IOException {
    Asking.checked(grouping.limit());
    return asking.query(() -> store.groups(query, grouping, asking.byWhen()));
  }

  /** Events that match, newest first. */
  public Page<Hit> search(Query query, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    int size = Asking.checked(limit);
    return asking.query(
        () -> {
          Instant byWhen = asking.byWhen();
          return RecordPage.ofHits(size, cursor, (n, at) -> store.search(query, n, at, byWhen));
        });
  }

  /**
   * Follows the log.
   *
   * @param query of event fields only
   * @param since exclusive; null: from now on. A position that was never given out is refused: it
   *     belongs to another log, and whoever waits there would miss what comes
   */
  public Tail tail(Query query, @Nullable Position since) throws UnansweredException, IOException {
    if (since != null && since.compareTo(log.enqueued()) > 0) {
      throw UnansweredException.Misput.request(
          "position " + since + " is beyond the end of the log, " + log.end());
    }
    EventPredicate wanted;
    try {
      wanted = EventPredicate.of(query, clock.instant());
    } catch (BadQueryException e) {
      throw UnansweredException.Misput.query(e.getMessage());
    }
    return new Tail(log, store, wanted, since == null ? log.end() : since);
  }

  // --- one run

  /**
   * The run with that id or alias.
   *
   * @param source null where the id alone says which
   */
  public RunSummary run(String id, @Nullable String source)
      throws UnansweredException, IOException {
    return byName.run(id, source);
  }

  /** Whether a run has stalled: it says nothing although it should go on. */
  public boolean hasStalled(RunSummary run) {
    return store.silence().hasStalled(run, clock.instant());
  }

  /**
   * Events of a run by seq. A page of large records may be shorter than {@code limit} and still not
   * be the last.
   *
   * @param afterSeq exclusive
   * @param kinds empty: all
   */
  public Page<EventView> events(
      RunKey run, long afterSeq, Set<Kind> kinds, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return events(limit, cursor, (n, at) -> store.events(run, afterSeq, kinds, n, at));
  }

  public EventView event(RunKey run, long seq) throws UnansweredException, IOException {
    EventView event =
        EventView.of(present(store.event(run, seq), "run " + run.run() + " has no event " + seq));
    String dialect = event.event().dialect();
    return dialects.stream()
        .filter(one -> one.name().equals(dialect))
        .findFirst()
        .map(event::askedAgain)
        .orElse(event);
  }

  private Page<EventView> events(
      int limit, @Nullable String cursor, RecordPage.Part<StoredEvent> part)
      throws UnansweredException, IOException {
    Page<StoredEvent> page = asking.page(limit, size -> RecordPage.ofEvents(size, cursor, part));
    return new Page<>(page.items().stream().map(EventView::of).toList(), page.next());
  }

  /** The intervals of a run by their first event. */
  public List<Step> steps(RunKey run) throws UnansweredException, IOException {
    return asking.fold(run, fold -> byFirstEvent(fold.steps()));
  }

  /** What a timeline draws. */
  public Skeleton skeleton(RunKey run) throws UnansweredException, IOException {
    RunSummary summary = known(run);
    return asking.fold(
        run,
        fold ->
            new Skeleton(
                summary,
                byFirstEvent(fold.steps()),
                byOpening(fold.waits()),
                fold.transitions().stream()
                    .filter(change -> change.entity() == Entity.RUN)
                    .toList()));
  }

  /** A run with its intervals, as far as it is visible now. */
  public History history(RunKey run) throws UnansweredException, IOException {
    RunSummary summary = known(run);
    return asking.fold(run, fold -> History.of(summary, fold));
  }

  /** The changes of state of a run in the order of the source. */
  public List<Transition> transitions(RunKey run) throws UnansweredException, IOException {
    return asking.fold(run, fold -> List.copyOf(fold.transitions()));
  }

  /** What the machines of its dialect say of a run as it is now. */
  public Verdict verdict(RunKey run) throws UnansweredException, IOException {
    RunSummary summary = known(run);
    return asking.fold(
        run,
        fold -> {
          Verdict verdict = fold.verdict();
          boolean silent = summary.state() == State.LOST && fold.summary().state() != State.LOST;
          return silent
              ? verdict.butUnknown("how the run goes on: it is silent, " + summary.reason())
              : verdict;
        });
  }

  /** The waits of a run by when they were opened. */
  public List<RunWait> waits(RunKey run) throws UnansweredException, IOException {
    RunSummary summary = known(run);
    List<RunWait> waits = new ArrayList<>();
    for (Wait wait : asking.fold(run, fold -> byOpening(fold.waits()))) {
      waits.add(new RunWait(summary, named(run.source(), wait)));
    }
    return waits;
  }

  /** Who answered may have said so under another of its ids, such as that of its trace. */
  private Wait named(String source, Wait wait) throws IOException {
    String by = wait.resolvedRun();
    RunSummary answering = by == null ? null : store.run(new RunKey(source, by));
    return answering == null ? wait : wait.answeredBy(answering.key().run());
  }

  private RunSummary known(RunKey run) throws UnansweredException, IOException {
    RunSummary summary = store.run(run);
    if (summary == null) {
      throw UnansweredException.Absent.run(run.run());
    }
    return summary;
  }

  private static List<Step> byFirstEvent(List<Step> steps) {
    return steps.stream().sorted(Comparator.comparingLong(Step::firstSeq)).toList();
  }

  private static List<Wait> byOpening(List<Wait> waits) {
    return waits.stream().sorted(Comparator.comparing(Wait::openedAt)).toList();
  }

  // --- what runs belong to

  public Page<AgentThread> threads(int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.threads(size, cursor, asking.byWhen()));
  }

  public AgentThread thread(String id) throws UnansweredException, IOException {
    return present(store.thread(id), "no thread with id " + id);
  }

  /** The runs of a thread as first seen, oldest first. */
  public Page<RunSummary> runsOfThread(String thread, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.runsOfThread(thread, size, cursor));
  }

  public Page<Task> tasks(int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.tasks(size, cursor, asking.byWhen()));
  }

  /**
   * The task with that id, or that people call so.
   *
   * @param source null where the name alone says which
   */
  public Task task(String idOrIdentifier, @Nullable String source)
      throws UnansweredException, IOException {
    return byName.task(idOrIdentifier, source);
  }

  /** The runs of a task as first seen, oldest first. */
  public Page<RunSummary> runsOfTask(String task, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.runsOfTask(task, size, cursor));
  }

  /** What sources said of a task itself, the newest so many, as they arrived. */
  public List<Event> wordsAbout(Task task, int atMost) throws UnansweredException, IOException {
    return asking.look(() -> store.wordsAbout(task.id(), atMost));
  }

  public Page<AgentSummary> agents(int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.agents(size, cursor, asking.byWhen()));
  }

  /**
   * The agent of that name.
   *
   * @param source null where the name alone says which
   */
  public AgentSummary agent(String name, @Nullable String source)
      throws UnansweredException, IOException {
    return byName.agent(name, source);
  }

  /** The runs in which an agent acted, newest first. */
  public Page<RunSummary> runsOfAgent(AgentSummary agent, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(
        limit, size -> store.runsOfAgent(agent.source(), agent.agent(), size, cursor));
  }

  // --- what waits, and what found no place

  /** Everything that waits, oldest first. */
  public Page<RunWait> openWaits(int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    Instant byWhen = asking.byWhen();
    return OpenWaits.page(Asking.checked(limit), cursor, (n, at) -> waiting(n, at, byWhen));
  }

  private Page<WaitingRun> waiting(int limit, @Nullable String cursor, Instant byWhen)
      throws UnansweredException, IOException {
    return asking.look(
        () -> {
          if (clock.instant().isAfter(byWhen)) {
            throw new DeadlineException();
          }
          return store.waiting(limit, cursor);
        });
  }

  /** Events that belong to no run, newest first. */
  public Page<EventView> eventsWithoutRun(int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return events(limit, cursor, store::eventsWithoutRun);
  }

  /**
   * Quarantined records, newest first.
   *
   * @param state {@code open}, {@code replayed}, or null for all
   */
  public Page<Quarantined> quarantine(@Nullable String state, int limit, @Nullable String cursor)
      throws UnansweredException, IOException {
    return asking.page(limit, size -> store.quarantine(state, size, cursor));
  }

  public Quarantined quarantined(String id) throws UnansweredException, IOException {
    return present(store.quarantined(id), "no quarantined record with id " + id);
  }

  private static <T> T present(@Nullable T found, String otherwise)
      throws UnansweredException.Absent {
    if (found == null) {
      throw UnansweredException.Absent.thing(otherwise);
    }
    return found;
  }
}
