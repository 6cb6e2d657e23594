// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;

/**
 * One record as it is stored: after redaction, before any dialect has read it.
 *
 * @param bytes UTF-8; owned by the record, never changed
 * @param json the same, parsed; {@link MissingNode} where the record is not JSON (a line of text)
 */
public record RawRecord(byte[] bytes, JsonNode json) {
  public boolean isJson() {
    return !json.isMissingNode();
  }

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
