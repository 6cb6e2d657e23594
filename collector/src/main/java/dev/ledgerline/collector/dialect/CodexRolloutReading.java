// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One record of a session file of Codex, being read. */
final class CodexRolloutReading {
  private static final String AGENT = "codex";

  /**
   * Who told a turn first.
   *
   * @param thread of the file
   * @param copy whether the turn was not the file's own
   */
  record TurnOf(String thread, boolean copy) {}

  private final Fields line;
  private final Fields payload;
  private final Context context;
  private final @Nullable Instant time;
  private final @Nullable Long order;
  private final List<Draft> drafts = new ArrayList<>(2);
  private final Memory memory;
  private CodexRolloutFile file;

  CodexRolloutReading(
      Fields line, Fields payload, Context context, CodexRolloutFile file, Memory memory) {
    this.memory = memory;
    this.line = line;
    this.payload = payload;
    this.context = context;
    this.file = file;
    this.time = line.time("timestamp");
    this.order = line.count("ordinal");
  }

  /** The facts that the record adds. */
  List<Draft> read(String type) {
    switch (type) {
      case "session_meta" -> sessionMeta();
      case "event_msg" -> eventMessage();
      case "response_item" -> responseItem();
      case "token_usage_record" -> tokenUsageRecord();
      case "turn_context" -> turnContext();
      case "world_state", "compacted" -> say(file.turn(), type, new Fact.Snapshot(), "", false);
      default -> say(file.turn(), type, new Fact.UnknownFact(type), type, true);
    }
    return drafts;
  }

  /** What is known of the file when the record has been read. */
  CodexRolloutFile file() {
    return file;
  }

  private void sessionMeta() {
    String thread = payload.id("id");
    if (thread == null) {
      thread = payload.id("session_id");
    }
    String origin = payload.id("forked_from_id");
    if (thread != null && thread.equals(file.forkedFrom())) {
      file = file.copying(origin);
    } else if (thread != null && !thread.equals(file.thread())) {
      file = CodexRolloutFile.of(thread, origin, payload.id("agent_nickname"));
    }
    say(null, "session_meta", new Fact.Snapshot(), Brief.line(payload.text("cwd")), false);
  }

  private void turnContext() {
    String turn = payload.id("turn_id");
    String model = payload.id("model");
    if (model != null) {
      file = file.withModel(model);
    }
    say(
        turn != null ? turn : file.turn(),
        "turn_context",
        new Fact.Snapshot(),
        Brief.line(model),
        false);
  }

  private void tokenUsageRecord() {
    String turn = payload.id("turn_id");
    if (turn == null) {
      turn = file.turn();
    }
    if (turn != null && turn.equals(file.turn())) {
      file = file.counting();
    }
    TokenUsage usage = payload.inside("turn_token_usage").codexUsage();
    String response = payload.id("response_id");
    say(
        turn,
        "token_usage_record",
        new Fact.ModelResponse(response, file.model(), null, null),
        Brief.line(file.model()),
        false);
    if (usage != null) {
      say(
          turn,
          "token_usage_record",
          new Fact.UsageReported("turn", true, usage, true, CodexRolloutFile.NONE_YET),
          "tokens of the turn: " + usage.effectiveTotal(),
          false);
    }
  }

  private void eventMessage() {
    String told = payload.text("type");
    String type = told == null ? "event_msg" : told;
    String own = payload.id("turn_id");
    String turn = own != null ? own : file.turn();
    switch (type) {
      case "task_started", "turn_started" -> taskStarted(type, own);
      case "task_complete", "turn_complete" -> taskComplete(type, turn);
      case "turn_aborted" -> turnAborted(type, turn);
      case "token_count" -> tokenCount(turn);
      default -> {
        CodexRolloutItems.Read read = CodexRolloutItems.eventMessage(type, payload);
        boolean ofNobody =
            own == null
                && !file.open()
                && (read.fact() instanceof Fact.LogLine || read.fact() instanceof Fact.Control);
        say(ofNobody ? null : turn, type, read.fact(), read.summary(), !read.known());
      }
    }
  }

  private void taskStarted(String type, @Nullable String turn) {
    CodexRolloutFile before = file;
    if (turn == null) {
      line.noteInvalid();
    } else {
      file = file.started(turn, wasToldElsewhere(turn));
    }
    say(turn, type, StateChange.reported(Entity.RUN, State.RUNNING, type), "", false);
    if (before.open() && !before.told() && before.turn() != null && !before.turn().equals(turn)) {
      String why = "another turn began";
      say(before.turn(), type, StateChange.lost(why), why, false);
    }
  }

  /**
   * Whether another file told that turn before this one: the file of the thread that this one is a
   * fork of, or a fork of this one that was sent first.
   */
  private boolean wasToldElsewhere(String turn) {
    String here = file.thread() == null ? "" : file.thread();
    boolean copy = file.started(turn, false).copiedFrom() != null;
    TurnOf known = memory.recall("turn/" + turn, TurnOf.class);
    if (known == null) {
      memory.remember("turn/" + turn, new TurnOf(here, copy));
      return false;
    }
    return !known.thread().equals(here) && (known.copy() || file.copiedFrom() != null);
  }

  private void taskComplete(String type, @Nullable String turn) {
    JsonNode error = payload.present("error");
    if (error == null) {
      end(turn, StateChange.reported(Entity.RUN, State.COMPLETED, type));
      return;
    }
    String message = error.isTextual() ? error.textValue() : error.path("message").textValue();
    end(
        turn,
        StateChange.reported(Entity.RUN, State.FAILED, type)
            .because(Brief.reason(message == null ? error.toString() : message)));
  }

  private void turnAborted(String type, @Nullable String turn) {
    String reason = payload.text("reason");
    State to = reason != null && reason.startsWith("budget") ? State.INCOMPLETE : State.CANCELED;
    end(turn, StateChange.reported(Entity.RUN, to, type).because(reason));
  }

  private void end(@Nullable String turn, StateChange change) {
    if (turn != null && turn.equals(file.turn())) {
      file = file.ended();
    }
    say(
        turn,
        change.nativeTo() == null ? "" : change.nativeTo(),
        change,
        Brief.line(change.reason()),
        false);
  }

  /**
   * A running total of the thread; half of these records repeat the one before, some tell only the
   * limits of the account.
   */
  private void tokenCount(@Nullable String turn) {
    TokenUsage total = payload.inside("info").inside("total_token_usage").codexUsage();
    if (total == null) {
      say(turn, "token_count", new Fact.LogLine(null), "rate limits", false);
      return;
    }
    total = withoutFilling(total);
    file = file.withTotal(total);
    String series = file.thread() == null ? "thread" : file.thread();
    say(
        turn,
        "token_count",
        new Fact.UsageReported(series, true, total, !file.counted(), file.before()),
        "tokens of the thread: " + total.effectiveTotal(),
        false);
  }

  /**
   * When the context is full Codex sets the total to the size of the window and all else to 0; what
   * was spent is what went in and out.
   */
  static TokenUsage withoutFilling(TokenUsage told) {
    Long input = told.input();
    Long output = told.output();
    return input == null || output == null
        ? told
        : new TokenUsage(
            input,
            output,
            input + output,
            told.cachedInput(),
            told.cacheWrite(),
            told.reasoning(),
            told.costUsd());
  }

  private void responseItem() {
    String told = payload.text("type");
    String type = told == null ? "response_item" : told;
    String turn = file.turn();
    if (turn == null) {
      turn = payload.inside("internal_chat_message_metadata_passthrough").id("turn_id");
    }
    CodexRolloutItems.Read read = CodexRolloutItems.responseItem(type, payload);
    say(turn, type, read.fact(), read.summary(), !read.known());
  }

  /** A turn that its own file told is history here, and no second one. */
  private void say(@Nullable String turn, String type, Fact fact, String summary, boolean unknown) {
    if (file.told()) {
      add(null, type, new Fact.Snapshot(), summary, unknown);
    } else {
      add(turn, type, fact, summary, unknown);
    }
  }

  private void add(@Nullable String turn, String type, Fact fact, String summary, boolean unknown) {
    String thread = payload.id("thread_id");
    if (thread == null) {
      thread = file.currentThread() != null ? file.currentThread() : context.thread();
    }
    boolean ownTurn = turn != null;
    String run = ownTurn ? turn : context.run();
    Scope scope =
        new Scope(
            run,
            run == null ? RunIdQuality.ABSENT : RunIdQuality.NATIVE,
            thread,
            context.task(),
            turn,
            context.agent() != null ? context.agent() : file.agent() != null ? file.agent() : AGENT,
            turn != null && turn.equals(payload.node().path("turn_id").textValue())
                ? parentOf(turn)
                : null,
            null,
            null,
            null,
            turn != null && turn.equals(file.turn()) ? trace(type) : null);
    String id = payload.node().path("call_id").textValue();
    if (id == null) {
      id = payload.node().path("id").textValue();
    }
    drafts.add(
        new Draft(
            scope,
            type,
            id,
            time,
            time == null ? TimeQuality.INGEST : TimeQuality.SOURCE,
            order,
            fact,
            Oddities.of(
                line.sawInvalid(),
                (ownTurn && Oddities.differ(run, context.run()))
                    || Oddities.differ(thread, context.thread()),
                unknown),
            summary));
  }

  /** The turn of the agent that called this one. */
  private @Nullable String parentOf(@Nullable String turn) {
    String parent = payload.node().path("turn_attribution").path("parent_turn_id").textValue();
    if (parent == null) {
      parent = payload.node().path("root_turn_id").textValue();
    }
    return parent == null || parent.isEmpty() || parent.equals(turn) ? null : parent;
  }

  private @Nullable String trace(String type) {
    String trace = type.equals("task_started") ? payload.id("trace_id") : null;
    return trace == null ? null : trace.toLowerCase(Locale.ROOT);
  }
}
