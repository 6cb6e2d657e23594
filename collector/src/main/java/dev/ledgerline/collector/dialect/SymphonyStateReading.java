// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.collector.dialect.SymphonyRow.Listed;
import dev.ledgerline.collector.dialect.SymphonyStateMemory.Seen;
import dev.ledgerline.collector.dialect.SymphonyStateMemory.SeenRow;
import dev.ledgerline.collector.dialect.SymphonyStateMemory.Spent;
import dev.ledgerline.collector.dialect.symphony.TrackerStates;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The differences between a snapshot and the one before it. Native words are those of the
 * specification: of claims 7.1, of attempts 7.2.
 */
final class SymphonyStateReading {
  private static final TokenUsage NONE_YET = new TokenUsage(0L, 0L, 0L, null, null, null, null);

  private final SymphonySnapshot snapshot;
  private final SymphonyStateSpeech speech;
  private final SymphonyStateMemory memory;
  private final @Nullable Seen before;
  private final boolean restarted;
  private final Map<String, SeenRow> rows = new LinkedHashMap<>();

  private final TrackerStates trackerStates;

  SymphonyStateReading(
      SymphonySnapshot snapshot, Context context, Memory memory, TrackerStates trackerStates) {
    this.trackerStates = trackerStates;
    this.snapshot = snapshot;
    this.speech = new SymphonyStateSpeech(snapshot, context);
    this.memory = new SymphonyStateMemory(memory, context.stream());
    this.before = this.memory.seen();
    this.restarted =
        before != null
            && SymphonyStateMemory.fell(
                before.tokens(), before.seconds(), snapshot.tokens(), snapshot.seconds());
  }

  List<Draft> read() {
    if (before != null
        && before.at() != null
        && snapshot.at() != null
        && snapshot.at().isBefore(before.at())) {
      speech.log("late snapshot", "older than the one before it: nothing follows from it");
      return speech.drafts();
    }
    if (restarted) {
      speech.log("restart", "the sums of the instance began anew: it was started again");
    }
    if (snapshot.passedOver() > 0) {
      speech.log("rows passed over", snapshot.passedOver() + " rows were passed over");
    }
    Map<String, SeenRow> known = before == null ? Map.of() : before.rows();
    for (SeenRow old : known.values()) {
      SymphonyRow now = snapshot.rows().get(old.row().issue());
      if (now == null) {
        left(old);
      } else {
        stayed(old, now);
      }
    }
    for (SymphonyRow now : snapshot.rows().values()) {
      if (!known.containsKey(now.issue())) {
        appeared(now);
      }
    }
    memory.remember(
        new Seen(
            snapshot.at(),
            snapshot.tokens(),
            snapshot.seconds(),
            Collections.unmodifiableMap(rows))); // in their order
    return speech.drafts();
  }

  // --- an issue in two snapshots

  private void appeared(SymphonyRow now) {
    switch (now.listed()) {
      case RUNNING -> began(now, null);
      case RETRYING -> queued(now, null, true);
      case BLOCKED -> blocked(now, null);
    }
  }

  private void stayed(SeenRow old, SymphonyRow now) {
    switch (old.row().listed()) {
      case RUNNING -> wasRunning(old, now);
      case RETRYING -> wasRetrying(old, now);
      case BLOCKED -> wasBlocked(old, now);
    }
  }

  private void wasRunning(SeenRow old, SymphonyRow now) {
    switch (now.listed()) {
      case RUNNING -> {
        if (now.isOfSameRun(old.row())) {
          wentOn(old, now);
        } else {
          ended(
              old,
              SymphonyRunEnd.unseen(
                  restarted ? "the instance was started again" : "another run of the issue began"));
          began(now, null);
        }
      }
      case RETRYING -> {
        SymphonyRunEnd end = SymphonyRunEnd.of(now.error());
        ended(old, end);
        queued(now, end.known() ? old.run() : null, true);
      }
      case BLOCKED -> blocked(now, old);
    }
  }

  private void wasRetrying(SeenRow old, SymphonyRow now) {
    switch (now.listed()) {
      case RUNNING -> began(now, old.row().attempt());
      case BLOCKED -> blocked(now, null);
      case RETRYING -> {
        boolean again =
            !Objects.equals(now.attempt(), old.row().attempt())
                || !Objects.equals(now.error(), old.row().error())
                || now.isDueOtherwise(old.row());
        if (again) {
          queued(now, old.run(), false);
        } else {
          rows.put(now.issue(), old); // with its first due_at: what jitters must not creep
        }
      }
    }
  }

  private void wasBlocked(SeenRow old, SymphonyRow now) {
    if (now.listed() == Listed.BLOCKED) {
      rows.put(now.issue(), new SeenRow(now, old.run(), false, null, old.waitId()));
      return;
    }
    boolean runs = now.listed() == Listed.RUNNING;
    unblocked(old, runs ? WaitOutcome.SUPERSEDED : WaitOutcome.UNKNOWN, runs ? now.run() : null);
    if (runs) {
      began(now, null);
    } else {
      queued(now, old.run(), true);
    }
  }

  /** In no list any more: the claim is gone, or its instance forgot it. */
  private void left(SeenRow old) {
    String run = old.run();
    SymphonyRow row = old.row();
    if (row.listed() == Listed.BLOCKED) {
      unblocked(old, restarted ? WaitOutcome.UNKNOWN : WaitOutcome.CANCELED, null);
    }
    // before the end of the run: a conclusion is taken back by what is told of the run after it
    speech.task(
        row,
        run,
        restarted ? State.UNKNOWN : State.RELEASED,
        restarted ? "Unclaimed" : "Released",
        restarted ? "the instance was started again" : "in no list any more");
    if (row.listed() == Listed.RUNNING) {
      ended(
          old,
          restarted
              ? SymphonyRunEnd.unseen("the instance was started again")
              : SymphonyRunEnd.byTracker(row.trackerState(), trackerStates));
    }
  }

  // --- runs

  private void began(SymphonyRow now, @Nullable Integer attemptOfRetry) {
    SymphonyRow row = now.attempt() != null ? now : now.withAttempt(attemptOfRetry);
    String run = row.run();
    Instant at = row.startedAt() != null ? row.startedAt() : snapshot.at();
    speech.say(
        row,
        run,
        "running",
        SymphonyStateSpeech.synthesized(
            Entity.RUN, null, State.STARTING, "PreparingWorkspace", null, Firmness.SOFT),
        Brief.line(row.identifier(), row.trackerState()),
        at);
    speech.task(row, run, State.RUNNING, "Running", null);
    if (row.thread() != null) {
      streams(row, run, snapshot.at());
      turnBegan(row, run);
    }
    tokens(row, run);
    boolean failed = troubles(row, null, run);
    rows.put(row.issue(), new SeenRow(row, run, failed, row.saidAt(), null));
  }

  private void streams(SymphonyRow row, String run, @Nullable Instant at) {
    speech.say(
        row,
        run,
        "session",
        SymphonyStateSpeech.synthesized(
            Entity.RUN, null, State.RUNNING, "StreamingTurn", null, Firmness.SOFT),
        Brief.line(row.says()),
        at);
  }

  private void turnBegan(SymphonyRow row, String run) {
    if (row.turn() != null) {
      speech.turn(row, run, row.turn(), State.RUNNING, "Started", null);
    }
  }

  private void wentOn(SeenRow old, SymphonyRow told) {
    String run = old.run() == null ? told.run() : old.run();
    SymphonyRow now = told.attempt() != null ? told : told.withAttempt(old.row().attempt());
    boolean otherTurn = !Objects.equals(now.turn(), old.row().turn());
    if (old.row().thread() == null && now.thread() != null) {
      streams(now, run, snapshot.at());
    }
    if (otherTurn) {
      if (old.row().turn() != null && !old.turnFailed()) {
        // a session is given its next turn only when the one before came to its end
        speech.turn(
            old.row(), run, old.row().turn(), State.COMPLETED, "Completed", "the next turn began");
      }
      turnBegan(now, run);
    }
    if (!Objects.equals(now.trackerState(), old.row().trackerState())) {
      speech.say(
          now,
          run,
          "tracker state",
          new Fact.LogLine("info"),
          Brief.line("tracker_state:", now.trackerState()),
          snapshot.at());
    }
    tokens(now, run);
    boolean failed = troubles(now, otherTurn ? null : old, run);
    Instant life = old.signOfLife();
    if (now.givesSignOfLifeAfter(life)) {
      life = now.saidAt();
      speech.say(
          now,
          run,
          "sign of life",
          new Fact.Snapshot(),
          Brief.line(now.event(), now.says()),
          snapshot.at());
    }
    rows.put(
        now.issue(), new SeenRow(now, run, failed || (old.turnFailed() && !otherTurn), life, null));
  }

  /** What the newest event of a session says of trouble; true where its turn failed. */
  private boolean troubles(SymphonyRow now, @Nullable SeenRow old, String run) {
    boolean failed = now.saysTurnFailed() && now.turn() != null;
    if (failed && now.turn() != null && (old == null || !old.turnFailed())) {
      speech.turn(now, run, now.turn(), State.FAILED, "Failed", now.says());
    }
    if (now.saysError() && (old == null || !old.row().saysError())) {
      String why = now.says() == null ? "error" : now.says();
      speech.say(
          now, run, "error", new Fact.ErrorReported(null, null, why, false), why, snapshot.at());
    }
    return failed;
  }

  private void ended(SeenRow old, SymphonyRunEnd end) {
    String run = old.run();
    SymphonyRow row = old.row();
    if (run == null) {
      return;
    }
    if (row.turn() != null && !old.turnFailed()) {
      speech.turn(row, run, row.turn(), end.turn(), end.turnWord(), end.reason());
    }
    boolean needsARun = end.state() == State.COMPLETED || end.state() == State.SUSPENDED;
    if (row.thread() == null && needsARun) {
      streams(row, run, snapshot.at());
    }
    if (end.asked() != null) {
      String wait = "asked-" + snapshot.at();
      speech.say(
          row,
          run,
          "asked",
          new Fact.WaitOpened(wait, end.asked(), end.reason(), true, null, Quality.SYNTHESIZED),
          Brief.line(end.reason()),
          snapshot.at());
      speech.say(
          row,
          run,
          "asked",
          new Fact.WaitResolved(wait, WaitOutcome.UNKNOWN, null, null, Quality.SYNTHESIZED),
          "",
          snapshot.at());
    }
    speech.say(
        row,
        run,
        "end of run",
        SymphonyStateSpeech.synthesized(
            Entity.RUN,
            null,
            end.state(),
            end.word(),
            end.reason(),
            end.known() ? Firmness.FIRM : Firmness.SOFT),
        Brief.line(end.reason()),
        snapshot.at());
  }

  private void tokens(SymphonyRow row, String run) {
    TokenUsage told = row.tokens();
    Long total = told == null ? null : told.effectiveTotal();
    if (told == null || total == null || total == 0) {
      return;
    }
    String series = row.thread() == null ? run : row.thread();
    Spent spent = memory.spent(series);
    if (spent == null || !spent.run().equals(run)) {
      spent = new Spent(run, spent == null ? NONE_YET : spent.most(), NONE_YET);
    }
    Long most = spent.most().effectiveTotal();
    if (most != null && total <= most) {
      return;
    }
    memory.remember(series, new Spent(run, spent.before(), told));
    speech.say(
        row,
        run,
        "tokens",
        new Fact.UsageReported(series, true, told, true, spent.before()),
        "tokens of the session: " + total,
        snapshot.at());
  }

  // --- retries and blocks

  private void queued(SymphonyRow now, @Nullable String run, boolean isNew) {
    if (isNew) {
      speech.task(now, run, State.RETRY_SCHEDULED, "RetryQueued", now.error());
    }
    speech.say(
        now,
        run,
        "retrying",
        new Fact.RetryScheduled(now.attempt(), null, now.dueAt(), now.error()),
        Brief.line(now.identifier(), now.error()),
        snapshot.at());
    rows.put(now.issue(), new SeenRow(now, run, false, null, null));
  }

  /** A run that stopped because it asked; where none was seen, one that is known by its end. */
  private void blocked(SymphonyRow now, @Nullable SeenRow old) {
    SymphonyRow was = old == null ? now : old.row();
    String run = old == null || old.run() == null ? now.run() : old.run();
    String asked = Brief.line(now.error(), now.event());
    WaitKind kind = SymphonyRunEnd.asks(asked);
    String wait = "blocked-" + (now.blockedAt() != null ? now.blockedAt() : snapshot.at());
    Instant at = now.blockedAt() != null ? now.blockedAt() : snapshot.at();
    if (old == null || was.thread() == null) {
      streams(was, run, at);
    }
    speech.say(
        was,
        run,
        "blocked",
        new Fact.WaitOpened(
            wait,
            kind == null ? WaitKind.HUMAN_INPUT : kind,
            now.error(),
            true,
            null,
            Quality.SYNTHESIZED),
        Brief.line(now.identifier(), now.error()),
        at);
    if (was.turn() != null && old != null && !old.turnFailed()) {
      speech.turn(was, run, was.turn(), State.SUSPENDED, "InputRequired", now.error());
    }
    speech.task(was, run, State.WAITING, "Blocked", now.error());
    speech.say(
        was,
        run,
        "blocked",
        SymphonyStateSpeech.synthesized(
            Entity.RUN, null, State.SUSPENDED, "Blocked", now.error(), Firmness.FIRM),
        Brief.line(now.error()),
        snapshot.at());
    rows.put(now.issue(), new SeenRow(now, run, false, null, wait));
  }

  private void unblocked(SeenRow old, WaitOutcome outcome, @Nullable String byRun) {
    if (old.waitId() != null) {
      speech.say(
          old.row(),
          old.run(),
          "unblocked",
          new Fact.WaitResolved(old.waitId(), outcome, null, byRun, Quality.SYNTHESIZED),
          outcome.word(),
          snapshot.at());
    }
  }
}
