// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

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
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the events of one run at random: plausible ones, and now and then one that no source should
 * send. Each stands at a place of its own, by number or by time. Spans are left out: they have no
 * place in the order.
 */
final class RandomHistory {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<String> DIALECTS =
      List.of("agent-protocol", "codex-rollout", "symphony-log", "symphony-state", "agentic");
  private static final List<String> NAMES = List.of("grep", "edit");
  private static final List<String> IDS = List.of("a", "b", "c");
  private static final List<State> OFTEN =
      List.of(State.RUNNING, State.STARTING, State.WAITING, State.COMPLETED, State.FAILED);
  private static final List<String> WORDS =
      List.of(
          "StreamingTurn", "Finishing", "RunStarted", "RunCompleted", "RetryQueued", "inProgress");

  private final Random random;
  private final String dialect;
  private final boolean numbered;

  private RandomHistory(Random random) {
    this.random = random;
    this.dialect = one(DIALECTS);
    this.numbered = random.nextBoolean();
  }

  /** From 1 to 40 events in the order of the source. */
  static List<Event> of(Random random) {
    RandomHistory history = new RandomHistory(random);
    List<Event> events = new ArrayList<>();
    int size = random.nextInt(1, 41);
    for (int n = 1; n <= size; n++) {
      boolean starts = n == 1 && random.nextInt(4) > 0;
      Fact start = StateChange.reported(Entity.RUN, State.RUNNING, null);
      events.add(history.event(starts ? start : history.fact(), n));
    }
    return events;
  }

  private Event event(Fact fact, int n) {
    int depth = random.nextInt(5) == 0 ? 1 : 0;
    Scope scope =
        Scope.of("r1", "t1", depth == 0 ? "Lead" : "Aide")
            .withDepth(depth)
            .withTask("task")
            .withTurn(random.nextBoolean() ? one(IDS) : null);
    return new Event(
        EventId.named("random", Integer.toString(n)),
        "test",
        dialect,
        fact.getClass().getSimpleName(),
        null,
        scope,
        numbered && random.nextBoolean() ? null : NOON.plusMillis(10L * n),
        NOON.plusSeconds(60),
        TimeQuality.SOURCE,
        numbered ? (Long) (long) n : null,
        fact,
        Set.of(),
        "event " + n);
  }

  private Fact fact() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> change(Entity.RUN);
      case 3 -> change(one(List.of(Entity.TASK, Entity.TURN, Entity.THREAD, Entity.AGENT)));
      case 4 ->
          new Fact.WaitOpened(
              one(IDS),
              WaitKind.HUMAN_INPUT,
              "?",
              random.nextBoolean(),
              random.nextBoolean() ? one(IDS) : null,
              Quality.REPORTED);
      case 5 ->
          new Fact.WaitResolved(
              random.nextBoolean() ? one(IDS) : null,
              one(List.of(WaitOutcome.values())),
              null,
              random.nextInt(4) == 0 ? "r2" : null,
              Quality.REPORTED);
      case 6, 7, 8 -> new Fact.ToolCall(id(), one(NAMES), null);
      case 9, 10, 11 ->
          new Fact.ToolResult(
              id(),
              one(NAMES),
              one(List.of(ToolOutcome.values())),
              null,
              null,
              random.nextInt(4) == 0,
              random.nextInt(4) == 0);
      case 12 -> new Fact.ToolProgress(id(), one(NAMES));
      case 13 -> new Fact.ModelRequest(id(), "m");
      case 14 -> new Fact.ModelResponse(id(), "m", TokenUsage.of(10L, 1L), null);
      case 15 ->
          new Fact.UsageReported(
              one(IDS), true, TokenUsage.of(random.nextLong(99), 1L), true, TokenUsage.UNTOLD);
      case 16 -> new Fact.ErrorReported("model", null, "boom", random.nextBoolean());
      case 17 -> new Fact.RetryScheduled(2, 1_000L, null, null);
      case 18 -> new Fact.RuleBroken("Clause 1", "this", "that", "not as it should be");
      default -> new Fact.Message(one(List.of(Role.values())), random.nextBoolean(), "/text");
    };
  }

  private Fact change(Entity entity) {
    State to = random.nextInt(3) > 0 ? one(OFTEN) : one(List.of(State.values()));
    State from = random.nextInt(6) == 0 ? one(OFTEN) : null;
    return new StateChange(
        entity,
        entity == Entity.RUN ? null : one(IDS),
        from,
        to,
        null,
        random.nextInt(3) == 0 ? one(WORDS) : null,
        null,
        one(List.of(Quality.values())),
        random.nextInt(4) == 0 ? one(List.of(Firmness.values())) : Firmness.FIRM);
  }

  private @Nullable String id() {
    return random.nextInt(3) == 0 ? null : one(IDS);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
