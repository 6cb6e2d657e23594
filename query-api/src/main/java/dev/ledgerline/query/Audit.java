// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import dev.ledgerline.event.State;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.CriticalPath;
import dev.ledgerline.run.audit.History;
import dev.ledgerline.run.audit.Period;
import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.Segment;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** What an auditor asks of a run. */
public final class Audit {
  private final Runs runs;
  private final Kinship kinship;
  private final InstantSource clock;

  public Audit(Runs runs, InstantSource clock) {
    this.runs = runs;
    this.kinship = new Kinship(runs);
    this.clock = clock;
  }

  /** Where the time of a run went. */
  public RunTime time(RunKey run) throws UnansweredException, IOException {
    Instant now = clock.instant();
    History history = runs.history(run);
    List<Period> children =
        kinship.children(run).stream()
            .map(child -> new Period(child.startedAt(), end(child, now)))
            .toList();
    return RunTime.of(history, children, now);
  }

  /** A run that was lost is known until its newest event; any other that has no end goes on. */
  private static Instant end(RunSummary run, Instant now) {
    Instant ended = run.endedAt();
    return ended != null ? ended : run.state() == State.LOST ? run.lastObservedAt() : now;
  }

  /** What determined when a run ended, across agents and the runs that it called. */
  public List<Segment> criticalPath(RunKey run) throws UnansweredException, IOException {
    return CriticalPath.of(kinship.family(run), clock.instant());
  }
}
