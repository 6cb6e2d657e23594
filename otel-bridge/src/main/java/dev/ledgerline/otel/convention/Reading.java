// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a span is found to say, while conventions look at it one after the other. */
final class Reading {
  StepKind kind = StepKind.OTHER;
  @Nullable String operation;
  String name;
  @Nullable String agent;
  @Nullable String thread;
  @Nullable String task;

  /** The run that the span belongs to, where that is not the run of its trace. */
  @Nullable String run;

  /** The run that all of its trace is part of; null where the trace is one itself. */
  @Nullable String whole;

  /** The run (a trace) that stood still until this one answered; null where it is not told. */
  @Nullable String answered;

  /** It goes on where an earlier run of its thread stood still. */
  boolean resumes;

  /** The source's own id of the run of the trace. */
  @Nullable String runName;

  @Nullable String parentRun;
  @Nullable String continuesRun;
  @Nullable String callId;
  boolean failed;
  @Nullable String error;
  @Nullable TokenUsage usage;

  /** How the run ended, should this span turn out to be the outermost one that can tell. */
  @Nullable State ending;

  /** Nothing of the same system encloses it. */
  boolean outermost;

  /** It has no answer yet although the span ended. */
  boolean unanswered;

  /** Who made the span did not know when its interval ended. */
  boolean endUntold;

  /** Of no use to who looks at runs: it stays in the log and can be found, and that is all. */
  boolean noise;

  /** It is work around agents, not of them. */
  boolean work;

  final List<Waiting> waits = new ArrayList<>();

  /** What else the span tells. */
  final List<Fact> more = new ArrayList<>();

  /** What the span tells instead of an interval; empty where it is one. */
  final List<Told> instead = new ArrayList<>();

  /** What was said, beside what stands on the outermost span. */
  final List<Utterance> said = new ArrayList<>();

  /** Something that happened while the span lasted. */
  record Told(String type, Fact fact, @Nullable Instant at, String summary) {}

  Reading(String name) {
    this.name = name;
  }

  /** An interval inside a run that is none of the kinds that count. */
  void isPart(String called) {
    kind = StepKind.OTHER;
    name = called;
    callId = null;
    usage = null;
    ending = null;
  }

  /** Work around agents, not of them: no run follows from it. */
  void isWork() {
    isPart(name);
    work = true;
    runName = null;
    agent = null;
  }

  void waits(Waiting wait) {
    waits.add(wait);
  }
}
