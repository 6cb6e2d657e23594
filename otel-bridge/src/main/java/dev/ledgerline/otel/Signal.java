// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel;

import com.google.protobuf.Message;
import dev.ledgerline.event.Word;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import org.jspecify.annotations.Nullable;

/**
 * The three kinds of exports of the protocol. They are built alike (resource, scope, items; the
 * same numbers of the same fields, opentelemetry-proto 1.11), so one reader reads them all, and one
 * record is one item: a span, a log record, or a metric with all its data points.
 */
public enum Signal implements Word {
  LOGS(
      "logs.v1.Logs",
      "Logs",
      "logRecords",
      "logRecord",
      "rejectedLogRecords",
      "log records",
      LogRecord.getDefaultInstance()),
  TRACES(
      "trace.v1.Trace",
      "Spans",
      "spans",
      "span",
      "rejectedSpans",
      "spans",
      Span.getDefaultInstance()),
  METRICS(
      "metrics.v1.Metrics",
      "Metrics",
      "metrics",
      "metric",
      "rejectedDataPoints",
      "metrics",
      Metric.getDefaultInstance());

  private final String service;
  private final String groups;
  private final String items;
  private final String member;
  private final String rejected;
  private final String records;
  private final Message item;

  Signal(
      String service,
      String groups,
      String items,
      String member,
      String rejected,
      String records,
      Message item) {
    this.service = service;
    this.groups = groups;
    this.items = items;
    this.member = member;
    this.rejected = rejected;
    this.records = records;
    this.item = item;
  }

  /** Where HTTP posts it (OTLP specification, OTLP/HTTP Request). */
  public String path() {
    return "/v1/" + word();
  }

  /** The full name of its gRPC method. */
  public String method() {
    return "opentelemetry.proto.collector." + service + "Service/Export";
  }

  /** The field of an export that holds what its resources say. */
  public String resourceGroups() {
    return "resource" + groups;
  }

  /** The field of a resource that holds what its scopes say. */
  public String scopeGroups() {
    return "scope" + groups;
  }

  /** The field of a scope that holds the items. */
  public String items() {
    return items;
  }

  /** The member of a stored record that holds its item. */
  public String member() {
    return member;
  }

  /** The field of a partial success. */
  public String rejected() {
    return rejected;
  }

  /** Items, for people. */
  public String records() {
    return records;
  }

  /** An empty item. */
  public Message item() {
    return item;
  }

  /** Where Langfuse's SDKs send to, whose address is all that they let be changed at ease. */
  private static final String LANGFUSE = "/api/public/otel";

  /** The signal of a path such as {@code /v1/traces}, null where it is none. */
  public static @Nullable Signal ofPath(String path) {
    String own = path.startsWith(LANGFUSE) ? path.substring(LANGFUSE.length()) : path;
    for (Signal signal : values()) {
      if (signal.path().equals(own)) {
        return signal;
      }
    }
    return null;
  }
}
