// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log of entries. Any number of threads append; any number of readers follow, none
 * of which can slow an append down or be slowed down by it. Readers never see an entry that is not
 * durable.
 */
public interface EventLog extends AutoCloseable {
  /** Which log this is; an index belongs to one log only. */
  UUID id();

  /**
   * Gives the entries their positions, in order and without gaps, and hands them to the writer.
   * They are not durable yet. Blocks while the queue of the writer is full.
   *
   * @param entries encoded entries ({@link EntryCodec}), at least one
   * @throws LogFullException the disk is nearly full; nothing was appended, later calls may succeed
   * @throws LogFailedException the log cannot be written any more until it is opened again
   */
  Appended enqueue(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException;

  /** {@link #enqueue} and wait until durable. */
  default Appended append(List<byte[]> entries)
      throws LogFullException, LogFailedException, InterruptedException {
    Appended appended = enqueue(entries);
    appended.awaitDurable();
    return appended;
  }

  /** What an append was given. */
  interface Appended {
    Position first();

    Position last();

    /**
     * Waits until all of it, and everything before it, is on disk.
     *
     * @throws LogFailedException it is not, and whether it will be found after a restart is unknown
     */
    void awaitDurable() throws LogFailedException, InterruptedException;
  }

  /**
   * The last position before the oldest entry that is kept; {@link Position#START} until something
   * was retired.
   */
  Position start();

  /** The newest durable entry. */
  Position end();

  /** The newest position that was given out; {@link #end} follows it. */
  Position enqueued();

  /** Waits until everything up to that position is durable. */
  void awaitDurable(Position position) throws LogFailedException, InterruptedException;

  /**
   * Waits until {@link #end} is beyond that position; false if the time ran out first. Wakes within
   * a millisecond.
   */
  boolean awaitBeyond(Position position, Duration atMost) throws InterruptedException;

  /**
   * Reads in order from the entry after {@code after}; positions that are not kept any more are
   * skipped.
   */
  Cursor read(Position after) throws IOException;

  /** One entry, null where it is not kept (any more) or not durable yet. */
  @Nullable LogEntry get(Position position) throws IOException;

  /** Bytes on disk. */
  long sizeBytes();

  @Override
  void close() throws IOException;

  /** An entry and where it stands. */
  record LogEntry(Position position, byte[] bytes) {}

  /** Reads one after the other; used by one thread at a time. */
  interface Cursor extends AutoCloseable {
    /**
     * The next durable entry, null at the end; may be called again then, and sees what was appended
     * meanwhile.
     */
    @Nullable LogEntry next() throws IOException;

    @Override
    void close();
  }
}
