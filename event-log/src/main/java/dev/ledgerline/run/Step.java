// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An interval inside a run: a tool call, a model call, a sub-agent, a turn, a wait.
 *
 * @param id unique within the run
 * @param parentId the step that encloses it, null at the top
 * @param name the tool, model, agent or wait kind
 * @param state {@code running}, {@code waiting}, {@code completed}, {@code failed}, {@code
 *     canceled}, or {@code unknown}: no answer, and the run is over
 * @param endedAt null while open or where the end was never told
 * @param lastSeq the event that ended it, or the newest about it
 */
public record Step(
    String id,
    @Nullable String parentId,
    StepKind kind,
    @Nullable String name,
    @Nullable String agent,
    @Nullable String callId,
    int depth,
    State state,
    Instant startedAt,
    @Nullable Instant endedAt,
    long firstSeq,
    long lastSeq,
    @Nullable TokenUsage usage,
    @Nullable String error) {

  public @Nullable Long durationMillis() {
    return endedAt == null
        ? null
        : (Long) Math.max(0, endedAt.toEpochMilli() - startedAt.toEpochMilli());
  }
}
