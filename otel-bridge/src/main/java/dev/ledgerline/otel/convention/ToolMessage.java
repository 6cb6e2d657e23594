// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.StepKind;

/** What LangChain's message with the answer of a tool tells: of which call, and how it went. */
final class ToolMessage {
  private ToolMessage() {}

  /**
   * @param output the message, or an object that is it serialized; anything else says nothing
   */
  static void read(JsonNode output, Reading reading) {
    JsonNode message =
        output.has("data")
            ? output.path("data")
            : output.has("kwargs") ? output.path("kwargs") : output;
    if (reading.kind != StepKind.TOOL || !message.path("tool_call_id").isTextual()) {
      return;
    }
    reading.callId = message.path("tool_call_id").textValue();
    if (message.path("status").asText().equals("error")) {
      reading.failed = true;
      reading.error = Spans.firstLine(message.path("content").asText());
    }
  }
}
