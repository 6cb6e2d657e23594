// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.time.Duration;
import java.time.Instant;

/**
 * When a run that says nothing counts as lost (api.md, Words with one meaning): it did not end,
 * waits for nothing, and its newest event arrived longer ago than that. Computed when someone asks,
 * never stored, and over as soon as an event arrives.
 */
public record Silence(Duration lostAfter) {
  public static final Silence DEFAULT = new Silence(Duration.ofMinutes(30));

  /** Events that arrived before then are too long ago. */
  public Instant since(Instant now) {
    return now.minus(lostAfter);
  }

  /** The summary as it is to be shown now. */
  public RunSummary judge(RunSummary run, Instant now) {
    boolean lost =
        !run.state().terminal()
            && run.openWaits() == 0
            && run.lastObservedAt().isBefore(since(now));
    return lost ? lost(run) : run;
  }

  private RunSummary lost(RunSummary run) {
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
      @org.jspecify.annotations.Nullable Integer attempt,
      State state,
      Quality stateQuality,
      @org.jspecify.annotations.Nullable String reason,
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
