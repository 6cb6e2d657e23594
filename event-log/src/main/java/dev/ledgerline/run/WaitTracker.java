// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact.SpanRecorded;
import dev.ledgerline.event.Fact.WaitOpened;
import dev.ledgerline.event.Fact.WaitResolved;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The waits of a run while it is folded. */
final class WaitTracker {
  private final List<Wait> waits = new ArrayList<>();
  private final Map<String, Integer> open = new LinkedHashMap<>();

  /** The open ones that stand in the way of everything. */
  private final Set<String> blocking = new LinkedHashSet<>();

  /**
   * Answers to waits that nobody has told of yet, by wait: intervals are told when they are over,
   * in any order. Only the newest of them are kept.
   */
  private final SequencedMap<String, Answer> early = new LinkedHashMap<>();

  private static final int MAX_EARLY = 1_000;

  private record Answer(WaitResolved fact, Instant at, long seq) {}

  /** The open ones that hold up one call, by its id: others of the run may well go on. */
  private final Map<String, String> waitOfCall = new LinkedHashMap<>();

  /** The calls that those hold up, by the wait. */
  private final Map<String, String> callOfWait = new LinkedHashMap<>();

  /** Those that were told with a time of their own. */
  private final Set<Opening> openings = new HashSet<>();

  private record Opening(String waitId, Instant at) {}

  private boolean answeredLater;

  /** Waits that ended and nothing said how; the newest of each id. */
  private final Map<String, Integer> untold = new LinkedHashMap<>();

  /**
   * False where a wait of that id is open already, or one that opened at that very time is over:
   * told again, it is the same one.
   */
  boolean opened(Event event, WaitOpened fact, Instant at, long seq) {
    boolean again = event.occurredAt() != null && !openings.add(new Opening(fact.waitId(), at));
    if (again || open.containsKey(fact.waitId())) {
      return false;
    }
    if (fact.blocking()) {
      if (fact.callId() == null || waitOfCall.putIfAbsent(fact.callId(), fact.waitId()) != null) {
        blocking.add(fact.waitId());
      } else {
        callOfWait.put(fact.waitId(), fact.callId());
      }
    }
    untold.remove(fact.waitId());
    open.put(fact.waitId(), waits.size());
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
    Answer answer = early.remove(fact.waitId());
    if (answer != null && !answer.at.isBefore(at)) {
      resolved(answer.fact, answer.at, answer.seq);
    }
    return true;
  }

  /**
   * Does nothing where none is open that it could mean. Of a wait that is over it may still tell
   * how it ended, where nothing had.
   */
  void resolved(WaitResolved fact, Instant at, long seq) {
    Integer over = fact.waitId() == null ? null : untold.get(fact.waitId());
    if (over != null && fact.outcome() != WaitOutcome.UNKNOWN) {
      Wait wait = waits.get(over);
      set(
          over,
          Objects.requireNonNull(wait.resolvedAt()),
          fact.outcome(),
          fact.resolvedBy(),
          fact.resolvedRun(),
          wait.resolvedSeq());
      untold.remove(fact.waitId());
      return;
    }
    List<String> ids =
        fact.waitId() == null
            ? fact.resolvedRun() == null
                ? Stream.concat(blocking.stream(), callOfWait.keySet().stream()).toList()
                : openAt(at)
            : open.containsKey(fact.waitId()) ? List.of(fact.waitId()) : List.of();
    if (ids.isEmpty() && fact.waitId() != null) {
      early.put(fact.waitId(), new Answer(fact, at, seq));
      if (early.size() > MAX_EARLY) {
        early.pollFirstEntry();
      }
    }
    for (String id : ids) {
      resolve(id, fact.outcome(), fact.resolvedBy(), fact.resolvedRun(), at, seq);
    }
  }

  private List<String> openAt(Instant at) {
    return open.entrySet().stream()
        .filter(wait -> !waits.get(wait.getValue()).openedAt().isAfter(at))
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean anyOpenAt(Instant at) {
    return open.values().stream().anyMatch(wait -> !waits.get(wait).openedAt().isAfter(at));
  }

  boolean anyOpenedSince(Instant at) {
    return open.values().stream().anyMatch(wait -> !waits.get(wait).openedAt().isBefore(at));
  }

  /** Another run answered one of them: this one did not go on. */
  boolean answeredLater() {
    return answeredLater;
  }

  boolean isOpen(String wait) {
    return open.containsKey(wait);
  }

  /** A call that somebody was asked about was made after all, so they answered. */
  void called(@Nullable String step, SpanRecorded span, long seq) {
    for (String id : new String[] {step, span.callId()}) {
      Integer wait = id == null || id.equals(span.spanId()) ? null : open.get(id);
      if (wait != null && !waits.get(wait).openedAt().isAfter(span.start())) {
        boolean agreed = waits.get(wait).kind() == WaitKind.APPROVAL;
        WaitOutcome outcome =
            span.outcome() == ToolOutcome.FAILED
                ? WaitOutcome.UNKNOWN
                : agreed ? WaitOutcome.APPROVED : WaitOutcome.ANSWERED;
        resolve(id, outcome, null, null, span.start(), seq);
      }
    }
  }

  /** Ends every wait that stands in the way of what happened now. */
  void endBlocking(WaitOutcome outcome, Instant at, long seq) {
    List.copyOf(blocking).forEach(id -> resolve(id, outcome, null, null, at, seq));
  }

  /** A call came back: what held it up is over. */
  void endOfCall(@Nullable String callId, Instant at, long seq) {
    String id = callId == null ? null : waitOfCall.get(callId);
    if (id != null) {
      resolve(id, WaitOutcome.UNKNOWN, null, null, at, seq);
    }
  }

  void endAll(WaitOutcome outcome, Instant at, long seq) {
    List.copyOf(open.keySet()).forEach(id -> resolve(id, outcome, null, null, at, seq));
  }

  boolean anyBlocking() {
    return !blocking.isEmpty() || !callOfWait.isEmpty();
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

  /** The same, those that are open ended at that time. */
  List<Wait> waitsUntil(Instant end) {
    return waits.stream().map(w -> w.open() ? w.ended(end) : w).toList();
  }

  Wait at(int index) {
    return waits.get(index);
  }

  private void resolve(
      String id,
      WaitOutcome outcome,
      @Nullable String by,
      @Nullable String byRun,
      Instant at,
      long seq) {
    int index = Objects.requireNonNull(open.remove(id));
    blocking.remove(id);
    String call = callOfWait.remove(id);
    if (call != null) {
      waitOfCall.remove(call);
    }
    if (outcome == WaitOutcome.UNKNOWN) {
      untold.put(id, index);
    }
    set(index, at, outcome, by, byRun, seq);
  }

  private void set(
      int index,
      Instant at,
      WaitOutcome outcome,
      @Nullable String by,
      @Nullable String byRun,
      @Nullable Long seq) {
    Wait wait = waits.get(index);
    answeredLater |= byRun != null;
    waits.set(
        index,
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
