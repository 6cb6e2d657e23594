// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Memory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The runs of a thread that stopped to ask and may be continued by others. */
final class AgenticSuspensions {
  /** More than these of one thread are hardly answered; the oldest is forgotten. */
  private static final int MOST = 16;

  private final Memory memory;
  private final @Nullable String thread;

  AgenticSuspensions(Memory memory, @Nullable String thread) {
    this.memory = memory;
    this.thread = thread;
  }

  /**
   * A run that stopped to ask.
   *
   * @param calls those that were open then
   */
  record Suspended(String run, List<String> calls) {
    Suspended {
      calls = List.copyOf(calls);
    }
  }

  /** Those of a thread, the newest last. */
  record OfThread(List<Suspended> runs) {
    OfThread {
      runs = List.copyOf(runs);
    }
  }

  /** The run that stopped with that call open, null where none did. */
  @Nullable String stoppedIn(@Nullable String call) {
    for (Suspended suspended : known().reversed()) {
      if (call != null && suspended.calls().contains(call)) {
        return suspended.run();
      }
    }
    return null;
  }

  void add(String run, List<String> calls) {
    List<Suspended> runs = without(run);
    runs.add(new Suspended(run, calls));
    remember(runs.subList(Math.max(0, runs.size() - MOST), runs.size()));
  }

  /** That run goes on, itself or in another. */
  void forget(String run) {
    List<Suspended> runs = without(run);
    if (runs.size() < known().size()) {
      remember(runs);
    }
  }

  private List<Suspended> without(String run) {
    List<Suspended> runs = new ArrayList<>(known());
    runs.removeIf(suspended -> suspended.run().equals(run));
    return runs;
  }

  private List<Suspended> known() {
    OfThread known = thread == null ? null : memory.recall(key(), OfThread.class);
    return known == null ? List.of() : known.runs();
  }

  private void remember(List<Suspended> runs) {
    if (thread != null && runs.isEmpty()) {
      memory.forget(key());
    } else if (thread != null) {
      memory.remember(key(), new OfThread(runs));
    }
  }

  private String key() {
    return "suspended/" + thread;
  }
}
