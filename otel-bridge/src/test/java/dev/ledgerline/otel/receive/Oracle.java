// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** Google's JSON for protobuf, with the ids of OTLP/JSON put right: a second opinion. */
final class Oracle {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Oracle() {}

  static byte[] toJson(Message export) throws IOException {
    String printed = JsonFormat.printer().printingEnumsAsInts().print(export);
    JsonNode tree = JSON.readTree(printed);
    ids(tree, base64 -> HexFormat.of().formatHex(Base64.getDecoder().decode(base64)));
    return JSON.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
  }

  static ExportTraceServiceRequest toProtobuf(byte[] json) throws IOException {
    JsonNode tree = JSON.readTree(json);
    ids(tree, hex -> Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    ExportTraceServiceRequest.Builder export = ExportTraceServiceRequest.newBuilder();
    try {
      JsonFormat.parser().ignoringUnknownFields().merge(tree.toString(), export);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(e);
    }
    return export.build();
  }

  private static void ids(JsonNode node, UnaryOperator<String> rewrite) {
    if (node instanceof ObjectNode object) {
      for (String id : List.of("traceId", "spanId", "parentSpanId")) {
        if (object.path(id).isTextual()) {
          object.put(id, rewrite.apply(object.path(id).textValue()));
        }
      }
    }
    node.forEach(child -> ids(child, rewrite));
  }
}
