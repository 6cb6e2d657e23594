// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.ResumeTokens;
import dev.ledgerline.collector.dialect.SymphonyArticleMemory.RunKnown;
import dev.ledgerline.collector.dialect.SymphonyArticleMemory.TaskKnown;
import dev.ledgerline.collector.dialect.SymphonyArticleMemory.Yielded;
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
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One message of the articles being read. What an agent says belongs to a run: the one that it
 * names, else the one that the task is known to have, else one that is named after the task. What
 * is said of a task before an agent speaks (the envelope, a task, a cancel) belongs to the task.
 */
final class SymphonyArticleReading {
  /** What every summary begins with: that it is a reading of articles can be seen in every list. */
  static final String LABEL = "article:";

  private final SymphonyArticleMessage message;
  private final Fields value;
  private final Fields payload;
  private final Context context;
  private final SymphonyArticleMemory memory;
  private final List<Draft> drafts = new ArrayList<>(3);
  private @Nullable String task;
  private @Nullable String run;
  private RunIdQuality quality = RunIdQuality.NATIVE;
  private @Nullable String agent;

  SymphonyArticleReading(SymphonyArticleMessage message, Context context, Memory memory) {
    this.message = message;
    this.value = message.value();
    this.payload = value.node().path("payload").isObject() ? value.inside("payload") : value;
    this.context = context;
    this.memory = new SymphonyArticleMemory(memory, context.stream());
    this.task = message.task();
    this.run = message.run();
    this.agent = value.id("agent");
  }

  List<Draft> read() {
    switch (message.kind()) {
      case ENVELOPE -> envelope();
      case REGISTRY -> registry();
      case EVENT -> event();
      case TYPED -> typed();
      case null -> throw new IllegalStateException("the dialect has refused it");
    }
    return drafts;
  }

  // --- tasks

  private void envelope() {
    agent = value.id("role");
    knowTask();
    String objective = value.text("objective");
    if (objective == null) {
      broken("envelope", "an objective", "none", "a task that does not say what to do");
    }
    say(
        "envelope",
        StateChange.reported(Entity.TASK, State.SUBMITTED, "envelope").derived(Firmness.FIRM),
        objective);
  }

  private void registry() {
    String what = value.text("registry_event");
    say(what == null ? "registry_event" : what, new Fact.Control(String.valueOf(what)), what);
  }

  private void typed() {
    SymphonyArticleMessage.Type type = message.type();
    if (type == null) {
      JsonNode told = value.node().path("type");
      String word = told.isTextual() ? told.textValue() : "type";
      drafts.add(draft(word, new Fact.UnknownFact(word), word, true));
      return;
    }
    switch (type) {
      case AGENT_INIT -> init();
      case AGENT_TASK -> task();
      case AGENT_RESPONSE -> response();
      case AGENT_ERROR -> error();
      case AGENT_CANCEL -> cancel();
      case AGENT_SYNC -> {
        act();
        say(type.name(), new Fact.Snapshot(), "state");
      }
    }
  }

  private void init() {
    belongToRun();
    if (run == null) {
      say("AGENT_INIT", new Fact.Control("AGENT_INIT"), agent);
      return;
    }
    memory.remember(run, new RunKnown(task, false, false));
    memory.open(run);
    say(
        "AGENT_INIT",
        StateChange.reported(Entity.RUN, State.STARTING, "AGENT_INIT").derived(Firmness.FIRM),
        agent);
  }

  private void task() {
    TaskKnown known = knownTask();
    if (known == null) {
      knowTask();
      say(
          "AGENT_TASK",
          StateChange.reported(Entity.TASK, State.SUBMITTED, "AGENT_TASK").derived(Firmness.FIRM),
          payloadText());
      return;
    }
    if (run != null || known.run() != null) {
      act();
    }
    say("AGENT_TASK", new Fact.Control("AGENT_TASK"), payloadText());
  }

  private void cancel() {
    TaskKnown known = knownTask();
    if (run == null && known != null && known.run() != null) {
      run = known.run();
      quality = RunIdQuality.DERIVED;
    }
    say("AGENT_CANCEL", new Fact.Control("cancel"), payloadText());
    say(
        "AGENT_CANCEL",
        StateChange.reported(Entity.TASK, State.CANCELING, "AGENT_CANCEL").derived(Firmness.FIRM),
        null);
    RunKnown its = memory.run(run);
    if (its != null && !its.ended()) {
      say(
          "AGENT_CANCEL",
          StateChange.reported(Entity.RUN, State.CANCELING, "AGENT_CANCEL").derived(Firmness.FIRM),
          null);
    }
  }

  // --- what an agent says

  private void response() {
    act();
    say("AGENT_RESPONSE", new Fact.Message(Role.ASSISTANT, false, answer()), payloadText());
    State to = outcome(payload.node().path("status").asText());
    if (to != null) {
      end(to, "AGENT_RESPONSE", payload.node().path("reason").textValue());
    }
  }

  private void error() {
    act();
    boolean fatal = payload.isTrue("fatal", false);
    String code = payload.node().path("code").asText(null);
    String why = Brief.reason(payload.text("message"));
    say(
        "AGENT_ERROR",
        new Fact.ErrorReported(null, Brief.reason(code), why == null ? "" : why, fatal),
        Brief.line(code, why));
    if (fatal) {
      end(State.FAILED, "AGENT_ERROR", code == null ? why : Brief.reason(code));
    }
  }

  private void end(State to, String type, @Nullable String why) {
    String reason = Brief.reason(why);
    say(
        type,
        StateChange.reported(Entity.TASK, to, type).derived(Firmness.FIRM).because(reason),
        why);
    if (run != null) {
      say(
          type,
          StateChange.reported(Entity.RUN, to, type).derived(Firmness.FIRM).because(reason),
          why);
      memory.remember(run, new RunKnown(task, true, true));
      memory.close(run);
    }
  }

  /** An agent does something: the run is there, and it works. */
  private void act() {
    belongToRun();
    if (run == null) {
      return;
    }
    RunKnown known = memory.run(run);
    if (known == null || !known.working()) {
      if (known != null) {
        say(
            "working",
            StateChange.reported(Entity.RUN, State.RUNNING, null).derived(Firmness.SOFT),
            null);
      }
      memory.remember(run, new RunKnown(task, true, known != null && known.ended()));
      memory.open(run);
    }
  }

  private void belongToRun() {
    TaskKnown known = knownTask();
    if (run == null) {
      quality = RunIdQuality.DERIVED;
      run = known != null && known.run() != null ? known.run() : task;
    } else if (task == null) {
      RunKnown its = memory.run(run);
      task = its == null ? null : its.task();
    }
    if (agent == null && known != null) {
      agent = known.agent();
    }
    knowTask();
  }

  private @Nullable TaskKnown knownTask() {
    return memory.task(task);
  }

  private void knowTask() {
    if (task == null) {
      return;
    }
    TaskKnown known = knownTask();
    TaskKnown now =
        new TaskKnown(
            run != null ? run : known == null ? null : known.run(),
            agent != null ? agent : known == null ? null : known.agent());
    if (!now.equals(known)) {
      memory.remember(task, now);
    }
  }

  // --- yielding to a human

  private void event() {
    String word = value.text("symphony_event");
    switch (word == null ? "" : word) {
      case "yield_to_human" -> yieldToHuman();
      case "resume" -> resume();
      default -> {
        String type = word == null ? "symphony_event" : word;
        drafts.add(draft(type, new Fact.UnknownFact(type), type, true));
      }
    }
  }

  private void yieldToHuman() {
    Quality told = Quality.REPORTED;
    if (run == null && task == null) {
      String only = memory.onlyOpenRun();
      if (only != null) {
        run = only;
        quality = RunIdQuality.DERIVED;
        told = Quality.DERIVED;
      }
    }
    if (run == null && task == null) {
      broken(
          "yield_to_human",
          "a task_id or a run_id, in the message or beside it",
          "neither",
          "nobody can tell what yields to a human");
    } else {
      act();
    }
    String wait = waitId();
    if (wait == null) {
      broken("yield_to_human", "a resume_token", "none", "nobody can resume what yields");
      wait = "yield";
    }
    Fields asked = value.inside("context");
    String action = asked.node().path("proposed_action").textValue();
    WaitKind kind = asked.has("proposed_action") ? WaitKind.APPROVAL : WaitKind.HUMAN_INPUT;
    String prompt = Brief.line(value.text("reason"), action);
    memory.remember(wait, new Yielded(run, task, agent));
    say(
        "yield_to_human",
        new Fact.WaitOpened(wait, kind, Brief.reason(prompt), true, null, told),
        prompt);
  }

  private void resume() {
    String wait = waitId();
    Yielded whose = memory.yielded(wait);
    if (whose != null) {
      run = run == null ? whose.run() : run;
      task = task == null ? whose.task() : task;
      agent = agent == null ? whose.agent() : agent;
      quality = message.run() == null ? RunIdQuality.DERIVED : RunIdQuality.NATIVE;
    } else if (run != null || task != null) {
      belongToRun();
    }
    WaitOutcome outcome = decision(value.node().path("decision").asText());
    say(
        "resume",
        new Fact.WaitResolved(wait, outcome, value.id("resolved_by"), null, Quality.REPORTED),
        outcome.word());
  }

  /**
   * What the token is known by. It is a secret and never shown: the collector has put a mark in its
   * place, the same for the same token; what identifies the wait is a hash of what stands there.
   */
  private @Nullable String waitId() {
    String token = value.text("resume_token");
    if (token == null) {
      return null;
    }
    return ResumeTokens.waitId(token);
  }

  private static WaitOutcome decision(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "approved", "approve", "accepted", "accept", "yes" -> WaitOutcome.APPROVED;
      case "rejected", "reject", "denied", "deny", "declined", "no" -> WaitOutcome.DENIED;
      case "canceled", "cancelled", "cancel", "abort" -> WaitOutcome.CANCELED;
      case "expired", "timeout" -> WaitOutcome.EXPIRED;
      default -> WaitOutcome.ANSWERED;
    };
  }

  private static @Nullable State outcome(String status) {
    return switch (status.toLowerCase(Locale.ROOT)) {
      case "completed", "complete", "success", "succeeded", "done", "ok" -> State.COMPLETED;
      case "failed", "failure", "error" -> State.FAILED;
      case "canceled", "cancelled" -> State.CANCELED;
      case "rejected", "refused" -> State.REJECTED;
      case "timeout", "timed_out" -> State.TIMED_OUT;
      default -> null;
    };
  }

  // --- words

  private @Nullable String answer() {
    for (String name : new String[] {"text", "message", "result", "output"}) {
      if (payload.node().path(name).isTextual()) {
        return payload.pointer(name);
      }
    }
    return null;
  }

  private String payloadText() {
    JsonNode text = payload.node();
    String said = answer() == null ? null : text.at("/" + answerName()).textValue();
    return said != null ? said : Brief.call(null, value.node().get("payload"));
  }

  private String answerName() {
    String pointer = answer();
    return pointer == null ? "" : pointer.substring(pointer.lastIndexOf('/') + 1);
  }

  private void broken(String rule, String expected, String seen, String why) {
    say(rule, new Fact.RuleBroken("Symphony articles, " + rule, expected, seen, why), why);
  }

  private void say(String type, Fact fact, @Nullable String summary) {
    drafts.add(draft(type, fact, summary, false));
  }

  private Draft draft(String type, Fact fact, @Nullable String summary, boolean unknown) {
    Scope scope =
        Scope.NONE
            .withRun(run, quality)
            .withThread(context.thread())
            .withTask(task)
            .withAgent(agent == null ? context.agent() : agent);
    Set<Flag> flags =
        unknown
            ? Set.of(Flag.UNKNOWN_TYPE)
            : value.sawInvalid() ? Set.of(Flag.INVALID_FIELD) : Set.of();
    return Draft.of(scope, type, fact, Brief.line(LABEL, summary))
        .at(message.at())
        .withFlags(flags);
  }
}
