// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The description of the whole interface: a file, with the dialects of this server put in. */
final class OpenApi {
  private static final String FILE = "openapi.json";

  private OpenApi() {}

  /**
   * @param dialects in the order in which a record that fits several is given to them
   */
  static byte[] describe(List<String> dialects, String version) {
    JsonMapper mapper = new JsonMapper();
    try (InputStream file = OpenApi.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is not in the jar");
      }
      JsonNode api = mapper.readTree(file);
      ((ObjectNode) api.at("/info")).put("version", version);
      ArrayNode names = (ArrayNode) api.at("/components/schemas/Dialect/enum");
      names.removeAll();
      dialects.forEach(names::add);
      return mapper.writeValueAsBytes(api);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
