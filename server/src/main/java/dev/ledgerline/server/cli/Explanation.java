// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static dev.ledgerline.server.cli.Table.cell;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Why something is not done yet, and where time went, in a few lines. */
final class Explanation {
  private Explanation() {}

  /** Rows: whether it is stuck and why, since when, who must act, what it cost. */
  static void add(Table head, JsonNode why) {
    boolean stuck = why.path("stuck").asBoolean();
    head.row(stuck ? "stuck" : "why", cell(why.path("because")));
    if (!cell(why.path("since")).isEmpty()) {
      String length = Table.duration(why.path("for_ms"));
      head.row("since", cell(why.path("since")) + (length.isEmpty() ? "" : ", for " + length));
    }
    if (!cell(why.path("to_do")).isEmpty()) {
      head.row("must act", cell(why.path("must_act")) + ": " + cell(why.path("to_do")));
    }
    if (!cell(why.path("next_at")).isEmpty()) {
      head.row("goes on at", cell(why.path("next_at")));
    }
    head.row("cost so far", cost(why.path("cost")));
  }

  private static String cost(JsonNode cost) {
    List<String> parts = new ArrayList<>();
    parts.add(Table.duration(cost.path("duration_ms")));
    if (cost.path("waiting_ms").asLong() > 0) {
      parts.add(Table.duration(cost.path("waiting_ms")) + " of it waiting");
    }
    if (cost.path("attempts").asInt() > 1) {
      parts.add(cost.path("attempts").asText() + " attempts");
    }
    if (cost.at("/usage/total_tokens").isNumber()) {
      parts.add(cost.at("/usage/total_tokens").asText() + " tokens");
    }
    if (cost.at("/usage/cost_usd").isNumber()) {
      parts.add(cost.at("/usage/cost_usd").asText() + " USD");
    }
    return String.join(", ", parts);
  }

  /** {@code tool 30.0s, approval 59m40s}, in order of precedence. */
  static String classes(JsonNode time) {
    List<String> parts = new ArrayList<>();
    for (JsonNode part : time.path("classes")) {
      parts.add(cell(part.path("class")) + " " + Table.duration(part.path("ms")));
    }
    return String.join(", ", parts);
  }
}
