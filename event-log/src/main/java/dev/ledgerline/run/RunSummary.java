// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.state.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as a list shows it; the fields are those of api.md, "A run summary".
 *
 * @param attempt n-th run of its task as seen, from 1; null without a task
 * @param agent the root agent
 * @param agents every agent that acted in it, in order of appearance
 * @param endedAt null while it goes on
 * @param events stored events, unknown and flagged ones too
 * @param usage null if never told
 * @param violations all of them, more than a verdict lists
 * @param lastObservedAt when its newest event reached us; silence counts from here
 */
public record RunSummary(
    RunKey key,
    List<String> aliases,
    @Nullable String thread,
    @Nullable String task,
    @Nullable Integer attempt,
    @Nullable Integer nativeAttempt,
    @Nullable String parentRun,
    @Nullable String continuesRun,
    @Nullable String agent,
    List<String> agents,
    String dialect,
    List<String> traces,
    State state,
    Quality stateQuality,
    @Nullable String reason,
    RunIdQuality runIdQuality,
    TimeQuality timeQuality,
    Instant startedAt,
    @Nullable Instant endedAt,
    long events,
    int steps,
    int errors,
    int toolCalls,
    int failedTools,
    int modelCalls,
    int openWaits,
    int waits,
    @Nullable TokenUsage usage,
    Verdict.Result verdict,
    int violations,
    @Nullable String title,
    Instant lastObservedAt) {

  /** From start to end, to the newest event where it goes on; never negative. */
  public @Nullable Long durationMillis() {
    return endedAt == null
        ? null
        : (Long) Math.max(0, endedAt.toEpochMilli() - startedAt.toEpochMilli());
  }
}
