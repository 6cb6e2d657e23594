// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.CriticalPath;
import dev.ledgerline.run.audit.History;
import dev.ledgerline.run.audit.Period;
import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.Segment;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an auditor and an operator ask of one run or task. Safe for many threads. */
public final class Audit {
  /** Words about a task that are looked at, the newest. */
  private static final int MAX_WORDS = 1_000;

  /** Suspended attempts of which the waits are looked at, the newest. */
  private static final int MAX_SUSPENDED = 20;

  private final Runs runs;
  private final Kinship kinship;
  private final Reasons reasons;

  public Audit(Runs runs) {
    this.runs = runs;
    this.kinship = new Kinship(runs);
    this.reasons = new Reasons(runs, kinship);
  }

  /** Where the time of a run went. */
  public RunTime time(RunKey run) throws UnansweredException, IOException {
    Instant now = runs.now();
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
    return CriticalPath.of(kinship.family(run), runs.now());
  }

  /** What is odd about a run. */
  public Findings findings(RunSummary run) throws UnansweredException, IOException {
    List<Finding> found = new ArrayList<>();
    Finding silence = Finding.ofSilence(run, runs.hasStalled(run));
    if (silence != null) {
      found.add(silence);
    }
    Calls calls = Calls.of(runs, run.key());
    calls.loops().stream().map(Finding::of).forEach(found::add);
    Task task = task(run);
    if (task != null) {
      RunLoops.of(task.attempts()).stream()
          .filter(loop -> loop.runs().contains(run.key().run()))
          .map(Finding::of)
          .forEach(found::add);
    }
    return new Findings(found, calls.judged(), calls.complete());
  }

  private @Nullable Task task(RunSummary run) throws UnansweredException, IOException {
    try {
      return run.task() == null ? null : runs.task(run.task(), run.key().source());
    } catch (UnansweredException.Absent e) {
      return null; // gone since
    }
  }

  /** Why a run is not done yet. */
  public Why why(RunSummary run) throws UnansweredException, IOException {
    return reasons.ofRun(run);
  }

  /** The books of a task. */
  public TaskAudit task(Task task) throws UnansweredException, IOException {
    Instant now = runs.now();
    List<Event> words = runs.wordsAbout(task, MAX_WORDS);
    List<Retry> retries = Retries.of(words, task.attempts(), now);
    TaskTime time = TaskTime.of(task, retries, waitsBetween(task), now);
    List<Finding> found = new ArrayList<>();
    RunLoops.of(task.attempts()).stream().map(Finding::of).forEach(found::add);
    retries.stream()
        .filter(retry -> Boolean.FALSE.equals(retry.ok()))
        .map(Finding::of)
        .forEach(found::add);
    Why why = reasons.ofTask(task, retries, found, time);
    return new TaskAudit(retries, time, List.copyOf(found), why);
  }

  /** The waits that stayed open when an attempt ended. */
  private List<RunWait> waitsBetween(Task task) throws UnansweredException, IOException {
    List<RunWait> waits = new ArrayList<>();
    List<Task.Attempt> suspended =
        task.attempts().reversed().stream()
            .filter(attempt -> attempt.state() == State.SUSPENDED)
            .limit(MAX_SUSPENDED)
            .toList();
    for (Task.Attempt attempt : suspended) {
      waits.addAll(runs.waits(new RunKey(attempt.source(), attempt.run())));
    }
    return waits;
  }
}
