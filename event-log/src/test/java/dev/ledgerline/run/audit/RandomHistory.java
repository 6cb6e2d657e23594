// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Events of a run as they might come from any source: sensible ones, ones that make no sense, with
 * and without times, with clocks that step back.
 */
final class RandomHistory {
  static final RunKey RUN = new RunKey("test", "r1");
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  static final Instant LATER = NOON.plusSeconds(100_000);
  private static final String[] AGENTS = {"root", "coder", "reader", "critic"};

  private final Random random;
  private final boolean timed;
  private final List<Event> events = new ArrayList<>();
  private Instant at = NOON;

  RandomHistory(long seed, boolean timed) {
    this.random = new Random(seed);
    this.timed = timed;
  }

  /** In the order of the source. */
  List<Event> events() {
    if (random.nextInt(10) > 0) {
      add(StateChange.reported(Entity.RUN, State.RUNNING, "RunStarted"), "root", 0);
    }
    int count = random.nextInt(120);
    for (int i = 0; i < count; i++) {
      int agent = random.nextInt(AGENTS.length);
      add(fact(), AGENTS[agent], agent == 0 ? 0 : random.nextInt(3));
    }
    if (random.nextBoolean()) {
      add(StateChange.reported(Entity.RUN, oneOf(State.values()), "RunCompleted"), "root", 0);
    }
    if (events.isEmpty()) {
      add(new Fact.LogLine("info"), "root", 0);
    }
    return events;
  }

  private Fact fact() {
    String call = "c" + random.nextInt(12);
    String waiting = "w" + random.nextInt(4);
    Instant start = at.plusMillis(random.nextInt(4_000) - 2_000);
    return switch (random.nextInt(14)) {
      case 0, 1 -> new Fact.ToolCall(random.nextInt(4) == 0 ? null : call, "grep", null);
      case 2, 3 ->
          new Fact.ToolResult(
              random.nextInt(4) == 0 ? null : call,
              "grep",
              oneOf(ToolOutcome.values()),
              null,
              null,
              random.nextBoolean(),
              random.nextInt(5) == 0);
      case 4 -> new Fact.ModelRequest(call, "m");
      case 5 -> new Fact.ModelResponse(call, "m", null, null);
      case 6 ->
          new Fact.WaitOpened(
              waiting,
              oneOf(WaitKind.values()),
              null,
              random.nextBoolean(),
              null,
              Quality.REPORTED);
      case 7 ->
          new Fact.WaitResolved(waiting, oneOf(WaitOutcome.values()), null, null, Quality.REPORTED);
      case 8 ->
          new StateChange(
              oneOf(Entity.values()),
              random.nextBoolean() ? null : "e" + random.nextInt(3),
              null,
              oneOf(State.values()),
              null,
              null,
              null,
              Quality.DERIVED,
              oneOf(Firmness.values()));
      case 9, 10 ->
          new Fact.SpanRecorded(
              "s" + random.nextInt(20),
              random.nextBoolean() ? null : "s" + random.nextInt(20),
              oneOf(StepKind.values()),
              oneOf(WaitKind.values()).word(),
              null,
              start,
              random.nextInt(4) == 0 ? null : start.plusMillis(random.nextInt(9_000) - 1_000),
              oneOf(ToolOutcome.values()),
              null,
              null,
              null,
              false);
      default -> new Fact.Message(oneOf(Role.values()), false, null);
    };
  }

  private <T> T oneOf(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private void add(Fact fact, String agent, int depth) {
    // now and then a clock steps back, by less than usual events are apart
    at = at.plusNanos(random.nextInt(20) == 0 ? -random.nextInt(999) : nanos());
    events.add(
        new Event(
            EventId.named("test", Integer.toString(events.size())),
            RUN.source(),
            "test",
            fact.getClass().getSimpleName(),
            null,
            Scope.of(RUN.run(), null, agent).withDepth(depth),
            timed && random.nextInt(8) > 0 ? at : null,
            NOON.plusSeconds(50_000 + events.size()),
            TimeQuality.SOURCE,
            (long) events.size(),
            fact,
            Set.of(),
            ""));
  }

  private long nanos() {
    return random.nextInt(5) == 0 ? 0 : random.nextInt(3_000) * 1_000_000L + random.nextInt(999);
  }

  /** The run as the store folds it when the events arrive in that order. */
  static History folded(List<Event> arrived) {
    return folded(RUN, arrived);
  }

  static History folded(RunKey key, List<Event> arrived) {
    record Known(Event event, long seq, Placed placed) {}
    RunFold fold = new RunFold(key);
    List<Known> all = new ArrayList<>();
    for (Event event : arrived) {
      long seq = all.size() + 1L;
      all.add(new Known(event, seq, fold.add(event, seq)));
    }
    if (fold.outOfOrder()) {
      RunFold inOrder = new RunFold(key);
      all.sort(
          Comparator.<Known>comparingLong(known -> known.placed.order())
              .thenComparingLong(Known::seq));
      all.forEach(known -> inOrder.add(known.event, known.seq));
      fold = inOrder;
    }
    return History.of(fold.summary(), fold);
  }

  static List<Event> shuffled(List<Event> events, long seed) {
    List<Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }
}
