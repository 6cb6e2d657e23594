// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Event;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the events of runs again, each from its first entry to its last, in the order of the log.
 */
final class OpenRunReader {
  /** Is given each event. */
  interface Taker {
    void take(OpenRun run, Event event, long position, int index);
  }

  private OpenRunReader() {}

  static void read(EventLog log, List<OpenRun> runs, Taker taker) throws IOException {
    Map<RunKey, Range> ranges = new HashMap<>();
    runs.forEach(run -> ranges.put(run.key(), new Range(run, run.first(), run.last())));
    List<Range> sorted =
        ranges.values().stream().sorted(Comparator.comparingLong(Range::first)).toList();
    long read = 0;
    int i = 0;
    while (i < sorted.size()) {
      // Stretches of the log that no open run reaches into are not read: a run may wait for weeks.
      long from = Math.max(read + 1, sorted.get(i).first());
      long to = sorted.get(i).last();
      while (i < sorted.size() && sorted.get(i).first() <= to + 1) {
        to = Math.max(to, sorted.get(i).last());
        i++;
      }
      if (from <= to) {
        stretch(log, from, to, ranges, taker);
      }
      read = Math.max(read, to);
    }
  }

  private record Range(OpenRun run, long first, long last) {}

  private static void stretch(
      EventLog log, long from, long to, Map<RunKey, Range> ranges, Taker taker) throws IOException {
    try (EventLog.Cursor cursor = log.read(Position.of(from - 1))) {
      for (LogEntry entry = cursor.next();
          entry != null && entry.position().number() <= to;
          entry = cursor.next()) {
        List<Event> events = events(entry);
        for (int i = 0; i < events.size(); i++) {
          Event event = events.get(i);
          String run = event.scope().run();
          Range range = run == null ? null : ranges.get(new RunKey(event.source(), run));
          long position = entry.position().number();
          if (range != null && position >= range.first() && position <= range.last()) {
            taker.take(range.run(), event, position, i);
          }
        }
      }
    }
  }

  private static List<Event> events(LogEntry entry) {
    try {
      return switch (EntryCodec.decode(entry.bytes())) {
        case Entry.Recorded recorded -> recorded.events();
        case Entry.Concluded concluded -> concluded.events();
        default -> List.of();
      };
    } catch (MalformedEntryException e) {
      return List.of();
    }
  }
}
