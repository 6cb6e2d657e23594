// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.query.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Metrics in the text format of Prometheus. */
final class PrometheusText {
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private PrometheusText() {}

  static String of(List<Metric> metrics) {
    StringBuilder text = new StringBuilder();
    for (Metric metric : metrics) {
      text.append("# HELP ").append(metric.name()).append(' ').append(metric.help()).append('\n');
      text.append("# TYPE ")
          .append(metric.name())
          .append(' ')
          .append(metric.type().word())
          .append('\n');
      for (Metric.Sample sample : metric.samples()) {
        text.append(metric.name());
        labels(text, sample.labels());
        text.append(' ').append(value(sample.value())).append('\n');
      }
    }
    return text.toString();
  }

  /** What the status says, as metrics. */
  static List<Metric> of(Status status) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(
        new Metric(
            "ledgerline_records_total",
            Metric.Type.COUNTER,
            "Records of the loss ledger by what became of them.",
            status.sources().stream()
                .flatMap(
                    line ->
                        List.of(
                            outcome(line, "stored", line.stored()),
                            outcome(line, "duplicate", line.duplicates()),
                            outcome(line, "rejected", line.rejected()))
                            .stream())
                .toList()));
    metrics.add(
        bySource(
            status,
            "ledgerline_records_in_flight",
            "Records taken in and not yet decided.",
            Status.SourceLine::inFlight));
    metrics.add(
        bySource(
            status,
            "ledgerline_records_quarantined",
            "Rejected records that still wait for repair.",
            Status.SourceLine::quarantined));
    metrics.add(count("ledgerline_log_entries", "Durable entries.", status.durable().number()));
    metrics.add(
        count(
            "ledgerline_index_entries",
            "Entries visible to questions.",
            status.indexed().number()));
    metrics.add(
        count(
            "ledgerline_index_lag_entries",
            "Durable and not yet visible.",
            status.lag().entries()));
    metrics.add(
        gauge(
            "ledgerline_index_lag_seconds",
            "Age of the oldest entry that is not visible.",
            status.lag().millis() / 1000.0));
    metrics.add(count("ledgerline_log_bytes", "Log on disk.", status.sizes().logBytes()));
    metrics.add(count("ledgerline_index_bytes", "Index on disk.", status.sizes().indexBytes()));
    return metrics;
  }

  private static Metric gauge(String name, String help, double value) {
    return Metric.of(name, Metric.Type.GAUGE, help, value);
  }

  private static Metric count(String name, String help, long value) {
    return gauge(name, help, (double) value);
  }

  private static Metric bySource(
      Status status, String name, String help, ToDoubleFunction<Status.SourceLine> value) {
    return new Metric(
        name,
        Metric.Type.GAUGE,
        help,
        status.sources().stream()
            .map(
                line ->
                    new Metric.Sample(Map.of("source", line.source()), value.applyAsDouble(line)))
            .toList());
  }

  private static Metric.Sample outcome(Status.SourceLine line, String outcome, long records) {
    return new Metric.Sample(Map.of("source", line.source(), "outcome", outcome), records);
  }

  private static void labels(StringBuilder text, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return;
    }
    String separator = "{";
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      text.append(separator).append(label.getKey()).append("=\"");
      text.append(
          label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
      text.append('"');
      separator = ",";
    }
    text.append('}');
  }

  /** Whole numbers without a point and never in powers of ten. */
  private static String value(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
