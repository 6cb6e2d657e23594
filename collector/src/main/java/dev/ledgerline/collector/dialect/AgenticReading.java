// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.AgenticRun.CallState;
import dev.ledgerline.collector.dialect.AgenticRun.ChildPause;
import dev.ledgerline.collector.dialect.AgenticRun.Phase;
import dev.ledgerline.collector.dialect.AgenticRun.Suspended;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One record of agentic, of either view, being read. The order on the wire is: {@code
 * completion_start}, log lines of tools, {@code tool_call}, events of sub-agents, {@code
 * tool_error}, {@code tool_result}, and only then the {@code completion_end} of the model call that
 * asked for the tools.
 */
final class AgenticReading {
  private static final String PAUSE = "__PAUSE4INPUT__";
  private static final String PAUSE_FOR_AUTH = "__OAUTH_FLOW__";
  private static final String MODEL_FAILED = "Error calling LLM:";
  private static final String INVALID_RESULT = "Error validating result:";
  private static final String TOOL_FAILED = "Tool error: ";
  private static final String TOOL_UNKNOWN = "Error: Tool ";

  private final Fields record;
  private final Fields payload;
  private final Context context;
  private final @Nullable Instant at;
  private final Memory memory;
  private final List<Draft> drafts = new ArrayList<>(2);
  private final String run;
  private final String agent;
  private final boolean first;

  private final AgenticRun before;
  private Scope scope;
  private Phase phase;
  private final List<String> active;
  private final AgenticCalls calls;
  private final Map<String, String> modelFailures;
  private @Nullable String invalidResult;
  private @Nullable ChildPause childPause;
  private int waits;
  private @Nullable String continues;
  private @Nullable String resumed;
  private boolean stray;
  private boolean unknownType;

  /**
   * Begins to read a record.
   *
   * @param scope with a run
   * @param at when the source says that it happened
   */
  AgenticReading(
      Fields record,
      Fields payload,
      Scope scope,
      Context context,
      @Nullable Instant at,
      Memory memory) {
    this.record = record;
    this.payload = payload;
    this.context = context;
    this.at = at;
    this.memory = memory;
    this.run = scope.run() == null ? "" : scope.run();
    this.agent = scope.agent() == null ? "" : scope.agent();
    AgenticRun known = memory.recall("run/" + run, AgenticRun.class);
    this.first = known == null;
    int depth = scope.depth() == null ? 0 : scope.depth();
    this.before = known == null ? AgenticRun.startedBy(agent, depth) : known;
    this.scope = scope.withContinuesRun(before.continues()).withDepth(belowTheRoot(depth));
    this.phase = before.phase();
    this.active = new ArrayList<>(before.active());
    this.calls = new AgenticCalls(before.calls());
    this.modelFailures = new HashMap<>(before.modelFailures());
    this.invalidResult = before.invalidResult();
    this.childPause = before.childPause();
    this.waits = before.waits();
    this.continues = before.continues();
  }

  /**
   * agentic counts depths from a number that drifts from run to run, and two runs at once disturb
   * each other's: the root is at 0, every other agent below it.
   */
  private int belowTheRoot(int told) {
    return agent.equals(before.root()) ? 0 : Math.max(1, told - before.rootDepth());
  }

  /** The record belongs to no run that anybody started. */
  void isStray() {
    stray = true;
  }

  /** The record is the first after a wait of that run. */
  void resumes(String waiting) {
    resumed = waiting;
  }

  List<Draft> read(String type) {
    if (first && !type.equals("prompt_started") && !type.startsWith("turn_")) {
      beginInTheMiddle(type);
    }
    Phase then = phase;
    if (then == Phase.WAITING && !type.equals("wait_for_input") && !type.equals("oauth_flow")) {
      phase = Phase.RUNNING;
      forgetSuspension();
    }
    switch (type) {
      case "prompt_started" -> promptStarted(type);
      case "chat_output" -> chatOutput(type);
      case "output" -> output(type);
      case "reasoning_content" ->
          say(
              type,
              new Fact.Reasoning(payload.textPointer("reasoning_content")),
              payload.text("reasoning_content"));
      case "tool_call" -> toolCall(type);
      case "tool_result" -> toolResult(type);
      case "tool_error" -> toolError(type);
      case "completion_start" -> say(type, new Fact.ModelRequest(null, null), type);
      case "completion_end" -> completionEnd(type);
      case "wait_for_input" -> waitForInput(type);
      case "oauth_flow" -> oauthFlow(type);
      case "resume_with_input" ->
          say(
              type,
              new Fact.WaitResolved(null, WaitOutcome.ANSWERED, null, null, Quality.REPORTED),
              Brief.call(null, payload.node()));
      case "turn_end" -> turnEnd(type);
      case "turn_cancelled", "turn_canceled" -> ends(type, State.CANCELED, null);
      case "subagent_call" -> handoff(type, agent, payload.id("target_agent"));
      case "subagent_result" -> handoff(type, payload.id("source_agent"), agent);
      case "prompt", "reset_history", "set_state", "add_child" ->
          say(type, new Fact.Control(type), type);
      default -> {
        unknownType = true;
        say(type, new Fact.UnknownFact(type), type);
      }
    }
    AgenticRun after =
        new AgenticRun(
            before.root(),
            before.rootDepth(),
            continues,
            phase,
            active,
            calls.remembered(),
            modelFailures,
            invalidResult,
            childPause,
            waits,
            false);
    if (first || !after.equals(before)) {
      memory.remember("run/" + run, after);
    }
    return drafts;
  }

  // --- begin and end

  /** A stream without a prompt resumes a suspended run of its thread, or its start was not seen. */
  private void beginInTheMiddle(String type) {
    Suspended suspended =
        scope.thread() == null
            ? null
            : memory.recall("suspended/" + scope.thread(), Suspended.class);
    String call = payload.node().path("tool_call_id").textValue();
    if (suspended != null
        && call != null
        && !suspended.run().equals(run)
        && suspended.calls().contains(call)) {
      resumed = suspended.run();
    }
    if (resumed != null) {
      continues = resumed;
      scope = scope.withContinuesRun(continues);
      memory.forget("suspended/" + scope.thread());
    }
    StateChange running =
        StateChange.reported(Entity.RUN, State.RUNNING, null)
            .because(continues == null ? null : "continues " + continues)
            .derived(Firmness.FIRM);
    say(type, running, Brief.line(running.reason()));
    if (continues != null) {
      suspendEarlier(continues);
      Scope earlier = scope.withRun(continues, scope.runIdQuality()).withContinuesRun(null);
      drafts.add(
          Draft.of(
                  earlier.withDepth(null),
                  type,
                  new Fact.WaitResolved(null, WaitOutcome.ANSWERED, null, run, Quality.DERIVED),
                  "answered in " + run)
              .at(at));
    }
  }

  /** The earlier run is over, whether or not its stream was closed. */
  private void suspendEarlier(String waiting) {
    AgenticRun earlier = memory.recall("run/" + waiting, AgenticRun.class);
    if (earlier != null && !earlier.concluded()) {
      AgenticEnd.of(waiting, earlier, scope, at).ifPresent(drafts::add);
      memory.remember("run/" + waiting, earlier.afterItsStream());
    }
  }

  private void promptStarted(String type) {
    String prompt = payload.text("content");
    if (first || (agent.equals(before.root()) && active.isEmpty())) {
      phase = Phase.RUNNING;
      say(type, StateChange.reported(Entity.RUN, State.RUNNING, type), "");
      say(type, new Fact.Message(Role.USER, false, payload.textPointer("content")), prompt);
      return;
    }
    active.add(agent);
    say(type, agentIs(State.RUNNING, type, null), prompt);
  }

  private void turnEnd(String type) {
    closeCallsToldIn(payload.elements("messages"));
    String failure = modelFailures.remove(agent);
    ends(type, failure == null ? State.COMPLETED : State.FAILED, failure);
  }

  /** The end counts for the agent that it names: a sub-agent's is the end of a step. */
  private void ends(String type, State state, @Nullable String why) {
    int inner = active.lastIndexOf(agent);
    if (inner >= 0) {
      active.remove(inner);
      say(type, agentIs(state, type, why), why);
    } else if (agent.equals(before.root())) {
      phase = Phase.ENDED;
      StateChange change = StateChange.reported(Entity.RUN, state, type).because(Brief.reason(why));
      // That the model failed is told by a prefix of a text only.
      say(type, why == null ? change : change.derived(Firmness.FIRM), why);
    } else {
      say(type, agentIs(state, type, why), why);
    }
  }

  private StateChange agentIs(State state, String type, @Nullable String why) {
    return new StateChange(
        Entity.AGENT,
        agent,
        null,
        state,
        null,
        type,
        Brief.reason(why),
        Quality.REPORTED,
        Firmness.FIRM);
  }

  private void handoff(String type, @Nullable String from, @Nullable String to) {
    say(type, new Fact.Handoff(from, to), Brief.line(from, "→", to));
  }

  // --- what is said

  private void chatOutput(String type) {
    String text = payload.text("content");
    if (text != null && text.startsWith(INVALID_RESULT) && agent.equals(before.root())) {
      invalidResult = Brief.reason(text);
    }
    say(type, new Fact.Message(role(), true, payload.textPointer("content")), text);
  }

  private Role role() {
    return switch (payload.node().path("role").asText()) {
      case "user" -> Role.USER;
      case "system" -> Role.SYSTEM;
      case "tool" -> Role.TOOL;
      default -> Role.ASSISTANT;
    };
  }

  private void output(String type) {
    JsonNode whole = record.node().at(payload.pointer());
    JsonNode content = whole.isObject() ? whole.path("content") : whole;
    String pointer = whole.isObject() ? payload.pointer("content") : payload.pointer();
    say(
        type,
        new Fact.Message(Role.ASSISTANT, false, content.isTextual() ? pointer : null),
        content.asText());
  }

  private void completionEnd(String type) {
    Fields told = payload.inside("usage");
    Long input = told.count("input_tokens");
    Long output = told.count("output_tokens");
    // The cost is right or 0 by a race in agentic; better not told than wrong.
    TokenUsage usage = input == null && output == null ? null : TokenUsage.of(input, output);
    JsonNode message = payload.node().path("llm_message");
    String content = message.path("content").textValue();
    boolean failed =
        content != null
            && content.startsWith(MODEL_FAILED)
            && (input == null || input == 0)
            && (output == null || output == 0);
    String error = failed ? Brief.reason(content) : null;
    if (error != null) {
      modelFailures.put(agent, error);
    } else {
      modelFailures.remove(agent);
    }
    say(
        type,
        new Fact.ModelResponse(null, told.id("model"), usage, error),
        content == null ? type : content);
    int i = 0;
    for (JsonNode asked : message.path("tool_calls")) {
      askedOf(type, asked, i++);
    }
    calls.forgetEnded(agent);
  }

  /**
   * A call of which there was no other sign: agentic says nothing of tools that it does not know.
   */
  private void askedOf(String type, JsonNode asked, int index) {
    String id = asked.path("id").textValue();
    if (id == null || id.isEmpty() || calls.knows(id)) {
      return;
    }
    String name = asked.path("function").path("name").textValue();
    calls.open(id, name, agent);
    String args = asked.path("function").path("arguments").textValue();
    String pointer = "llm_message/tool_calls/" + index + "/function/arguments";
    say(
        type,
        new Fact.ToolCall(id, name, args == null ? null : payload.pointer(pointer)),
        Brief.line(name, args));
  }

  // --- tools

  private void toolCall(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    String summary = Brief.call(name, payload.present("arguments"));
    if (calls.isOpen(id)) {
      say(type, new Fact.ToolProgress(id, name), summary); // the same call, told again
      return;
    }
    if (id != null) {
      calls.open(id, name, agent);
    }
    say(type, new Fact.ToolCall(id, name, payload.anyPointer("arguments")), summary);
  }

  private void toolResult(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    JsonNode result = payload.present("result");
    String text = result == null ? null : result.isTextual() ? result.textValue() : null;
    if (payload.isTrue("is_log", false)) {
      say(type, new Fact.ToolProgress(id, name), Brief.line(name, text));
      return;
    }
    ChildPause pause = childPause;
    if (pause != null && !pause.agent().equals(agent)) {
      childPause = null;
      swallowedWait(type, pause);
    }
    if (PAUSE.equals(text) || PAUSE_FOR_AUTH.equals(text)) {
      calls.change(id, CallState.PAUSED);
      if (!agent.equals(before.root())) {
        childPause = new ChildPause(agent, scope.depth(), id, PAUSE_FOR_AUTH.equals(text));
      }
      say(type, new Fact.ToolProgress(id, name), Brief.line(name, text));
      return;
    }
    boolean failedBefore = calls.isIn(id, CallState.FAILED);
    boolean failed = failedBefore || (text != null && text.startsWith(TOOL_FAILED));
    calls.change(id, CallState.OVER);
    say(
        type,
        new Fact.ToolResult(
            id,
            name,
            failed ? ToolOutcome.FAILED : ToolOutcome.OK,
            payload.anyPointer("result"),
            failed ? Brief.reason(text) : null,
            false,
            failedBefore),
        Brief.line(name, text));
  }

  private void toolError(String type) {
    String id = payload.id("tool_call_id");
    String name = payload.id("name");
    String error = payload.text("error");
    calls.change(id, CallState.FAILED);
    say(
        type,
        new Fact.ToolResult(
            id,
            name,
            ToolOutcome.FAILED,
            payload.textPointer("error"),
            Brief.reason(error),
            false,
            false),
        Brief.line(name, error));
  }

  /** The history at the end of a turn has answers that no event told; it never opens a call. */
  private void closeCallsToldIn(List<JsonNode> messages) {
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String id = message.path("tool_call_id").textValue();
      String content = message.path("content").textValue();
      if (content != null && calls.isIn(id, CallState.OPEN)) {
        boolean failed = content.startsWith(TOOL_FAILED) || content.startsWith(TOOL_UNKNOWN);
        calls.change(id, CallState.OVER);
        say(
            "turn_end",
            new Fact.ToolResult(
                id,
                null,
                failed ? ToolOutcome.FAILED : ToolOutcome.OK,
                payload.pointer("messages/" + i + "/content"),
                failed ? Brief.reason(content) : null,
                false,
                false),
            content);
      }
    }
  }

  // --- waits

  private void waitForInput(String type) {
    StringBuilder prompt = new StringBuilder();
    for (Map.Entry<String, JsonNode> key : payload.node().properties()) {
      prompt.append(prompt.isEmpty() ? "" : "\n").append(key.getValue().asText());
    }
    waits(type, WaitKind.HUMAN_INPUT, prompt.toString());
  }

  /** The address to go to may hold a secret and is no part of the prompt. */
  private void oauthFlow(String type) {
    String tool = payload.id("tool_name");
    waits(type, WaitKind.AUTH, tool == null ? "authorize" : "authorize " + tool);
  }

  private void waits(String type, WaitKind kind, String prompt) {
    childPause = null;
    phase = Phase.WAITING;
    say(
        type,
        new Fact.WaitOpened(
            nextWait(),
            kind,
            prompt.isEmpty() ? null : Brief.reason(prompt),
            true,
            calls.paused(),
            Quality.REPORTED),
        prompt);
    if (scope.thread() != null) {
      memory.remember("suspended/" + scope.thread(), new Suspended(run, calls.open()));
    }
  }

  /** A sub-agent wanted to ask, and its caller went on without asking anybody. */
  private void swallowedWait(String type, ChildPause pause) {
    Scope caller = scope;
    scope = scope.withAgent(pause.agent()).withDepth(pause.depth());
    String id = nextWait();
    WaitKind kind = pause.forAuth() ? WaitKind.AUTH : WaitKind.HUMAN_INPUT;
    say(
        type,
        new Fact.WaitOpened(id, kind, null, false, pause.callId(), Quality.DERIVED),
        kind.word());
    say(
        type,
        new Fact.WaitResolved(id, WaitOutcome.UNKNOWN, null, null, Quality.DERIVED),
        kind.word());
    scope = caller;
  }

  private String nextWait() {
    waits++;
    return "wait-" + waits;
  }

  private void forgetSuspension() {
    if (scope.thread() != null) {
      Suspended suspended = memory.recall("suspended/" + scope.thread(), Suspended.class);
      if (suspended != null && suspended.run().equals(run)) {
        memory.forget("suspended/" + scope.thread());
      }
    }
  }

  // --- drafts

  private void say(String type, Fact fact, @Nullable String summary) {
    drafts.add(
        Draft.of(scope, type, fact, summary == null ? "" : summary).at(at).withFlags(flags()));
  }

  private Set<Flag> flags() {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (record.sawInvalid()) {
      flags.add(Flag.INVALID_FIELD);
    }
    if (unknownType) {
      flags.add(Flag.UNKNOWN_TYPE);
    }
    if (stray) {
      flags.add(Flag.AFTER_END);
    }
    boolean root = agent.equals(before.root());
    if (differ(scope.thread(), context.thread())
        || (root && differ(agent.isEmpty() ? null : agent, context.agent()))) {
      flags.add(Flag.CONTEXT_MISMATCH);
    }
    return flags;
  }

  private static boolean differ(@Nullable String said, @Nullable String header) {
    return said != null && header != null && !said.equals(header);
  }
}
