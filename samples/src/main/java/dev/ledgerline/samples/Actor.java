// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An agent in a run; its methods are what agents do, in the native form. */
final class Actor {
  private final Narrator narrator;
  private final ToldRun run;
  private final String name;
  private final String model;
  private final int depth;

  Actor(Narrator narrator, ToldRun run, String name, String model, int depth) {
    this.narrator = narrator;
    this.run = run;
    this.name = name;
    this.model = model;
    this.depth = depth;
  }

  String name() {
    return name;
  }

  int depth() {
    return depth;
  }

  void starts(String title) {
    run.event("RunStarted", this, "system").put("title", title);
  }

  void isAsked(String input) {
    run.event("ChatRequest", this, "user").put("input", input);
  }

  /** Asks its model and gets an answer. */
  void thinks(double seconds, int inputTokens, int cachedTokens, int outputTokens) {
    ModelCall call = asksItsModel();
    narrator.pause(seconds);
    call.answers(inputTokens, cachedTokens, outputTokens);
  }

  ModelCall asksItsModel() {
    String callId = run.newCallId();
    run.event("CompletionCall", this, "assistant").put("call_id", callId).put("model", model);
    return new ModelCall(callId);
  }

  void reasons(String content) {
    run.event("Reasoning", this, "assistant").put("content", content);
  }

  void plans(String summary, String... steps) {
    ObjectNode plan = run.event("Plan", this, "assistant").put("summary", summary);
    for (String step : steps) {
      plan.withArray("steps").add(step);
    }
  }

  void says(String content) {
    run.event("TextOutput", this, "assistant").put("content", content);
  }

  /** Calls a tool; the arguments are JSON. */
  Call calls(String tool, String args) {
    String callId = run.newCallId();
    ObjectNode call =
        run.event("ToolCall", this, "assistant").put("call_id", callId).put("function_name", tool);
    try {
      call.set("args", Narrator.JSON.readTree(args));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("arguments of " + tool, e);
    }
    return new Call(callId, tool);
  }

  /** Asks a human and stands still. */
  String asksAHuman(String key, String question) {
    String waitId = run.newId("question");
    run.event("WaitForInput", this, "assistant")
        .put("wait_id", waitId)
        .putObject("request_keys")
        .put(key, question);
    return waitId;
  }

  void isAnswered(String waitId, String by, String key, String answer) {
    run.event("ResumeWithInput", this, "user")
        .put("wait_id", waitId)
        .put("resolved_by", by)
        .putObject("request_keys")
        .put(key, answer);
  }

  /** Wants an approval for a call and stands still. */
  void asksForApproval(Call call, String prompt) {
    run.event("WaitOpened", this, "assistant")
        .put("wait_id", run.newId("approval"))
        .put("kind", "approval")
        .put("call_id", call.callId)
        .put("prompt", prompt);
  }

  void handsOffTo(Actor next, String reason) {
    run.event("Handoff", this, "assistant")
        .put("from", name)
        .put("to", next.name)
        .put("reason", reason);
  }

  void produces(String artifact, String mediaType, String url) {
    run.event("ArtifactGenerated", this, "tool")
        .put("id", run.newId("artifact " + artifact))
        .put("name", artifact)
        .put("mime_type", mediaType)
        .put("url", url);
  }

  void isDone() {
    run.event("RunCompleted", this, "assistant").put("finish_reason", "success");
  }

  void givesUp(String reason) {
    run.event("RunCompleted", this, "assistant")
        .put("finish_reason", "error")
        .put("reason", reason);
  }

  /** A question to the model that has not come back. */
  final class ModelCall {
    private final String callId;

    private ModelCall(String callId) {
      this.callId = callId;
    }

    void answers(int inputTokens, int cachedTokens, int outputTokens) {
      run.event("CompletionResult", Actor.this, "assistant")
          .put("call_id", callId)
          .put("model", model)
          .putObject("usage")
          .put("input_tokens", inputTokens)
          .put("cached_input_tokens", cachedTokens)
          .put("output_tokens", outputTokens);
    }
  }

  /** A tool call that has not come back. */
  final class Call {
    private final String callId;
    private final String tool;

    private Call(String callId, String tool) {
      this.callId = callId;
      this.tool = tool;
    }

    void prints(String content) {
      comesBack("ToolTextOutput").put("content", content);
    }

    void returns(String text) {
      comesBack("ToolResult").put("text_result", text);
    }

    void fails(String why) {
      comesBack("ToolError").put("content", why);
    }

    private ObjectNode comesBack(String type) {
      return run.event(type, Actor.this, "tool").put("call_id", callId).put("function_name", tool);
    }
  }
}
