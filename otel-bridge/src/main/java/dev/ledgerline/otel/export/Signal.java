// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.Message;
import dev.ledgerline.event.Word;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.function.Supplier;

/** The three kinds of exports of the protocol. */
public enum Signal implements Word {
  LOGS("Logs", "logRecord", LogRecord::newBuilder),
  TRACES("Trace", "span", Span::newBuilder),
  METRICS("Metrics", "metric", Metric::newBuilder);

  /** The member of a stored OTLP record that holds its item. */
  final String member;

  final Supplier<Message.Builder> builder;
  private final String service;

  Signal(String service, String member, Supplier<Message.Builder> builder) {
    this.service = service;
    this.member = member;
    this.builder = builder;
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
