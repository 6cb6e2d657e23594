// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.Position;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Gets entries for one who wants many of them in the order of the log, as a fold does. Finding an
 * entry of the active segment means to open the file and to read some 64 KiB; where the wanted ones
 * stand close together, it is several times cheaper to read on and to pass over what is between.
 * Any order is right, and only that one is fast. Used by one thread at a time.
 */
final class ForwardEntries implements AutoCloseable {
  /** So many entries can be passed over for what it costs to find one. */
  private static final long NEAR = 64;

  /** A cursor reads more at once: it pays after as many near steps. */
  private static final int STEPS_BEFORE_CURSOR = 4;

  private final EventLog log;
  private long last = -NEAR - 1;
  private int nearSteps;
  private EventLog.@Nullable Cursor cursor;

  /** What the cursor gave last; it may stand behind {@link #last} where the log has a gap. */
  private @Nullable LogEntry read;

  ForwardEntries(EventLog log) {
    this.log = log;
  }

  /** Null where the log does not keep it any more. */
  @Nullable LogEntry get(Position position) throws IOException {
    long wanted = position.number();
    boolean near = wanted > last && wanted - last <= NEAR;
    last = wanted;
    if (!near) {
      close();
      return log.get(position);
    }
    if (cursor == null && ++nearSteps <= STEPS_BEFORE_CURSOR) {
      return log.get(position);
    }
    return readOn(wanted);
  }

  private @Nullable LogEntry readOn(long wanted) throws IOException {
    EventLog.Cursor open = cursor;
    if (open == null) {
      open = log.read(Position.of(wanted - 1));
      cursor = open;
    }
    LogEntry at = read;
    while (at == null || at.position().number() < wanted) {
      at = open.next();
      if (at == null) {
        break;
      }
    }
    read = at;
    return at != null && at.position().number() == wanted ? at : null;
  }

  @Override
  public void close() {
    nearSteps = 0;
    read = null;
    if (cursor != null) {
      cursor.close();
      cursor = null;
    }
  }
}
