// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an event says. Facts are small: what is large (arguments, results, texts) stays in the
 * original record, and a fact points into it with a JSON pointer (RFC 6901). What no fact fits is
 * an {@link UnknownFact}, so nothing is lost.
 */
public sealed interface Fact {
  Kind kind();

  /** How much a change of state binds what comes later. */
  enum Firmness implements Word {
    /** The source said it: after a terminal state nothing changes any more. */
    FIRM,
    /** A conclusion from silence or from the end of a stream: the next event takes it back. */
    SOFT,
    /** Leaves a terminal state on purpose. */
    REOPENS
  }

  /**
   * An entity went from one state to another.
   *
   * @param entityId null where it is the scope's own run, turn, task, thread or agent
   * @param from what the source said it came from; null where it did not
   * @param nativeTo the source's word for {@code to}
   */
  record StateChange(
      Entity entity,
      @Nullable String entityId,
      @Nullable State from,
      State to,
      @Nullable String nativeFrom,
      @Nullable String nativeTo,
      @Nullable String reason,
      Quality quality,
      Firmness firmness)
      implements Fact {

    /** A change that the source reported of the scope's own entity. */
    public static StateChange reported(Entity entity, State to, @Nullable String nativeTo) {
      return new StateChange(
          entity, null, null, to, null, nativeTo, null, Quality.REPORTED, Firmness.FIRM);
    }

    /** A run of which nothing more will come, as far as one can see. */
    public static StateChange lost(String why) {
      return new StateChange(
          Entity.RUN, null, null, State.LOST, null, null, why, Quality.SYNTHESIZED, Firmness.SOFT);
    }

    public StateChange because(@Nullable String reason) {
      return new StateChange(
          entity, entityId, from, to, nativeFrom, nativeTo, reason, quality, firmness);
    }

    public StateChange derived(Firmness firmness) {
      return new StateChange(
          entity, entityId, from, to, nativeFrom, nativeTo, reason, Quality.DERIVED, firmness);
    }

    @Override
    public Kind kind() {
      return Kind.STATE;
    }
  }

  /**
   * The next attempt of the scope's task has a timer.
   *
   * @param attempt 1-based number of the attempt to come
   * @param delayMillis as announced
   */
  record RetryScheduled(
      @Nullable Integer attempt,
      @Nullable Long delayMillis,
      @Nullable Instant dueAt,
      @Nullable String error)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.STATE;
    }
  }

  /**
   * Something cannot go on.
   *
   * @param waitId unique within the run
   * @param blocking the whole run stands still, so any later progress of it shows that the wait is
   *     over
   * @param callId the tool call that waits, if it is one
   */
  record WaitOpened(
      String waitId,
      WaitKind waitKind,
      @Nullable String prompt,
      boolean blocking,
      @Nullable String callId,
      Quality quality)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.WAIT_OPENED;
    }
  }

  /**
   * A wait is over.
   *
   * @param waitId null: every open blocking wait of the run; where a later run answered, every one
   *     that was open then
   * @param resolvedBy who answered, in the source's words
   * @param resolvedRun the later run that answered, where it is not the waiting run itself
   */
  record WaitResolved(
      @Nullable String waitId,
      WaitOutcome outcome,
      @Nullable String resolvedBy,
      @Nullable String resolvedRun,
      Quality quality)
      implements Fact {

    /**
     * What a run says that goes on where an earlier run of its thread, whose id it does not know,
     * stood still.
     *
     * @param run its own id
     */
    public static WaitResolved inItsThread(String run) {
      return new WaitResolved(null, WaitOutcome.ANSWERED, null, run, Quality.DERIVED);
    }

    /** Whether it was told so, by a run with that scope. */
    public boolean isInItsThread(Scope teller) {
      return waitId == null
          && resolvedRun != null
          && resolvedRun.equals(teller.run())
          && teller.thread() != null;
    }

    @Override
    public Kind kind() {
      return Kind.WAIT_RESOLVED;
    }
  }

  /**
   * Someone said something.
   *
   * @param delta a piece of a message that is still being written
   * @param textPointer where the text stands in the record
   */
  record Message(Role role, boolean delta, @Nullable String textPointer) implements Fact {
    @Override
    public Kind kind() {
      return delta ? Kind.MESSAGE_DELTA : Kind.MESSAGE;
    }
  }

  record Reasoning(@Nullable String textPointer) implements Fact {
    @Override
    public Kind kind() {
      return Kind.REASONING;
    }
  }

  /**
   * A tool is called.
   *
   * @param callId unique within the run (or within the turn, where the scope has one); null where
   *     the source has no call ids: then calls and results are matched first in, first out by
   *     agent, depth and name
   * @param name null where only the result will tell
   * @param argsPointer where the arguments stand in the record: an object, or JSON inside a string
   */
  record ToolCall(@Nullable String callId, @Nullable String name, @Nullable String argsPointer)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.TOOL_CALL;
    }
  }

  record ToolProgress(@Nullable String callId, @Nullable String name) implements Fact {
    @Override
    public Kind kind() {
      return Kind.TOOL_PROGRESS;
    }
  }

  /**
   * A tool call came back.
   *
   * @param name null where the source does not repeat it
   * @param error why it failed, short
   * @param opens makes a call of its own where none is open (sources that tell a call only when it
   *     has ended)
   * @param tentative a later result for the same call decides (a status told twice, the better one
   *     last)
   */
  record ToolResult(
      @Nullable String callId,
      @Nullable String name,
      ToolOutcome outcome,
      @Nullable String resultPointer,
      @Nullable String error,
      boolean opens,
      boolean tentative)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.TOOL_RESULT;
    }
  }

  /**
   * A model is asked.
   *
   * @param callId joins it to its response; null: first in, first out by agent and depth
   */
  record ModelRequest(@Nullable String callId, @Nullable String model) implements Fact {
    @Override
    public Kind kind() {
      return Kind.LLM_REQUEST;
    }
  }

  /**
   * A model answered.
   *
   * @param usage of this call alone; counts towards the run
   * @param error null for success
   */
  record ModelResponse(
      @Nullable String callId,
      @Nullable String model,
      @Nullable TokenUsage usage,
      @Nullable String error)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.LLM_RESPONSE;
    }
  }

  /**
   * Tokens were counted. A count of less than 0 takes back what was counted before.
   *
   * @param cumulative a running total of its series: only its rise counts, and where {@code of} is
   *     the thread the part before this run does not
   * @param series what is being counted, for example a thread id; readings of different series add
   *     up
   * @param primary counts towards the run; otherwise it is evidence only, told elsewhere too
   * @param baseline of a cumulative series: its reading before this run, null where unknown; then
   *     nothing is counted
   */
  record UsageReported(
      String series,
      boolean cumulative,
      TokenUsage usage,
      boolean primary,
      @Nullable TokenUsage baseline)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.USAGE;
    }
  }

  record ArtifactProduced(
      @Nullable String artifactId,
      @Nullable String name,
      @Nullable String uri,
      @Nullable String mediaType)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.ARTIFACT;
    }
  }

  record PlanUpdated() implements Fact {
    @Override
    public Kind kind() {
      return Kind.PLAN;
    }
  }

  record Handoff(@Nullable String from, @Nullable String to) implements Fact {
    @Override
    public Kind kind() {
      return Kind.HANDOFF;
    }
  }

  record Snapshot() implements Fact {
    @Override
    public Kind kind() {
      return Kind.SNAPSHOT;
    }
  }

  /** Someone steers: configure, cancel. What comes of it is told by other facts. */
  record Control(String action) implements Fact {
    @Override
    public Kind kind() {
      return Kind.CONTROL;
    }
  }

  /**
   * Something went wrong.
   *
   * @param fatal it ended the run; the run's own failure is then not counted a second time
   */
  record ErrorReported(
      @Nullable String category, @Nullable String code, String message, boolean fatal)
      implements Fact {
    @Override
    public Kind kind() {
      return Kind.ERROR;
    }
  }

  /**
   * A line of a log.
   *
   * @param runName the source's own id of the run, where the line bears it and is grouped otherwise
   */
  record LogLine(@Nullable String level, @Nullable String runName) implements Fact {
    public LogLine(@Nullable String level) {
      this(level, null);
    }

    @Override
    public Kind kind() {
      return Kind.LOG;
    }
  }

  /**
   * An interval told once, when it had ended (OpenTelemetry and its kin).
   *
   * @param end null while it is open
   * @param outcome {@link ToolOutcome#UNTOLD} is the usual success of OpenTelemetry
   * @param root nothing of the same system encloses it
   * @param ending how the run ended, should this interval turn out to be the outermost one that can
   *     tell; null where it never can
   * @param runName the source's own id of the run, where the interval bears it
   */
  record SpanRecorded(
      String spanId,
      @Nullable String parentSpanId,
      StepKind stepKind,
      String name,
      @Nullable String callId,
      Instant start,
      @Nullable Instant end,
      ToolOutcome outcome,
      @Nullable String error,
      @Nullable TokenUsage usage,
      @Nullable String argsPointer,
      boolean root,
      @Nullable State ending,
      @Nullable String runName)
      implements Fact {

    /** An interval that tells nothing of its run. */
    public SpanRecorded(
        String spanId,
        @Nullable String parentSpanId,
        StepKind stepKind,
        String name,
        @Nullable String callId,
        Instant start,
        @Nullable Instant end,
        ToolOutcome outcome,
        @Nullable String error,
        @Nullable TokenUsage usage,
        @Nullable String argsPointer,
        boolean root) {
      this(
          spanId,
          parentSpanId,
          stepKind,
          name,
          callId,
          start,
          end,
          outcome,
          error,
          usage,
          argsPointer,
          root,
          null,
          null);
    }

    /** Whether it is part of what an agent does, and no mere work of the process around it. */
    public boolean ofAnAgent() {
      return stepKind != StepKind.OTHER || ending != null || runName != null;
    }

    @Override
    public Kind kind() {
      return Kind.SPAN;
    }
  }

  /**
   * The record breaks a rule of its source that no change of state shows: what it must say, when it
   * may be said, what a timer must be set to. Told beside what the record means, never instead.
   *
   * @param clause the rule: specification and section
   * @param expected what the rule asks for, short; empty where it only forbids
   * @param seen what stands there instead; never a secret
   */
  record RuleBroken(String clause, String expected, String seen, String message) implements Fact {
    @Override
    public Kind kind() {
      return Kind.OTHER;
    }
  }

  /**
   * What bears the id of this run is part of another one (a trace that another one caused): both
   * are one run from then on, whatever was told of them before. It is not believed of a run that an
   * agent of its own encloses.
   *
   * @param whole the id of the other one
   */
  record PartOf(String whole) implements Fact {
    @Override
    public Kind kind() {
      return Kind.OTHER;
    }
  }

  /** The dialect knows no better; the record says it all. */
  record UnknownFact(String nativeType) implements Fact {
    @Override
    public Kind kind() {
      return Kind.OTHER;
    }
  }
}
