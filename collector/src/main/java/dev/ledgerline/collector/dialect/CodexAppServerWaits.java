// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CodexAppServerLine.Sender;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Asked;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.Request;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.ThreadState;
import dev.ledgerline.collector.dialect.CodexAppServerMemory.TurnState;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.WaitKind;
import dev.ledgerline.event.WaitOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What the server asks, and how it was answered: by the client's own word, else by what became of
 * the call that was asked about.
 */
final class CodexAppServerWaits {
  private final CodexAppServerSpeech speech;

  CodexAppServerWaits(CodexAppServerSpeech speech) {
    this.speech = speech;
  }

  void serverAsks() {
    String asks = speech.params.id("turnId");
    String thread = speech.threadId();
    ThreadState its = speech.memory.thread(thread);
    String turn =
        speech.memory.turn(asks) != null || !its.open() || its.turn() == null ? asks : its.turn();
    WaitKind kind = CodexAppServerRequests.kind(speech.method);
    String id = speech.requestId();
    if (kind == null || id == null) {
      speech.say(
          turn,
          thread,
          speech.method,
          new Fact.Control(speech.method),
          speech.method,
          kind == null && !isKnown());
      return;
    }
    String waitId = "request-" + id;
    boolean approval = kind == WaitKind.APPROVAL;
    String call = approval ? callOf() : null;
    TurnState known = speech.memory.turn(turn);
    if (turn != null && known != null) {
      speech.memory.remember(turn, known.asking(new Asked(waitId, call, approval, false)));
    }
    if (turn != null) {
      speech.memory.remember(
          speech.line.connection(), id, new Request(turn, waitId, speech.method));
    }
    String prompt = CodexAppServerRequests.prompt(speech.params);
    speech.say(
        turn,
        thread,
        speech.method,
        new Fact.WaitOpened(
            waitId,
            kind,
            prompt.isEmpty() ? null : Brief.reason(prompt),
            true,
            call,
            Quality.REPORTED),
        Brief.line(kind.word(), prompt),
        false);
  }

  private boolean isKnown() {
    return CodexAppServerRequests.isAskedByServer(speech.method);
  }

  private @Nullable String callOf() {
    String item = speech.params.id("itemId");
    return item == null ? speech.params.id("callId") : item;
  }

  /** Whether the line is the client's answer to something that it was asked. */
  boolean answered() {
    JsonNode result = speech.message.present("result");
    String id = speech.requestId();
    Request asked = id == null ? null : speech.memory.request(speech.line.connection(), id);
    boolean clients =
        speech.line.sender() == Sender.CLIENT
            || (speech.line.sender() == null
                && result != null
                && CodexAppServerRequests.looksAnswered(result));
    if (id == null || asked == null || !clients) {
      return false;
    }
    speech.memory.forgetRequest(speech.line.connection(), id);
    TurnState known = speech.memory.turn(asked.turn());
    if (known != null) {
      speech.memory.remember(asked.turn(), known.answered(asked.waitId()));
    }
    WaitOutcome outcome = CodexAppServerRequests.outcome(asked.method(), result);
    resolved(asked.turn(), asked.waitId(), outcome, Quality.REPORTED);
    return true;
  }

  /** The server goes on; where the client's answer was not seen, what it was is not told yet. */
  void requestResolved() {
    JsonNode id = speech.params.node().path("requestId");
    String key = id.isTextual() || id.isIntegralNumber() ? id.asText() : null;
    Request asked = key == null ? null : speech.memory.request(speech.line.connection(), key);
    if (key != null && asked != null) {
      speech.memory.forgetRequest(speech.line.connection(), key);
      resolved(asked.turn(), asked.waitId(), WaitOutcome.UNKNOWN, Quality.REPORTED);
    } else {
      speech.say(
          speech.turnOrOpen(),
          speech.threadId(),
          speech.method,
          new Fact.LogLine(null),
          speech.method,
          false);
    }
  }

  /** What an item means for the calls that are open and for what was asked about them. */
  TurnState followed(String turn, TurnState known, Fields item, boolean begins) {
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

  void settleDeclined(String turn, TurnState known, WaitOutcome outcome) {
    for (Asked asked : known.asked()) {
      if (asked.declined()) {
        resolved(turn, asked.waitId(), outcome, Quality.DERIVED);
      }
    }
  }

  static TurnState withoutDeclined(TurnState known) {
    TurnState rest = known;
    for (Asked asked : known.asked()) {
      rest = asked.declined() ? rest.answered(asked.waitId()) : rest;
    }
    return rest;
  }

  void resolved(String turn, String waitId, WaitOutcome outcome, Quality quality) {
    TurnState known = speech.memory.turn(turn);
    speech.say(
        turn,
        known == null ? null : known.thread(),
        speech.method.isEmpty() ? "result" : speech.method,
        new Fact.WaitResolved(waitId, outcome, null, null, quality),
        outcome.word(),
        false);
  }
}
