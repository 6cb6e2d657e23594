// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.MalformedEntryException;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A run of which something is still to be sent. */
final class OpenRun {
  /** Where an event stands in the log and in its run, to fold it again in another order. */
  private record Seen(long position, int index, long order, long seq, boolean foreign) {}

  private final RunKey key;
  private final RunContext context;
  private final long first;
  private long last;
  private FoldedRun folded;
  private final List<Seen> seen = new ArrayList<>();

  private Instant lastObserved = Instant.MIN;
  private Instant lastAt = Instant.MIN;
  private boolean matched;

  /** The number of the next span of the run: 0 its own, then one for each time it went on. */
  private int part;

  private boolean pending = true;

  /** Since when it goes on; null where it began with what is folded here. */
  private @Nullable Instant partStart;

  private RunContext.@Nullable Place previous;
  private boolean inThread;
  private @Nullable TokenUsage counted;

  /** When it is due, until something happens; null with {@code dueKnown}: it waits. */
  private @Nullable Instant due;

  private boolean dueKnown;

  /**
   * @param first and {@code last}: the entries between which its events stand, as far as is known
   */
  OpenRun(RunKey key, RunContext context, long first, long last, int part) {
    this.key = key;
    this.context = context;
    this.first = first;
    this.last = last;
    this.part = part;
    this.folded = new FoldedRun(key, Set.of());
  }

  Placed add(Event event, long position, int index, boolean foreign) {
    dueKnown = false;
    long seq = seen.size() + 1L;
    boolean ended = folded.fold().state().terminal();
    Placed placed = folded.add(event, seq, foreign);
    seen.add(new Seen(position, index, placed.order(), seq, foreign));
    last = Math.max(last, position);
    lastObserved = event.observedAt().isAfter(lastObserved) ? event.observedAt() : lastObserved;
    lastAt = event.at().isAfter(lastAt) ? event.at() : lastAt;
    if (!pending && ended && !folded.fold().state().terminal()) {
      pending = true;
      partStart = event.at();
    }
    return placed;
  }

  /** Folds it again in the order of the source, where its events arrived in another. */
  void inOrder(EventLog log) throws IOException {
    if (!folded.fold().outOfOrder()) {
      return;
    }
    FoldedRun again = new FoldedRun(key, folded.sent());
    List<Seen> sorted = new ArrayList<>(seen);
    sorted.sort(Comparator.comparingLong(Seen::order).thenComparingLong(Seen::seq));
    for (Seen one : sorted) {
      Event event = event(log, one);
      if (event != null) {
        again.add(event, one.seq(), one.foreign());
      }
    }
    if (again.fold().events() > 0) {
      folded = again;
    }
  }

  /** Null where the log has let go of it. */
  private static @Nullable Event event(EventLog log, Seen seen) throws IOException {
    LogEntry entry = log.get(Position.of(seen.position()));
    if (entry == null) {
      return null;
    }
    try {
      return switch (EntryCodec.decode(entry.bytes())) {
        case Entry.Recorded recorded -> recorded.events().get(seen.index());
        case Entry.Concluded concluded -> concluded.events().get(seen.index());
        default -> null;
      };
    } catch (MalformedEntryException e) {
      return null;
    }
  }

  /**
   * When its own span is due: a little after its end, since what belongs to it may come late;
   * longer after an end that is only a conclusion; and when it has been silent for so long that it
   * counts as lost. Null while it waits for somebody.
   */
  @Nullable Instant due(Settings settings) {
    if (!dueKnown) {
      due = dueNow(settings.pace().settle(), settings.pace().settleConcluded(), settings.silence());
      dueKnown = true;
    }
    return due;
  }

  private @Nullable Instant dueNow(Duration settle, Duration settleConcluded, Duration silence) {
    RunSummary run = folded.fold().summary();
    if (!pending) {
      return run.openWaits() > 0 ? null : lastObserved.plus(settle);
    }
    if (run.state().terminal()) {
      boolean concluded = run.stateQuality() != Quality.REPORTED;
      return lastObserved.plus(concluded ? settleConcluded : settle);
    }
    if (part > 0 && run.state() == State.UNKNOWN) {
      return lastObserved.plus(settle); // something was said of it after its end
    }
    return run.openWaits() > 0 ? null : lastObserved.plus(silence);
  }

  /** Its own span goes out now. Returns the number of that span. */
  int ended() {
    dueKnown = false;
    pending = false;
    return part++;
  }

  /** The tokens spent since this was last asked; null for none. */
  @Nullable TokenUsage newUsage() {
    TokenUsage now = folded.fold().usage();
    TokenUsage before = counted;
    if (now == null || now.equals(before)) {
      return null;
    }
    counted = now;
    return before == null ? now : now.since(before);
  }

  RunKey key() {
    return key;
  }

  RunContext context() {
    return context;
  }

  FoldedRun folded() {
    return folded;
  }

  RunFold fold() {
    return folded.fold();
  }

  long first() {
    return first;
  }

  long last() {
    return last;
  }

  int events() {
    return seen.size();
  }

  boolean matched() {
    return matched;
  }

  void match(boolean matches) {
    matched |= matches;
  }

  boolean pending() {
    return pending;
  }

  int part() {
    return part;
  }

  @Nullable Instant partStart() {
    return partStart;
  }

  Instant lastObserved() {
    return lastObserved;
  }

  Instant lastAt() {
    return lastAt;
  }

  RunContext.@Nullable Place previous() {
    return previous;
  }

  /** Whether the run before it in its thread has been looked for. */
  boolean inThread() {
    return inThread;
  }

  void follows(RunContext.@Nullable Place previous) {
    this.previous = previous;
    this.inThread = true;
  }

  /** As it was when its cursor was kept, once its events are folded again. */
  void resume(boolean pending, int part, @Nullable Instant partStart) {
    this.dueKnown = false;
    this.inThread |= folded.fold().summary().thread() != null;
    this.pending = pending;
    this.part = part;
    this.partStart = partStart;
  }
}
