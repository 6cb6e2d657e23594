// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a run of agentic while it goes on.
 *
 * @param root the agent that acted first; what it ends, ends the run
 * @param rootDepth as told at first; it is not always 0 and may change within a run
 * @param continues the suspended run that this one resumes
 * @param active sub-agents that have not ended, innermost last
 * @param calls tool calls by id; those that are over are dropped when the model call that asked for
 *     them ends
 * @param modelFailures agents whose last model call failed, with its text
 * @param invalidResult what agentic said when the final answer did not validate
 * @param childPause a pause in a sub-agent that nobody was asked about yet
 * @param waits so many were opened, which numbers them
 * @param concluded the end of its stream has been told
 */
record AgenticRun(
    String root,
    int rootDepth,
    @Nullable String continues,
    Phase phase,
    List<String> active,
    Map<String, Call> calls,
    Map<String, String> modelFailures,
    @Nullable String invalidResult,
    @Nullable ChildPause childPause,
    int waits,
    boolean concluded) {

  AgenticRun {
    active = List.copyOf(active);
    calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls)); // in order
    modelFailures = Map.copyOf(modelFailures);
  }

  /** How far a run is. */
  enum Phase {
    /** It runs, its beginning was not seen, and so far nothing showed what it continues. */
    JOINED,
    RUNNING,
    WAITING,
    ENDED
  }

  /** How far a call is. */
  enum CallState {
    OPEN,
    /** It came back with a sentinel that says: ask somebody first. */
    PAUSED,
    /** A tool_error came; the tool_result that follows repeats it. */
    FAILED,
    OVER
  }

  record Call(String name, String agent, CallState state) {
    Call in(CallState state) {
      return new Call(name, agent, state);
    }

    boolean isOpen() {
      return state == CallState.OPEN || state == CallState.PAUSED;
    }
  }

  record ChildPause(
      String agent, @Nullable Integer depth, @Nullable String callId, boolean forAuth) {}

  static AgenticRun startedBy(String agent, int depth) {
    return new AgenticRun(
        agent, depth, null, Phase.RUNNING, List.of(), Map.of(), Map.of(), null, null, 0, false);
  }

  AgenticRun afterItsStream() {
    return new AgenticRun(
        root,
        rootDepth,
        continues,
        phase,
        active,
        calls,
        modelFailures,
        invalidResult,
        childPause,
        waits,
        true);
  }
}
