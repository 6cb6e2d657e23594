// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Says on stderr that a list went on. */
final class More {
  private More() {}

  static void mention(JsonNode list, PrintWriter err) {
    String cursor = list.path("next_cursor").asText("");
    if (list.path("next_cursor").isTextual()) {
      err.println("There is more: --cursor " + cursor);
      err.flush();
    }
  }
}
