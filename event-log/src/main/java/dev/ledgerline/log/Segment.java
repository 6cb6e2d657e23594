// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file of the log: the entries from one position to another. */
sealed interface Segment permits RawSegment, SealedSegment {
  Path file();

  /** The position that it starts with, which is also its name. */
  long first();

  /** Its newest durable entry; one less than {@link #first} while it has none. */
  long last();

  long bytes();

  /**
   * A reader that starts with the entry at that position, or else the next that there is.
   *
   * @param bufferBytes how much to read at once
   * @throws java.nio.file.NoSuchFileException the segment was sealed or retired meanwhile
   */
  Reader read(long position, int bufferBytes) throws IOException;

  /** Reads in order, by one thread at a time. */
  interface Reader extends AutoCloseable {
    /** The next durable entry, null where there is none (yet). */
    EventLog.@Nullable LogEntry next() throws IOException;

    @Override
    void close();
  }

  static String name(long first, boolean sealed) {
    return String.format("%020d", first) + (sealed ? SealedSegment.SUFFIX : RawSegment.SUFFIX);
  }
}
