// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** A run that is being written, with its fold. Owned by the indexer's thread. */
final class LiveRun {
  /**
   * A rebuild of a long run may take this share of the time at most: the pause after it is so many
   * times it.
   */
  private static final int PAUSE_FACTOR = 9;

  final RunKey key;

  /** The ordinal of its first event. */
  final long number;

  final BytesRef term;

  /** Under which events of it come beside its own; kept by {@link LiveRuns}. */
  final List<RunKey> otherKeys = new ArrayList<>();

  private RunFold fold;
  private @Nullable String continued;
  private long seq;
  private long restNanos;
  private long refoldedAt;

  /**
   * @param fold of the events up to {@code seq}
   */
  LiveRun(RunKey key, long number, RunFold fold, long seq) {
    this.key = key;
    this.number = number;
    this.term = Fields.number(number);
    this.fold = fold;
    this.seq = seq;
  }

  Placed add(Event event) {
    return RunEvents.add(fold, event, ++seq);
  }

  /** The newest event's. */
  long seq() {
    return seq;
  }

  /** Its events came in another order than the source's, and no fold in the right one was made. */
  boolean outOfOrder() {
    return fold.outOfOrder();
  }

  /**
   * Whether it may be folded anew now: a run of a million events in which every second one comes
   * late must not keep the indexer from everything else.
   */
  boolean mayRefold(long nowNanos) {
    return refoldedAt == 0 || nowNanos - refoldedAt >= restNanos;
  }

  void refolded(RunFold inOrder, long startNanos, long nowNanos) {
    fold = inOrder;
    fold.continues(continued);
    refoldedAt = nowNanos;
    restNanos = PAUSE_FACTOR * (nowNanos - startNanos);
  }

  /**
   * Whether what bears that id is part of nothing else, whoever says so now: it is a run in its own
   * right, or was said to be part of another one before.
   */
  boolean keeps(RunKey id) {
    return fold.rooted() || fold.hasPart(id.run());
  }

  /** Whether it is to be seen as a run; else its events stand alone. */
  boolean ofAnAgent() {
    return fold.ofAnAgent();
  }

  /** The id that its source has for it, where that is not its key. */
  @Nullable RunKey name() {
    String name = fold.name();
    return name == null ? null : new RunKey(key.source(), name);
  }

  /** Its conversation where it stands still, null where it does not or has none. */
  ThreadAnswers.@Nullable Talk waitsIn() {
    String thread = fold.waitCount() > 0 ? fold.thread() : null;
    return thread == null || !fold.waitedAt(Instant.MAX)
        ? null
        : new ThreadAnswers.Talk(key.source(), thread);
  }

  /** What it answered was asked by that run, by the id that it goes by. */
  void continues(@Nullable String earlier) {
    continued = continued == null ? earlier : continued;
    fold.continues(continued);
  }

  /** The id that it goes by. */
  String id() {
    return fold.summary().key().run();
  }

  /** Whether that answers what it waits for. */
  boolean waitsFor(Event answer) {
    return fold.waitedAt(answer.at());
  }

  /**
   * What its document says.
   *
   * @param named under {@link #name}
   */
  WaitingRun written(boolean named) {
    RunSummary summary = fold.summary(named);
    List<Wait> open =
        summary.openWaits() == 0
            ? List.of()
            : fold.waits().stream()
                .filter(Wait::open)
                .sorted(Comparator.comparing(Wait::openedAt))
                .limit(WaitingRun.MAX_WAITS)
                .toList();
    return new WaitingRun(summary, open);
  }
}
