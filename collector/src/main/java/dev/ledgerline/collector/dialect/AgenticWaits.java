// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.AgenticRun.CallState;
import dev.ledgerline.collector.dialect.AgenticRun.ChildPause;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a record of agentic says of waits, told or not. */
final class AgenticWaits {
  private final AgenticRecord record;
  private final AgenticCalls calls;
  private final AgenticSuspensions suspensions;
  private final String root;
  private @Nullable ChildPause childPause;
  private int opened;

  AgenticWaits(
      AgenticRecord record, AgenticCalls calls, AgenticSuspensions suspensions, AgenticRun before) {
    this.record = record;
    this.calls = calls;
    this.suspensions = suspensions;
    this.root = before.root();
    this.childPause = before.childPause();
    this.opened = before.waits();
  }

  /** A pause in a sub-agent that nobody was asked about yet. */
  @Nullable ChildPause childPause() {
    return childPause;
  }

  int opened() {
    return opened;
  }

  void waitForInput(String type) {
    StringBuilder prompt = new StringBuilder();
    for (Map.Entry<String, JsonNode> key : record.payload().node().properties()) {
      prompt.append(prompt.isEmpty() ? "" : "\n").append(key.getValue().asText());
    }
    waits(type, WaitKind.HUMAN_INPUT, prompt.toString());
  }

  /** The address to go to may hold a secret and is no part of the prompt. */
  void oauthFlow(String type) {
    String tool = record.payload().id("tool_name");
    waits(type, WaitKind.AUTH, tool == null ? "authorize" : "authorize " + tool);
  }

  private void waits(String type, WaitKind kind, String prompt) {
    childPause = null;
    record.say(
        type,
        new Fact.WaitOpened(
            nextWait(),
            kind,
            prompt.isEmpty() ? null : Brief.reason(prompt),
            true,
            calls.paused(),
            Quality.REPORTED),
        prompt);
    suspensions.add(record.run(), calls.open());
  }

  /** A call came back with a sentinel; in a sub-agent its caller may take that for an answer. */
  void pausedIn(@Nullable String call, boolean forAuth) {
    if (!record.agent().equals(root)) {
      childPause = new ChildPause(record.agent(), record.scope().depth(), call, forAuth);
    }
  }

  /** A sub-agent wanted to ask, and its caller went on without asking anybody. */
  void endSwallowed(String type) {
    ChildPause pause = childPause;
    if (pause == null || pause.agent().equals(record.agent())) {
      return;
    }
    childPause = null;
    calls.change(pause.callId(), CallState.OVER);
    Scope caller = record.scope();
    record.placeIn(caller.withAgent(pause.agent()).withDepth(pause.depth()));
    String id = nextWait();
    WaitKind kind = pause.forAuth() ? WaitKind.AUTH : WaitKind.HUMAN_INPUT;
    record.say(
        type,
        new Fact.WaitOpened(id, kind, null, false, pause.callId(), Quality.DERIVED),
        kind.word());
    record.say(
        type,
        new Fact.WaitResolved(id, WaitOutcome.UNKNOWN, null, null, Quality.DERIVED),
        kind.word());
    record.placeIn(caller);
  }

  private String nextWait() {
    opened++;
    return "wait-" + opened;
  }
}
