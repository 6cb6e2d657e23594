// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunStore;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.lucene.search.IndexSearcher;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The run store that is a folder. One thread writes; any number ask. */
public final class LuceneRunStore implements RunStore {
  private static final Logger LOG = LoggerFactory.getLogger(LuceneRunStore.class);

  /** Stands in the folder while it is open: found at start, the last process did not close it. */
  private static final String OPEN_MARK = "open";

  /**
   * What bounds its memory and how it judges.
   *
   * @param maxLiveRuns runs whose folds are kept
   * @param maxLiveEvents events that those runs may have together
   */
  public record Settings(int maxLiveRuns, long maxLiveEvents, Silence silence) {
    public static final Settings DEFAULT = new Settings(20_000, 1_000_000, Silence.DEFAULT);
  }

  private final Path folder;
  private final EventLog log;
  private final Settings settings;
  private final InstantSource clock;
  private final IndexPair.Folders folders;
  private final LiveRuns live;
  private final Folds folds;
  private final Published published;

  // Of the writing thread; the pair is read by scrub() too.
  private volatile IndexPair pair;
  private EntryIndexing indexing;
  private boolean pairClosed;

  private LuceneRunStore(
      Path folder,
      EventLog log,
      Settings settings,
      InstantSource clock,
      IndexPair.Folders folders,
      IndexPair pair)
      throws IOException {
    this.folder = folder;
    this.log = log;
    this.settings = settings;
    this.clock = clock;
    this.folders = folders;
    this.live = new LiveRuns(settings.maxLiveRuns, settings.maxLiveEvents);
    this.folds = new Folds(log);
    this.pair = pair;
    this.indexing = new EntryIndexing(pair, log, live);
    this.published = new Published(opened(indexing.seen()));
  }

  /**
   * Opens the store, empty where there is none yet or what is there cannot be trusted.
   *
   * @param log that it is, or will be, built from
   * @throws dev.ledgerline.indexer.WrongLogException it was built from another log
   */
  public static LuceneRunStore open(
      Path folder, EventLog log, Settings settings, InstantSource clock) throws IOException {
    return open(folder, log, settings, clock, IndexPair.Folders.ON_DISK);
  }

  static LuceneRunStore open(
      Path folder, EventLog log, Settings settings, InstantSource clock, IndexPair.Folders folders)
      throws IOException {
    Files.createDirectories(folder);
    Path mark = folder.resolve(OPEN_MARK);
    boolean unclean = Files.exists(mark);
    IndexPair pair = IndexPair.open(folder, log, folders, unclean);
    try {
      if (!unclean) {
        Files.createFile(mark);
      }
      return new LuceneRunStore(folder, log, settings, clock, folders, pair);
    } catch (IOException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private static View opened(View view) {
    if (!view.open()) {
      throw new IllegalStateException("a view that is being written is open");
    }
    return view;
  }

  @Override
  public Position written() {
    return indexing.written();
  }

  @Override
  public void add(Position position, Entry entry) throws IOException {
    indexing.add(position, entry);
  }

  @Override
  public void skip(Position position) {
    indexing.skip(position);
  }

  @Override
  public boolean refresh() throws IOException {
    boolean left = indexing.refresh();
    View seen = indexing.seen();
    // After going back to a commit, questions still see what they had seen until that is reached.
    if (seen.position.compareTo(published.position()) >= 0) {
      published.set(opened(seen));
    }
    return left;
  }

  @Override
  public void commit() throws IOException {
    indexing.commit();
  }

  @Override
  public void reopen() throws IOException {
    closePair();
    // What failed may have left something behind; better to look than to fail again and again.
    open(true);
    if (pair.emptied) {
      folds.clear();
      published.set(opened(indexing.seen()));
    }
  }

  @Override
  public void rebuild() throws IOException {
    closePair();
    IndexPair.delete(folder, folders);
    open(false);
    folds.clear();
    published.set(opened(indexing.seen()));
  }

  private void open(boolean verify) throws IOException {
    pair = IndexPair.open(folder, log, folders, verify);
    pairClosed = false;
    try {
      indexing = new EntryIndexing(pair, log, live);
    } catch (IOException | RuntimeException e) {
      closePair();
      throw e;
    }
  }

  private void closePair() throws IOException {
    if (!pairClosed) {
      pairClosed = true;
      indexing.close();
      pair.close();
    }
  }

  @Override
  public boolean scrub() throws IOException {
    try {
      pair.scrub(log);
      return true;
    } catch (org.apache.lucene.store.AlreadyClosedException e) {
      return true; // it is being opened again; the next scrub will look
    } catch (IOException e) {
      LOG.warn("The index in {} is damaged: {}", folder, e.toString());
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    published.close();
    closePair();
    Files.deleteIfExists(folder.resolve(OPEN_MARK));
  }

  // From here on: questions.

  /** Something to be found out in a view. */
  private interface Look<T, X extends Exception> {
    T at(View view) throws IOException, DeadlineException, X;
  }

  private <T, X extends Exception> T look(Look<T, X> look)
      throws IOException, DeadlineException, X {
    View view = published.open();
    try {
      return look.at(view);
    } catch (VerifiedQuery.TimeUpException e) {
      throw new DeadlineException();
    } catch (IndexSearcher.TooManyClauses e) {
      throw new IllegalArgumentException("the query has too many parts", e);
    } finally {
      view.release();
    }
  }

  /** A look that has all the time it needs. */
  private <T, X extends Exception> T lookAtLeisure(Look<T, X> look) throws IOException, X {
    try {
      return look(look);
    } catch (DeadlineException e) {
      throw new IllegalStateException("there was no deadline", e);
    }
  }

  private Questions questions(View view, Instant deadline) {
    return new Questions(view, log, settings.silence, clock.instant(), deadline);
  }

  @Override
  public Position visible() {
    return published.position();
  }

  @Override
  public Silence silence() {
    return settings.silence;
  }

  @Override
  public boolean awaitVisible(Position position, Duration atMost) throws InterruptedException {
    return published.await(position, atMost);
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
    return this.<Page<RunSummary>, BadCursorException>look(
        view -> questions(view, deadline).runs(query, sort, descending, limit, cursor));
  }

  @Override
  public List<RunSummary> run(String runId) throws IOException {
    return lookAtLeisure(view -> questions(view, Instant.MAX).run(runId));
  }

  @Override
  public @Nullable RunSummary run(RunKey key) throws IOException {
    return this.<List<RunSummary>, RuntimeException>lookAtLeisure(
            view -> questions(view, Instant.MAX).run(key))
        .stream()
        .findFirst()
        .orElse(null);
  }

  @Override
  public Page<StoredEvent> events(
      RunKey run, long afterSeq, Set<Kind> kinds, int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return this.<Page<StoredEvent>, BadCursorException>lookAtLeisure(
        view -> questions(view, Instant.MAX).events(run, afterSeq, kinds, limit, cursor));
  }

  @Override
  public @Nullable StoredEvent event(RunKey run, long seq) throws IOException {
    return this.<List<StoredEvent>, RuntimeException>lookAtLeisure(
            view -> questions(view, Instant.MAX).event(run, seq))
        .stream()
        .findFirst()
        .orElse(null);
  }

  @Override
  public @Nullable Standing standing(EventId event) throws IOException {
    View view = published.open();
    try {
      return new Events(view, log).standing(event);
    } finally {
      view.release();
    }
  }

  @Override
  public Page<StoredEvent> eventsWithoutRun(int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return this.<Page<StoredEvent>, BadCursorException>lookAtLeisure(
        view -> questions(view, Instant.MAX).eventsWithoutRun(limit, cursor));
  }

  @Override
  public <T> @Nullable T fold(RunKey run, Function<RunFold, T> look) throws IOException {
    View view = published.open();
    try {
      RunLookup.Found found = RunLookup.find(view.runsReader(), Fields.OfRun.KEY, Fields.key(run));
      return found == null
          ? null
          : folds.look(view, found.summary().run().key(), found.number(), look);
    } finally {
      view.release();
    }
  }

  @Override
  public Page<Hit> search(Query query, int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException {
    return this.<Page<Hit>, BadCursorException>look(
        view -> questions(view, deadline).search(query, limit, cursor));
  }

  private Groups groups(View view, Instant deadline) {
    return new Groups(view, log, settings.silence, clock.instant(), deadline);
  }

  @Override
  public Page<AgentThread> threads(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException {
    return this.<Page<AgentThread>, BadCursorException>look(
        view -> groups(view, deadline).threads(limit, cursor));
  }

  @Override
  public @Nullable AgentThread thread(String id) throws IOException {
    View view = published.open();
    try {
      return groups(view, Instant.MAX).thread(id);
    } catch (DeadlineException e) {
      throw new IllegalStateException("there was no deadline", e);
    } finally {
      view.release();
    }
  }

  @Override
  public Page<RunSummary> runsOfThread(String thread, int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return group(Groups.term(Fields.OfRun.THREAD, thread), "thread", thread, false, limit, cursor);
  }

  @Override
  public Page<Task> tasks(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException {
    return this.<Page<Task>, BadCursorException>look(
        view -> groups(view, deadline).tasks(limit, cursor));
  }

  @Override
  public List<Task> task(String idOrIdentifier) throws IOException {
    return this.<List<Task>, RuntimeException>lookAtLeisure(
        view -> groups(view, Instant.MAX).tasks(idOrIdentifier));
  }

  @Override
  public List<Event> wordsAbout(String task, int atMost) throws IOException {
    return this.<List<Event>, RuntimeException>lookAtLeisure(
        view -> new TaskWords(view, log, Instant.MAX).of(task, atMost));
  }

  @Override
  public RunGroups groups(Query query, RunGroups.Grouping grouping, Instant deadline)
      throws IOException, DeadlineException {
    return this.<RunGroups, RuntimeException>look(
        view -> questions(view, deadline).groups(query, grouping));
  }

  @Override
  public Page<RunSummary> runsOfTask(String task, int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return group(Groups.term(Fields.OfRun.TASK, task), "task", task, false, limit, cursor);
  }

  @Override
  public Page<AgentSummary> agents(int limit, @Nullable String cursor, Instant deadline)
      throws IOException, DeadlineException, BadCursorException {
    return this.<Page<AgentSummary>, BadCursorException>look(
        view -> groups(view, deadline).agents(limit, cursor));
  }

  @Override
  public List<AgentSummary> agent(String name) throws IOException {
    return this.<List<AgentSummary>, RuntimeException>lookAtLeisure(
        view -> groups(view, Instant.MAX).agent(name));
  }

  @Override
  public Page<RunSummary> runsOfAgent(
      String source, String agent, int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return group(Groups.ofAgent(source, agent), "agent", source + " " + agent, true, limit, cursor);
  }

  private Page<RunSummary> group(
      org.apache.lucene.search.Query runs,
      String what,
      String name,
      boolean newestFirst,
      int limit,
      @Nullable String cursor)
      throws IOException, BadCursorException {
    return this.<Page<RunSummary>, BadCursorException>lookAtLeisure(
        view ->
            questions(view, Instant.MAX)
                .runsAsSeen(runs, what + " " + name, newestFirst, limit, cursor));
  }

  @Override
  public Page<WaitingRun> waiting(int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return this.<Page<WaitingRun>, BadCursorException>lookAtLeisure(
        view -> questions(view, Instant.MAX).waiting(limit, cursor));
  }

  @Override
  public List<LedgerLine> ledger() {
    View view = published.open();
    try {
      return view.ledger;
    } finally {
      view.release();
    }
  }

  @Override
  public Page<Quarantined> quarantine(@Nullable String state, int limit, @Nullable String cursor)
      throws IOException, BadCursorException {
    return this.<Page<Quarantined>, BadCursorException>lookAtLeisure(
        view -> questions(view, Instant.MAX).quarantine(state, limit, cursor));
  }

  @Override
  public @Nullable Quarantined quarantined(String id) throws IOException {
    return this.<List<Quarantined>, RuntimeException>lookAtLeisure(
            view -> questions(view, Instant.MAX).quarantined(id))
        .stream()
        .findFirst()
        .orElse(null);
  }

  @Override
  public long sizeBytes() {
    return pair.sizeBytes();
  }
}
