// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.AgenticRun.Phase;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.Role;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.WaitOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of agentic, of either view, being read: what it says of the run and of its agents, and
 * what is said in it. {@link AgenticTools} and {@link AgenticWaits} read what it says of those.
 */
final class AgenticReading {
  private static final String MODEL_FAILED = "Error calling LLM:";
  private static final String INVALID_RESULT = "Error validating result:";

  private final AgenticRecord record;
  private final Fields payload;
  private final Memory memory;
  private final String run;
  private final String agent;
  private final boolean first;

  private final AgenticRun before;
  private Phase phase;
  private final List<String> active;
  private final AgenticCalls calls;
  private final AgenticTools tools;
  private final AgenticWaits waits;
  private final AgenticSuspensions suspensions;
  private final Map<String, String> modelFailures;
  private @Nullable String invalidResult;
  private @Nullable String continues;
  private @Nullable String resumed;

  AgenticReading(AgenticRecord record, Memory memory) {
    this.record = record;
    this.payload = record.payload();
    this.memory = memory;
    this.run = record.run();
    this.agent = record.agent();
    AgenticRun known = memory.recall("run/" + run, AgenticRun.class);
    this.first = known == null;
    Scope scope = record.scope();
    int depth = scope.depth() == null ? 0 : scope.depth();
    this.before = known == null ? AgenticRun.startedBy(agent, depth) : known;
    record.placeIn(scope.withContinuesRun(before.continues()).withDepth(belowTheRoot(depth)));
    if (agent.equals(before.root())) {
      record.isByTheRoot();
    }
    this.phase = before.phase();
    this.active = new ArrayList<>(before.active());
    this.calls = new AgenticCalls(before.calls());
    this.suspensions = new AgenticSuspensions(memory, scope.thread());
    this.waits = new AgenticWaits(record, calls, suspensions, before);
    this.tools = new AgenticTools(record, calls, waits);
    this.modelFailures = new HashMap<>(before.modelFailures());
    this.invalidResult = before.invalidResult();
    this.continues = before.continues();
  }

  /**
   * agentic counts depths from a number that drifts from run to run, and two runs at once disturb
   * each other's: the root is at 0, every other agent below it.
   */
  private int belowTheRoot(int told) {
    return agent.equals(before.root()) ? 0 : Math.max(1, told - before.rootDepth());
  }

  /** The record is the first after a wait of that run. */
  void resumes(String waiting) {
    resumed = waiting;
  }

  List<Draft> read(String type) {
    if (first && !type.equals("prompt_started") && !type.startsWith("turn_")) {
      beginInTheMiddle(type);
    } else if (phase == Phase.JOINED) {
      joinWhatItContinues(type);
    }
    boolean asks = type.equals("wait_for_input") || type.equals("oauth_flow");
    if (phase == Phase.WAITING && !asks) {
      suspensions.forget(run);
    }
    if (asks) {
      phase = Phase.WAITING;
    } else if (phase == Phase.WAITING) {
      phase = Phase.RUNNING;
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
      case "tool_call" -> tools.toolCall(type);
      case "tool_result" -> tools.toolResult(type);
      case "tool_error" -> tools.toolError(type);
      case "completion_start" -> say(type, new Fact.ModelRequest(null, null), type);
      case "completion_end" -> completionEnd(type);
      case "wait_for_input" -> waits.waitForInput(type);
      case "oauth_flow" -> waits.oauthFlow(type);
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
        record.isOfUnknownType();
        say(type, new Fact.UnknownFact(type), type);
      }
    }
    if (!first && before.continues() == null) {
      tellWhatIsContinued(type);
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
            waits.childPause(),
            waits.opened(),
            false);
    if (first || !after.equals(before)) {
      memory.remember("run/" + run, after);
    }
    return record.drafts();
  }

  // --- begin and end

  /** A stream without a prompt resumes a suspended run of its thread, or its start was not seen. */
  private void beginInTheMiddle(String type) {
    phase = Phase.JOINED;
    if (resumed != null) {
      continueRun(resumed);
    } else {
      joinWhatItContinues(type);
    }
    StateChange running =
        StateChange.reported(Entity.RUN, State.RUNNING, null)
            .because(continues == null ? null : "continues " + continues)
            .derived(Firmness.FIRM);
    say(type, running, Brief.line(running.reason()));
    tellWhatIsContinued(type);
  }

  /**
   * A resumed run tells the call again that was open when it stopped to ask; what the tool logged
   * meanwhile may come before that.
   */
  private void joinWhatItContinues(String type) {
    boolean log = type.equals("tool_result") && payload.isTrue("is_log", false);
    String stopped = suspensions.stoppedIn(payload.node().path("tool_call_id").textValue());
    if (stopped != null && !stopped.equals(run)) {
      continueRun(stopped);
    } else if (!log && !type.equals("completion_start")) {
      phase = Phase.RUNNING;
    }
  }

  private void continueRun(String earlier) {
    phase = Phase.RUNNING;
    continues = earlier;
    record.placeIn(record.scope().withContinuesRun(earlier));
    suspensions.forget(earlier);
  }

  /** The earlier run is over, whether or not its stream was closed, and was answered here. */
  private void tellWhatIsContinued(String type) {
    String earlier = continues;
    if (earlier == null) {
      return;
    }
    Scope scope = record.scope();
    AgenticRun state = memory.recall("run/" + earlier, AgenticRun.class);
    if (state != null && !state.concluded()) {
      AgenticEnd.of(earlier, state, scope, record.at()).ifPresent(record::say);
      memory.remember("run/" + earlier, state.afterItsStream());
    }
    record.say(
        Draft.of(
                scope.withRun(earlier, scope.runIdQuality()).withContinuesRun(null).withDepth(null),
                type,
                new Fact.WaitResolved(null, WaitOutcome.ANSWERED, null, run, Quality.DERIVED),
                "answered in " + run)
            .at(record.at()));
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
    tools.closeCallsToldIn(payload.elements("messages"));
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
    JsonNode whole = record.fields().node().at(payload.pointer());
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
    tools.asked(type, message);
  }

  private void say(String type, Fact fact, @Nullable String summary) {
    record.say(type, fact, summary);
  }
}
