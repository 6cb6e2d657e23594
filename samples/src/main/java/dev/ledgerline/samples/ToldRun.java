// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** One run of a story: its events are numbered from 1, as the Agent Protocol wants. */
final class ToldRun {
  private final Narrator narrator;
  private final String runId;
  private final String threadId;
  private @Nullable String taskId;
  private @Nullable Integer attempt;
  private @Nullable String continuesRunId;
  private int events;
  private int calls;

  ToldRun(Narrator narrator, String runId, String threadId) {
    this.narrator = narrator;
    this.runId = runId;
    this.threadId = threadId;
  }

  ToldRun attempt(String task, int number) {
    taskId = task;
    attempt = number;
    return this;
  }

  ToldRun continuing(ToldRun earlier) {
    continuesRunId = earlier.runId;
    return this;
  }

  /** The agent that has the run. */
  Actor actor(String name, String model) {
    return new Actor(narrator, this, name, model, 0);
  }

  /** An agent that works for another one within the run. */
  Actor subAgent(String name, String model) {
    return new Actor(narrator, this, name, model, 1);
  }

  ObjectNode event(String type, Actor actor, String role) {
    ObjectNode event = narrator.event(type);
    events++;
    if (type.equals("ArtifactGenerated")) {
      event.put("order", events); // its id is the artifact's
    } else {
      event.put("id", events);
    }
    event.put("run_id", runId);
    event.put("thread_id", threadId);
    Narrator.putUnlessNull(event, "task_id", taskId);
    if (attempt != null) {
      event.put("attempt", attempt);
    }
    Narrator.putUnlessNull(event, "continues_run_id", continuesRunId);
    event.put("agent", actor.name());
    event.put("role", role);
    event.put("depth", actor.depth());
    return event;
  }

  String newCallId() {
    String id = narrator.id(runId + " call " + ++calls);
    return "call_" + id.replace("-", "").substring(0, 16);
  }

  String newId(String label) {
    return narrator.id(runId + " " + label);
  }
}
