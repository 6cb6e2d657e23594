// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.state.Replay.Breach;
import dev.ledgerline.state.Replay.Move;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a run while it is folded, and how it came to be. What the source says goes before
 * what follows from its facts, that before what its intervals say of the whole.
 */
final class StateTracker {
  private final RunKey key;
  private final WaitTracker waits;
  private final RunTimes times;
  private final List<Transition> transitions = new ArrayList<>();

  /** How the state follows from the intervals; null where it was told, which goes before it. */
  private @Nullable Transition conclusion;

  /**
   * The state to go back to when the run turns out not to have ended; null while its state is firm.
   */
  private @Nullable State beforeSoftEnd;

  private State state = State.UNKNOWN;
  private Quality quality = Quality.DERIVED;
  private @Nullable String reason;

  StateTracker(RunKey key, WaitTracker waits, RunTimes times) {
    this.key = key;
    this.waits = waits;
    this.times = times;
  }

  State state() {
    return state;
  }

  Quality quality() {
    return quality;
  }

  @Nullable String reason() {
    return reason;
  }

  List<Transition> transitions() {
    return List.copyOf(transitions);
  }

  /** Notes a change of state of something in the run. */
  void add(Transition transition) {
    transitions.add(transition);
  }

  /** Whether the source said how it ended. */
  boolean ended() {
    return state.terminal() && beforeSoftEnd == null && conclusion == null;
  }

  /** Nothing goes on waiting in a run that failed. */
  boolean endedWithoutWaiting() {
    return conclusion != null && state != State.SUSPENDED;
  }

  /**
   * Something went on: what stood in its way is over, and a run of which nothing was told is
   * running.
   */
  void progress(RunJudge judge, Instant at, long seq) {
    if (state.terminal()) {
      return;
    }
    waits.endBlocking(WaitOutcome.UNKNOWN, at, seq);
    if ((state == State.WAITING && !waits.anyBlocking()) || state == State.UNKNOWN) {
      move(judge, State.RUNNING, Quality.DERIVED, null, at, seq);
    }
  }

  /** The source, or who concludes from it, says what became of the run. */
  void changed(
      RunJudge judge, Event event, StateChange change, Instant at, long seq, EnumSet<Flag> flags) {
    takeBackConclusion();
    State from = state;
    boolean soft = change.firmness() == Firmness.SOFT;
    Move told = judge.move(change, from);
    if (soft && (from.terminal() || told.breach() != null)) {
      // A conclusion never overrules what was said, and is no breach.
      return;
    }
    if (from.terminal() && Bearing.isRequest(change)) {
      return; // it came too late to ask; nobody did wrong
    }
    Breach broken = change.firmness() == Firmness.REOPENS ? null : told.breach();
    boolean changes = broken == null || !(from.terminal() || from == change.to());
    judge.opened(told);
    transitions.add(
        new Transition(
            seq,
            at,
            Entity.RUN,
            key.run(),
            change.from() == null ? from : change.from(),
            change.to(),
            change.nativeFrom(),
            change.nativeTo(),
            change.reason(),
            broken == null,
            broken == null ? null : broken.clause().toString(),
            change.quality()));
    if (broken != null) {
      flags.add(Flag.ILLEGAL_TRANSITION);
      judge.violated(broken, event, seq);
    }
    if (!changes) {
      return;
    }
    judge.took(told, change, event, seq);
    beforeSoftEnd = soft && change.to().terminal() ? from : null;
    state = change.to();
    quality = change.quality();
    reason = change.reason();
    if (state.terminal()) {
      times.ended(at);
      if (!soft && state != State.SUSPENDED) {
        waits.endAll(state == State.CANCELED ? WaitOutcome.CANCELED : WaitOutcome.UNKNOWN, at, seq);
      }
    } else {
      times.ended(null);
    }
    if (state == State.RUNNING) {
      waits.endBlocking(WaitOutcome.UNKNOWN, at, seq);
    }
  }

  /** A change that follows from another fact. */
  void move(
      RunJudge judge, State to, Quality quality, @Nullable String nativeTo, Instant at, long seq) {
    if (state == to || state.terminal()) {
      return;
    }
    transitions.add(
        new Transition(
            seq, at, Entity.RUN, key.run(), state, to, null, nativeTo, null, true, null, quality));
    judge.concluded(to);
    state = to;
    this.quality = quality;
    reason = null;
  }

  /** Takes back an end that was concluded too early, where a fact shows that. */
  void goesOn(RunJudge judge, Fact fact, Instant at, long seq) {
    if (takesBackSoftEnd(fact)) {
      leaveSoftEnd(judge, at, seq);
    }
  }

  /** Whether an event shows that a run which was taken to have ended goes on. */
  private boolean takesBackSoftEnd(Fact fact) {
    if (beforeSoftEnd == null) {
      return false;
    }
    return switch (fact) {
      case StateChange change -> change.firmness() != Firmness.SOFT;
      case Fact.WaitResolved resolved ->
          resolved.resolvedRun() == null || resolved.resolvedRun().equals(key.run());
      default -> true;
    };
  }

  private void leaveSoftEnd(RunJudge judge, Instant at, long seq) {
    State back = beforeSoftEnd;
    if (back == null) {
      return;
    }
    transitions.add(
        new Transition(
            seq,
            at,
            Entity.RUN,
            key.run(),
            state,
            back,
            null,
            null,
            "it went on",
            true,
            null,
            Quality.DERIVED));
    judge.leftSoftEnd();
    state = back;
    quality = Quality.DERIVED;
    reason = null;
    times.ended(null);
    beforeSoftEnd = null;
  }

  /**
   * What the intervals say of the run holds as long as nobody says it outright, and each interval
   * that comes may change it. A run that ended well while somebody is still asked something stands
   * still.
   */
  void conclude(SpanTree.@Nullable Ending ending, long seq) {
    if (ending == null || (state.terminal() && conclusion == null)) {
      takeBackConclusion();
      return;
    }
    State to =
        ending.state() == State.COMPLETED && (waits.openCount() > 0 || waits.answeredLater())
            ? State.SUSPENDED
            : ending.state();
    times.ended(ending.at());
    if (conclusion != null && state == to) {
      reason = ending.reason();
      return;
    }
    takeBackConclusion();
    Transition concluded = concluded(to, ending, seq);
    transitions.add(concluded);
    conclusion = concluded;
    state = to;
    quality = Quality.DERIVED;
    reason = ending.reason();
    times.ended(ending.at());
  }

  /** Ours alone, so no machine judges it. */
  private Transition concluded(State to, SpanTree.Ending ending, long seq) {
    return new Transition(
        seq,
        ending.at(),
        Entity.RUN,
        key.run(),
        state,
        to,
        null,
        null,
        ending.reason(),
        true,
        null,
        Quality.DERIVED);
  }

  private void takeBackConclusion() {
    if (conclusion != null) {
      transitions.remove(transitions.lastIndexOf(conclusion));
      state = conclusion.from();
      quality = Quality.DERIVED;
      reason = null;
      times.ended(null);
      conclusion = null;
    }
  }
}
