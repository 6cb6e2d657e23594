// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Flag;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A run as far as its events are known. Placeholder body; the real one follows. */
public final class RunFold {
  /** What the fold found out about one event. */
  public record Placed(
      Set<Flag> flags, @Nullable String stepId, @Nullable Long parentSeq, long order) {}

  private final RunKey key;
  private @Nullable RunSummary summary;

  public RunFold(RunKey key) {
    this.key = key;
  }

  /** Adds the event with that number of arrival. */
  public Placed add(Event event, long seq) {
    return new Placed(event.flags(), null, null, seq);
  }

  /**
   * Whether an event was added that belongs before one that had been folded. What the fold says
   * then is right only after a new fold was given all events sorted by (order, seq).
   */
  public boolean outOfOrder() {
    return false;
  }

  public RunSummary summary() {
    if (summary == null) {
      throw new IllegalStateException("no events yet: " + key);
    }
    return summary;
  }

  public List<Step> steps() {
    return List.of();
  }

  public List<Wait> waits() {
    return List.of();
  }

  public List<Transition> transitions() {
    return List.of();
  }
}
