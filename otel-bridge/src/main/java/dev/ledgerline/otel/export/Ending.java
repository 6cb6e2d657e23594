// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunSummary;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of a run when its span goes out. */
record Ending(State state, Quality quality, @Nullable String reason) {
  static Ending of(RunSummary run) {
    return new Ending(run.state(), run.stateQuality(), run.reason());
  }

  /** It says nothing any more and waits for nothing: our own conclusion. */
  static Ending silent(Instant lastObserved) {
    return new Ending(State.LOST, Quality.SYNTHESIZED, "no event since " + lastObserved);
  }

  boolean failed() {
    return state == State.FAILED || state == State.TIMED_OUT;
  }
}
