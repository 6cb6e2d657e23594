// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A step that is still being told. */
final class OpenStep {
  final String id;
  @Nullable String parentId;
  long parentSeq;
  final StepKind kind;
  @Nullable String name;

  /** The name that it was started with; a later event may correct {@code name}. */
  final @Nullable String knownAs;

  final @Nullable String agent;
  final @Nullable String callId;
  final int depth;
  State state = State.RUNNING;
  Instant startedAt;
  @Nullable Instant endedAt;
  final long firstSeq;
  long lastSeq;
  @Nullable TokenUsage usage;
  @Nullable String error;

  /** A result told that it failed, whatever its interval says. */
  boolean refused;

  /** When the interval began that its state is taken from, of a call that has several. */
  @Nullable Instant decidedBy;

  /** The result so far may be corrected by a later one. */
  boolean tentative;

  OpenStep(
      String id,
      StepKind kind,
      @Nullable String name,
      @Nullable String agent,
      @Nullable String callId,
      int depth,
      Instant startedAt,
      long seq) {
    this.id = id;
    this.kind = kind;
    this.name = name;
    this.knownAs = name;
    this.agent = agent;
    this.callId = callId;
    this.depth = depth;
    this.startedAt = startedAt;
    this.firstSeq = seq;
    this.lastSeq = seq;
  }

  /** As who is told of it sees it, in that state. */
  Step shown(State now, @Nullable String parent) {
    return new Step(
        id, parent, kind, name, agent, callId, depth, now, startedAt, endedAt, firstSeq, lastSeq,
        usage, error);
  }
}
