// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.google.protobuf.Descriptors.Descriptor;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an export holds. The three kinds are built alike (resource, scope, items; the same numbers
 * of the same fields, opentelemetry-proto 1.11), so one reader reads them all, and one record is
 * one item: a span, a log record, or a metric with all its data points.
 */
public enum Signal {
  TRACES("Trace", "Spans", "spans", "span", "rejectedSpans", "spans", Span.getDescriptor()),
  LOGS(
      "Logs",
      "Logs",
      "logRecords",
      "logRecord",
      "rejectedLogRecords",
      "log records",
      LogRecord.getDescriptor()),
  METRICS(
      "Metrics",
      "Metrics",
      "metrics",
      "metric",
      "rejectedDataPoints",
      "metrics",
      Metric.getDescriptor());

  final String resourceGroups;
  final String scopeGroups;
  final String items;

  /** The member of a record that holds the item. */
  final String member;

  /** The field of a partial success. */
  final String rejected;

  /** Items, for people. */
  final String records;

  final Descriptor item;
  private final String service;

  Signal(
      String service,
      String group,
      String items,
      String member,
      String rejected,
      String records,
      Descriptor item) {
    this.resourceGroups = "resource" + group;
    this.scopeGroups = "scope" + group;
    this.items = items;
    this.member = member;
    this.rejected = rejected;
    this.records = records;
    this.item = item;
    this.service =
        "opentelemetry.proto.collector.%s.v1.%sService"
            .formatted(service.toLowerCase(Locale.ROOT), service);
  }

  /** Where its exports are posted. */
  public String path() {
    return "/v1/" + name().toLowerCase(Locale.ROOT);
  }

  /** The gRPC service whose {@code Export} takes it. */
  public String service() {
    return service;
  }

  /** The signal of a path such as {@code /v1/traces}, null where it is none. */
  public static @Nullable Signal ofPath(String path) {
    for (Signal signal : values()) {
      if (signal.path().equals(path)) {
        return signal;
      }
    }
    return null;
  }
}
