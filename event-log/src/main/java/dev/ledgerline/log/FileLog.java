// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * The log as a folder of segment files on one disk.
 *
 * <pre>
 *  00000000000000000001.zlog           sealed: its small blocks packed together, with an index
 *  00000000000000018424.log            sealed as it is, with an index; or closed and soon sealed
 *  00000000000000036001.log            active: written by one thread
 *  00000000000000000001.log.damaged    what a damaged file looked like
 *  lock                                held by the process that has the log open
 * </pre>
 *
 * <p>Files are named by their first position. Each opening starts a new active segment: what the
 * last process may have left half written is never written to again.
 *
 * <p>Threads: the one of {@link LogWriter} writes the active segment, the one of {@link
 * SegmentKeeper} seals and deletes; who appends hashes and compresses.
 */
public final class FileLog implements EventLog {
  /** At the end of the name of a file that is being written and means nothing yet. */
  static final String UNFINISHED = ".tmp";

  private static final String LOCK = "lock";

  /** Of a raw segment, to find one entry: what lies between two blocks that are noted, mostly. */
  private static final int GET_BUFFER_BYTES = 64 << 10;

  private final UUID id;
  private final AutoCloseable lock;
  private final ConcurrentNavigableMap<Long, Segment> segments;
  private final DurableEnd durable;
  private final LogWriter writer;
  private final SegmentKeeper keeper;
  private final Losses losses;
  private final Recovery recovery;

  private FileLog(Path directory, FileLogOptions options, Storage storage, AutoCloseable lock)
      throws IOException {
    this.lock = lock;
    this.losses = new Losses(storage);
    BlockCache cache = new BlockCache(options.blockCacheBytes());
    LogFolder folder = new LogFolder(directory, options, storage, losses, cache);
    folder.recover();
    this.id = folder.id();
    this.segments = folder.segments();
    this.recovery = new Recovery(folder.cuts(), losses.all());
    this.durable = new DurableEnd(folder.last());
    LogWriter.Folder open =
        new LogWriter.Folder(
            directory,
            id,
            options,
            storage,
            segments,
            new FreeSpace(directory, storage, options),
            losses);
    this.keeper = new SegmentKeeper(open, cache);
    this.writer = new LogWriter(open, durable, keeper::segmentClosed);
  }

  /** Opens the log in that folder of this machine, or makes one. */
  public static FileLog open(Path directory) throws IOException {
    return open(directory, FileLogOptions.defaults(), new LocalStorage());
  }

  /**
   * Opens the log in that folder, or makes one.
   *
   * @throws IOException another process has it open, or it cannot be read
   */
  public static FileLog open(Path directory, FileLogOptions options, Storage storage)
      throws IOException {
    storage.createDirectories(directory);
    AutoCloseable lock = storage.lock(directory.resolve(LOCK));
    FileLog log;
    try {
      log = new FileLog(directory, options, storage, lock);
    } catch (IOException | RuntimeException e) {
      release(lock);
      throw e;
    }
    log.writer.start();
    log.keeper.start(log.writer::busy);
    return log;
  }

  static Path directory(Path file) {
    Path directory = file.getParent();
    if (directory == null) {
      throw new IllegalArgumentException("no directory: " + file);
    }
    return directory;
  }

  /** What opening it found. */
  public Recovery recovery() {
    return recovery;
  }

  /** Everything that was found to be lost, when it was opened and by reading since. */
  public List<Recovery.Loss> losses() {
    return losses.all();
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public Appended enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    return writer.enqueue(entries);
  }

  @Override
  public Position start() {
    return Position.of(segments.firstKey() - 1);
  }

  @Override
  public Position end() {
    return Position.of(durable.get());
  }

  @Override
  public Position enqueued() {
    return Position.of(writer.enqueued());
  }

  @Override
  public void awaitDurable(Position position) throws LogFailedException, InterruptedException {
    durable.await(position.number());
  }

  @Override
  public boolean awaitBeyond(Position position, Duration atMost) throws InterruptedException {
    return durable.awaitBeyond(position.number(), atMost);
  }

  @Override
  public Cursor read(Position after) {
    return new LogCursor(segments, after.number());
  }

  @Override
  public @Nullable LogEntry get(Position position) throws IOException {
    long number = position.number();
    if (number > durable.get()) {
      return null;
    }
    while (true) {
      Map.Entry<Long, Segment> found = segments.floorEntry(number);
      if (found == null) {
        return null;
      }
      try {
        return switch (found.getValue()) {
          case SealedSegment sealed -> sealed.get(number);
          case RawSegment raw -> get(raw, number);
        };
      } catch (NoSuchFileException e) {
        if (segments.get(found.getKey()) == found.getValue()) {
          throw e;
        }
      }
    }
  }

  private static @Nullable LogEntry get(RawSegment raw, long number) throws IOException {
    if (number > raw.last()) {
      return null;
    }
    try (Segment.Reader reader = raw.read(number, GET_BUFFER_BYTES)) {
      LogEntry entry = reader.next();
      return entry != null && entry.position().number() == number ? entry : null;
    }
  }

  @Override
  public long sizeBytes() {
    return segments.values().stream().mapToLong(Segment::bytes).sum();
  }

  /**
   * Deletes whole segments whose entries are all at or before that position. The segment that is
   * being written stays.
   */
  public void retire(Position upTo) throws IOException {
    keeper.retire(upTo.number());
  }

  /** Waits until every closed segment is sealed and what is too old or too much is gone. */
  void awaitSealed() throws InterruptedException {
    keeper.awaitIdle();
  }

  @Override
  public void close() throws IOException {
    writer.close();
    keeper.close();
    release(lock);
  }

  private static void release(AutoCloseable lock) throws IOException {
    try {
      lock.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
