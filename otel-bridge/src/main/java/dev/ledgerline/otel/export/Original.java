// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What came in as OTLP, as it came: {@code {"resource":{…},"scope":{…},"span":{…}}} (see {@code
 * otel.receive}), also with {@code logRecord} or {@code metric}. It leaves with its own ids,
 * resource, scope, attributes, events, links and status.
 */
record Original(Signal signal, Item item) {
  /** As deep and as long as the limits of the collector may be set. */
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(5_000)
                      .maxStringLength(Integer.MAX_VALUE)
                      .build())
              .build());

  /** Null where the record is none of OTLP. */
  static @Nullable Original read(byte[] record) {
    JsonNode json;
    try {
      json = JSON.readTree(record);
    } catch (IOException e) {
      return null;
    }
    for (Signal signal : Signal.values()) {
      JsonNode told = json.path(signal.member());
      if (told.isObject()) {
        Item.Group group = group(json);
        return new Original(
            signal, Item.of(group, OtlpJson.message(told, signal.item().newBuilderForType())));
      }
    }
    return null;
  }

  private static Item.Group group(JsonNode json) {
    JsonNode scope = json.path("scope");
    return new Item.Group(
        (Resource) OtlpJson.message(json.path("resource"), Resource.newBuilder()),
        json.path("resourceSchemaUrl").asText(""),
        scope.isObject()
            ? (InstrumentationScope) OtlpJson.message(scope, InstrumentationScope.newBuilder())
            : null,
        json.path("schemaUrl").asText(""));
  }
}
