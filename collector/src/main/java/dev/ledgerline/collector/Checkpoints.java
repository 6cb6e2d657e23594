// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.LogFailedException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in the background, so that a restart reads little of the log: after so many
 * entries, after a minute with any, and at the end. One thread of its own.
 */
final class Checkpoints implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Checkpoints.class);

  /** Read again in about a second after a crash. */
  private static final long ENTRIES = 200_000;

  private static final long LOOK_MILLIS = 1_000;
  private static final int MOST_LOOKS = 60;

  private final EventLog log;
  private final Remembrance remembrance;
  private final Lock pausing;
  private final IdJournal journal;
  private final CheckpointFile file;
  private final ScheduledThreadPoolExecutor thread;
  private Position last;
  private int looks;

  /** Ids that are not in the journal yet, three numbers each. */
  private long[] ids = new long[0];

  private int idCount;
  private boolean trimmed;

  private Checkpoints(
      EventLog log,
      Remembrance remembrance,
      Lock pausing,
      IdJournal journal,
      CheckpointFile file,
      Position last) {
    this.log = log;
    this.remembrance = remembrance;
    this.pausing = pausing;
    this.journal = journal;
    this.file = file;
    this.last = last;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("checkpoints").factory());
  }

  /**
   * Recovers what is remembered and keeps checkpoints of it from then on.
   *
   * @param pausing while it is held, nothing is put into the log and nothing remembered changes
   */
  static Checkpoints recover(
      Path folder, EventLog log, Remembrance remembrance, Lock pausing, Limits limits)
      throws IOException {
    Files.createDirectories(folder);
    CheckpointFile file = new CheckpointFile(folder, new RecordCodec(remembrance.dialects.all()));
    Checkpoint checkpoint = usable(file.read(), log);
    IdJournal journal = new IdJournal(folder, limits.recentIds());
    remembrance.recover(log, checkpoint, journal);
    journal.deleteOthers();
    Position last = checkpoint == null ? Position.START : checkpoint.position();
    Checkpoints checkpoints = new Checkpoints(log, remembrance, pausing, journal, file, last);
    checkpoints.start();
    return checkpoints;
  }

  private static @Nullable Checkpoint usable(@Nullable Checkpoint checkpoint, EventLog log) {
    if (checkpoint == null) {
      return null;
    }
    boolean ours =
        checkpoint.log().equals(log.id()) && checkpoint.position().compareTo(log.end()) <= 0;
    if (!ours) {
      logger.warn("not using a checkpoint of another log, or of a longer one");
    }
    return ours ? checkpoint : null;
  }

  private void start() {
    thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void look() {
    long entries = log.enqueued().number() - last.number();
    looks++;
    if (entries >= ENTRIES || (entries > 0 && looks >= MOST_LOOKS)) {
      write();
    }
  }

  /** Writes one now. A failure costs time at the next start and nothing else. */
  private void write() {
    looks = 0;
    try {
      Checkpoint checkpoint;
      pausing.lock();
      try {
        drainIds();
        checkpoint = remembrance.picture(log.id(), log.enqueued(), journal.parts());
      } finally {
        pausing.unlock();
      }
      log.awaitDurable(checkpoint.position());
      journal.append(ids, idCount);
      idCount = 0;
      ids = new long[0];
      trimmed |= journal.trim();
      file.write(checkpoint.with(journal.parts(), checkpoint.forgetful() || trimmed));
      journal.deleteOthers();
      last = checkpoint.position();
    } catch (IOException | LogFailedException | RuntimeException e) {
      logger.warn("no checkpoint could be written; the next start will take longer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drainIds() {
    remembrance.ids.drain(
        (high, low, hash) -> {
          if (3 * idCount == ids.length) {
            ids = Arrays.copyOf(ids, Math.max(3 << 10, ids.length * 2));
          }
          ids[3 * idCount] = high;
          ids[3 * idCount + 1] = low;
          ids[3 * idCount + 2] = hash;
          idCount++;
        });
  }

  @Override
  public void close() {
    thread.shutdownNow();
    synchronized (this) {
      if (log.enqueued().compareTo(last) > 0) {
        write();
      }
    }
  }
}
