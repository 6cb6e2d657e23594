// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;

/** An event as a row. */
final class EventRow {
  private EventRow() {}

  /** Seq, time, agent, kind, summary; the source's own word where there is nothing to sum up. */
  static String[] cells(JsonNode event) {
    boolean silent = event.path("summary").asText().isEmpty();
    boolean told = event.path("occurred_at").isTextual();
    return new String[] {
      cell(event.path("seq")),
      cell(event.path(told ? "occurred_at" : "observed_at")),
      cell(event.path("agent")),
      cell(event.path("kind")),
      cell(event.path(silent ? "native_type" : "summary"))
    };
  }
}
