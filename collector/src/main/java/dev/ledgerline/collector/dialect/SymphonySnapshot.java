// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /api/v1/state} of a Symphony instance says (Symphony 13.7.2), read leniently: the
 * reference and its ports differ in fields around the ones that all have.
 *
 * @param at when it was made: by the instance's clock, else when it was asked
 * @param tokens spent by all sessions since the instance started, null if not told
 * @param seconds that agents ran since the instance started, null if not told
 * @param rows by the id of their issue, at most {@value #MOST_ROWS}
 * @param passedOver rows beyond these
 */
public record SymphonySnapshot(
    @Nullable Instant at,
    @Nullable Long tokens,
    @Nullable Double seconds,
    Map<String, SymphonyRow> rows,
    int passedOver) {
  /** An instance runs a handful of agents; bounds what is remembered of it. */
  static final int MOST_ROWS = 500;

  /** A session that goes on gives a sign of life at most this often. */
  static final Duration SIGN_OF_LIFE = Duration.ofMinutes(1);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An answer that is no state, and why. */
  record NoState(@Nullable Instant at, String why) {}

  /** The state, out of what a recorder or a port put around it; null where there is none. */
  public static @Nullable SymphonySnapshot in(JsonNode record) {
    JsonNode state = stateIn(record);
    return isState(state) && !hasError(state) ? read(state, polledAt(record)) : null;
  }

  /** Whether a record is an answer of such an instance, with or without a state. */
  static boolean isAnswer(JsonNode record) {
    if (!record.isObject()) {
      return false;
    }
    boolean poll =
        record.path("polled_at").isTextual()
            && (record.path("body").isTextual()
                || record.path("body").isObject()
                || record.path("error").isTextual());
    if (poll) {
      return true;
    }
    JsonNode state = record.path("state").isObject() ? record.path("state") : record;
    return isState(state)
        || (record.path("generated_at").isTextual()
            && record.path("error").path("code").asText().startsWith("snapshot_"));
  }

  /** Why a record is no state. */
  static NoState noState(JsonNode record) {
    JsonNode state = stateIn(record);
    JsonNode error = record.path("error").isTextual() ? record.path("error") : state.path("error");
    String why =
        error.isTextual()
            ? error.textValue()
            : error.path("code").isTextual()
                ? error.path("code").textValue()
                : record.path("status").isInt() && record.path("status").intValue() != 200
                    ? "status " + record.path("status").intValue()
                    : "the answer is no state";
    Instant at = time(state, "generated_at");
    return new NoState(at == null ? polledAt(record) : at, why);
  }

  private static @Nullable Instant polledAt(JsonNode record) {
    return time(record, "polled_at");
  }

  private static JsonNode stateIn(JsonNode record) {
    JsonNode body = record;
    if (record.path("polled_at").isTextual()) {
      boolean good = !record.has("status") || record.path("status").asInt() == 200;
      body = good ? record.path("body") : MissingNode.getInstance();
    }
    if (body.isTextual()) {
      try {
        body = JSON.readTree(body.textValue());
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }
    return body.path("state").isObject() ? body.path("state") : body;
  }

  private static boolean isState(JsonNode state) {
    return state.path("running").isArray()
        && state.path("retrying").isArray()
        && (state.has("generated_at") || state.has("counts") || state.has("codex_totals"));
  }

  /** A 200 may carry an error in place of a state, or beside half of one. */
  private static boolean hasError(JsonNode state) {
    return state.path("error").isObject() || state.path("error").isTextual();
  }

  private static SymphonySnapshot read(JsonNode state, @Nullable Instant polledAt) {
    Map<String, SymphonyRow> rows = new LinkedHashMap<>();
    int passedOver = 0;
    for (SymphonyRow.Listed list : SymphonyRow.Listed.values()) {
      for (JsonNode told : state.path(list.word())) {
        SymphonyRow row = SymphonyRow.read(told, list);
        if (row != null && rows.size() < MOST_ROWS) {
          rows.putIfAbsent(row.issue(), row);
        } else {
          passedOver++;
        }
      }
    }
    Instant generated = time(state, "generated_at");
    JsonNode totals = state.path("codex_totals");
    JsonNode seconds = totals.path("seconds_running");
    return new SymphonySnapshot(
        generated == null ? polledAt : generated,
        totals.path("total_tokens").canConvertToLong() && totals.path("total_tokens").isNumber()
            ? (Long) totals.path("total_tokens").longValue()
            : null,
        seconds.isNumber() ? (Double) seconds.doubleValue() : null,
        Collections.unmodifiableMap(rows),
        passedOver);
  }

  /**
   * Whether it says anything that the earlier one did not; times that are told anew in each answer,
   * and what a session says while it goes on, are nothing new for a minute.
   */
  public boolean saysMoreThan(SymphonySnapshot earlier) {
    if (!rows.keySet().equals(earlier.rows.keySet()) || hasFallenBehind(earlier)) {
      return true;
    }
    for (SymphonyRow row : rows.values()) {
      SymphonyRow before = earlier.rows.get(row.issue());
      if (before == null || row.saysMoreThan(before)) {
        return true;
      }
    }
    return false;
  }

  /** Sums that fall were begun anew, and only another process does that. */
  boolean hasFallenBehind(SymphonySnapshot earlier) {
    return SymphonyStateMemory.fell(earlier.tokens, earlier.seconds, tokens, seconds);
  }

  /**
   * A time of a row. One of the ports writes the first hour of a day as 24, with the date of that
   * day.
   */
  static @Nullable Instant time(JsonNode object, String name) {
    String text = object.path(name).textValue();
    return text == null ? null : Timestamps.parse(text.replace("T24:", "T00:"));
  }
}
