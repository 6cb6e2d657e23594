// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.lucene.RunEvents.Pointer;
import dev.ledgerline.indexer.lucene.RunEvents.Witness;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Folds for those who ask. They are made from the log and kept for a while; one that grew is
 * extended by what is new.
 */
final class Folds {
  private static final int MAX_RUNS = 256;
  private static final long MAX_EVENTS = 2_000_000;

  private final EventLog log;
  private final LinkedHashMap<RunKey, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** Its lock is held while it is extended or looked at. */
  private static final class Kept {
    private @Nullable RunFold fold;
    private long seq;
  }

  Folds(EventLog log) {
    this.log = log;
  }

  /** What {@code look} sees in the fold. It must not keep it. */
  <T> T look(View view, RunKey key, long number, Function<RunFold, T> look) throws IOException {
    Kept run = kept(key);
    synchronized (run) {
      return look.apply(upToDate(run, view, key, number));
    }
  }

  void clear() {
    synchronized (kept) {
      kept.clear();
    }
  }

  private Kept kept(RunKey key) {
    synchronized (kept) {
      trim();
      return kept.computeIfAbsent(key, k -> new Kept());
    }
  }

  private void trim() {
    long events = kept.values().stream().mapToLong(run -> run.seq).sum();
    var oldest = kept.entrySet().iterator();
    while (kept.size() > MAX_RUNS || (events > MAX_EVENTS && kept.size() > 1)) {
      Map.Entry<RunKey, Kept> run = oldest.next();
      events -= run.getValue().seq;
      oldest.remove();
    }
  }

  private RunFold upToDate(Kept run, View view, RunKey key, long number) throws IOException {
    RunFold old = run.fold;
    long from = old == null ? 0 : run.seq;
    List<Pointer> news = RunEvents.pointers(view.eventsReader(), number, from);
    if (old != null && news.isEmpty()) {
      return old;
    }
    boolean all = from == 0;
    run.fold = null; // a fold that failed half-way is of no use
    RunFold fold =
        RunEvents.extend(
            old == null ? new RunFold(key) : old,
            key,
            news,
            () -> all ? news : new ArrayList<>(RunEvents.pointers(view.eventsReader(), number, 0)),
            log,
            Witness.NONE);
    run.fold = fold;
    run.seq = news.isEmpty() ? 0 : news.getLast().seq();
    return fold;
  }
}
