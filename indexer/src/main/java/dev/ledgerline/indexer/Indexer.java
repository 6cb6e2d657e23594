// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.Word;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.MalformedEntryException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves entries from the log into a run store. One thread does it and is the only one that writes
 * to the store: it reads an entry, adds it, makes what was added visible about ten times a second
 * and at once when the log goes quiet, and commits every few seconds.
 *
 * <p>What goes wrong is the store's to lose, never the log's: on any failure the store goes back to
 * its last commit and the indexer reads on from there, after a pause that grows. A damaged store is
 * built again from the start of the log.
 */
public final class Indexer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

  /** The first pause after a failure; doubled each time up to {@link #LONGEST_PAUSE}. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /**
   * How often it does what.
   *
   * @param refresh what was added is visible after that while entries keep coming
   * @param quietRefresh the least time between two refreshes when the log is quiet; a trickle of
   *     single events must not refresh for each
   * @param commit what was added survives a crash after that
   * @param commitEntries or after so many entries
   * @param scrub checksums are compared that often
   */
  public record Settings(
      Duration refresh,
      Duration quietRefresh,
      Duration commit,
      long commitEntries,
      Duration scrub) {
    public static final Settings DEFAULT =
        new Settings(
            Duration.ofMillis(100),
            Duration.ofMillis(10),
            Duration.ofSeconds(5),
            1_000_000,
            Duration.ofHours(1));
  }

  /** What it is doing. */
  public enum State implements Word {
    RUNNING,
    /** Something failed; it tries again after a pause. */
    PAUSED,
    STOPPED
  }

  private final EventLog log;
  private final RunStore store;
  private final Settings settings;
  private final Thread thread;
  private final @Nullable Thread scrubber;

  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean damaged = new AtomicBoolean();
  private volatile State state = State.RUNNING;
  private volatile @Nullable String failure;
  private final LongAdder failures = new LongAdder();
  private final LongAdder refreshes = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder unreadable = new LongAdder();
  private final LongAdder rebuilds = new LongAdder();

  // Of the indexer's thread.
  private long refreshedAt;
  private long refreshCost;
  private boolean fresh = true;
  private boolean unfinished;
  private long committedAt;
  private long uncommitted;

  @SuppressWarnings("ThreadPriorityCheck") // scrubbing gives way to all else
  private Indexer(EventLog log, RunStore store, Settings settings) {
    this.log = log;
    this.store = store;
    this.settings = settings;
    this.thread = Thread.ofPlatform().name("indexer").unstarted(this::run);
    this.scrubber =
        settings.scrub.isZero()
            ? null
            : Thread.ofPlatform()
                .name("index-scrub")
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .unstarted(this::scrubNowAndThen);
  }

  /**
   * Starts to follow the log from where the store ended.
   *
   * @param store closed by the indexer when it is closed
   */
  public static Indexer start(EventLog log, RunStore store, Settings settings) {
    Indexer indexer = new Indexer(log, store, settings);
    indexer.thread.start();
    if (indexer.scrubber != null) {
      indexer.scrubber.start();
    }
    return indexer;
  }

  public State state() {
    return state;
  }

  /** Why it is paused, or was the last time; null where nothing ever failed. */
  public @Nullable String failure() {
    return failure;
  }

  /** Entries added since it was started, those read again after a failure counted again. */
  public long entries() {
    return entries.sum();
  }

  public long refreshes() {
    return refreshes.sum();
  }

  public long commits() {
    return commits.sum();
  }

  public long failures() {
    return failures.sum();
  }

  public long rebuilds() {
    return rebuilds.sum();
  }

  /** Entries of the log that could not be decoded and were passed over. */
  public long unreadable() {
    return unreadable.sum();
  }

  /** Compares checksums now; the store is built again if they are wrong. Returns whether it was. */
  public boolean scrub() throws IOException {
    boolean sound = store.scrub();
    if (!sound) {
      damaged.set(true);
    }
    return sound;
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    long pause = FIRST_PAUSE.toMillis();
    while (!isClosing()) {
      try {
        if (damaged.get()) {
          LOG.warn("The index is built again from the log.");
          store.rebuild();
          damaged.set(false);
          rebuilds.increment();
          uncommitted = 0;
        }
        follow();
        pause = FIRST_PAUSE.toMillis();
      } catch (InterruptedException e) {
        break;
      } catch (IOException | RuntimeException | Error e) {
        if (isClosing()) {
          break;
        }
        failed(e);
        try {
          if (closing.await(pause, TimeUnit.MILLISECONDS)) {
            break;
          }
          pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis());
          store.reopen();
          uncommitted = 0;
          fresh = true;
        } catch (InterruptedException interrupted) {
          break;
        } catch (IOException | RuntimeException | Error again) {
          LOG.warn("The index cannot be opened again yet: {}", again.toString());
        }
      }
    }
    state = State.STOPPED;
  }

  private void failed(Throwable e) {
    failures.increment();
    failure = e.toString();
    state = State.PAUSED;
    LOG.warn("Indexing failed and is tried again from the last commit", e);
  }

  /** Returns when it is closing or the store has to be built again. */
  private void follow() throws IOException, InterruptedException {
    long now = System.nanoTime();
    committedAt = now;
    refreshedAt = now;
    try (EventLog.Cursor cursor = log.read(store.written())) {
      while (!isClosing() && !damaged.get()) {
        LogEntry next = cursor.next();
        if (next != null) {
          add(next);
          refreshIfDue(settings.refresh.toNanos());
        } else {
          quiet();
        }
        commitIfDue();
      }
    }
  }

  private void add(LogEntry next) throws IOException {
    fresh = false;
    Entry entry = decoded(next);
    if (entry == null) {
      store.skip(next.position());
    } else {
      store.add(next.position(), entry);
    }
    entries.increment();
    uncommitted++;
  }

  private @Nullable Entry decoded(LogEntry next) {
    try {
      return EntryCodec.decode(next.bytes());
    } catch (MalformedEntryException e) {
      unreadable.increment();
      LOG.warn("Entry {} of the log cannot be decoded and is passed over", next.position(), e);
      return null;
    }
  }

  private void quiet() throws IOException, InterruptedException {
    long now = System.nanoTime();
    long wait = settings.commit.toNanos();
    if (!fresh || unfinished) {
      refreshIfDue(settings.quietRefresh.toNanos());
      wait = Math.max(0, refreshedAt + gap(settings.quietRefresh.toNanos()) - now);
    }
    if (uncommitted > 0) {
      wait = Math.min(wait, Math.max(0, committedAt + settings.commit.toNanos() - now));
    }
    log.awaitBeyond(store.written(), Duration.ofNanos(Math.min(wait, 100_000_000)));
  }

  /** Refreshes take a quarter of the time at most, however large the index has become. */
  private long gap(long nanos) {
    return Math.max(nanos, 3 * refreshCost);
  }

  private void refreshIfDue(long gapNanos) throws IOException {
    long now = System.nanoTime();
    if (now - refreshedAt >= gap(gapNanos)) {
      refresh(now);
    }
  }

  private void refresh(long now) throws IOException {
    unfinished = store.refresh();
    fresh = true;
    state = State.RUNNING;
    refreshes.increment();
    refreshedAt = System.nanoTime();
    refreshCost = refreshedAt - now;
  }

  private void commitIfDue() throws IOException {
    long now = System.nanoTime();
    boolean due =
        uncommitted >= settings.commitEntries
            || (uncommitted > 0 && now - committedAt >= settings.commit.toNanos());
    if (due) {
      refresh(now);
      commit();
    }
  }

  private void commit() throws IOException {
    store.commit();
    commits.increment();
    committedAt = System.nanoTime();
    uncommitted = 0;
  }

  private void scrubNowAndThen() {
    while (!isClosing()) {
      try {
        Thread.sleep(settings.scrub);
        scrub();
      } catch (InterruptedException e) {
        return; // the indexer is being closed
      } catch (IOException | RuntimeException e) {
        LOG.warn("The index could not be scrubbed; the next scrub tries again", e);
      }
    }
  }

  /** Commits what was added and closes the store. */
  @Override
  public void close() throws IOException {
    if (closed.getAndSet(true)) {
      return;
    }
    closing.countDown();
    if (scrubber != null) {
      scrubber.interrupt();
    }
    try {
      // Not interrupted: an interrupt would close the files under Lucene. It looks every 100 ms.
      thread.join();
      if (uncommitted > 0) {
        store.refresh();
        store.commit();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      LOG.warn("The last entries were not committed and are read again at the next start", e);
    } finally {
      store.close();
    }
  }
}
