// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.Rejection.Code;
import java.util.List;
import java.util.Set;

/**
 * What Codex' app-server and its client say to each other: JSON-RPC lines without {@code jsonrpc}
 * (schema of {@code codex app-server generate-json-schema}, 0.169.0; protocols.md 4.1). Read are
 * the bare lines, of the server alone or of both, and the exchange as a recorder wraps it: {@code
 * {"ts","direction","message"}}, beside it what names the connection.
 *
 * <p>A run is a turn and has its id. There is no {@code turn/failed}: how a turn ended is its
 * status. What an approval came to is the client's answer; where only the server's lines are there,
 * it is concluded from what became of the call. A request id names a request of one connection
 * only, and a server that is started again begins a new one.
 *
 * <p>Versions before 0.120 say everything a second time as {@code codex/event/…}; that is kept as
 * log lines and is no second fact.
 */
public final class CodexAppServerDialect implements Dialect {
  public static final String NAME = "codex-app-server";

  /** What methods begin with, up to the first slash. */
  private static final Set<String> GROUPS =
      Set.of(
          "account",
          "codex",
          "configWarning",
          "deprecationNotice",
          "error",
          "hook",
          "initialize",
          "initialized",
          "item",
          "mcpServer",
          "model",
          "rawResponseItem",
          "remoteControl",
          "serverRequest",
          "thread",
          "turn",
          "warning");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    if (!json.isObject() || json.has("type")) {
      return false;
    }
    if (CodexAppServerLine.isWrapped(json)) {
      JsonNode message = json.path("message");
      return message.isTextual() || (isSaid(message) && !message.has("jsonrpc"));
    }
    return isSaid(json)
        && !json.has("jsonrpc")
        && (!json.has("method") || isOurs(json.path("method").asText()) || hasStamp(json));
  }

  /** A request, a notification, or an answer and nothing else. */
  private static boolean isSaid(JsonNode json) {
    return json.path("method").isTextual()
        || (json.size() == 2 && json.has("id") && (json.has("result") || json.has("error")));
  }

  private static boolean isOurs(String method) {
    int slash = method.indexOf('/');
    return GROUPS.contains(slash < 0 ? method : method.substring(0, slash));
  }

  private static boolean hasStamp(JsonNode json) {
    return json.path("emittedAtMs").isIntegralNumber();
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (!record.json().isObject()) {
      return Decoded.Rejected.of(
          Code.INVALID_FIELD, "", "a line of the app-server is a JSON object");
    }
    CodexAppServerLine line = CodexAppServerLine.of(record.json(), context);
    Fields message = line.message();
    if (line.text() == null
        && !message.has("method")
        && !message.has("result")
        && !message.has("error")) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD,
          message.pointer("method"),
          "method is required, or result or error of an answer");
    }
    CodexAppServerReading reading = new CodexAppServerReading(line, context, memory);
    List<Draft> drafts = reading.read();
    Rejection tooLong = message.refusal();
    return tooLong != null ? new Decoded.Rejected(tooLong) : new Decoded.Drafts(null, drafts);
  }

  @Override
  public List<Draft> endOfStream(Context context, Memory memory) {
    return CodexAppServerReading.endOfStream(context, memory);
  }
}
