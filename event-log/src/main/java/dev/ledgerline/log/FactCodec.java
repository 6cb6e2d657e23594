// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import dev.ledgerline.log.ByteSource.UnknownConstantException;
import org.jspecify.annotations.Nullable;

/**
 * The facts of an event in binary: a tag, the length of the rest, the fields in the order of the
 * record's components. See {@link EntryCodec} for the primitives and for how the form may grow.
 */
final class FactCodec {
  private static final int STATE_CHANGE = 1;
  private static final int RETRY_SCHEDULED = 2;
  private static final int WAIT_OPENED = 3;
  private static final int WAIT_RESOLVED = 4;
  private static final int MESSAGE = 5;
  private static final int REASONING = 6;
  private static final int TOOL_CALL = 7;
  private static final int TOOL_PROGRESS = 8;
  private static final int TOOL_RESULT = 9;
  private static final int MODEL_REQUEST = 10;
  private static final int MODEL_RESPONSE = 11;
  private static final int USAGE_REPORTED = 12;
  private static final int ARTIFACT_PRODUCED = 13;
  private static final int PLAN_UPDATED = 14;
  private static final int HANDOFF = 15;
  private static final int SNAPSHOT = 16;
  private static final int CONTROL = 17;
  private static final int ERROR_REPORTED = 18;
  private static final int LOG_LINE = 19;
  private static final int SPAN_RECORDED = 20;
  private static final int UNKNOWN = 21;
  private static final int RULE_BROKEN = 22;
  private static final int PART_OF = 23;

  private static final Entity[] ENTITIES = Entity.values();
  private static final State[] STATES = State.values();
  private static final Quality[] QUALITIES = Quality.values();
  private static final Fact.Firmness[] FIRMNESSES = Fact.Firmness.values();
  private static final WaitKind[] WAIT_KINDS = WaitKind.values();
  private static final WaitOutcome[] WAIT_OUTCOMES = WaitOutcome.values();
  private static final Role[] ROLES = Role.values();
  private static final ToolOutcome[] TOOL_OUTCOMES = ToolOutcome.values();
  private static final StepKind[] STEP_KINDS = StepKind.values();

  private FactCodec() {}

  static void write(Fact fact, ByteSink out) {
    out.number(tag(fact));
    int block = out.startBlock();
    switch (fact) {
      case Fact.StateChange f -> {
        out.constant(f.entity());
        out.text(f.entityId());
        out.optionalConstant(f.from());
        out.constant(f.to());
        out.text(f.nativeFrom());
        out.text(f.nativeTo());
        out.text(f.reason());
        out.constant(f.quality());
        out.constant(f.firmness());
      }
      case Fact.RetryScheduled f -> {
        out.optionalSigned(f.attempt());
        out.optionalSigned(f.delayMillis());
        out.optionalInstant(f.dueAt());
        out.text(f.error());
      }
      case Fact.WaitOpened f -> {
        out.text(f.waitId());
        out.constant(f.waitKind());
        out.text(f.prompt());
        out.flag(f.blocking());
        out.text(f.callId());
        out.constant(f.quality());
      }
      case Fact.WaitResolved f -> {
        out.text(f.waitId());
        out.constant(f.outcome());
        out.text(f.resolvedBy());
        out.text(f.resolvedRun());
        out.constant(f.quality());
      }
      case Fact.Message f -> {
        out.constant(f.role());
        out.flag(f.delta());
        out.text(f.textPointer());
      }
      case Fact.Reasoning f -> out.text(f.textPointer());
      case Fact.ToolCall f -> {
        out.text(f.callId());
        out.text(f.name());
        out.text(f.argsPointer());
      }
      case Fact.ToolProgress f -> {
        out.text(f.callId());
        out.text(f.name());
      }
      case Fact.ToolResult f -> {
        out.text(f.callId());
        out.text(f.name());
        out.constant(f.outcome());
        out.text(f.resultPointer());
        out.text(f.error());
        out.flag(f.opens());
        out.flag(f.tentative());
      }
      case Fact.ModelRequest f -> {
        out.text(f.callId());
        out.text(f.model());
      }
      case Fact.ModelResponse f -> {
        out.text(f.callId());
        out.text(f.model());
        writeUsage(f.usage(), out);
        out.text(f.error());
      }
      case Fact.UsageReported f -> {
        out.text(f.series());
        out.flag(f.cumulative());
        writeUsage(f.usage(), out);
        out.flag(f.primary());
        writeUsage(f.baseline(), out);
      }
      case Fact.ArtifactProduced f -> {
        out.text(f.artifactId());
        out.text(f.name());
        out.text(f.uri());
        out.text(f.mediaType());
      }
      case Fact.PlanUpdated() -> {}
      case Fact.Handoff f -> {
        out.text(f.from());
        out.text(f.to());
      }
      case Fact.Snapshot() -> {}
      case Fact.Control f -> out.text(f.action());
      case Fact.ErrorReported f -> {
        out.text(f.category());
        out.text(f.code());
        out.text(f.message());
        out.flag(f.fatal());
      }
      case Fact.LogLine f -> {
        out.text(f.level());
        out.text(f.runName());
      }
      case Fact.SpanRecorded f -> {
        out.text(f.spanId());
        out.text(f.parentSpanId());
        out.constant(f.stepKind());
        out.text(f.name());
        out.text(f.callId());
        out.instant(f.start());
        out.optionalInstant(f.end());
        out.constant(f.outcome());
        out.text(f.error());
        writeUsage(f.usage(), out);
        out.text(f.argsPointer());
        out.flag(f.root());
        out.optionalConstant(f.ending());
        out.text(f.runName());
      }
      case Fact.UnknownFact f -> out.text(f.nativeType());
      case Fact.RuleBroken f -> {
        out.text(f.clause());
        out.text(f.expected());
        out.text(f.seen());
        out.text(f.message());
      }
      case Fact.PartOf f -> out.text(f.whole());
    }
    out.endBlock(block);
  }

  /**
   * Reads a fact; what only a newer version knows is an {@link Fact.UnknownFact}.
   *
   * @param nativeType of the event
   */
  static Fact read(ByteSource in, String nativeType) throws MalformedEntryException {
    long tag = in.number();
    ByteSource fields = in.block();
    if (tag < STATE_CHANGE || tag > PART_OF) {
      return new Fact.UnknownFact(nativeType);
    }
    try {
      return read((int) tag, fields);
    } catch (UnknownConstantException newer) {
      return new Fact.UnknownFact(nativeType);
    }
  }

  private static Fact read(int tag, ByteSource in)
      throws MalformedEntryException, UnknownConstantException {
    return switch (tag) {
      case STATE_CHANGE ->
          new Fact.StateChange(
              in.constant(ENTITIES),
              in.optionalText(),
              in.optionalConstant(STATES),
              in.constant(STATES),
              in.optionalText(),
              in.optionalText(),
              in.optionalText(),
              in.constant(QUALITIES),
              in.constant(FIRMNESSES));
      case RETRY_SCHEDULED ->
          new Fact.RetryScheduled(
              in.optionalInteger(), in.optionalLong(), in.optionalInstant(), in.optionalText());
      case WAIT_OPENED ->
          new Fact.WaitOpened(
              in.text(),
              in.constant(WAIT_KINDS),
              in.optionalText(),
              in.flag(),
              in.optionalText(),
              in.constant(QUALITIES));
      case WAIT_RESOLVED ->
          new Fact.WaitResolved(
              in.optionalText(),
              in.constant(WAIT_OUTCOMES),
              in.optionalText(),
              in.optionalText(),
              in.constant(QUALITIES));
      case MESSAGE -> new Fact.Message(in.constant(ROLES), in.flag(), in.optionalText());
      case REASONING -> new Fact.Reasoning(in.optionalText());
      case TOOL_CALL -> new Fact.ToolCall(in.optionalText(), in.optionalText(), in.optionalText());
      case TOOL_PROGRESS -> new Fact.ToolProgress(in.optionalText(), in.optionalText());
      case TOOL_RESULT ->
          new Fact.ToolResult(
              in.optionalText(),
              in.optionalText(),
              in.constant(TOOL_OUTCOMES),
              in.optionalText(),
              in.optionalText(),
              in.flag(),
              in.flag());
      case MODEL_REQUEST -> new Fact.ModelRequest(in.optionalText(), in.optionalText());
      case MODEL_RESPONSE ->
          new Fact.ModelResponse(
              in.optionalText(), in.optionalText(), readUsage(in), in.optionalText());
      case USAGE_REPORTED ->
          new Fact.UsageReported(in.text(), in.flag(), requiredUsage(in), in.flag(), readUsage(in));
      case ARTIFACT_PRODUCED ->
          new Fact.ArtifactProduced(
              in.optionalText(), in.optionalText(), in.optionalText(), in.optionalText());
      case PLAN_UPDATED -> new Fact.PlanUpdated();
      case HANDOFF -> new Fact.Handoff(in.optionalText(), in.optionalText());
      case SNAPSHOT -> new Fact.Snapshot();
      case CONTROL -> new Fact.Control(in.text());
      case ERROR_REPORTED ->
          new Fact.ErrorReported(in.optionalText(), in.optionalText(), in.text(), in.flag());
      case LOG_LINE ->
          new Fact.LogLine(in.optionalText(), in.remaining() == 0 ? null : in.optionalText());
      case SPAN_RECORDED ->
          new Fact.SpanRecorded(
              in.text(),
              in.optionalText(),
              in.constant(STEP_KINDS),
              in.text(),
              in.optionalText(),
              in.instant(),
              in.optionalInstant(),
              in.constant(TOOL_OUTCOMES),
              in.optionalText(),
              readUsage(in),
              in.optionalText(),
              in.flag(),
              // Entries of older versions end here.
              in.remaining() == 0 ? null : in.optionalConstant(STATES),
              in.remaining() == 0 ? null : in.optionalText());
      case UNKNOWN -> new Fact.UnknownFact(in.text());
      case RULE_BROKEN -> new Fact.RuleBroken(in.text(), in.text(), in.text(), in.text());
      case PART_OF -> new Fact.PartOf(in.text());
      default -> throw new IllegalStateException("tag was checked: " + tag);
    };
  }

  private static int tag(Fact fact) {
    return switch (fact) {
      case Fact.StateChange f -> STATE_CHANGE;
      case Fact.RetryScheduled f -> RETRY_SCHEDULED;
      case Fact.WaitOpened f -> WAIT_OPENED;
      case Fact.WaitResolved f -> WAIT_RESOLVED;
      case Fact.Message f -> MESSAGE;
      case Fact.Reasoning f -> REASONING;
      case Fact.ToolCall f -> TOOL_CALL;
      case Fact.ToolProgress f -> TOOL_PROGRESS;
      case Fact.ToolResult f -> TOOL_RESULT;
      case Fact.ModelRequest f -> MODEL_REQUEST;
      case Fact.ModelResponse f -> MODEL_RESPONSE;
      case Fact.UsageReported f -> USAGE_REPORTED;
      case Fact.ArtifactProduced f -> ARTIFACT_PRODUCED;
      case Fact.PlanUpdated() -> PLAN_UPDATED;
      case Fact.Handoff f -> HANDOFF;
      case Fact.Snapshot() -> SNAPSHOT;
      case Fact.Control f -> CONTROL;
      case Fact.ErrorReported f -> ERROR_REPORTED;
      case Fact.LogLine f -> LOG_LINE;
      case Fact.SpanRecorded f -> SPAN_RECORDED;
      case Fact.UnknownFact f -> UNKNOWN;
      case Fact.RuleBroken f -> RULE_BROKEN;
      case Fact.PartOf f -> PART_OF;
    };
  }

  /** One byte, 0 for null, else 0x80 and a bit for each part that was told; then those parts. */
  private static void writeUsage(@Nullable TokenUsage usage, ByteSink out) {
    if (usage == null) {
      out.raw(0);
      return;
    }
    @Nullable Long[] parts = {
      usage.input(),
      usage.output(),
      usage.total(),
      usage.cachedInput(),
      usage.cacheWrite(),
      usage.reasoning()
    };
    int told = 0x80 | (usage.costUsd() == null ? 0 : 0x40);
    for (int i = 0; i < parts.length; i++) {
      told |= parts[i] == null ? 0 : 1 << i;
    }
    out.raw(told);
    for (Long part : parts) {
      if (part != null) {
        out.signed(part);
      }
    }
    if (usage.costUsd() != null) {
      out.fixed(Double.doubleToRawLongBits(usage.costUsd()));
    }
  }

  private static @Nullable TokenUsage readUsage(ByteSource in) throws MalformedEntryException {
    int told = in.raw();
    if (told == 0) {
      return null;
    }
    if ((told & 0x80) == 0) {
      throw new MalformedEntryException("no token usage: first byte " + told);
    }
    @Nullable Long[] parts = new @Nullable Long[6];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = (told & 1 << i) == 0 ? null : (Long) in.signed();
    }
    Double cost = (told & 0x40) == 0 ? null : (Double) Double.longBitsToDouble(in.fixed());
    return new TokenUsage(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], cost);
  }

  private static TokenUsage requiredUsage(ByteSource in) throws MalformedEntryException {
    TokenUsage usage = readUsage(in);
    if (usage == null) {
      throw new MalformedEntryException("no token usage where one is required");
    }
    return usage;
  }
}
