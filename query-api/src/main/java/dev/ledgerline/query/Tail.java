// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.query.EventPredicate;
import dev.ledgerline.indexer.RunReader;
import dev.ledgerline.indexer.RunReader.Standing;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log from a position and hands out the events that match. It reads at the pace of who
 * asks and keeps one entry in memory: a slow reader falls behind, which costs nobody anything, and
 * misses something only when the log has let go of it. Used by one thread at a time.
 */
public final class Tail implements AutoCloseable {
  /** What a tail hands out. */
  public sealed interface Item {}

  /**
   * @param last no other event of its entry follows: whoever has seen it may resume after its
   *     position
   */
  public record Happened(EventView event, boolean last) implements Item {}

  /** The entries from {@code first} to {@code last} are not kept any more, or are damaged. */
  public record Missed(Position first, Position last) implements Item {}

  private final EventLog log;
  private final RunReader store;
  private final EventPredicate wanted;
  private final Queue<Item> ready = new ArrayDeque<>();
  private EventLog.Cursor cursor;
  private Position read;

  Tail(EventLog log, RunReader store, EventPredicate wanted, Position since) throws IOException {
    this.log = log;
    this.store = store;
    this.wanted = wanted;
    this.read = since;
    this.cursor = log.read(since);
  }

  /** How far it has read. */
  public Position position() {
    return read;
  }

  /** What comes next; null if nothing that matches was found in that time. */
  public @Nullable Item next(Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      Item item = ready.poll();
      if (item != null) {
        return item;
      }
      EventLog.LogEntry entry = cursor.next();
      if (entry != null) {
        take(entry);
      }
      long left = deadline - System.nanoTime();
      if (ready.isEmpty()
          && (left <= 0 || (entry == null && !log.awaitBeyond(read, Duration.ofNanos(left))))) {
        return null;
      }
    }
  }

  private void take(EventLog.LogEntry entry) throws IOException {
    Position next = read.plus(1);
    if (entry.position().compareTo(next) > 0) {
      ready.add(new Missed(next, entry.position().plus(-1)));
    }
    read = entry.position();
    Entry decoded;
    try {
      decoded = EntryCodec.decode(entry.bytes());
    } catch (MalformedEntryException e) {
      ready.add(new Missed(read, read)); // to stop here would be to stop here for ever
      return;
    }
    switch (decoded) {
      case Entry.Recorded recorded -> take(recorded.events(), recorded.original());
      case Entry.Concluded concluded -> take(concluded.events(), new byte[0]);
      case Entry.Refused _, Entry.Repeated _, Entry.Replayed _ -> {}
    }
  }

  private void take(List<Event> events, byte[] original) throws IOException {
    List<Event> matching = events.stream().filter(e -> wanted.test(e, original)).toList();
    for (int i = 0; i < matching.size(); i++) {
      EventView view = view(matching.get(i), original);
      ready.add(new Happened(view, i == matching.size() - 1));
    }
  }

  /** With its place in its run where the store has come that far. */
  private EventView view(Event event, byte[] original) throws IOException {
    Standing standing = read.compareTo(store.visible()) <= 0 ? store.standing(event.id()) : null;
    return standing == null
        ? EventView.live(event, read, original)
        : EventView.live(event, standing, read, original);
  }

  @Override
  public void close() {
    cursor.close();
  }
}
