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

/**
 * Symphony as press articles describe it: task envelopes, {@code yield_to_human} with a token to
 * resume by, messages of six types, a registry. <b>No specification and no implementation has
 * it</b>; every meaning is our reading of the articles (protocols.md 2), so every state says that
 * it is derived, and every summary begins with {@value SymphonyArticleReading#LABEL}.
 *
 * <p>Read are bare messages and {@code {"ts","topic","key","headers","value"}}, as a queue hands
 * them on; there task and run may stand in the headers and the task in the key.
 */
public final class SymphonyArticleDialect implements Dialect {
  public static final String NAME = "symphony-article";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode value = SymphonyArticleMessage.valueOf(record.json());
    if (!value.isObject()) {
      return false;
    }
    if (value.path("symphony_event").isTextual()) {
      return true;
    }
    if (value.path("registry_event").isTextual()) {
      return value.path("agent").isTextual();
    }
    if (value.path("symphony_version").isTextual()) {
      return value.has("task_id") || value.has("objective");
    }
    JsonNode type = value.path("type");
    return type.isTextual()
        ? SymphonyArticleMessage.typeOf(type) != null
        : SymphonyArticleMessage.typeOf(type) != null
            && value.path("task_id").isTextual()
            && value.path("payload").isObject();
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (!record.json().isObject()) {
      return Decoded.Rejected.of(Code.INVALID_FIELD, "", "a message is a JSON object");
    }
    SymphonyArticleMessage message = SymphonyArticleMessage.of(record.json(), context);
    if (message.kind() == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD,
          message.value().pointer("type"),
          "one of symphony_version, symphony_event, registry_event and type is required");
    }
    if (message.kind() == SymphonyArticleMessage.Kind.ENVELOPE && message.task() == null) {
      return Decoded.Rejected.of(
          Code.MISSING_FIELD,
          message.value().pointer("task_id"),
          "task_id is required for a task, in the message, its headers or its key");
    }
    List<Draft> drafts = new SymphonyArticleReading(message, context, memory).read();
    Rejection tooLong = message.value().refusal();
    return tooLong != null ? new Decoded.Rejected(tooLong) : new Decoded.Drafts(null, drafts);
  }
}
