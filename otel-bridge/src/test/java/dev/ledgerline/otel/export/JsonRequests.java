// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Reads OTLP/JSON with protobuf's own reader, which takes ids as base64. */
final class JsonRequests {
  private static final Pattern ID =
      Pattern.compile("\"(traceId|spanId|parentSpanId)\":\"([0-9a-f]*)\"");

  private JsonRequests() {}

  static byte[] protobuf(Signal signal, byte[] json) throws IOException {
    Message.Builder export =
        switch (signal) {
          case TRACES -> ExportTraceServiceRequest.newBuilder();
          case LOGS -> ExportLogsServiceRequest.newBuilder();
          case METRICS -> ExportMetricsServiceRequest.newBuilder();
        };
    new ObjectMapper().readTree(json);
    String text =
        ID.matcher(new String(json, StandardCharsets.UTF_8))
            .replaceAll(
                id ->
                    "\"%s\":\"%s\""
                        .formatted(
                            id.group(1),
                            Base64.getEncoder()
                                .encodeToString(HexFormat.of().parseHex(id.group(2)))));
    JsonFormat.parser().merge(text, export);
    return export.build().toByteArray();
  }
}
