// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run that says nothing counts as (api.md, Words with one meaning): it did not end, waits
 * for nothing, and its newest event arrived longer ago than that. First it has stalled, later it is
 * lost. Computed when someone asks, never stored, and over as soon as an event arrives.
 *
 * @param lost how long until it counts as lost
 * @param stalled how long until it counts as stalled; nothing is stalled that does not try to go on
 */
public record Silence(Patience lost, Patience stalled) {
  public static final Silence DEFAULT =
      new Silence(
          Patience.of(Duration.ofMinutes(30)), Patience.of(Duration.ofMinutes(5))); // Symphony 8.5

  /**
   * How long silence is borne.
   *
   * @param byAgent for the runs of which that is the root agent
   */
  public record Patience(Duration usual, Map<String, Duration> byAgent) {
    public Patience {
      byAgent = Map.copyOf(byAgent);
    }

    public static Patience of(Duration usual) {
      return new Patience(usual, Map.of());
    }

    public Duration with(@Nullable String agent) {
      return agent == null ? usual : byAgent.getOrDefault(agent, usual);
    }

    /** Whether that was too long ago. */
    boolean endedFor(RunSummary run, Instant now) {
      return run.lastObservedAt().isBefore(now.minus(with(run.agent())));
    }
  }

  /** The summary as it is to be shown now. */
  public RunSummary judge(RunSummary run, Instant now) {
    boolean isLost = !run.state().terminal() && run.openWaits() == 0 && lost.endedFor(run, now);
    return isLost ? lost(run) : run;
  }

  /** Whether it has stalled and is not lost yet; a {@linkplain #judge judged} run or not. */
  public boolean hasStalled(RunSummary run, Instant now) {
    return triesToGoOn(run.state())
        && run.openWaits() == 0
        && stalled.endedFor(run, now)
        && !lost.endedFor(run, now);
  }

  /** Whether a run of that state would do something if it could. */
  public static boolean triesToGoOn(State state) {
    return !state.terminal() && state != State.QUEUED && state != State.PAUSED;
  }

  private static RunSummary lost(RunSummary run) {
    return with(
        run,
        run.attempt(),
        State.LOST,
        Quality.SYNTHESIZED,
        "no event since " + run.lastObservedAt(),
        // How it ended can no longer be judged, but what it broke it broke.
        Verdict.result(run.violations(), false));
  }

  /** The same run as the n-th of its task. */
  public static RunSummary asAttempt(RunSummary run, int attempt) {
    return with(run, attempt, run.state(), run.stateQuality(), run.reason(), run.verdict());
  }

  private static RunSummary with(
      RunSummary run,
      @Nullable Integer attempt,
      State state,
      Quality stateQuality,
      @Nullable String reason,
      Verdict.Result verdict) {
    return new RunSummary(
        run.key(),
        run.aliases(),
        run.thread(),
        run.task(),
        attempt,
        run.nativeAttempt(),
        run.parentRun(),
        run.continuesRun(),
        run.agent(),
        run.agents(),
        run.dialect(),
        run.traces(),
        state,
        stateQuality,
        reason,
        run.runIdQuality(),
        run.timeQuality(),
        run.startedAt(),
        run.endedAt(),
        run.events(),
        run.steps(),
        run.errors(),
        run.toolCalls(),
        run.failedTools(),
        run.modelCalls(),
        run.openWaits(),
        run.waits(),
        run.usage(),
        verdict,
        run.violations(),
        run.title(),
        run.lastObservedAt());
  }
}
