// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message of the articles, out of what its queue put around it.
 *
 * @param kind null where it is none of them
 * @param type the type of a message, null where it is of another kind or of no known type
 * @param task and {@code run}: of the message, else of its headers, else of its key, else of the
 *     request
 * @param at when the queue took it, else the message's own time: one clock for all of a queue
 */
record SymphonyArticleMessage(
    Fields value,
    @Nullable Kind kind,
    @Nullable Type type,
    @Nullable String task,
    @Nullable String run,
    @Nullable Instant at) {

  /** What tells one sort of message from another. */
  enum Kind {
    ENVELOPE,
    EVENT,
    REGISTRY,
    TYPED
  }

  /** The types by their numbers. */
  enum Type {
    AGENT_INIT,
    AGENT_TASK,
    AGENT_RESPONSE,
    AGENT_ERROR,
    AGENT_CANCEL,
    AGENT_SYNC
  }

  /** The message inside of what a queue hands on. */
  static JsonNode valueOf(JsonNode json) {
    boolean wrapped = json.path("value").isObject() && (json.has("topic") || json.has("headers"));
    return wrapped ? json.path("value") : json;
  }

  /** By name or number; null where there is no such type. */
  static @Nullable Type typeOf(JsonNode type) {
    for (Type known : Type.values()) {
      boolean is =
          type.isTextual()
              ? type.textValue().equals(known.name())
              : type.isInt() && type.intValue() == known.ordinal();
      if (is) {
        return known;
      }
    }
    return null;
  }

  static SymphonyArticleMessage of(JsonNode json, Context context) {
    Fields record = Fields.of(json, "");
    boolean wrapped = !json.equals(valueOf(json));
    Fields value = wrapped ? record.inside("value") : record;
    Fields headers = wrapped && json.path("headers").isObject() ? record.inside("headers") : value;
    String task = first(value.id("task_id"), headers.id("task_id"));
    if (task == null && wrapped) {
      task = record.id("key");
    }
    return new SymphonyArticleMessage(
        value,
        kindOf(value),
        typeOf(value.node().path("type")),
        first(task, context.task()),
        first(first(value.id("run_id"), headers.id("run_id")), context.run()),
        wrapped && record.has("ts") ? record.time("ts") : value.time("timestamp"));
  }

  private static @Nullable Kind kindOf(Fields value) {
    return value.has("symphony_event")
        ? Kind.EVENT
        : value.has("registry_event")
            ? Kind.REGISTRY
            : value.has("symphony_version") ? Kind.ENVELOPE : value.has("type") ? Kind.TYPED : null;
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }
}
