// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact.ModelRequest;
import dev.ledgerline.event.Fact.ModelResponse;
import dev.ledgerline.event.Fact.SpanRecorded;
import dev.ledgerline.event.Fact.ToolCall;
import dev.ledgerline.event.Fact.ToolProgress;
import dev.ledgerline.event.Fact.ToolResult;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.ToolOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a run while it is folded. A call and its result are matched by call id (within the
 * turn, where there is one), else first in, first out among the open calls of the same agent, depth
 * and name. A step belongs to the innermost open agent step of its agent, else to the open tool
 * call one level up, else to the open turn.
 */
final class StepTracker {
  private final List<OpenStep> steps = new ArrayList<>();
  private final Map<String, OpenStep> calls = new HashMap<>();
  private final Map<String, OpenStep> spans = new HashMap<>();

  /** Tool calls told as intervals whose enclosing interval has not come, by its id. */
  private final Map<String, OpenStep> innerTools = new HashMap<>();

  /** Tool calls told as intervals without an end and without a call id, by step. */
  private final Map<String, OpenStep> unended = new LinkedHashMap<>();

  private final OpenCalls openCalls = new OpenCalls();
  private final OpenCalls openModelCalls = new OpenCalls();

  /** By name, and the open agents by the step that they stand under. */
  private final Map<String, OpenStep> openAgents = new HashMap<>();

  private final Map<String, List<OpenStep>> agentsUnder = new HashMap<>();

  /** By name, the newest last. */
  private final SequencedMap<String, OpenStep> openTurns = new LinkedHashMap<>();

  /** Where the run itself acts; a run that another agent called may begin below 0. */
  private int rootDepth;

  private int toolCalls;
  private int failedTools;
  private int modelCalls;

  /** Where an event belongs: its step and the event that opened the enclosing one. */
  record Place(@Nullable String stepId, @Nullable Long parentSeq) {
    static final Place NONE = new Place(null, null);
  }

  Place toolCalled(Event event, ToolCall call, Instant at, long seq) {
    OpenStep known = call.callId() == null ? null : calls.get(callKey(event, call.callId()));
    if (known != null) {
      // The same call told again (a resume repeats it): one logical call.
      known.lastSeq = seq;
      known.name = known.name == null ? call.name() : known.name;
      return place(known);
    }
    return place(startTool(event, call.callId(), call.name(), at, seq));
  }

  Place toolProgressed(Event event, ToolProgress progress, long seq) {
    OpenStep step = progress.callId() == null ? null : calls.get(callKey(event, progress.callId()));
    if (step == null && progress.name() != null) {
      step = openCalls.oldest(event.scope().agent(), depth(event), progress.name());
    }
    if (step == null) {
      return inside(event);
    }
    step.lastSeq = seq;
    return place(step);
  }

  /** Null where there was no call for this result. */
  @Nullable Place toolReturned(Event event, ToolResult result, Instant at, long seq) {
    OpenStep step =
        result.callId() != null
            ? calls.get(callKey(event, result.callId()))
            : openCalls.oldest(event.scope().agent(), depth(event), result.name());
    if (step == null) {
      if (!result.opens()) {
        return null;
      }
      step = startTool(event, result.callId(), result.name(), at, seq);
    }
    boolean failed = result.outcome() == ToolOutcome.FAILED;
    // The interval of a call that was refused ends as well as any other.
    boolean spanned = step.decidedBy != null && failed;
    boolean decided = step.endedAt != null && !step.tentative && !spanned;
    step.refused |= failed;
    if (!decided) {
      setToolState(step, failed ? State.FAILED : State.COMPLETED);
      step.error = failed ? result.error() : null;
      step.tentative = result.tentative();
      step.name = step.name == null ? result.name() : step.name;
      if (step.endedAt == null) {
        close(step, at);
        closeAgentsUnder(step, at, seq);
      }
    }
    step.lastSeq = seq;
    return place(step);
  }

  Place modelAsked(Event event, ModelRequest request, Instant at, long seq) {
    OpenStep step =
        start(event, StepKind.MODEL, "model", request.model(), request.callId(), at, seq);
    if (request.callId() != null) {
      calls.put(modelKey(request.callId()), step);
    }
    modelCalls++;
    return place(step);
  }

  /**
   * An answer without a request is a model call of its own: many sources tell a call only when it
   * has ended.
   */
  Place modelAnswered(Event event, ModelResponse response, Instant at, long seq) {
    OpenStep step =
        response.callId() == null
            ? openModelCalls.oldest(event.scope().agent(), depth(event), null)
            : calls.get(modelKey(response.callId()));
    if (step == null) {
      step = start(event, StepKind.MODEL, "model", response.model(), response.callId(), at, seq);
      modelCalls++;
    }
    step.name = response.model() == null ? step.name : response.model();
    step.usage = response.usage();
    step.error = response.error();
    step.state = response.error() == null ? State.COMPLETED : State.FAILED;
    step.lastSeq = seq;
    if (step.endedAt == null) {
      close(step, at);
    }
    return place(step);
  }

  /** A turn or a sub-agent started or ended. */
  Place changed(Event event, StepKind kind, String name, State to, Instant at, long seq) {
    OpenStep step = (kind == StepKind.AGENT ? openAgents : openTurns).get(name);
    if (!to.terminal()) {
      if (step == null) {
        step = start(event, kind, kind.word(), name, null, at, seq);
      }
      step.state = to;
    } else if (step != null) {
      step.state = to;
      close(step, at);
    } else {
      return inside(event);
    }
    step.lastSeq = seq;
    return place(step);
  }

  /** The run begins with this event. */
  void rootedAt(Event event) {
    rootDepth = depth(event);
  }

  /**
   * An agent below the root acts: it is a step of its own, whether or not the source announces it.
   */
  void acts(Event event, Instant at, long seq) {
    String agent = event.scope().agent();
    int depth = depth(event);
    if (agent != null && depth > rootDepth && !openAgents.containsKey(agent)) {
      start(event, StepKind.AGENT, "agent", agent, null, at, seq);
    }
  }

  /**
   * Several intervals of one tool call (its attempts, or the waiting for it and its execution) are
   * one step: its state is that of the interval that began last.
   *
   * @param waits whether that step is waited for
   */
  Place spanned(Event event, SpanRecorded span, Predicate<String> waits, long seq) {
    OpenStep step = spans.get(span.spanId());
    String call = span.stepKind() == StepKind.TOOL && span.callId() != null ? span.callId() : null;
    OpenStep sameCall = call == null ? null : calls.get(callKey(event, call));
    if (step == null && span.stepKind() == StepKind.TOOL) {
      OpenStep same = sameCall != null ? sameCall : nested(span);
      same = same == null ? putOff(span, waits) : same;
      if (same != null) {
        spans.put(span.spanId(), same);
        return alsoSpanned(same, span, seq);
      }
    }
    if (step != null && !step.id.equals(span.spanId())) {
      return alsoSpanned(step, span, seq);
    }
    if (step == null) {
      step =
          new OpenStep(
              span.spanId(),
              span.stepKind(),
              span.name(),
              event.scope().agent(),
              span.callId(),
              depth(event),
              span.start(),
              seq);
      steps.add(step);
      spans.put(span.spanId(), step);
      if (call != null) {
        calls.put(callKey(event, call), step);
      }
      if (step.kind == StepKind.TOOL) {
        toolCalls++;
        if (span.parentSpanId() != null && !spans.containsKey(span.parentSpanId())) {
          innerTools.put(span.parentSpanId(), step);
        }
      } else if (step.kind == StepKind.MODEL) {
        modelCalls++;
      }
    }
    step.parentId = span.parentSpanId();
    step.endedAt = span.end();
    step.usage = span.usage();
    step.error = span.error();
    step.lastSeq = seq;
    if (step.kind == StepKind.TOOL) {
      if (span.end() == null && call == null) {
        unended.put(step.id, step);
      } else {
        unended.remove(step.id);
      }
      step.decidedBy = span.start();
      setToolState(step, state(span));
    } else {
      step.state = state(span);
    }
    return new Place(step.id, null);
  }

  /** That it had begun was told after its end: nothing new. */
  Place overtaken(SpanRecorded span, long seq) {
    OpenStep step = spans.get(span.spanId());
    if (step == null) {
      return Place.NONE;
    }
    step.lastSeq = seq;
    return new Place(step.id, null);
  }

  /**
   * Two libraries that look at one call tell it twice, one interval inside the other: the step of
   * the one that came first.
   */
  private @Nullable OpenStep nested(SpanRecorded span) {
    OpenStep inner = innerTools.remove(span.spanId());
    OpenStep outer = span.parentSpanId() == null ? null : spans.get(span.parentSpanId());
    OpenStep other = inner != null ? inner : outer;
    boolean alike = other != null && other.kind == StepKind.TOOL && isSame(span, other);
    return alike ? other : null;
  }

  /** The oldest call of that tool that was put off until somebody agreed: now it is made. */
  private @Nullable OpenStep putOff(SpanRecorded span, Predicate<String> waits) {
    if (span.end() == null || span.callId() != null) {
      return null;
    }
    for (OpenStep step : unended.values()) {
      if (span.name().equals(step.name)
          && step.startedAt.isBefore(span.start())
          && waits.test(step.id)) {
        unended.remove(step.id);
        return step;
      }
    }
    return null;
  }

  /** One without a name tells of the call around it. */
  private static boolean isSame(SpanRecorded span, OpenStep other) {
    return span.name().equals(other.name) || span.name().isEmpty() || "".equals(other.name);
  }

  private static State state(SpanRecorded span) {
    if (span.end() == null) {
      return State.RUNNING;
    }
    State ending = span.ending();
    return span.stepKind() == StepKind.TURN && ending != null
        ? ending
        : span.outcome() == ToolOutcome.FAILED ? State.FAILED : State.COMPLETED;
  }

  private Place alsoSpanned(OpenStep call, SpanRecorded span, long seq) {
    call.lastSeq = seq;
    Instant decided = call.decidedBy;
    if (span.start().isBefore(call.startedAt) || "".equals(call.name)) {
      call.startedAt = span.start().isBefore(call.startedAt) ? span.start() : call.startedAt;
      call.parentId = span.parentSpanId();
      call.name = span.name();
    }
    if (decided == null || !span.start().isBefore(decided)) {
      call.decidedBy = span.start();
      call.error = call.refused ? call.error : span.error();
      setToolState(call, call.refused ? State.FAILED : state(span));
    }
    Instant end = span.end();
    if (end == null && !span.start().isBefore(call.startedAt) && call.state == State.RUNNING) {
      call.endedAt = null;
    } else if (end != null && (call.endedAt == null || end.isAfter(call.endedAt))) {
      call.endedAt = end;
    }
    return new Place(call.id, null);
  }

  /** Where an event belongs that is no step itself. */
  Place inside(Event event) {
    OpenStep around = around(event.scope().agent(), depth(event));
    return around == null ? Place.NONE : new Place(around.id, around.firstSeq);
  }

  int size() {
    return steps.size();
  }

  int toolCalls() {
    return toolCalls;
  }

  int failedTools() {
    return failedTools;
  }

  int modelCalls() {
    return modelCalls;
  }

  /**
   * The steps in order of their first event.
   *
   * @param unanswered the state to show for a step that has no answer
   */
  List<Step> steps(State unanswered) {
    List<Step> result = new ArrayList<>(steps.size());
    for (OpenStep s : steps) {
      result.add(shown(s, unanswered));
    }
    return result;
  }

  /** One of {@link #steps}. */
  Step at(int index, State unanswered) {
    return shown(steps.get(index), unanswered);
  }

  private Step shown(OpenStep s, State unanswered) {
    State state = s.endedAt == null && s.state == State.RUNNING ? unanswered : s.state;
    // A span names its parent before anybody has seen it; the step of another call has been there.
    OpenStep around = s.parentId == null ? null : spans.get(s.parentId);
    String parent =
        s.parentSeq != 0 ? s.parentId : around == null || around == s ? null : around.id;
    return s.shown(state, parent);
  }

  private OpenStep startTool(
      Event event, @Nullable String callId, @Nullable String name, Instant at, long seq) {
    OpenStep step = start(event, StepKind.TOOL, "tool", name, callId, at, seq);
    if (callId != null) {
      calls.put(callKey(event, callId), step);
    }
    toolCalls++;
    return step;
  }

  private OpenStep start(
      Event event,
      StepKind kind,
      String idPrefix,
      @Nullable String name,
      @Nullable String callId,
      Instant at,
      long seq) {
    int depth = depth(event);
    OpenStep around = kind == StepKind.AGENT ? caller(depth) : around(event.scope().agent(), depth);
    OpenStep step =
        new OpenStep(
            freshId(idPrefix, seq), kind, name, event.scope().agent(), callId, depth, at, seq);
    if (around != null) {
      step.parentId = around.id;
      step.parentSeq = around.firstSeq;
    }
    steps.add(step);
    opened(step);
    return step;
  }

  /** An agent that nobody announced may announce another one: two steps of one event. */
  private String freshId(String prefix, long seq) {
    String id = prefix + "-" + seq;
    return !steps.isEmpty() && steps.getLast().id.equals(id) ? id + ".2" : id;
  }

  private void opened(OpenStep step) {
    switch (step.kind) {
      case TOOL -> openCalls.add(step);
      case MODEL -> openModelCalls.add(step);
      case TURN -> openTurns.put(String.valueOf(step.name), step);
      case AGENT -> {
        openAgents.put(String.valueOf(step.name), step);
        if (step.parentId != null) {
          agentsUnder.computeIfAbsent(step.parentId, _ -> new ArrayList<>()).add(step);
        }
      }
      default -> throw new IllegalArgumentException("only spans are of kind " + step.kind);
    }
  }

  private void close(OpenStep step, Instant at) {
    step.endedAt = at.isBefore(step.startedAt) ? step.startedAt : at;
    switch (step.kind) {
      case TOOL -> openCalls.forgetEnded(step);
      case MODEL -> openModelCalls.forgetEnded(step);
      case TURN -> openTurns.remove(String.valueOf(step.name));
      case AGENT -> openAgents.remove(String.valueOf(step.name));
      default -> throw new IllegalArgumentException("only spans are of kind " + step.kind);
    }
  }

  private void closeAgentsUnder(OpenStep call, Instant at, long seq) {
    List<OpenStep> agents = agentsUnder.remove(call.id);
    if (agents == null) {
      return;
    }
    for (OpenStep agent : agents) {
      if (agent.endedAt == null) {
        agent.state = State.COMPLETED;
        agent.lastSeq = seq;
        close(agent, at);
      }
    }
  }

  private void setToolState(OpenStep step, State state) {
    failedTools += (state == State.FAILED ? 1 : 0) - (step.state == State.FAILED ? 1 : 0);
    step.state = state;
  }

  private @Nullable OpenStep around(@Nullable String agent, int depth) {
    OpenStep own = agent == null ? null : openAgents.get(agent);
    return own != null ? own : caller(depth);
  }

  private @Nullable OpenStep caller(int depth) {
    OpenStep call = depth == 0 ? null : openCalls.newest(depth - 1);
    Map.Entry<String, OpenStep> turn = openTurns.lastEntry();
    return call != null || turn == null ? call : turn.getValue();
  }

  private static Place place(OpenStep step) {
    return new Place(
        step.id, step.parentId == null || step.parentSeq == 0 ? null : (Long) step.parentSeq);
  }

  private static String callKey(Event event, String callId) {
    String turn = event.scope().turn();
    return turn == null ? callId : turn + "\u0000" + callId;
  }

  private static String modelKey(String callId) {
    return "\u0001" + callId;
  }

  private static int depth(Event event) {
    Integer depth = event.scope().depth();
    return depth == null ? 0 : depth;
  }
}
