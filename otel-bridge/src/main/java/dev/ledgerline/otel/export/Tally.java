// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.otel.Signal;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of items since the start, counted by its thread and read by any. */
final class Tally {
  /**
   * The items of one signal that had one fate.
   *
   * @param outcome {@code sent}, {@code rejected} (by a partial success), or {@code dropped:} and
   *     why
   */
  record Fate(Signal signal, String outcome) {}

  static final String SENT = "sent";
  static final String REJECTED = "rejected";

  private final Map<Fate, LongAdder> fates = new ConcurrentHashMap<>();
  private final LongAdder retries = new LongAdder();

  void count(Signal signal, String outcome, long items) {
    fates.computeIfAbsent(new Fate(signal, outcome), _ -> new LongAdder()).add(items);
  }

  /** By signal and outcome, for example {@code traces sent}. */
  Map<String, Long> outcomes() {
    Map<String, Long> all = new TreeMap<>();
    fates.forEach(
        (fate, count) -> all.put(fate.signal().word() + " " + fate.outcome(), count.sum()));
    return all;
  }

  long sent(Signal signal) {
    LongAdder count = fates.get(new Fate(signal, SENT));
    return count == null ? 0 : count.sum();
  }

  void retried() {
    retries.increment();
  }

  long retries() {
    return retries.sum();
  }
}
