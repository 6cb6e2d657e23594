// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.google.protobuf.Message;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One export: items of one signal, those with the same resource and scope together. */
record Request(List<Item> items) {
  /** Requests of at most so many items and about so many bytes; an item is never cut. */
  static List<Request> of(List<Item> items, int maxItems, int maxBytes) {
    List<Request> requests = new ArrayList<>();
    List<Item> some = new ArrayList<>();
    long bytes = 0;
    for (Item item : items) {
      if (!some.isEmpty() && (some.size() == maxItems || bytes + item.bytes() > maxBytes)) {
        requests.add(new Request(List.copyOf(some)));
        some.clear();
        bytes = 0;
      }
      some.add(item);
      bytes += item.bytes();
    }
    if (!some.isEmpty()) {
      requests.add(new Request(List.copyOf(some)));
    }
    return requests;
  }

  /** Two with half of the items each; for requests of two items and more. */
  List<Request> halves() {
    int half = items.size() / 2;
    return List.of(
        new Request(items.subList(0, half)), new Request(items.subList(half, items.size())));
  }

  Message message(Signal signal) {
    Map<Item.Group, List<Message>> groups = new LinkedHashMap<>();
    for (Item item : items) {
      groups.computeIfAbsent(item.group(), _ -> new ArrayList<>()).add(item.message());
    }
    return switch (signal) {
      case TRACES -> traces(groups);
      case LOGS -> logs(groups);
      case METRICS -> metrics(groups);
    };
  }

  private static Message traces(Map<Item.Group, List<Message>> groups) {
    ExportTraceServiceRequest.Builder export = ExportTraceServiceRequest.newBuilder();
    groups.forEach(
        (group, spans) -> {
          ScopeSpans.Builder scoped = ScopeSpans.newBuilder().setSchemaUrl(group.schemaUrl());
          InstrumentationScope scope = group.scope();
          if (scope != null) {
            scoped.setScope(scope);
          }
          spans.forEach(span -> scoped.addSpans((Span) span));
          export.addResourceSpans(
              ResourceSpans.newBuilder()
                  .setResource(group.resource())
                  .setSchemaUrl(group.resourceSchemaUrl())
                  .addScopeSpans(scoped));
        });
    return export.build();
  }

  private static Message logs(Map<Item.Group, List<Message>> groups) {
    ExportLogsServiceRequest.Builder export = ExportLogsServiceRequest.newBuilder();
    groups.forEach(
        (group, records) -> {
          ScopeLogs.Builder scoped = ScopeLogs.newBuilder().setSchemaUrl(group.schemaUrl());
          InstrumentationScope scope = group.scope();
          if (scope != null) {
            scoped.setScope(scope);
          }
          records.forEach(log -> scoped.addLogRecords((LogRecord) log));
          export.addResourceLogs(
              ResourceLogs.newBuilder()
                  .setResource(group.resource())
                  .setSchemaUrl(group.resourceSchemaUrl())
                  .addScopeLogs(scoped));
        });
    return export.build();
  }

  private static Message metrics(Map<Item.Group, List<Message>> groups) {
    ExportMetricsServiceRequest.Builder export = ExportMetricsServiceRequest.newBuilder();
    groups.forEach(
        (group, metrics) -> {
          ScopeMetrics.Builder scoped = ScopeMetrics.newBuilder().setSchemaUrl(group.schemaUrl());
          InstrumentationScope scope = group.scope();
          if (scope != null) {
            scoped.setScope(scope);
          }
          metrics.forEach(metric -> scoped.addMetrics((Metric) metric));
          export.addResourceMetrics(
              ResourceMetrics.newBuilder()
                  .setResource(group.resource())
                  .setSchemaUrl(group.resourceSchemaUrl())
                  .addScopeMetrics(scoped));
        });
    return export.build();
  }
}
