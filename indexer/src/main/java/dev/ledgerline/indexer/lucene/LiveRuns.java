// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.run.RunKey;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The runs whose folds are kept, least recently written first. A run that was let go is folded
 * again from the log when it goes on. Runs are let go only right after a refresh, when everything
 * about them is visible; so between two refreshes there may be more than the bounds say.
 */
final class LiveRuns {
  private final int maxRuns;
  private final long maxEvents;
  private final LinkedHashMap<RunKey, LiveRun> runs = new LinkedHashMap<>(1_024, 0.75f, true);

  /** Other keys that events of a run bear, to its own. */
  private final Map<RunKey, RunKey> otherKeys = new HashMap<>();

  private final Set<LiveRun> dirty = new LinkedHashSet<>();

  /**
   * @param maxEvents folded by all of them together; a measure of memory, since steps and waits are
   *     kept (some 100 bytes for each)
   */
  LiveRuns(int maxRuns, long maxEvents) {
    this.maxRuns = maxRuns;
    this.maxEvents = maxEvents;
  }

  @Nullable LiveRun get(RunKey key) {
    return runs.get(otherKeys.getOrDefault(key, key));
  }

  /** The run whose first event has that ordinal. */
  @Nullable LiveRun numbered(long number) {
    return runs.values().stream().filter(run -> run.number == number).findFirst().orElse(null);
  }

  void put(LiveRun run) {
    runs.put(run.key, run);
  }

  /** Events that bear that key are the run's. */
  void alsoKnownAs(RunKey other, LiveRun run) {
    if (!other.equals(run.key) && otherKeys.put(other, run.key) == null) {
      run.otherKeys.add(other);
    }
  }

  /** A run is part of another one and no longer a run itself. */
  void joined(LiveRun part, LiveRun whole) {
    runs.remove(part.key);
    dirty.remove(part);
    part.otherKeys.forEach(otherKeys::remove);
    part.otherKeys.forEach(other -> alsoKnownAs(other, whole));
    alsoKnownAs(part.key, whole);
  }

  void touched(LiveRun run) {
    dirty.add(run);
  }

  /** Those that have to be written before the next refresh. */
  Set<LiveRun> dirty() {
    return dirty;
  }

  int size() {
    return runs.size();
  }

  /** Lets go what is too much; the run written last and those yet to be written stay. */
  void trim() {
    long events = 0;
    for (LiveRun run : runs.values()) {
      events += run.seq();
    }
    Iterator<Map.Entry<RunKey, LiveRun>> oldest = runs.entrySet().iterator();
    for (int left = runs.size(); left > 1; left--) {
      LiveRun run = oldest.next().getValue();
      if (runs.size() <= maxRuns && events <= maxEvents) {
        return;
      }
      if (!dirty.contains(run)) {
        events -= run.seq();
        oldest.remove();
        run.otherKeys.forEach(otherKeys::remove);
      }
    }
  }

  void clear() {
    runs.clear();
    otherKeys.clear();
    dirty.clear();
  }
}
