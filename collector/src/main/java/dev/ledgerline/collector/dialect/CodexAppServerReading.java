// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CodexAppServerItems.Read;
import dev.ledgerline.collector.dialect.CodexAppServerLine.Sender;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Asked;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Connection;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Request;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.ThreadState;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.TurnState;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One line of an app-server being read. Used by one thread for one line. */
final class CodexAppServerReading {
  private static final String AGENT = "codex";

  private final CodexAppServerLine line;
  private final Fields message;
  private final Fields params;
  private final Context context;
  private final CodexAppServerMemory memory;
  private final String method;
  private final @Nullable Instant at;
  private final TimeQuality timeQuality;
  private final List<Draft> drafts = new ArrayList<>(2);

  private Connection connection;

  CodexAppServerReading(CodexAppServerLine line, Context context, Memory memory) {
    this.line = line;
    this.message = line.message();
    this.params = message.inside("params");
    this.context = context;
    this.memory = new CodexAppServerMemory(memory);
    this.connection = this.memory.connection(line.connection());
    String told = message.text("method");
    this.method = told == null ? "" : told;
    Instant emitted = message.millis("emittedAtMs");
    Instant stamped = emitted != null ? emitted : line.told();
    if (stamped == null) {
      Instant began = params.millis("startedAtMs");
      Instant latest = connection.latest();
      // a request has no stamp of its own and says when the call began that it is about
      boolean late = began != null && latest != null && began.isBefore(latest);
      this.at = late ? latest : began;
      this.timeQuality =
          at == null ? TimeQuality.INGEST : late ? TimeQuality.DERIVED : TimeQuality.SOURCE;
    } else {
      this.at = stamped;
      this.timeQuality = TimeQuality.SOURCE;
    }
    if (at != null && (connection.latest() == null || at.isAfter(connection.latest()))) {
      connection = new Connection(at, connection.turns());
    }
  }

  List<Draft> read() {
    String succession = line.succession();
    String before = succession == null ? null : memory.succeed(succession, line.connection());
    if (before != null) {
      lose(before, memory.connection(before), "another launch began");
    }
    if (line.text() != null) {
      say(null, null, "text", new Fact.LogLine("info"), line.text(), false);
    } else if (method.isEmpty()) {
      answer();
    } else if (message.has("id")) {
      if (line.sender() == Sender.SERVER || CodexAppServerRequests.isAskedByServer(method)) {
        serverAsks();
      } else {
        clientAsks();
      }
    } else {
      notified();
    }
    memory.remember(line.connection(), connection);
    return drafts;
  }

  /** The exchange is over: turns that are open will not go on in it. */
  static List<Draft> endOfStream(Context context, Memory memory) {
    CodexAppServerLine end =
        new CodexAppServerLine(
            Fields.of(com.fasterxml.jackson.databind.node.MissingNode.getInstance(), ""),
            null,
            null,
            null,
            context.stream() == null ? "" : context.stream(),
            "",
            null);
    CodexAppServerReading reading = new CodexAppServerReading(end, context, memory);
    for (String turn : reading.connection.turns()) {
      reading.lost(turn, "the stream ended without the end of the turn");
    }
    return reading.drafts;
  }

  // --- turns

  private void notified() {
    switch (method) {
      case "turn/started" -> turnStarted();
      case "turn/completed" -> turnCompleted();
      case "item/started", "item/completed" -> item();
      case "thread/tokenUsage/updated" -> tokens();
      case "thread/started" -> threadStarted(params.inside("thread"));
      case "thread/status/changed" ->
          threadStatus(params.id("threadId"), params.inside("status"), method);
      case "thread/closed" ->
          say(
              turnOrOpen(),
              params.id("threadId"),
              method,
              StateChange.reported(Entity.THREAD, State.UNKNOWN, "notLoaded"),
              "",
              false);
      case "serverRequest/resolved" -> requestResolved();
      case "error" -> error();
      default -> {
        Read read = CodexAppServerNotices.read(method, params);
        say(
            turnOrOpen(),
            params.id("threadId"),
            method,
            read.fact(),
            read.summary(),
            !read.known());
      }
    }
  }

  private void turnStarted() {
    Fields told = params.inside("turn");
    String turn = told.id("id");
    String thread = params.id("threadId");
    if (turn == null) {
      message.noteInvalid();
      say(null, thread, method, new Fact.UnknownFact(method), "", false);
      return;
    }
    ThreadState known = memory.thread(thread);
    if (known.open() && known.turn() != null && !known.turn().equals(turn)) {
      lost(known.turn(), "another turn began");
    }
    if (thread != null) {
      memory.remember(thread, new ThreadState(turn, true, known.total(), known.agent()));
    }
    memory.remember(turn, new TurnState(thread, true, null, List.of(), List.of()));
    connection =
        new Connection(
            connection.latest(),
            CodexAppServerMemory.added(
                CodexAppServerMemory.without(connection.turns(), turn::equals), turn));
    say(
        turn,
        thread,
        method,
        StateChange.reported(Entity.RUN, State.RUNNING, "inProgress"),
        "",
        false);
  }

  private void turnCompleted() {
    Fields told = params.inside("turn");
    String turn = told.id("id");
    String thread = params.id("threadId");
    String status = told.text("status");
    State to =
        switch (status == null ? "" : status) {
          case "completed" -> State.COMPLETED;
          case "failed" -> State.FAILED;
          case "interrupted" -> State.CANCELED;
          default -> null;
        };
    if (turn == null || to == null) {
      message.noteInvalid();
      say(turn, thread, method, new Fact.UnknownFact(method), "", false);
      return;
    }
    TurnState known = memory.turn(turn);
    if (known != null) {
      settleDeclined(turn, known, to == State.CANCELED ? WaitOutcome.CANCELED : WaitOutcome.DENIED);
      if (to == State.CANCELED) {
        known.calls().forEach(call -> brokenOff(turn, call));
      }
      memory.remember(turn, known.over());
    }
    ThreadState its = memory.thread(thread);
    if (thread != null && turn.equals(its.turn())) {
      memory.remember(thread, new ThreadState(turn, false, its.total(), its.agent()));
    }
    connection =
        new Connection(
            connection.latest(), CodexAppServerMemory.without(connection.turns(), turn::equals));
    String why = told.inside("error").text("message");
    say(
        turn,
        thread,
        method,
        StateChange.reported(Entity.RUN, to, status).because(Brief.reason(why)),
        Brief.line(why),
        false);
  }

  /**
   * Interrupting a turn ends what it runs; that is told late or, where the client leaves, never.
   */
  private void brokenOff(String turn, String call) {
    say(
        turn,
        null,
        method,
        new Fact.ToolResult(
            call, null, ToolOutcome.FAILED, null, "interrupted with its turn", false, true),
        "",
        false);
  }

  private void lost(String turn, String why) {
    TurnState known = memory.turn(turn);
    if (known == null || !known.open()) {
      return;
    }
    for (Asked asked : known.asked()) {
      resolved(turn, asked.waitId(), WaitOutcome.UNKNOWN, Quality.SYNTHESIZED);
    }
    memory.remember(turn, known.over());
    say(
        turn,
        known.thread(),
        "end of connection",
        new StateChange(
            Entity.RUN,
            null,
            null,
            State.LOST,
            null,
            null,
            why,
            Quality.SYNTHESIZED,
            Firmness.SOFT),
        why,
        false);
  }

  private void lose(String key, Connection gone, String why) {
    gone.turns().forEach(turn -> lost(turn, why));
    memory.remember(key, new Connection(gone.latest(), List.of()));
  }

  // --- items

  private void item() {
    Fields item = params.inside("item");
    String thread = params.id("threadId");
    String turn = turnOrOpen();
    boolean begins = method.equals("item/started");
    boolean orchestrated = line.issue() != null;
    TurnState known = memory.turn(turn);
    if (turn != null && known != null) {
      if (begins) {
        settleDeclined(turn, known, WaitOutcome.DENIED);
        known = withoutDeclined(known);
      }
      known = followed(turn, known, item, begins);
      memory.remember(turn, known);
    }
    Read read =
        begins
            ? CodexAppServerItems.started(item, orchestrated)
            : CodexAppServerItems.completed(item, orchestrated);
    say(turn, thread, method, read.fact(), read.summary(), !read.known());
  }

  /** What an item means for the calls that are open and for what was asked about them. */
  private TurnState followed(String turn, TurnState known, Fields item, boolean begins) {
    String id = item.id("id");
    if (id == null || !CodexAppServerItems.isCall(item)) {
      return known;
    }
    if (begins) {
      return known.calling(id);
    }
    TurnState after = known.returned(id);
    boolean declined = item.node().path("status").asText().equals("declined");
    for (Asked asked : known.asked()) {
      if (asked.approval() && id.equals(asked.call())) {
        if (declined) {
          // whether by no or by cancel is seen when the turn goes on, or does not
          after = after.asking(new Asked(asked.waitId(), id, true, true));
        } else {
          resolved(turn, asked.waitId(), WaitOutcome.APPROVED, Quality.DERIVED);
          after = after.answered(asked.waitId());
        }
      }
    }
    return after;
  }

  private void settleDeclined(String turn, TurnState known, WaitOutcome outcome) {
    for (Asked asked : known.asked()) {
      if (asked.declined()) {
        resolved(turn, asked.waitId(), outcome, Quality.DERIVED);
      }
    }
  }

  private static TurnState withoutDeclined(TurnState known) {
    TurnState rest = known;
    for (Asked asked : known.asked()) {
      rest = asked.declined() ? rest.answered(asked.waitId()) : rest;
    }
    return rest;
  }

  // --- what is asked and answered

  private void serverAsks() {
    String asks = params.id("turnId");
    String thread = params.id("threadId");
    if (thread == null) {
      thread = params.id("conversationId"); // legacy
    }
    ThreadState its = memory.thread(thread);
    String turn =
        memory.turn(asks) != null || !its.open() || its.turn() == null ? asks : its.turn();
    WaitKind kind = CodexAppServerRequests.kind(method);
    String id = requestId();
    if (kind == null || id == null) {
      say(turn, thread, method, new Fact.Control(method), method, kind == null && !isKnown());
      return;
    }
    String waitId = "request-" + id;
    boolean approval = kind == WaitKind.APPROVAL;
    String call = approval ? callOf() : null;
    TurnState known = memory.turn(turn);
    if (turn != null && known != null) {
      memory.remember(turn, known.asking(new Asked(waitId, call, approval, false)));
    }
    if (turn != null) {
      memory.remember(line.connection(), id, new Request(turn, waitId, method));
    }
    String prompt = CodexAppServerRequests.prompt(params);
    say(
        turn,
        thread,
        method,
        new Fact.WaitOpened(waitId, kind, Brief.reason(prompt), true, call, Quality.REPORTED),
        Brief.line(kind.word(), prompt),
        false);
  }

  private boolean isKnown() {
    return CodexAppServerRequests.isAskedByServer(method);
  }

  private @Nullable String callOf() {
    String item = params.id("itemId");
    return item == null ? params.id("callId") : item;
  }

  private void clientAsks() {
    String thread = params.id("threadId");
    String turn = params.id("turnId");
    if (method.equals("initialize")) {
      lose(line.connection(), connection, "another process began");
      connection = new Connection(connection.latest(), List.of());
    }
    say(turn, thread, method, new Fact.Control(method), method, false);
  }

  private void answer() {
    JsonNode result = message.present("result");
    String id = requestId();
    Request asked = id == null ? null : memory.request(line.connection(), id);
    boolean clients =
        line.sender() == Sender.CLIENT
            || (line.sender() == null
                && result != null
                && CodexAppServerRequests.looksAnswered(result));
    if (id != null && asked != null && clients) {
      memory.forgetRequest(line.connection(), id);
      TurnState known = memory.turn(asked.turn());
      if (known != null) {
        memory.remember(asked.turn(), known.answered(asked.waitId()));
      }
      WaitOutcome outcome = CodexAppServerRequests.outcome(asked.method(), result);
      resolved(asked.turn(), asked.waitId(), outcome, Quality.REPORTED);
      return;
    }
    if (result == null) {
      Fields error = message.inside("error");
      String why = Brief.reason(error.text("message"));
      String code = error.node().path("code").asText(null);
      say(
          null,
          null,
          "error",
          new Fact.ErrorReported(null, code, why == null ? "" : why, false),
          Brief.line(why),
          false);
      return;
    }
    JsonNode turn = result.path("turn").path("id");
    JsonNode thread = result.path("thread").path("id");
    if (result.path("userAgent").isTextual()) {
      lose(line.connection(), connection, "another process began");
      connection = new Connection(connection.latest(), List.of());
    }
    say(
        idOf(turn),
        idOf(thread),
        "result",
        turn.isTextual() || thread.isTextual() ? new Fact.Snapshot() : new Fact.LogLine(null),
        "",
        false);
  }

  private @Nullable String idOf(JsonNode id) {
    if (!id.isTextual() || id.textValue().isEmpty()) {
      return null;
    }
    message.checkLength(id.textValue(), "result");
    return id.textValue();
  }

  /** The server goes on; where the client's answer was not seen, what it was is not told yet. */
  private void requestResolved() {
    JsonNode id = params.node().path("requestId");
    String key = id.isTextual() || id.isIntegralNumber() ? id.asText() : null;
    Request asked = key == null ? null : memory.request(line.connection(), key);
    if (key != null && asked != null) {
      memory.forgetRequest(line.connection(), key);
      resolved(asked.turn(), asked.waitId(), WaitOutcome.UNKNOWN, Quality.REPORTED);
    } else {
      say(turnOrOpen(), params.id("threadId"), method, new Fact.LogLine(null), method, false);
    }
  }

  private @Nullable String requestId() {
    JsonNode id = message.node().path("id");
    if (!id.isTextual() && !id.isIntegralNumber()) {
      message.noteInvalid();
      return null;
    }
    message.checkLength(id.asText(), "id");
    return id.asText();
  }

  private void resolved(String turn, String waitId, WaitOutcome outcome, Quality quality) {
    TurnState known = memory.turn(turn);
    say(
        turn,
        known == null ? null : known.thread(),
        method.isEmpty() ? "result" : method,
        new Fact.WaitResolved(waitId, outcome, null, null, quality),
        outcome.word(),
        false);
  }

  // --- threads, tokens, errors

  private void threadStarted(Fields thread) {
    String id = thread.id("id");
    String agent = thread.id("agentNickname");
    if (id != null) {
      ThreadState known = memory.thread(id);
      memory.remember(
          id,
          new ThreadState(
              known.turn(), known.open(), known.total(), agent == null ? known.agent() : agent));
    }
    threadStatus(id, thread.inside("status"), method);
  }

  private void threadStatus(@Nullable String thread, Fields status, String type) {
    String word = status.text("type");
    State to =
        switch (word == null ? "" : word) {
          case "active" -> State.RUNNING;
          case "systemError" -> State.FAILED;
          case "idle" -> State.PAUSED;
          case "notLoaded" -> State.UNKNOWN;
          default -> null;
        };
    if (to == null) {
      message.noteInvalid();
      say(turnOrOpen(), thread, type, new Fact.Snapshot(), "", false);
      return;
    }
    StringBuilder shown = new StringBuilder(String.valueOf(word));
    for (JsonNode flag : status.elements("activeFlags")) {
      if (shown.length() < Draft.MAX_SUMMARY) {
        shown.append(' ').append(flag.asText());
      }
    }
    say(
        turnOrOpen(),
        thread,
        type,
        StateChange.reported(Entity.THREAD, to, word),
        shown.toString(),
        false);
  }

  private void tokens() {
    String thread = params.id("threadId");
    String turn = turnOrOpen();
    Fields told = params.inside("tokenUsage");
    TokenUsage total = told.inside("total").appServerUsage();
    TokenUsage last = told.inside("last").appServerUsage();
    if (total == null) {
      say(turn, thread, method, new Fact.Snapshot(), "", false);
      return;
    }
    total = CodexRolloutReading.withoutFilling(total);
    TurnState known = memory.turn(turn);
    TokenUsage before = known == null ? null : known.before();
    ThreadState its = memory.thread(thread);
    if (turn != null && known != null && known.open() && before == null) {
      before = before(its.total(), last == null ? null : total.since(last));
      if (before != null) {
        memory.remember(turn, known.countingFrom(before));
      }
    }
    if (thread != null) {
      memory.remember(thread, its.withTotal(total));
    }
    say(
        turn,
        thread,
        method,
        new Fact.UsageReported(thread == null ? "thread" : thread, true, total, true, before),
        "tokens of the thread: " + total.effectiveTotal(),
        false);
  }

  /**
   * What the thread had used before the turn: by the first reading in the turn less its last call,
   * or by an earlier reading where that says more (a reading may be told twice).
   */
  private static @Nullable TokenUsage before(
      @Nullable TokenUsage earlier, @Nullable TokenUsage byFirst) {
    if (earlier == null || byFirst == null) {
      return earlier == null ? byFirst : earlier;
    }
    Long a = earlier.effectiveTotal();
    Long b = byFirst.effectiveTotal();
    return a == null || (b != null && b > a) ? byFirst : earlier;
  }

  private void error() {
    Fields error = params.inside("error");
    String text = error.text("message");
    String why = Brief.reason(text);
    JsonNode info = error.node().path("codexErrorInfo");
    String code = info.isObject() && !info.isEmpty() ? info.fieldNames().next() : info.textValue();
    boolean again = params.isTrue("willRetry", false);
    say(
        turnOrOpen(),
        params.id("threadId"),
        method,
        new Fact.ErrorReported(null, Brief.reason(code), why == null ? "" : why, !again),
        Brief.line(text),
        false);
  }

  // --- where it belongs

  /** The turn that is named, else the one that is open in the thread. */
  private @Nullable String turnOrOpen() {
    String named = params.id("turnId");
    if (named != null) {
      return named;
    }
    ThreadState its = memory.thread(params.id("threadId"));
    return its.open() ? its.turn() : null;
  }

  private void say(
      @Nullable String turn,
      @Nullable String thread,
      String type,
      Fact fact,
      String summary,
      boolean unknown) {
    String itsThread = thread;
    TurnState known = memory.turn(turn);
    if (itsThread == null) {
      itsThread = known != null ? known.thread() : context.thread();
    }
    String run = turn != null ? turn : context.run();
    String agent = memory.thread(itsThread).agent();
    Scope scope =
        Scope.NONE
            .withRun(run, RunIdQuality.NATIVE)
            .withThread(itsThread)
            .withTask(line.issue() != null ? line.issue() : context.task())
            .withTurn(turn)
            .withAgent(context.agent() != null ? context.agent() : agent != null ? agent : AGENT)
            .withParentRun(turn == null ? null : parentOf(turn));
    drafts.add(
        new Draft(scope, type, nativeId(), at, timeQuality, null, fact, flags(unknown), summary));
  }

  /** The turn of the agent that called this one. */
  private @Nullable String parentOf(String turn) {
    Fields told = params.inside("turn");
    String root = turn.equals(told.node().path("id").textValue()) ? told.id("rootTurnId") : null;
    return root == null || root.equals(turn) ? null : root;
  }

  private @Nullable String nativeId() {
    String item = params.node().path("item").path("id").textValue();
    if (item != null) {
      return item;
    }
    JsonNode id = message.node().path("id");
    return id.isTextual() || id.isIntegralNumber() ? id.asText() : null;
  }

  private Set<Flag> flags(boolean unknown) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    if (message.sawInvalid()) {
      flags.add(Flag.INVALID_FIELD);
    }
    if (unknown) {
      flags.add(Flag.UNKNOWN_TYPE);
    }
    return flags;
  }
}
