// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CodexRolloutCourse.Reading;
import dev.ledgerline.collector.dialect.CodexRolloutCourse.Turn;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** Where the record stands in its file. */
  private final long place;

  /** The turn that the record names, null where it names none. */
  private final @Nullable String named;

  /** As far as it is counted. */
  private CodexRolloutCourse counted;

  /** Whether records are missing that may tell the turn. */
  private final boolean early;

  private CodexRolloutFile file;

  CodexRolloutReading(
      Fields line, Fields payload, Context context, CodexRolloutFile file, Memory memory) {
    this.memory = memory;
    this.line = line;
    this.payload = payload;
    this.context = context;
    this.time = line.time("timestamp");
    this.order = line.count("ordinal");
    this.named = namedTurn(payload);
    this.early = named == null && !file.isNext(order);
    this.file = file.with(order);
    this.place = this.file.place(order, time);
    this.counted = this.file.course();
  }

  private static @Nullable String namedTurn(Fields payload) {
    String turn = payload.id("turn_id");
    return turn != null
        ? turn
        : payload.inside("internal_chat_message_metadata_passthrough").id("turn_id");
  }

  /** The facts that the record adds. */
  List<Draft> read(String type) {
    if (named != null) {
      file = file.with(file.course().with(turn(named)));
    }
    switch (type) {
      case "session_meta" -> sessionMeta();
      case "event_msg" -> eventMessage();
      case "response_item" -> responseItem();
      case "token_usage_record" -> tokenUsageRecord();
      case "turn_context" -> turnContext();
      case "world_state", "compacted" -> say(turnAbout(), type, new Fact.Snapshot(), "", false);
      default -> say(turnHere(), type, new Fact.UnknownFact(type), type, true);
    }
    recount(newlySpent());
    file = file.with(file.course().bounded());
    return drafts;
  }

  /** What is known of the file when the record has been read. */
  CodexRolloutFile file() {
    return file;
  }

  /** What is known of a turn now that a record names it. */
  private Turn turn(String id) {
    Turn known = file.course().turn(id);
    if (known == null) {
      return new Turn(place, id, time, false, null, null, false, isToldElsewhere(id));
    }
    return place < known.at() ? known.from(place, time) : known;
  }

  /** The turn of the record: the one that it names, else the one that it stands in. */
  private @Nullable String turnHere() {
    Turn here = named != null ? null : file.course().turnAt(place);
    return here == null ? named : here.id();
  }

  /** The same for what can do without: nothing is known better later. */
  private @Nullable String turnAbout() {
    return early ? null : turnHere();
  }

  private void sessionMeta() {
    String thread = payload.id("id");
    if (thread == null) {
      thread = payload.id("session_id");
    }
    String origin = payload.id("forked_from_id");
    boolean isFirst = file.thread() == null;
    if (thread != null && thread.equals(file.forkedFrom())) {
      file = file.copying(origin);
    } else if (thread != null && !thread.equals(file.thread())) {
      file = file.of(thread, origin, payload.id("agent_nickname")).with(order);
    }
    String where = Brief.line(payload.text("cwd"));
    say(null, "session_meta", new Fact.Snapshot(), where, false);
    if (isFirst) {
      // it came late, and the turns that came before know no thread
      for (Turn turn : file.course().turns()) {
        if (!turn.copied()) {
          add(turn.id(), "session_meta", new Fact.Snapshot(), where, false, turn);
        }
      }
    }
  }

  private void turnContext() {
    String model = payload.id("model");
    Turn its = file.course().turn(turnHere());
    if (model != null && its != null) {
      file = file.with(file.course().with(its.with(model)));
    }
    say(turnHere(), "turn_context", new Fact.Snapshot(), Brief.line(model), false);
  }

  private void tokenUsageRecord() {
    String turn = turnHere();
    Turn its = file.course().turn(turn);
    String model = its == null ? null : its.model();
    if (its != null) {
      file = file.with(file.course().with(its.inRecords()));
    }
    TokenUsage usage = payload.inside("turn_token_usage").codexUsage();
    String response = payload.id("response_id");
    say(
        turn,
        "token_usage_record",
        new Fact.ModelResponse(response, model, null, null),
        Brief.line(model),
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
    switch (type) {
      case "task_started", "turn_started" -> taskStarted(type);
      case "task_complete", "turn_complete" -> taskComplete(type);
      case "turn_aborted" -> turnAborted(type);
      case "token_count" -> tokenCount();
      default -> {
        CodexRolloutItems.Read read = CodexRolloutItems.eventMessage(type, payload);
        boolean ofThread =
            named == null
                && (read.fact() instanceof Fact.LogLine || read.fact() instanceof Fact.Control);
        Turn here = ofThread && !early ? file.course().turnAt(place) : null;
        boolean inTurn = here != null && here.isOpenAt(place);
        say(
            ofThread && !inTurn ? null : turnHere(),
            type,
            read.fact(),
            read.summary(),
            !read.known());
      }
    }
  }

  private void taskStarted(String type) {
    StateChange running = StateChange.reported(Entity.RUN, State.RUNNING, type);
    Turn known = file.course().turn(named);
    if (known == null) {
      line.noteInvalid();
      say(null, type, running, "", false);
      return;
    }
    Turn turn = known.started(known.copied() || isToldElsewhere(known.id()));
    file = file.started(turn);
    say(turn.id(), type, running, "", false);
    Turn previous = file.course().previous(turn);
    if (previous != null && previous.isOpen()) {
      lost(previous, turn);
    }
    Turn next = file.course().next(turn);
    if (next != null && turn.isOpen()) {
      lost(turn, next);
    }
  }

  /** Should it turn out that the end of the turn was told, this is of no account. */
  private void lost(Turn turn, Turn next) {
    String why = "another turn began";
    add(turn.id(), "task_started", StateChange.lost(why), why, false, next);
  }

  /**
   * Whether another file told that turn before this one: the file of the thread that this one is a
   * fork of, or a fork of this one that was sent first.
   */
  private boolean isToldElsewhere(String turn) {
    String here = file.thread() == null ? "" : file.thread();
    boolean copy = file.isOlder(turn);
    TurnOf known = memory.recall("turn/" + turn, TurnOf.class);
    if (known == null) {
      memory.remember("turn/" + turn, new TurnOf(here, copy));
      return false;
    }
    return !known.thread().equals(here) && (known.copy() || copy || file.copiedFrom() != null);
  }

  private void taskComplete(String type) {
    JsonNode error = payload.present("error");
    if (error == null) {
      end(StateChange.reported(Entity.RUN, State.COMPLETED, type));
      return;
    }
    String message = error.isTextual() ? error.textValue() : error.path("message").textValue();
    end(
        StateChange.reported(Entity.RUN, State.FAILED, type)
            .because(Brief.reason(message == null ? error.toString() : message)));
  }

  private void turnAborted(String type) {
    String reason = payload.text("reason");
    State to = reason != null && reason.startsWith("budget") ? State.INCOMPLETE : State.CANCELED;
    end(StateChange.reported(Entity.RUN, to, type).because(reason));
  }

  private void end(StateChange change) {
    String turn = turnHere();
    Turn its = file.course().turn(turn);
    if (its != null) {
      file = file.with(file.course().with(its.ended(place)));
    }
    String type = change.nativeTo() == null ? "" : change.nativeTo();
    say(turn, type, change, Brief.line(change.reason()), false);
  }

  /**
   * A running total of the thread; half of these records repeat the one before, some tell only the
   * limits of the account.
   */
  private void tokenCount() {
    TokenUsage told = payload.inside("info").inside("total_token_usage").codexUsage();
    if (told == null) {
      say(turnAbout(), "token_count", new Fact.LogLine(null), "rate limits", false);
      return;
    }
    TokenUsage total = withoutFilling(told);
    file = file.with(file.course().with(new Reading(place, total)));
    String turn = turnAbout();
    Map<String, TokenUsage> spent = newlySpent();
    TokenUsage more = turn == null ? null : spent.remove(turn);
    Fact fact =
        more == null
            ? new Fact.UsageReported(series(), true, total, false, null)
            : new Fact.UsageReported(series(), false, more, true, null);
    say(turn, "token_count", fact, "tokens of the thread: " + total.effectiveTotal(), false);
    recount(spent);
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

  private String series() {
    return file.thread() == null ? "thread" : file.thread();
  }

  /** What turns have spent beyond what was counted, or less. */
  private Map<String, TokenUsage> newlySpent() {
    if (file.course().equals(counted)) {
      return new LinkedHashMap<>();
    }
    Map<String, TokenUsage> before = counted.spent();
    Map<String, TokenUsage> spent = file.course().spent();
    before.forEach(
        (turn, was) -> {
          TokenUsage is = spent.get(turn);
          if (was.equals(is)) {
            spent.remove(turn);
          } else {
            spent.put(turn, is == null ? was.negated() : is.minus(was));
          }
        });
    counted = file.course();
    return spent;
  }

  /**
   * Tokens that were counted before it was known whose they are, or that they are told better. What
   * is less than it seemed is taken back.
   */
  private void recount(Map<String, TokenUsage> spent) {
    spent.forEach(
        (id, more) -> {
          Fact fact = new Fact.UsageReported(series(), false, more, true, null);
          String summary = "tokens of the turn by those of the thread";
          add(id, "token_count", fact, summary, false, file.course().turn(id));
        });
  }

  private void responseItem() {
    String told = payload.text("type");
    String type = told == null ? "response_item" : told;
    CodexRolloutItems.Read read = CodexRolloutItems.responseItem(type, payload);
    say(turnHere(), type, read.fact(), read.summary(), !read.known());
  }

  /** A turn that its own file told is history here, and no second one. */
  private void say(@Nullable String turn, String type, Fact fact, String summary, boolean unknown) {
    Turn its = file.course().turn(turn);
    if (its != null && its.copied()) {
      add(null, type, new Fact.Snapshot(), summary, unknown, null);
    } else {
      add(turn, type, fact, summary, unknown, null);
    }
  }

  /**
   * Adds a draft.
   *
   * @param at the turn at whose beginning it stands, null where that is the record's own place
   */
  private void add(
      @Nullable String turn,
      String type,
      Fact fact,
      String summary,
      boolean unknown,
      @Nullable Turn at) {
    String thread = payload.id("thread_id");
    if (thread == null) {
      thread = file.currentThread() != null ? file.currentThread() : context.thread();
    }
    boolean ownTurn = turn != null;
    boolean isNamed = turn != null && turn.equals(named);
    String run = ownTurn ? turn : context.run();
    Scope scope =
        new Scope(
            run,
            run == null ? RunIdQuality.ABSENT : RunIdQuality.NATIVE,
            thread,
            context.task(),
            turn,
            context.agent() != null ? context.agent() : file.agent() != null ? file.agent() : AGENT,
            isNamed ? parentOf(turn) : null,
            null,
            null,
            null,
            isNamed ? trace(type) : null);
    String id = payload.node().path("call_id").textValue();
    if (id == null) {
      id = payload.node().path("id").textValue();
    }
    Instant when = at == null ? time : at.time();
    drafts.add(
        new Draft(
            scope,
            type,
            id,
            when,
            when == null ? TimeQuality.INGEST : TimeQuality.SOURCE,
            at == null ? order : file.numbered() ? (Long) at.at() : null,
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
