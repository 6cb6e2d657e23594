// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;

/**
 * Reads what a target says beside its success. Some answer with a body that is no response of the
 * protocol, or with none: a success all the same.
 */
final class PartialSuccess {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PartialSuccess() {}

  static Answer read(Signal signal, byte[] body, boolean json) {
    if (body.length == 0) {
      return Answer.Accepted.ALL;
    }
    try {
      return json ? fromJson(body) : fromProtobuf(signal, body);
    } catch (IOException e) {
      return Answer.Accepted.ALL;
    }
  }

  private static Answer fromJson(byte[] body) throws IOException {
    JsonNode partial = JSON.readTree(body).path("partialSuccess");
    long rejected = 0;
    for (String field :
        new String[] {"rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"}) {
      rejected += partial.path(field).asLong(); // a number or, being 64 bits wide, a string
    }
    return accepted(rejected, partial.path("errorMessage").asText(""));
  }

  private static Answer fromProtobuf(Signal signal, byte[] body)
      throws InvalidProtocolBufferException {
    return switch (signal) {
      case TRACES -> {
        ExportTracePartialSuccess told =
            ExportTraceServiceResponse.parseFrom(body).getPartialSuccess();
        yield accepted(told.getRejectedSpans(), told.getErrorMessage());
      }
      case LOGS -> {
        ExportLogsPartialSuccess told =
            ExportLogsServiceResponse.parseFrom(body).getPartialSuccess();
        yield accepted(told.getRejectedLogRecords(), told.getErrorMessage());
      }
      case METRICS -> {
        ExportMetricsPartialSuccess told =
            ExportMetricsServiceResponse.parseFrom(body).getPartialSuccess();
        yield accepted(told.getRejectedDataPoints(), told.getErrorMessage());
      }
    };
  }

  private static Answer accepted(long rejected, String message) {
    return new Answer.Accepted(Math.max(0, rejected), Answer.shortened(message));
  }
}
