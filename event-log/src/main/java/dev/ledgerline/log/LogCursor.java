// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads from segment to segment. It keeps the file that it reads open, so a segment that is sealed
 * or deleted meanwhile is read to its end. Interrupting the thread that reads closes that file, as
 * channels do: a new cursor goes on where this one ended.
 */
final class LogCursor implements EventLog.Cursor {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ConcurrentNavigableMap<Long, Segment> segments;
  private long last;
  private long segmentFirst;
  private Segment.@Nullable Reader reader;

  LogCursor(ConcurrentNavigableMap<Long, Segment> segments, long after) {
    this.segments = segments;
    this.last = after;
  }

  @Override
  public EventLog.@Nullable LogEntry next() throws IOException {
    while (true) {
      Segment.Reader current = reader;
      if (current == null) {
        current = open(last + 1);
        reader = current;
      }
      EventLog.LogEntry entry = current.next();
      if (entry == null) {
        Long next = segments.higherKey(segmentFirst);
        if (next == null) {
          return null;
        }
        entry = current.next(); // a segment with a next one has all its entries
        if (entry == null) {
          close();
          last = Math.max(last, next - 1);
          continue;
        }
      }
      last = entry.position().number();
      return entry;
    }
  }

  private Segment.Reader open(long position) throws IOException {
    while (true) {
      Map.Entry<Long, Segment> found = segments.floorEntry(position);
      Segment segment = found == null ? segments.firstEntry().getValue() : found.getValue();
      try {
        Segment.Reader opened = segment.read(position, BUFFER_BYTES);
        segmentFirst = segment.first();
        return opened;
      } catch (NoSuchFileException e) {
        if (segments.get(segment.first()) == segment) {
          throw e;
        }
      }
    }
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
