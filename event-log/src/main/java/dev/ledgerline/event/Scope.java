// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import org.jspecify.annotations.Nullable;

/**
 * Who an event is about. Ids are the source's own, opaque, at most 1,024 bytes; null is "not told".
 *
 * @param run the activation; unique within a source
 * @param thread the conversation that runs share
 * @param task the unit of work of which the run is an attempt
 * @param parentRun the run that called this one
 * @param continuesRun the run that this one resumes
 * @param depth how deep in the tree of agents, 0 for the root
 * @param nativeAttempt the source's own word for the attempt
 * @param trace the OpenTelemetry trace, lower-case hex
 */
public record Scope(
    @Nullable String run,
    RunIdQuality runIdQuality,
    @Nullable String thread,
    @Nullable String task,
    @Nullable String turn,
    @Nullable String agent,
    @Nullable String parentRun,
    @Nullable String continuesRun,
    @Nullable Integer depth,
    @Nullable Integer nativeAttempt,
    @Nullable String trace) {

  public static final Scope NONE =
      new Scope(null, RunIdQuality.ABSENT, null, null, null, null, null, null, null, null, null);

  public static Scope of(@Nullable String run, @Nullable String thread, @Nullable String agent) {
    return NONE.withRun(run, RunIdQuality.NATIVE).withThread(thread).withAgent(agent);
  }

  public Scope withRun(@Nullable String run, RunIdQuality quality) {
    return new Scope(
        run,
        run == null ? RunIdQuality.ABSENT : quality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withThread(@Nullable String thread) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withTask(@Nullable String task) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withTurn(@Nullable String turn) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withAgent(@Nullable String agent) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withParentRun(@Nullable String parentRun) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withContinuesRun(@Nullable String continuesRun) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withDepth(@Nullable Integer depth) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withNativeAttempt(@Nullable Integer nativeAttempt) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }

  public Scope withTrace(@Nullable String trace) {
    return new Scope(
        run,
        runIdQuality,
        thread,
        task,
        turn,
        agent,
        parentRun,
        continuesRun,
        depth,
        nativeAttempt,
        trace);
  }
}
