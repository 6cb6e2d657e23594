// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.kafka.KafkaSource;
import dev.ledgerline.collector.scrape.SymphonyScrape;
import dev.ledgerline.indexer.Indexer;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.otel.export.Exporter;
import dev.ledgerline.query.http.ExportStatus;
import dev.ledgerline.query.http.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the parts say about themselves to those who watch the server.
 *
 * @param indexer null where nothing is indexed
 */
record Gauges(
    EventLog log,
    @Nullable Indexer indexer,
    Admission admission,
    List<KafkaSource> topics,
    List<Exporter> exporters,
    List<SymphonyScrape> scrapes) {
  List<Metric> metrics() {
    Runtime heap = Runtime.getRuntime();
    long waiting = log.enqueued().number() - log.end().number();
    List<Metric> metrics = new ArrayList<>();
    metrics.add(gauge("heap_used_bytes", "Heap in use.", heap.totalMemory() - heap.freeMemory()));
    metrics.add(
        gauge("admission_held_bytes", "Bodies of requests in memory.", admission.heldBytes()));
    metrics.add(gauge("log_waiting_entries", "Entries that are not durable yet.", waiting));
    if (indexer != null) {
      metrics.add(counter("indexer_entries", "Entries indexed.", indexer.entries()));
      metrics.add(counter("indexer_refreshes", "Times it was made visible.", indexer.refreshes()));
      metrics.add(counter("indexer_commits", "Times it was made durable.", indexer.commits()));
      metrics.add(counter("indexer_failures", "Times it failed, to retry.", indexer.failures()));
      metrics.add(counter("indexer_unreadable", "Entries passed over.", indexer.unreadable()));
      metrics.add(counter("indexer_rebuilds", "Times it began again.", indexer.rebuilds()));
    }
    if (!topics.isEmpty()) {
      metrics.add(counter("kafka_messages", "Messages stored.", sum(KafkaSource::messages)));
      metrics.add(counter("kafka_empty", "Messages without a value.", sum(KafkaSource::empty)));
      metrics.add(counter("kafka_rejected", "Records refused.", sum(KafkaSource::rejected)));
      metrics.add(counter("kafka_pauses", "Times there was no room.", sum(KafkaSource::pauses)));
      metrics.add(gauge("kafka_lag", "Messages yet to be read.", sum(KafkaSource::lag)));
      metrics.add(reading());
    }
    if (!scrapes.isEmpty()) {
      metrics.add(each("scrape_polls_total", "Polls.", SymphonyScrape::polls));
      metrics.add(each("scrape_failures_total", "Polls in vain.", SymphonyScrape::failures));
      metrics.add(each("scrape_snapshots_total", "Snapshots stored.", SymphonyScrape::snapshots));
      metrics.add(each("scrape_up", "1: it answers.", s -> s.trouble() == null ? 1 : 0));
    }
    metrics.addAll(ExportMetrics.of(exporters.stream().map(Exporter::progress).toList()));
    return metrics;
  }

  List<ExportStatus> exports() {
    return exporters.stream().map(Exporter::progress).map(ExportMetrics::status).toList();
  }

  /** For each instance that is polled. */
  private Metric each(String name, String help, ToLongFunction<SymphonyScrape> value) {
    return new Metric(
        "ledgerline_" + name,
        name.endsWith("_total") ? Metric.Type.COUNTER : Metric.Type.GAUGE,
        help,
        scrapes.stream()
            .map(
                scrape ->
                    new Metric.Sample(
                        Map.of("instance", scrape.target().source()),
                        (double) value.applyAsLong(scrape)))
            .toList());
  }

  /** For each source of topics; the log says why one is not read. */
  private Metric reading() {
    return new Metric(
        "ledgerline_kafka_up",
        Metric.Type.GAUGE,
        "1: its topics are read.",
        topics.stream()
            .map(
                source ->
                    new Metric.Sample(
                        Map.of(
                            "group",
                            source.settings().group(),
                            "topics",
                            String.join(",", source.settings().topics().keySet())),
                        source.trouble() == null ? 1.0 : 0.0))
            .toList());
  }

  private long sum(ToLongFunction<KafkaSource> count) {
    return topics.stream().mapToLong(count).sum();
  }

  /** What keeps the server from being ready. */
  List<String> troubles() {
    if (indexer == null || indexer.state() == Indexer.State.RUNNING) {
      return List.of();
    }
    return List.of("indexing is " + indexer.state().word() + ": " + indexer.failure());
  }

  private static Metric gauge(String name, String help, long value) {
    return Metric.of("ledgerline_" + name, Metric.Type.GAUGE, help, (double) value);
  }

  private static Metric counter(String name, String help, long value) {
    return Metric.of("ledgerline_" + name + "_total", Metric.Type.COUNTER, help, (double) value);
  }
}
