// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import java.time.Instant;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One line of the exchange, out of its wrapper.
 *
 * @param message what was said; of no fields where it was no JSON
 * @param text what was said where it was no JSON, null where it was
 * @param sender null where nothing tells who said it
 * @param told when the recorder saw it, null without a wrapper
 * @param stream the stream of records that it stands in
 * @param launch which connection of the stream it belongs to, empty where the stream has one at a
 *     time
 * @param issue what an orchestrator worked at, null where none is named
 */
record CodexAppServerLine(
    Fields message,
    @Nullable String text,
    @Nullable Sender sender,
    @Nullable Instant told,
    String stream,
    String launch,
    @Nullable String issue) {

  /** Who speaks. */
  enum Sender {
    CLIENT,
    SERVER
  }

  static boolean isWrapped(JsonNode json) {
    JsonNode message = json.path("message");
    return (message.isObject() || message.isTextual()) && senderOf(json) != null;
  }

  private static @Nullable Sender senderOf(JsonNode json) {
    return switch (json.path("direction").asText()) {
      case "client_to_server" -> Sender.CLIENT;
      case "server_to_client" -> Sender.SERVER;
      default -> null;
    };
  }

  static CodexAppServerLine of(JsonNode json, Context context) {
    Fields record = Fields.of(json, "");
    String stream = context.stream() == null ? "" : context.stream();
    if (!isWrapped(json)) {
      return new CodexAppServerLine(record, null, null, null, stream, "", null);
    }
    StringJoiner launch = new StringJoiner("/");
    for (String name : new String[] {"connection_id", "issue", "launch"}) {
      if (json.path(name).isValueNode() && !json.path(name).isNull()) {
        launch.add(json.path(name).asText());
      }
    }
    String text = json.path("message").textValue();
    return new CodexAppServerLine(
        text == null ? record.inside("message") : Fields.of(record.node().path("message"), ""),
        text,
        senderOf(json),
        record.time("ts"),
        stream,
        launch.toString(),
        record.id("issue"));
  }

  /** Under what is remembered about this connection. */
  String connection() {
    return stream + "\n" + launch;
  }

  /** Of the connections of an issue only the newest is alive: what names that issue. */
  @Nullable String succession() {
    return issue == null ? null : stream + "\n" + issue;
  }
}
