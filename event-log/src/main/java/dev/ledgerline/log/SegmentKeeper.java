// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks after segments that are not written any more: seals them, and deletes them
 * when they are too old or too many. All but the last segment are its own; the last is the
 * writer's.
 */
final class SegmentKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentKeeper.class);

  /** How late a segment may go that is too old, and how soon a failed sealing is tried again. */
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  private static final int READ_BYTES = 1 << 20;

  private final Path directory;
  private final UUID log;
  private final FileLogOptions options;
  private final Storage storage;
  private final ConcurrentNavigableMap<Long, Segment> segments;
  private final FreeSpace space;
  private final Losses losses;
  private final BlockCache cache;

  /** Whether the log is being written right now; known before the thread starts. */
  private BooleanSupplier busy = () -> false;

  private final Thread thread;

  /** Held while files of closed segments are replaced or deleted. */
  private final ReentrantLock files = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock.
  private boolean work = true;
  private boolean idle;

  private volatile boolean closing;

  SegmentKeeper(LogWriter.Folder folder, BlockCache cache) {
    this.directory = folder.directory();
    this.log = folder.log();
    this.options = folder.options();
    this.storage = folder.storage();
    this.segments = folder.segments();
    this.space = folder.space();
    this.losses = folder.losses();
    this.cache = cache;
    this.thread = Thread.ofPlatform().daemon().name("log-keeper").unstarted(this::run);
  }

  /**
   * @param busy whether the log is being written right now
   */
  void start(BooleanSupplier busy) {
    this.busy = busy;
    thread.start();
  }

  /** There is something to seal. */
  void segmentClosed() {
    lock.lock();
    try {
      work = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is left to do. */
  void awaitIdle() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closing && (work || !idle)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Deletes closed segments whose entries are all at or before that position. */
  void retire(long upTo) throws IOException {
    files.lock();
    try {
      for (Segment oldest = oldestClosed();
          oldest != null && coveredUpTo(oldest) <= upTo;
          oldest = oldestClosed()) {
        delete(oldest);
      }
    } finally {
      files.unlock();
    }
  }

  /** Gives up what it is doing and ends. */
  void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        sealClosed();
        retireOld();
      } catch (IOException | RuntimeException e) {
        LOG.error("could not delete old segments, will try again in {}", LOOK_EVERY, e);
      }
    }
  }

  private boolean awaitWork() {
    lock.lock();
    try {
      idle = true;
      changed.signalAll();
      long left = LOOK_EVERY.toNanos();
      while (!closing && !work && left > 0) {
        left = changed.awaitNanos(left);
      }
      work = false;
      idle = false;
      return !closing;
    } catch (InterruptedException e) {
      return false; // nobody interrupts it but who wants it to end
    } finally {
      lock.unlock();
    }
  }

  private void sealClosed() {
    for (Segment segment : segments.values()) {
      if (closing) {
        return;
      }
      Map.Entry<Long, Segment> next = segments.higherEntry(segment.first());
      if (next != null && segment instanceof RawSegment raw) {
        files.lock();
        try {
          if (segments.get(raw.first()) == raw) {
            seal(raw, next.getKey() - 1);
          }
        } catch (IOException | RuntimeException e) {
          // One that cannot be read must not keep the others, nor what is too old from going.
          LOG.error("could not seal {}, will try again in {}", raw.file(), LOOK_EVERY, e);
        } finally {
          files.unlock();
        }
      }
    }
  }

  private void seal(RawSegment raw, long last) throws IOException {
    Instant now = options.clock().instant();
    if (raw.seal(last, now, READ_BYTES)) {
      open(raw.file(), raw.first(), last, now);
      return;
    }
    Path file = directory.resolve(Segment.name(raw.first(), true));
    Path unfinished = directory.resolve(file.getFileName() + FileLog.UNFINISHED);
    try (SealedSegmentWriter out =
        new SealedSegmentWriter(
            storage.create(unfinished),
            FileAppender.newBuffer(),
            options.blockBytes(),
            log,
            raw.first())) {
      if (!raw.copyTo(out, READ_BYTES, new Pace()::stops)) {
        return; // opening the log deletes what is unfinished
      }
      out.finish(last, now);
    }
    storage.rename(unfinished, file);
    storage.syncDirectory(directory);
    open(file, raw.first(), last, now);
    storage.delete(raw.file());
    storage.syncDirectory(directory);
    space.check();
  }

  private void open(Path file, long first, long last, Instant now) throws IOException {
    segments.put(first, SealedSegment.open(file, first, last, now, storage, losses, cache));
  }

  /**
   * Leaves the processors to the appends while there are any: between two spells of work it rests
   * three times as long. Not for ever: with many segments waiting it does not rest.
   */
  private final class Pace {
    private static final int BLOCKS_BETWEEN_LOOKS = 64;
    private static final int REST_FACTOR = 3;
    private static final long REST_NANOS_MAX = 100_000_000;
    private static final int SEGMENTS_WAITING_MAX = 16;

    private final boolean hurried =
        segments.values().stream().filter(RawSegment.class::isInstance).count()
            > SEGMENTS_WAITING_MAX;
    private long since = System.nanoTime();
    private int blocks;

    /** Asked between blocks: rests if it is time to, and says whether to give up. */
    boolean stops() {
      if (++blocks % BLOCKS_BETWEEN_LOOKS == 0 && !hurried && busy.getAsBoolean()) {
        rest(Math.min(REST_NANOS_MAX, REST_FACTOR * (System.nanoTime() - since)));
        since = System.nanoTime();
      }
      return closing;
    }

    private void rest(long nanos) {
      lock.lock();
      try {
        long left = nanos;
        while (!closing && left > 0) {
          left = changed.awaitNanos(left);
        }
      } catch (InterruptedException e) {
        closing = true; // nobody interrupts it but who wants it to end
      } finally {
        lock.unlock();
      }
    }
  }

  private void retireOld() throws IOException {
    files.lock();
    try {
      for (Segment oldest = oldestClosed();
          oldest != null && (isTooOld(oldest) || isTooMuch());
          oldest = oldestClosed()) {
        delete(oldest);
      }
    } finally {
      files.unlock();
    }
  }

  private boolean isTooOld(Segment segment) {
    Duration maxAge = options.maxAge();
    return maxAge != null
        && segment instanceof SealedSegment sealed
        && sealed.sealedAt().isBefore(options.clock().instant().minus(maxAge));
  }

  private boolean isTooMuch() {
    Long maxBytes = options.maxBytes();
    return maxBytes != null
        && segments.values().stream().mapToLong(Segment::bytes).sum() > maxBytes;
  }

  /** The first segment, null where that is the one being written. */
  private @Nullable Segment oldestClosed() {
    Map.Entry<Long, Segment> first = segments.firstEntry();
    return first == null || segments.higherKey(first.getKey()) == null ? null : first.getValue();
  }

  private long coveredUpTo(Segment closed) {
    Long next = segments.higherKey(closed.first());
    return next == null ? Long.MAX_VALUE : next - 1;
  }

  /**
   * One after the other made to last, so that a power cut never leaves a hole between segments. In
   * both forms: one that could not be deleted when the segment was sealed must not come back.
   */
  private void delete(Segment segment) throws IOException {
    segments.remove(segment.first());
    try {
      storage.delete(directory.resolve(Segment.name(segment.first(), false)));
      storage.delete(directory.resolve(Segment.name(segment.first(), true)));
    } catch (IOException e) {
      segments.put(segment.first(), segment); // it is the first to go the next time too
      throw e;
    }
    storage.syncDirectory(directory);
    space.check();
    LOG.info("segment deleted: first={} last={}", segment.first(), segment.last());
  }
}
