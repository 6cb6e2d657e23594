// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.StepTracker.Place;
import dev.ledgerline.state.Replay.Breach;
import dev.ledgerline.state.Verdict;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run as far as its events are known. Events are added in the order of the source; each costs the
 * same, the first and the millionth. Not safe for use by several threads.
 */
public final class RunFold {
  /**
   * What the fold found out about one event.
   *
   * @param flags those of the event and those that its place in the run adds
   * @param stepId the step that it opened, moved or ended, else the one around it; null where there
   *     is none
   * @param parentSeq the event that opened the enclosing step
   * @param order where it stands in the order of the source, comparable within the run
   */
  public record Placed(
      Set<Flag> flags, @Nullable String stepId, @Nullable Long parentSeq, long order) {}

  private final RunKey key;
  private final StepTracker steps = new StepTracker();
  private final WaitTracker waits = new WaitTracker();
  private final UsageTally usage = new UsageTally();
  private final RunOrder order = new RunOrder();
  private final RunHeader header;
  private final RunTimes times = new RunTimes();
  private final StateTracker states;
  private final SpanTree spans = new SpanTree();

  /** More are not listed where the run goes by no name of its source. */
  private static final int MAX_PARTS = 1_000;

  /** Ids of which it was said in it that they are part of another one. */
  private final Set<String> parts = new LinkedHashSet<>();

  private boolean ofAnAgent;
  private boolean rooted;

  private @Nullable String dialect;

  /** Null until the first event came. */
  private @Nullable RunJudge judge;

  /** Something other than requests was added: what had to open the run is there, or is missing. */
  private boolean begun;

  private long events;
  private int errorEvents;
  private boolean fatalErrorTold;

  public RunFold(RunKey key) {
    this.key = key;
    this.header = new RunHeader(key.run());
    this.states = new StateTracker(key, waits, times);
  }

  /** What its events are grouped by. */
  public RunKey key() {
    return key;
  }

  /** Adds the event with that number of arrival. */
  public Placed add(Event event, long seq) {
    EnumSet<Flag> flags = EnumSet.noneOf(Flag.class);
    flags.addAll(event.flags());
    Instant at = times.of(event);
    header.notice(event);
    dialect = dialect == null ? event.dialect() : dialect;
    RunJudge judge = judge(event);
    events++;
    Fact fact = event.fact();

    boolean startMissing = !begun && judge.asksForItsStart() && isMissingItsStart(event);
    if (!begun && Bearing.isOfTheRun(fact)) {
      steps.rootedAt(event);
    }
    begun |= !Bearing.isRequest(fact);
    if (states.ended()) {
      boolean answersIt = state() == State.SUSPENDED && fact instanceof Fact.WaitResolved;
      if (Bearing.isActOfTheRun(fact) && !Bearing.reopens(fact) && !answersIt) {
        flags.add(Flag.AFTER_END);
        judge.followsTheEnd(event, fact, seq);
      }
    } else {
      states.goesOn(judge, fact, at, seq);
    }
    if (startMissing) {
      flags.add(Flag.ILLEGAL_TRANSITION);
      judge.startIsMissing(event, seq);
    }
    steps.acts(event, at, seq);
    Place place = place(judge, event, fact, at, seq, flags);
    ofAnAgent |= Bearing.isOfAnAgent(fact);
    states.conclude(spans.isEmpty() ? null : spans.ending(), seq);
    return new Placed(
        flags, place.stepId(), place.parentSeq(), order.of(event, isOfAnother(event)));
  }

  /** Said by a later run of its thread, whose numbers say nothing of this one. */
  private boolean isOfAnother(Event event) {
    return event.fact() instanceof Fact.WaitResolved answer
        && answer.isInItsThread(event.scope())
        && !key.run().equals(event.scope().run());
  }

  private RunJudge judge(Event event) {
    RunJudge known = judge == null ? new RunJudge(event) : judge;
    judge = known;
    return known;
  }

  /**
   * Whether this is a run of an agent at all. A trace of intervals in which no agent, model or tool
   * has a part is the mere work of some process, unless something else is told of it.
   */
  public boolean ofAnAgent() {
    return ofAnAgent;
  }

  /** Whether what bears that id was said to be part of another run, be it this one. */
  public boolean hasPart(String id) {
    return parts.contains(id);
  }

  /** Whether an agent, or work of its own, encloses all of it: then it is part of nothing else. */
  public boolean rooted() {
    return rooted;
  }

  /**
   * Whether an event was added that belongs before one that had been folded. What the fold says
   * then is right only after a new fold was given all events sorted by (order, seq).
   */
  public boolean outOfOrder() {
    return order.broken();
  }

  public long events() {
    return events;
  }

  /** Whose it is, as far as it was told. */
  public Scope scope() {
    return header.scope();
  }

  /**
   * The run as a list shows it. {@code attempt} is null: only who knows the other runs of the task
   * can count.
   */
  public RunSummary summary() {
    return summary(true);
  }

  /**
   * The same.
   *
   * @param named under the id that its source has for it, where one is told; another run may bear
   *     that id already, and then this one continues it
   */
  public RunSummary summary(boolean named) {
    String writtenIn = dialect;
    RunJudge judge = this.judge;
    if (writtenIn == null || judge == null) {
      throw new IllegalStateException("a run without events: " + key);
    }
    Scope known = header.scope();
    State state = state();
    boolean failed = state == State.FAILED || state == State.TIMED_OUT;
    String name = header.name();
    RunKey id = named && name != null ? new RunKey(key.source(), name) : key;
    List<String> aliases =
        named
            ? header.otherIds(id.run())
            : parts.stream().filter(part -> !part.equals(id.run())).limit(MAX_PARTS).toList();
    return new RunSummary(
        id,
        aliases,
        known.thread(),
        known.task(),
        null,
        known.nativeAttempt(),
        known.parentRun(),
        known.continuesRun() == null && !named ? name : known.continuesRun(),
        header.rootAgent(),
        header.agents(),
        writtenIn,
        header.traces(),
        state,
        states.quality(),
        states.reason(),
        named && name != null
            ? RunIdQuality.NATIVE
            : known.run() == null ? RunIdQuality.ABSENT : known.runIdQuality(),
        times.quality(),
        times.startedAt(),
        times.endedAt(),
        events,
        steps.size(),
        errorEvents + (failed && !fatalErrorTold ? 1 : 0),
        steps.toolCalls(),
        steps.failedTools(),
        steps.modelCalls() - spans.callsToldAgain(),
        states.endedWithoutWaiting() ? 0 : waits.openCount(),
        waits.size(),
        usage(),
        judge.result(state),
        judge.violations(),
        header.title(),
        times.lastObservedAt());
  }

  public State state() {
    return states.state();
  }

  /** In order of their first event. */
  public List<Step> steps() {
    return steps.steps(unanswered());
  }

  public int stepCount() {
    return steps.size();
  }

  /**
   * One of {@link #steps}, for who follows a run as it grows: it costs the same however many there
   * are, and the steps before it never change their places.
   */
  public Step stepAt(int index) {
    return steps.at(index, unanswered());
  }

  /** The state to show for a step that has no answer. */
  private State unanswered() {
    return waits.openCount() > 0
        ? State.WAITING
        : state().terminal() ? State.UNKNOWN : State.RUNNING;
  }

  public List<Wait> waits() {
    Instant end = times.endedAt();
    return states.endedWithoutWaiting() && end != null ? waits.waitsUntil(end) : waits.waits();
  }

  /** Whether it stood still at that time, as far as is known. */
  public boolean waitedAt(Instant at) {
    return !states.endedWithoutWaiting() && waits.anyOpenAt(at);
  }

  /**
   * The id that the source has for this run, where its intervals tell one and are not grouped by
   * it.
   */
  public @Nullable String name() {
    return header.name();
  }

  /** The conversation that it is part of, as far as is known. */
  public @Nullable String thread() {
    return header.scope().thread();
  }

  /** It goes on where that run stood still, as who knows both has found out; null: nothing new. */
  public void continues(@Nullable String earlier) {
    header.continues(earlier);
  }

  public int waitCount() {
    return waits.size();
  }

  /** One of {@link #waits}, in order of their opening. */
  public Wait waitAt(int index) {
    return waits.at(index);
  }

  public List<Transition> transitions() {
    return states.transitions();
  }

  /** What the machines of its dialect say of it. */
  public Verdict verdict() {
    if (judge == null) {
      throw new IllegalStateException("a run without events: " + key);
    }
    return judge.verdict(state());
  }

  private Place place(
      RunJudge judge, Event event, Fact fact, Instant at, long seq, EnumSet<Flag> flags) {
    return switch (fact) {
      case StateChange change ->
          changed(judge, event, honest(ofItsAgent(event, change)), at, seq, flags);
      case Fact.WaitOpened opened -> {
        if (!flags.contains(Flag.AFTER_END)
            && waits.opened(event, opened, at, seq)
            && opened.blocking()) {
          states.move(judge, State.WAITING, opened.quality(), event.nativeType(), at, seq);
        }
        yield steps.inside(event);
      }
      case Fact.WaitResolved resolved -> {
        waits.resolved(resolved, at, seq);
        if (state() == State.WAITING && !waits.anyBlocking()) {
          states.move(judge, State.RUNNING, resolved.quality(), event.nativeType(), at, seq);
        }
        yield steps.inside(event);
      }
      case Fact.ToolCall call -> {
        states.progress(judge, at, seq);
        yield steps.toolCalled(event, call, at, seq);
      }
      case Fact.ToolProgress running -> {
        states.progress(judge, at, seq);
        yield steps.toolProgressed(event, running, seq);
      }
      case Fact.ToolResult result -> {
        Place place = steps.toolReturned(event, result, at, seq);
        if (place == null && judge.resultWithoutCall(event, result, seq)) {
          flags.add(Flag.ILLEGAL_TRANSITION);
        }
        waits.endOfCall(result.callId(), at, seq);
        states.progress(judge, at, seq);
        yield place == null ? steps.inside(event) : place;
      }
      case Fact.ModelRequest request -> {
        states.progress(judge, at, seq);
        yield steps.modelAsked(event, request, at, seq);
      }
      case Fact.ModelResponse response -> {
        states.progress(judge, at, seq);
        if (response.usage() != null) {
          usage.add(response.usage());
        }
        yield steps.modelAnswered(event, response, at, seq);
      }
      case Fact.UsageReported report -> {
        usage.add(report);
        yield steps.inside(event);
      }
      case Fact.SpanRecorded span -> {
        if (!spanned(span)) {
          yield steps.overtaken(span, seq);
        }
        if (!isBeforeTheWait(span)) {
          states.progress(judge, at, seq);
        }
        Place place = steps.spanned(event, span, waits::isOpen, seq);
        if (span.stepKind() == StepKind.TOOL && span.end() != null) {
          waits.called(place.stepId(), span, seq);
        }
        yield place;
      }
      case Fact.ErrorReported error -> {
        errorEvents++;
        fatalErrorTold |= error.fatal();
        yield steps.inside(event);
      }
      case Fact.Message m -> progressInside(judge, event, at, seq);
      case Fact.Reasoning r -> progressInside(judge, event, at, seq);
      case Fact.ArtifactProduced a -> progressInside(judge, event, at, seq);
      case Fact.PlanUpdated p -> progressInside(judge, event, at, seq);
      case Fact.Handoff h -> progressInside(judge, event, at, seq);
      case Fact.RetryScheduled r -> steps.inside(event);
      case Fact.Snapshot s -> steps.inside(event);
      case Fact.Control c -> steps.inside(event);
      case Fact.LogLine l -> steps.inside(event);
      case Fact.RuleBroken broken -> {
        flags.add(Flag.ILLEGAL_TRANSITION);
        judge.ruleBroken(broken, event, seq);
        yield steps.inside(event);
      }
      case Fact.PartOf part -> {
        String told = event.scope().run();
        if (told != null && !told.equals(part.whole())) {
          parts.add(told);
        }
        yield steps.inside(event);
      }
      case Fact.UnknownFact u -> steps.inside(event);
    };
  }

  private Place progressInside(RunJudge judge, Event event, Instant at, long seq) {
    states.progress(judge, at, seq);
    return steps.inside(event);
  }

  /** Told when it was over, it may come after what the run waits for now. */
  private boolean isBeforeTheWait(Fact.SpanRecorded span) {
    Instant end = span.end();
    return end != null && state() == State.WAITING && waits.anyOpenedSince(end);
  }

  private boolean spanned(Fact.SpanRecorded span) {
    rooted |= span.root() && span.ofAnAgent();
    times.began(span.start());
    return spans.add(span);
  }

  private Place changed(
      RunJudge judge, Event event, StateChange change, Instant at, long seq, EnumSet<Flag> flags) {
    if (change.entity() == Entity.RUN) {
      states.changed(judge, event, change, at, seq, flags);
      return steps.inside(event);
    }
    Breach broken = judge.changed(change, event, seq);
    if (broken != null) {
      flags.add(Flag.ILLEGAL_TRANSITION);
    }
    states.add(
        new Transition(
            seq,
            at,
            change.entity(),
            change.entityId(),
            change.from() == null ? State.UNKNOWN : change.from(),
            change.to(),
            change.nativeFrom(),
            change.nativeTo(),
            change.reason(),
            broken == null,
            broken == null ? null : broken.clause().toString(),
            change.quality()));
    StepKind kind =
        change.entity() == Entity.AGENT
            ? StepKind.AGENT
            : change.entity() == Entity.TURN ? StepKind.TURN : null;
    String name =
        change.entityId() != null
            ? change.entityId()
            : kind == StepKind.AGENT ? event.scope().agent() : event.scope().turn();
    if (kind == null || name == null) {
      return steps.inside(event);
    }
    if (!change.to().terminal()) {
      states.progress(judge, at, seq);
    }
    return steps.changed(event, kind, name, change.to(), at, seq);
  }

  /**
   * An agent that was called may tell its beginning and its end in the words of a run, under the id
   * of its caller's: that is a step of it, and its end is not the run's.
   */
  private StateChange ofItsAgent(Event event, StateChange change) {
    boolean called =
        change.entity() == Entity.RUN
            && !Bearing.isRequest(change)
            && header.isBelowTheRoot(event.scope());
    return called
        ? new StateChange(
            Entity.AGENT,
            event.scope().agent(),
            change.from(),
            change.to(),
            change.nativeFrom(),
            change.nativeTo(),
            change.reason(),
            change.quality(),
            change.firmness())
        : change;
  }

  /**
   * That a run ended without an error is no success while somebody is still asked something: then
   * it stands still, and what resumes it is another run.
   */
  private StateChange honest(StateChange change) {
    boolean asks =
        change.entity() == Entity.RUN
            && change.to() == State.COMPLETED
            && change.quality() == Quality.DERIVED
            && waits.openCount() > 0;
    return asks
        ? new StateChange(
            Entity.RUN,
            change.entityId(),
            change.from(),
            State.SUSPENDED,
            change.nativeFrom(),
            change.nativeTo(),
            change.reason(),
            Quality.DERIVED,
            change.firmness())
        : change;
  }

  /** Whether the run does something before its start; requests may well have led to it. */
  private static boolean isMissingItsStart(Event event) {
    return !Bearing.isOfTheRun(event.fact())
        && (event.scope().depth() == null || event.scope().depth() == 0)
        && !Bearing.isRequest(event.fact());
  }

  /** When its newest event happened; the run is known that far. */
  public Instant newestAt() {
    return times.newest();
  }

  /** What the run spent so far, null if never told. */
  public @Nullable TokenUsage usage() {
    TokenUsage told = usage.total();
    TokenUsage spent = spans.usage();
    if (told == null && spent == null && !spans.isEmpty()) {
      return usage.evidence(); // no interval of a model came that would tell it twice
    }
    return told == null ? spent : spent == null ? told : told.plus(spent);
  }
}
