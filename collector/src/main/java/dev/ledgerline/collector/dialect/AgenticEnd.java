// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.AgenticRun.Phase;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What it means for a run of agentic that no more of it comes. */
final class AgenticEnd {
  private AgenticEnd() {}

  /**
   * The conclusion, none where the run has ended by its own word.
   *
   * @param like a scope with the thread of the run
   * @param at when that became clear, null where nobody says
   */
  static Optional<Draft> of(String run, AgenticRun state, Scope like, @Nullable Instant at) {
    if (state.phase() == Phase.ENDED) {
      return Optional.empty();
    }
    StateChange change =
        state.phase() == Phase.WAITING
            ? conclusion(State.SUSPENDED, Quality.DERIVED, "it waits, and its stream has ended")
            : state.invalidResult() != null
                ? conclusion(State.FAILED, Quality.DERIVED, state.invalidResult())
                : conclusion(
                    State.LOST,
                    Quality.SYNTHESIZED,
                    "its stream ended without the end of the turn");
    RunIdQuality quality =
        like.runIdQuality() == RunIdQuality.ABSENT ? RunIdQuality.NATIVE : like.runIdQuality();
    Scope scope =
        Scope.NONE
            .withRun(run, quality)
            .withThread(like.thread())
            .withTask(like.task())
            .withAgent(state.root())
            .withContinuesRun(state.continues());
    String summary = change.reason() == null ? "" : change.reason();
    return Optional.of(Draft.of(scope, "end of stream", change, summary).at(at));
  }

  private static StateChange conclusion(State to, Quality quality, @Nullable String why) {
    return new StateChange(
        Entity.RUN, null, null, to, null, null, Brief.reason(why), quality, Firmness.SOFT);
  }
}
