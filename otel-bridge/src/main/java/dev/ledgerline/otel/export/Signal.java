// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.Message;
import dev.ledgerline.event.Word;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;

/** The three kinds of exports of the protocol. */
public enum Signal implements Word {
  LOGS("Logs", "logRecord"),
  TRACES("Trace", "span"),
  METRICS("Metrics", "metric");

  /** The member of a stored OTLP record that holds its item. */
  final String member;

  private final String service;

  Signal(String service, String member) {
    this.service = service;
    this.member = member;
  }

  /** An empty item. */
  Message.Builder builder() {
    return switch (this) {
      case LOGS -> LogRecord.newBuilder();
      case TRACES -> Span.newBuilder();
      case METRICS -> Metric.newBuilder();
    };
  }

  /** Where HTTP posts it (OTLP specification, OTLP/HTTP Request). */
  String path() {
    return "/v1/" + word();
  }

  /** The full name of its gRPC method. */
  String method() {
    return "opentelemetry.proto.collector.%s.v1.%sService/Export"
        .formatted(this == TRACES ? "trace" : word(), service);
  }
}
