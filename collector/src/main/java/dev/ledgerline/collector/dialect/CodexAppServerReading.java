// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ledgerline.collector.dialect.CodexAppServerItems.Read;
import dev.ledgerline.collector.dialect.CodexAppServerLine.Sender;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Asked;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Connection;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.ThreadState;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.TurnState;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.ToolOutcome;
import dev.ledgerline.event.WaitOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line of an app-server being read. Used by one thread for one line. */
final class CodexAppServerReading {
  private final CodexAppServerSpeech speech;
  private final CodexAppServerWaits waits;

  CodexAppServerReading(CodexAppServerLine line, Context context, Memory memory) {
    this.speech = new CodexAppServerSpeech(line, context, new CodexAppServerMemory(memory));
    this.waits = new CodexAppServerWaits(speech);
  }

  List<Draft> read() {
    String succession = speech.line.succession();
    String before =
        succession == null ? null : speech.memory.succeed(succession, speech.line.connection());
    if (before != null) {
      lose(before, speech.memory.connection(before), "another launch began");
    }
    if (speech.line.text() != null) {
      speech.say(null, null, "text", new Fact.LogLine("info"), speech.line.text(), false);
    } else if (speech.method.isEmpty()) {
      answer();
    } else if (speech.message.has("id")) {
      if (speech.line.sender() == Sender.SERVER
          || CodexAppServerRequests.isAskedByServer(speech.method)) {
        waits.serverAsks();
      } else {
        clientAsks();
      }
    } else {
      notified();
    }
    speech.memory.remember(speech.line.connection(), speech.connection);
    return speech.drafts();
  }

  /**
   * The exchange is over, and turns that are open do not go on in it. What is remembered of them
   * stays: the stream may go on in another request.
   */
  static List<Draft> endOfStream(Context context, Memory memory) {
    CodexAppServerLine end = CodexAppServerLine.of(JsonNodeFactory.instance.objectNode(), context);
    CodexAppServerReading reading = new CodexAppServerReading(end, context, memory);
    for (String turn : reading.speech.connection.turns()) {
      TurnState known = reading.speech.memory.turn(turn);
      if (known != null) {
        reading.sayLost(turn, known, "the stream ended without the end of the turn");
      }
    }
    return reading.speech.drafts();
  }

  // --- turns

  private void notified() {
    switch (speech.method) {
      case "turn/started" -> turnStarted();
      case "turn/completed" -> turnCompleted();
      case "item/started", "item/completed" -> item();
      case "thread/tokenUsage/updated" -> CodexAppServerTokens.read(speech);
      case "thread/started" -> threadStarted(speech.params.inside("thread"));
      case "thread/status/changed" ->
          threadStatus(speech.params.id("threadId"), speech.params.inside("status"), speech.method);
      case "thread/closed" ->
          speech.say(
              speech.turnOrOpen(),
              speech.params.id("threadId"),
              speech.method,
              StateChange.reported(Entity.THREAD, State.UNKNOWN, "notLoaded"),
              "",
              false);
      case "serverRequest/resolved" -> waits.requestResolved();
      case "error" -> error();
      default -> {
        Read read = CodexAppServerNotices.read(speech.method, speech.params);
        speech.say(
            speech.turnOrOpen(),
            speech.threadId(),
            speech.method,
            read.fact(),
            read.summary(),
            !read.known());
      }
    }
  }

  private void turnStarted() {
    Fields told = speech.params.inside("turn");
    String turn = told.id("id");
    String thread = speech.params.id("threadId");
    if (turn == null) {
      speech.message.noteInvalid();
      speech.say(null, thread, speech.method, new Fact.UnknownFact(speech.method), "", false);
      return;
    }
    ThreadState known = speech.memory.thread(thread);
    if (known.open() && known.turn() != null && !known.turn().equals(turn)) {
      lost(known.turn(), "another turn began");
    }
    if (thread != null) {
      speech.memory.remember(thread, new ThreadState(turn, true, known.total(), known.agent()));
    }
    speech.memory.remember(turn, new TurnState(thread, true, null, List.of(), List.of()));
    speech.connection =
        new Connection(
            speech.connection.latest(),
            CodexAppServerMemory.added(
                CodexAppServerMemory.without(speech.connection.turns(), turn::equals), turn));
    speech.say(
        turn,
        thread,
        speech.method,
        StateChange.reported(Entity.RUN, State.RUNNING, "inProgress"),
        "",
        false);
  }

  private void turnCompleted() {
    Fields told = speech.params.inside("turn");
    String turn = told.id("id");
    String thread = speech.params.id("threadId");
    String status = told.text("status");
    State to =
        switch (status == null ? "" : status) {
          case "completed" -> State.COMPLETED;
          case "failed" -> State.FAILED;
          case "interrupted" -> State.CANCELED;
          default -> null;
        };
    if (turn == null || to == null) {
      speech.message.noteInvalid();
      speech.say(turn, thread, speech.method, new Fact.UnknownFact(speech.method), "", false);
      return;
    }
    TurnState known = speech.memory.turn(turn);
    if (known != null) {
      waits.settleDeclined(
          turn, known, to == State.CANCELED ? WaitOutcome.CANCELED : WaitOutcome.DENIED);
      if (to == State.CANCELED) {
        known.calls().forEach(call -> brokenOff(turn, call));
      }
      speech.memory.remember(turn, known.over());
    }
    ThreadState its = speech.memory.thread(thread);
    if (thread != null && turn.equals(its.turn())) {
      speech.memory.remember(thread, new ThreadState(turn, false, its.total(), its.agent()));
    }
    speech.connection =
        new Connection(
            speech.connection.latest(),
            CodexAppServerMemory.without(speech.connection.turns(), turn::equals));
    String why = told.inside("error").text("message");
    speech.say(
        turn,
        thread,
        speech.method,
        StateChange.reported(Entity.RUN, to, status).because(Brief.reason(why)),
        Brief.line(why),
        false);
  }

  /**
   * Interrupting a turn ends what it runs; that is told late or, where the client leaves, never.
   */
  private void brokenOff(String turn, String call) {
    speech.say(
        turn,
        null,
        speech.method,
        new Fact.ToolResult(
            call, null, ToolOutcome.FAILED, null, "interrupted with its turn", false, true),
        "",
        false);
  }

  private void lost(String turn, String why) {
    TurnState known = speech.memory.turn(turn);
    if (known == null || !known.open()) {
      return;
    }
    for (Asked asked : known.asked()) {
      waits.resolved(turn, asked.waitId(), WaitOutcome.UNKNOWN, Quality.SYNTHESIZED);
    }
    speech.memory.remember(turn, known.over());
    sayLost(turn, known, why);
  }

  private void sayLost(String turn, TurnState known, String why) {
    speech.say(turn, known.thread(), "end of connection", StateChange.lost(why), why, false);
  }

  private void lose(String key, Connection gone, String why) {
    gone.turns().forEach(turn -> lost(turn, why));
    speech.memory.remember(key, new Connection(gone.latest(), List.of()));
  }

  // --- items

  private void item() {
    Fields item = speech.params.inside("item");
    String thread = speech.params.id("threadId");
    String turn = speech.turnOrOpen();
    boolean begins = speech.method.equals("item/started");
    boolean orchestrated = speech.line.issue() != null;
    TurnState known = speech.memory.turn(turn);
    if (turn != null && known != null) {
      if (begins) {
        waits.settleDeclined(turn, known, WaitOutcome.DENIED);
        known = CodexAppServerWaits.withoutDeclined(known);
      }
      known = waits.followed(turn, known, item, begins);
      speech.memory.remember(turn, known);
    }
    Read read =
        begins
            ? CodexAppServerItems.started(item, orchestrated)
            : CodexAppServerItems.completed(item, orchestrated);
    speech.say(turn, thread, speech.method, read.fact(), read.summary(), !read.known());
  }

  // --- what is asked and answered

  private void clientAsks() {
    String thread = speech.params.id("threadId");
    String turn = speech.params.id("turnId");
    if (speech.method.equals("initialize")) {
      lose(speech.line.connection(), speech.connection, "another process began");
      speech.connection = new Connection(speech.connection.latest(), List.of());
    }
    speech.say(turn, thread, speech.method, new Fact.Control(speech.method), speech.method, false);
  }

  private void answer() {
    if (waits.answered()) {
      return;
    }
    JsonNode result = speech.message.present("result");
    if (result == null) {
      Fields error = speech.message.inside("error");
      String why = Brief.reason(error.text("message"));
      String code = error.node().path("code").asText(null);
      speech.say(
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
      lose(speech.line.connection(), speech.connection, "another process began");
      speech.connection = new Connection(speech.connection.latest(), List.of());
    }
    speech.say(
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
    speech.message.checkLength(id.textValue(), "result");
    return id.textValue();
  }

  // --- threads, errors

  private void threadStarted(Fields thread) {
    String id = thread.id("id");
    String agent = thread.id("agentNickname");
    if (id != null) {
      ThreadState known = speech.memory.thread(id);
      speech.memory.remember(
          id,
          new ThreadState(
              known.turn(), known.open(), known.total(), agent == null ? known.agent() : agent));
    }
    threadStatus(id, thread.inside("status"), speech.method);
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
      speech.message.noteInvalid();
      speech.say(speech.turnOrOpen(), thread, type, new Fact.Snapshot(), "", false);
      return;
    }
    StringBuilder shown = new StringBuilder(String.valueOf(word));
    for (JsonNode flag : status.elements("activeFlags")) {
      if (shown.length() < Draft.MAX_SUMMARY) {
        shown.append(' ').append(flag.asText());
      }
    }
    speech.say(
        speech.turnOrOpen(),
        thread,
        type,
        StateChange.reported(Entity.THREAD, to, word),
        shown.toString(),
        false);
  }

  private void error() {
    Fields error = speech.params.inside("error");
    String text = error.text("message");
    String why = Brief.reason(text);
    JsonNode info = error.node().path("codexErrorInfo");
    String code = info.isObject() && !info.isEmpty() ? info.fieldNames().next() : info.textValue();
    boolean again = speech.params.isTrue("willRetry", false);
    speech.say(
        speech.turnOrOpen(),
        speech.params.id("threadId"),
        speech.method,
        new Fact.ErrorReported(null, Brief.reason(code), why == null ? "" : why, !again),
        Brief.line(text),
        false);
  }
}
