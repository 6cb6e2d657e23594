// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.WrongLogException;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.Position;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValuesSkipper;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two indexes of a run store and their commits.
 *
 * <p><b>One commit of two indexes.</b> Lucene commits one index at a time. Both commits carry the
 * same position, the runs index is committed first, and each index keeps its last two commits:
 *
 * <pre>
 *            runs      events
 *  at rest   1, 2      1, 2       open at 2
 *  between   2, 3      1, 2       died before events had 3: both open at 2, and runs drops its 3
 *  at rest   2, 3      2, 3       open at 3
 * </pre>
 *
 * So there is always a newest position that both have, and what came after it is read from the log
 * again.
 *
 * <p>The index can be thrown away at any time. Where anything about it is doubtful (it does not
 * open, a checksum is wrong, its format is another, the two have no commit in common, it is ahead
 * of the log) it is deleted and built again; only an index of another log is left as it is and
 * refused.
 */
final class IndexPair implements Closeable {
  /** Of the documents in both indexes; raised with every change. */
  static final int FORMAT = 4;

  private static final Logger LOG = LoggerFactory.getLogger(IndexPair.class);

  /** Below this, segments are merged at once: short refreshes make many small ones. */
  private static final double FLOOR_SEGMENT_MB = 1;

  private static final double EVENTS_BUFFER_MB = 64;
  private static final double RUNS_BUFFER_MB = 16;

  /** Lists begin with the newest events, so a search that looks at these first is done early. */
  private static final Comparator<LeafReader> NEWEST_FIRST =
      Comparator.comparingLong(IndexPair::newestEvent).reversed();

  private static long newestEvent(LeafReader leaf) {
    try {
      DocValuesSkipper ordinals = leaf.getDocValuesSkipper(Fields.OfEvent.ORDINAL);
      return ordinals == null ? 0 : ordinals.maxValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How to open the folder of an index; tests put faults in between. */
  interface Folders {
    Directory open(Path folder) throws IOException;

    Folders ON_DISK = FSDirectory::open;
  }

  private final Path folder;
  private final UUID log;
  private final Directory eventsFolder;
  private final Directory runsFolder;
  final IndexWriter events;
  final IndexWriter runs;

  /** What the pair had been built up to when it was opened. */
  final CommitData opened;

  /** What was there could not be trusted and is gone. */
  final boolean emptied;

  private IndexPair(
      Path folder,
      UUID log,
      Directory eventsFolder,
      Directory runsFolder,
      @Nullable Found found,
      boolean emptied)
      throws IOException {
    this.folder = folder;
    this.log = log;
    this.eventsFolder = eventsFolder;
    this.runsFolder = runsFolder;
    this.emptied = emptied;
    this.opened = found == null ? new CommitData(FORMAT, log, Position.START, "") : found.data;
    this.runs =
        new IndexWriter(runsFolder, config(RUNS_BUFFER_MB, found == null ? null : found.runs));
    try {
      this.events =
          new IndexWriter(
              eventsFolder, config(EVENTS_BUFFER_MB, found == null ? null : found.events));
    } catch (IOException | RuntimeException e) {
      runs.rollback();
      throw e;
    }
  }

  /** Two commits of the same position. */
  private record Found(IndexCommit runs, IndexCommit events, CommitData data) {}

  /**
   * Opens the pair, empty where there is none or it is doubtful.
   *
   * @param verify read everything and compare checksums first
   */
  static IndexPair open(Path folder, EventLog log, Folders folders, boolean verify)
      throws IOException {
    Files.createDirectories(folder);
    Directory events = folders.open(folder.resolve("events"));
    Directory runs = folders.open(folder.resolve("runs"));
    try {
      boolean doubtful = false;
      try {
        Found found = find(folder, log, events, runs);
        if (found != null && verify) {
          verify(found);
        }
        if (found != null) {
          return new IndexPair(folder, log.id(), events, runs, found, false);
        }
      } catch (WrongLogException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        if (!isDoubtful(e)) {
          throw e;
        }
        doubtful = true;
        LOG.warn("The index in {} cannot be used and is built again: {}", folder, e.toString());
      }
      empty(events);
      empty(runs);
      return new IndexPair(folder, log.id(), events, runs, null, doubtful);
    } catch (IOException | RuntimeException e) {
      events.close();
      runs.close();
      throw e;
    }
  }

  /**
   * Whether the fault lies in the files; a full disk or a lock held elsewhere is none of theirs.
   */
  private static boolean isDoubtful(Exception e) {
    return !(e instanceof LockObtainFailedException)
        && !(e instanceof AccessDeniedException)
        && (e instanceof CorruptIndexException
            || e instanceof IndexFormatTooOldException
            || e instanceof IndexFormatTooNewException
            || e instanceof NoSuchFileException
            || e instanceof FileNotFoundException
            || e instanceof EOFException
            || e instanceof DoubtfulException
            || e instanceof RuntimeException);
  }

  /** Something about the index does not fit. */
  private static final class DoubtfulException extends IOException {
    private static final long serialVersionUID = 1L;

    DoubtfulException(String message) {
      super(message);
    }
  }

  /** The newest pair of commits, null where there is no index at all. */
  private static @Nullable Found find(Path folder, EventLog log, Directory events, Directory runs)
      throws IOException {
    List<IndexCommit> ofEvents = commits(events);
    List<IndexCommit> ofRuns = commits(runs);
    if (ofEvents.isEmpty() && ofRuns.isEmpty()) {
      return null;
    }
    for (IndexCommit commit : ofEvents.reversed()) {
      CommitData data = data(commit);
      if (!data.log().equals(log.id())) {
        throw new WrongLogException(folder, data.log(), log.id());
      }
      if (data.format() != FORMAT) {
        throw new DoubtfulException("its format is " + data.format() + ", not " + FORMAT);
      }
      for (IndexCommit other : ofRuns.reversed()) {
        if (data(other).equals(data)) {
          if (data.position().compareTo(log.end()) > 0) {
            throw new DoubtfulException(
                "it holds events up to " + data.position() + ", the log ends at " + log.end());
          }
          return new Found(other, commit, data);
        }
      }
    }
    throw new DoubtfulException("its parts have no commit in common");
  }

  private static CommitData data(IndexCommit commit) throws IOException {
    try {
      return CommitData.of(commit);
    } catch (IOException e) {
      throw new DoubtfulException(String.valueOf(e.getMessage()));
    }
  }

  private static List<IndexCommit> commits(Directory folder) throws IOException {
    return DirectoryReader.indexExists(folder) ? DirectoryReader.listCommits(folder) : List.of();
  }

  /** Deletes the indexes in that folder; none of them may be open. */
  static void delete(Path folder, Folders folders) throws IOException {
    for (String name : List.of("events", "runs")) {
      try (Directory index = folders.open(folder.resolve(name))) {
        empty(index);
      }
    }
  }

  private static void empty(Directory folder) throws IOException {
    for (String file : folder.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
        folder.deleteFile(file);
      }
    }
  }

  private static IndexWriterConfig config(double bufferMb, @Nullable IndexCommit from) {
    TieredMergePolicy merges = new TieredMergePolicy();
    merges.setFloorSegmentMB(FLOOR_SEGMENT_MB);
    ConcurrentMergeScheduler scheduler = new ConcurrentMergeScheduler();
    // Two merges may be open at a time, so that a big one does not hold up the small ones.
    scheduler.setMaxMergesAndThreads(3, 1);
    scheduler.disableAutoIOThrottle();
    IndexWriterConfig config =
        new IndexWriterConfig(null)
            .setOpenMode(from == null ? OpenMode.CREATE : OpenMode.APPEND)
            .setRAMBufferSizeMB(bufferMb)
            .setMergePolicy(merges)
            .setMergeScheduler(scheduler)
            .setMaxFullFlushMergeWaitMillis(0)
            .setCommitOnClose(false)
            .setLeafSorter(NEWEST_FIRST)
            .setIndexDeletionPolicy(
                new PairedCommits(from == null ? null : from.getSegmentsFileName()));
    if (from != null) {
      config.setIndexCommit(from);
    }
    return config;
  }

  /** Makes everything written so far survive a crash. */
  void commit(Position position, Ledger ledger) throws IOException {
    CommitData data = new CommitData(FORMAT, log, position, ledger.toText());
    runs.setLiveCommitData(data.toMap().entrySet());
    runs.commit();
    events.setLiveCommitData(data.toMap().entrySet());
    events.commit();
  }

  /**
   * Reads all files of the newest pair of commits and compares their checksums.
   *
   * @throws IOException a finding, with the file that is wrong
   */
  void scrub(EventLog log) throws IOException {
    while (true) {
      Found found = find(folder, log, eventsFolder, runsFolder);
      if (found == null) {
        return;
      }
      try {
        verify(found);
        return;
      } catch (NoSuchFileException | FileNotFoundException e) {
        Found now = find(folder, log, eventsFolder, runsFolder);
        if (now != null && now.data.equals(found.data)) {
          throw e;
        }
        // A new pair took its place while we were reading.
      }
    }
  }

  private static void verify(Found found) throws IOException {
    verify(found.runs);
    verify(found.events);
  }

  private static void verify(IndexCommit commit) throws IOException {
    // Opened anew: the small files are read and checked as a whole only when they are opened.
    try (DirectoryReader reader = DirectoryReader.open(commit)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        ((CodecReader) leaf.reader()).checkIntegrity();
      }
    }
  }

  long sizeBytes() {
    return sizeOf(folder.resolve("events")) + sizeOf(folder.resolve("runs"));
  }

  private static long sizeOf(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      return 0; // the folder is being built again
    }
  }

  /** Closes without a commit: what was not committed is read from the log again. */
  @Override
  public void close() throws IOException {
    try (eventsFolder;
        runsFolder) {
      try {
        runs.rollback();
      } finally {
        events.rollback();
      }
    }
  }
}
