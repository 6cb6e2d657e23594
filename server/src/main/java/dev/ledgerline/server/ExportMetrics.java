// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.otel.export.Exporter;
import dev.ledgerline.otel.export.Progress;
import dev.ledgerline.query.http.ExportStatus;
import dev.ledgerline.query.http.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How far the targets are, for who watches the server. */
final class ExportMetrics {
  private ExportMetrics() {}

  static ExportStatus status(Progress progress) {
    return new ExportStatus(
        progress.target(),
        progress.url(),
        progress.state().word(),
        progress.position(),
        progress.lagEntries(),
        progress.lagMillis(),
        progress.outcomes(),
        progress.retries(),
        progress.failure());
  }

  static List<Metric> of(List<Progress> targets) {
    if (targets.isEmpty()) {
      return List.of();
    }
    List<Metric.Sample> items = new ArrayList<>();
    for (Progress target : targets) {
      target
          .outcomes()
          .forEach(
              (what, count) -> {
                String[] parts = what.split(" ", 2);
                items.add(
                    new Metric.Sample(
                        Map.of("target", target.target(), "signal", parts[0], "outcome", parts[1]),
                        (double) count));
              });
    }
    return List.of(
        each(
            targets,
            "lag_entries",
            Metric.Type.GAUGE,
            "Durable and not sent.",
            Progress::lagEntries),
        each(
            targets,
            "lag_seconds",
            Metric.Type.GAUGE,
            "Age of the oldest entry that is not sent.",
            progress -> progress.lagMillis() / 1000.0),
        each(
            targets,
            "up",
            Metric.Type.GAUGE,
            "Whether the target takes what is sent.",
            progress -> progress.state() == Exporter.State.RUNNING ? 1 : 0),
        each(targets, "open_runs", Metric.Type.GAUGE, "Runs still followed.", Progress::openRuns),
        each(
            targets,
            "runs_cut_total",
            Metric.Type.COUNTER,
            "Runs sent before their end, too many being open.",
            Progress::runsCutShort),
        each(
            targets,
            "missed_entries_total",
            Metric.Type.COUNTER,
            "Entries that the log let go of before they were sent.",
            Progress::missedEntries),
        each(
            targets,
            "retries_total",
            Metric.Type.COUNTER,
            "Requests to repeat.",
            Progress::retries),
        new Metric(
            "ledgerline_export_items_total",
            Metric.Type.COUNTER,
            "Spans, log records and metrics by what became of them.",
            items));
  }

  private static Metric each(
      List<Progress> targets,
      String name,
      Metric.Type type,
      String help,
      ToDoubleFunction<Progress> value) {
    return new Metric(
        "ledgerline_export_" + name,
        type,
        help,
        targets.stream()
            .map(t -> new Metric.Sample(Map.of("target", t.target()), value.applyAsDouble(t)))
            .toList());
  }
}
