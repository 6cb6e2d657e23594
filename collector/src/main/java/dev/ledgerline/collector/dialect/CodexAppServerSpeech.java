// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Connection;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.ThreadState;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.TurnState;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.TimeQuality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the exchange and the drafts that are made of it: who is meant, when it was, in which
 * connection. Used by one thread for one line.
 */
final class CodexAppServerSpeech {
  private static final String AGENT = "codex";

  final CodexAppServerLine line;
  final Fields message;
  final Fields params;
  final String method;
  final CodexAppServerMemory memory;

  /** As it is after this line. */
  Connection connection;

  private final Context context;
  private final @Nullable Instant at;
  private final TimeQuality timeQuality;
  private final List<Draft> drafts = new ArrayList<>(2);

  CodexAppServerSpeech(CodexAppServerLine line, Context context, CodexAppServerMemory memory) {
    this.line = line;
    this.message = line.message();
    this.params = message.inside("params");
    this.context = context;
    this.memory = memory;
    this.connection = memory.connection(line.connection());
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

  List<Draft> drafts() {
    return drafts;
  }

  @Nullable String requestId() {
    JsonNode id = message.node().path("id");
    if (!id.isTextual() && !id.isIntegralNumber()) {
      message.noteInvalid();
      return null;
    }
    message.checkLength(id.asText(), "id");
    return id.asText();
  }

  /** Older methods call it a conversation. */
  @Nullable String threadId() {
    String thread = params.id("threadId");
    return thread == null ? params.id("conversationId") : thread;
  }

  /** The turn that is named, else the one that is open in the thread. */
  @Nullable String turnOrOpen() {
    String named = params.id("turnId");
    if (named != null) {
      return named;
    }
    ThreadState its = memory.thread(threadId());
    return its.open() ? its.turn() : null;
  }

  void say(
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
        new Draft(
            scope,
            type,
            nativeId(),
            at,
            timeQuality,
            null,
            fact,
            Oddities.of(message.sawInvalid(), false, unknown),
            summary));
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
}
