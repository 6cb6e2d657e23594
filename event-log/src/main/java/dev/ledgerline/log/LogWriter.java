// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the log, and the queue before it.
 *
 * <p>Natural group commit: the thread takes everything that waits, writes it, syncs once, wakes who
 * waited, and looks again. Under load a group is what came during the last sync; without load it is
 * one batch. There is no timer.
 *
 * <p>A write or sync that failed ends it: what a kernel keeps of a failed sync is unknown, and
 * trying again on the same file may succeed without the data being there.
 */
final class LogWriter {
  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

  private final Path directory;
  private final UUID log;
  private final FileLogOptions options;
  private final Storage storage;
  private final ConcurrentNavigableMap<Long, Segment> segments;
  private final FreeSpace space;
  private final Losses losses;
  private final DurableEnd durable;
  private final Runnable onSegmentClosed;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  // Guarded by the lock.
  private List<Batch> queue = new ArrayList<>();
  private long queueBytes;
  private boolean closing;
  private volatile long enqueued;

  /** Those that nobody uses; more than there are processors are never busy for long. */
  private final Queue<BlockPacker> packers =
      new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

  /** Nobody closes the packers that are given back from now on. */
  private volatile boolean closed;

  // Only the thread touches these.
  private final ByteBuffer buffer = FileAppender.newBuffer();
  private Active active;

  /** The segment that is being written, and the way into its file. */
  private record Active(RawSegment segment, FileAppender out) {}

  /** What the writer works on. */
  record Folder(
      Path directory,
      UUID log,
      FileLogOptions options,
      Storage storage,
      ConcurrentNavigableMap<Long, Segment> segments,
      FreeSpace space,
      Losses losses) {}

  LogWriter(Folder folder, DurableEnd durable, Runnable onSegmentClosed) throws IOException {
    this.directory = folder.directory();
    this.log = folder.log();
    this.options = folder.options();
    this.storage = folder.storage();
    this.segments = folder.segments();
    this.space = folder.space();
    this.losses = folder.losses();
    this.durable = durable;
    this.onSegmentClosed = onSegmentClosed;
    this.enqueued = durable.get();
    this.active = begin(enqueued + 1);
    this.thread = Thread.ofPlatform().daemon().name("log-writer").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  long enqueued() {
    return enqueued;
  }

  /** Whether something is being written; a guess that is good enough to get out of the way. */
  boolean busy() {
    return enqueued > durable.get();
  }

  Batch enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    durable.throwIfFailed();
    space.require();
    Batch batch = batch(entries);
    lock.lockInterruptibly();
    try {
      while (queueBytes > 0 && queueBytes + batch.bytes() > options.queueBytes() && !closing) {
        notFull.await();
      }
      durable.throwIfFailed();
      if (closing) {
        throw new LogFailedException("the log is closed", new ClosedChannelException());
      }
      batch.place(enqueued + 1);
      enqueued = batch.lastNumber();
      queueBytes += batch.bytes();
      queue.add(batch);
      notEmpty.signal();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private Batch batch(List<byte[]> entries) {
    BlockPacker packer = packers.poll();
    if (packer == null) {
      packer = new BlockPacker(options.blockBytes());
    }
    boolean reusable = false;
    try {
      Batch batch = new Batch(entries, packer, durable);
      reusable = !packer.isLarge() && packers.offer(packer);
      return batch;
    } finally {
      if (!reusable) {
        packer.close();
      } else if (closed) {
        closePackers();
      }
    }
  }

  private void closePackers() {
    for (BlockPacker packer = packers.poll(); packer != null; packer = packers.poll()) {
      packer.close();
    }
  }

  /** Writes what waits, then ends. */
  void close() {
    lock.lock();
    try {
      closing = true;
      notEmpty.signal();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // what was accepted is written all the same
      }
    }
    closed = true;
    closePackers();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Batch> group = List.of();
    try {
      for (group = take(); !group.isEmpty(); group = take()) {
        write(group);
      }
      active.out.close();
      durable.fail(new ClosedChannelException());
    } catch (Throwable e) {
      fail(e, group);
    }
  }

  /** Everything that waits; nothing if the log is being closed. */
  private List<Batch> take() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        notEmpty.awaitUninterruptibly();
      }
      List<Batch> group = queue;
      queue = new ArrayList<>();
      queueBytes = 0;
      notFull.signalAll();
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Batch> group) throws IOException {
    int committed = 0;
    for (int i = 0; i < group.size(); i++) {
      Batch batch = group.get(i);
      long size = active.out.size();
      boolean empty = size == SegmentHeader.BYTES;
      if (!empty && size + batch.bytes() > options.segmentBytes()) {
        commit(group.subList(committed, i));
        committed = i;
        nextSegment(batch.firstNumber());
      }
      batch.noteIn(active.segment, active.out.size());
      active.out.append(batch.array(), 0, batch.bytes());
    }
    commit(group.subList(committed, group.size()));
  }

  private void commit(List<Batch> written) throws IOException {
    if (written.isEmpty()) {
      return;
    }
    active.out.sync();
    long last = written.getLast().lastNumber();
    active.segment.publish(last, active.out.size());
    durable.advance(last);
    for (Batch batch : written) {
      batch.settle();
    }
  }

  private void nextSegment(long first) throws IOException {
    active.out.close();
    active = begin(first);
    space.check();
    onSegmentClosed.run();
  }

  private Active begin(long first) throws IOException {
    Path file = directory.resolve(Segment.name(first, false));
    Path unfinished = directory.resolve(file.getFileName() + FileLog.UNFINISHED);
    Segment there = segments.get(first);
    if (there != null && there.bytes() > SegmentHeader.BYTES) {
      throw new IOException(file + " is to begin, and has entries");
    }
    StorageFile created = storage.create(unfinished);
    try {
      FileAppender out = new FileAppender(created, buffer, 0);
      out.append(SegmentHeader.of(false, log, first).toBytes(), 0, SegmentHeader.BYTES);
      out.sync();
      storage.rename(unfinished, file);
      storage.syncDirectory(directory);
      RawSegment begun = new RawSegment(file, first, storage, losses);
      segments.put(first, begun);
      return new Active(begun, out);
    } catch (IOException | RuntimeException e) {
      created.close();
      throw e;
    }
  }

  private void fail(Throwable cause, List<Batch> group) {
    LOG.error("the log failed and takes nothing more until it is opened again", cause);
    durable.fail(cause);
    cutUnsynced();
    List<Batch> waiting;
    lock.lock();
    try {
      closing = true;
      waiting = queue;
      queue = new ArrayList<>();
      queueBytes = 0;
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
    group.forEach(Batch::settle);
    waiting.forEach(Batch::settle);
  }

  /** So that who opens the file next does not take for durable what the page cache still shows. */
  private void cutUnsynced() {
    @Nullable IOException problem = null;
    try {
      active.out.truncate(active.segment.bytes());
    } catch (IOException e) {
      problem = e;
    }
    try {
      active.out.close();
    } catch (IOException e) {
      problem = e;
    }
    if (problem != null) {
      LOG.warn("could not cut what was not synced off {}", active.segment.file(), problem);
    }
  }
}
