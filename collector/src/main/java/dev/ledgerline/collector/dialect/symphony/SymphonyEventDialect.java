// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import java.util.Set;

/**
 * Runtime events of Symphony's agents (specification 10.4: {@code event timestamp
 * codex_app_server_pid? usage? payload}), as an orchestrator passes them on beside the issue. The
 * reference implementation keeps them to itself; ports push them.
 *
 * <p>No event tells a dispatch, an attempt or the end of a run. A run is a thread of an issue, from
 * its first session on; when another thread of the issue begins, the one before has ended, and
 * nobody says how.
 */
public final class SymphonyEventDialect implements Dialect {
  public static final String NAME = "symphony-event";

  /** Specification 10.4, and what the reference implementation adds to it. */
  private static final Set<String> EVENTS =
      Set.of(
          "session_started",
          "startup_failed",
          "turn_completed",
          "turn_failed",
          "turn_cancelled",
          "turn_ended_with_error",
          "turn_input_required",
          "approval_required",
          "approval_auto_approved",
          "unsupported_tool_call",
          "tool_call_completed",
          "tool_call_failed",
          "notification",
          "other_message",
          "malformed");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    JsonNode json = record.json();
    return json.isObject()
        && json.path("timestamp").isTextual()
        && EVENTS.contains(json.path("event").asText())
        && (json.has("codex_app_server_pid") || json.has("issue_id"))
        && !json.has("level");
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (!record.json().isObject()) {
      return Decoded.Rejected.of(
          Rejection.Code.INVALID_FIELD, "", "a runtime event is a JSON object");
    }
    return new EventReading(record, context, memory, EVENTS).read();
  }
}
