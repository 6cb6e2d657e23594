// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one log.
 *
 * @param log its name, absolute
 * @param stream under which its records are sent
 * @param next the number of the next record; no number is ever used for two
 * @param circle whether its files are overwritten in a circle
 * @param open files that may still have more, oldest first; their places are acknowledged
 * @param finished files that were read to their end, the newest last: they are known again when
 *     they are renamed, copied or compressed
 * @param sending what was about to be sent; null: nothing
 */
record Cursor(
    String log,
    String stream,
    long next,
    boolean circle,
    List<Place> open,
    List<Place> finished,
    @Nullable Sending sending) {

  /**
   * A range of bytes.
   *
   * @param file index into {@code open}; the range begins at its place
   * @param to behind its last byte
   * @param records in it
   */
  record Sending(int file, long to, int records) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  byte[] toJson() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("log", log).put("stream", stream).put("next", next).put("circle", circle);
    write(open, json.putArray("open"));
    write(finished, json.putArray("finished"));
    if (sending != null) {
      json.putObject("sending")
          .put("file", sending.file)
          .put("to", sending.to)
          .put("records", sending.records);
    }
    return JSON.writeValueAsBytes(json);
  }

  static Cursor ofJson(byte[] bytes) throws IOException {
    JsonNode json = JSON.readTree(bytes);
    if (!json.path("stream").isTextual() || !json.path("next").isIntegralNumber()) {
      throw new IOException("this is no cursor of a shipper");
    }
    JsonNode sending = json.path("sending");
    return new Cursor(
        json.path("log").asText(),
        json.path("stream").asText(),
        json.path("next").asLong(),
        json.path("circle").asBoolean(),
        places(json.path("open")),
        places(json.path("finished")),
        sending.isMissingNode()
            ? null
            : new Sending(
                sending.path("file").asInt(),
                sending.path("to").asLong(),
                sending.path("records").asInt()));
  }

  private static void write(List<Place> places, ArrayNode array) {
    for (Place place : places) {
      array
          .addObject()
          .put("key", place.key())
          .put("head_bytes", place.headBytes())
          .put("head", place.head())
          .put("at", place.at())
          .put("tail_bytes", place.tailBytes())
          .put("tail", place.tail())
          .put("modified", place.modifiedMillis());
    }
  }

  private static List<Place> places(JsonNode array) {
    List<Place> places = new ArrayList<>();
    for (JsonNode place : array) {
      places.add(
          new Place(
              place.path("key").asText(),
              place.path("head_bytes").asInt(),
              place.path("head").asText(),
              place.path("at").asLong(),
              place.path("tail_bytes").asInt(),
              place.path("tail").asText(),
              place.path("modified").asLong()));
    }
    return places;
  }
}
