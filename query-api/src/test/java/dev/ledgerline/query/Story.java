// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes runs and events to ask for. */
public final class Story {
  public static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private Story() {}

  /** A run that ended well, with nothing unknown in it. */
  public static RunSummary run(String source, String id) {
    return new RunSummary(
        new RunKey(source, id),
        List.of(id + "-alias"),
        "thread-1",
        "task-1",
        1,
        2,
        "parent",
        "before",
        "planner",
        List.of("planner", "coder"),
        "agent-protocol",
        List.of("4bf92f3577b34da6a3ce929d0e0e4736"),
        State.COMPLETED,
        Quality.REPORTED,
        "done",
        RunIdQuality.NATIVE,
        TimeQuality.SOURCE,
        NOON,
        NOON.plusMillis(81_234),
        412,
        57,
        1,
        23,
        1,
        14,
        0,
        1,
        new TokenUsage(120_034L, 5_120L, null, 7L, null, 3L, 0.25),
        Verdict.Result.OK,
        0,
        "Fix the build",
        NOON.plusMillis(81_300));
  }

  /** A run of which hardly anything is known. */
  public static RunSummary bareRun(String source, String id) {
    return new RunSummary(
        new RunKey(source, id),
        List.of(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        "codex-exec",
        List.of(),
        State.UNKNOWN,
        Quality.DERIVED,
        null,
        RunIdQuality.DERIVED,
        TimeQuality.INGEST,
        NOON.plusNanos(1_000),
        null,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        null,
        Verdict.Result.UNKNOWN,
        0,
        null,
        NOON);
  }

  public static Event event(@Nullable String run, String name, Fact fact) {
    Scope scope =
        Scope.of(run, "thread-1", "coder")
            .withTask("task-1")
            .withTurn("turn-1")
            // A run begins at its root; what its agents then do is below it.
            .withDepth(fact instanceof Fact.StateChange ? 0 : 1);
    return new Event(
        EventId.named(name),
        "here",
        "agent-protocol",
        "ToolCall",
        name,
        scope,
        NOON.plusMillis(5),
        NOON.plusMillis(7),
        TimeQuality.SOURCE,
        17L,
        fact,
        Set.of(),
        "what " + name + " says");
  }

  public static StoredEvent stored(Event event, long seq, String original, Flag... flags) {
    Set<Flag> all = EnumSet.noneOf(Flag.class);
    all.addAll(List.of(flags));
    return new StoredEvent(
        event,
        seq,
        seq,
        Position.of(100 + seq),
        all,
        "step-1",
        12L,
        original.getBytes(StandardCharsets.UTF_8));
  }

  public static Entry recorded(String original, Event... events) {
    return new Entry.Recorded(
        "here",
        "agent-protocol",
        events[0].id(),
        1,
        null,
        null,
        NOON,
        false,
        Entry.Headers.NONE,
        original.getBytes(StandardCharsets.UTF_8),
        List.of(events));
  }
}
