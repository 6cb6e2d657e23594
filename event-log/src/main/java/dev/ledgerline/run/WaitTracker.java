// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact.WaitOpened;
import dev.ledgerline.event.Fact.WaitResolved;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The waits of a run while it is folded. */
final class WaitTracker {
  private final List<Wait> waits = new ArrayList<>();
  private final Map<String, Open> open = new LinkedHashMap<>();

  private record Open(int index, boolean blocking, @Nullable String callId) {}

  /** False where a wait of that id is open already: told again, it is the same one. */
  boolean opened(Event event, WaitOpened fact, Instant at, long seq) {
    if (open.containsKey(fact.waitId())) {
      return false;
    }
    open.put(fact.waitId(), new Open(waits.size(), fact.blocking(), fact.callId()));
    waits.add(
        new Wait(
            fact.waitId(),
            fact.waitKind(),
            event.scope().agent(),
            fact.prompt(),
            at,
            null,
            null,
            null,
            null,
            seq,
            null,
            fact.quality()));
    return true;
  }

  /** How many waits it resolved; 0 where none was open that it could mean. */
  int resolved(WaitResolved fact, Instant at, long seq) {
    List<String> ids =
        fact.waitId() == null
            ? blocking()
            : open.containsKey(fact.waitId()) ? List.of(fact.waitId()) : List.of();
    for (String id : ids) {
      resolve(id, fact.outcome(), fact.resolvedBy(), fact.resolvedRun(), at, seq);
    }
    return ids.size();
  }

  /** Ends every wait that stands in the way of what happened now. */
  int endBlocking(WaitOutcome outcome, Instant at, long seq) {
    List<String> ids = blocking();
    ids.forEach(id -> resolve(id, outcome, null, null, at, seq));
    return ids.size();
  }

  void endAll(WaitOutcome outcome, Instant at, long seq) {
    List.copyOf(open.keySet()).forEach(id -> resolve(id, outcome, null, null, at, seq));
  }

  boolean anyBlocking() {
    return open.values().stream().anyMatch(Open::blocking);
  }

  int openCount() {
    return open.size();
  }

  int size() {
    return waits.size();
  }

  List<Wait> waits() {
    return List.copyOf(waits);
  }

  private List<String> blocking() {
    return open.entrySet().stream()
        .filter(e -> e.getValue().blocking())
        .map(Map.Entry::getKey)
        .toList();
  }

  private void resolve(
      String id,
      WaitOutcome outcome,
      @Nullable String by,
      @Nullable String byRun,
      Instant at,
      long seq) {
    Open closed = Objects.requireNonNull(open.remove(id));
    Wait wait = waits.get(closed.index());
    waits.set(
        closed.index(),
        new Wait(
            wait.id(),
            wait.kind(),
            wait.agent(),
            wait.prompt(),
            wait.openedAt(),
            at,
            outcome,
            by,
            byRun,
            wait.openedSeq(),
            seq,
            wait.quality()));
  }
}
