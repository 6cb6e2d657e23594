// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static dev.ledgerline.query.http.Metric.Type.COUNTER;
import static dev.ledgerline.query.http.Metric.Type.GAUGE;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.indexer.Indexer;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.query.http.Metric;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts say about themselves to those who watch the server.
 *
 * @param indexer null where nothing is indexed
 */
record Gauges(EventLog log, @Nullable Indexer indexer, Admission admission) {
  List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    Runtime heap = Runtime.getRuntime();
    metrics.add(
        Metric.of(
            "ledgerline_heap_used_bytes",
            GAUGE,
            "Heap in use.",
            heap.totalMemory() - heap.freeMemory()));
    metrics.add(
        Metric.of(
            "ledgerline_admission_held_bytes",
            GAUGE,
            "Bodies of requests in memory.",
            admission.heldBytes()));
    metrics.add(
        Metric.of(
            "ledgerline_log_waiting_entries",
            GAUGE,
            "Entries that were appended and are not durable yet.",
            log.enqueued().number() - log.end().number()));
    if (indexer != null) {
      metrics.add(
          Metric.of(
              "ledgerline_indexer_entries_total",
              COUNTER,
              "Entries indexed since the start.",
              indexer.entries()));
      metrics.add(
          Metric.of(
              "ledgerline_indexer_refreshes_total",
              COUNTER,
              "How often what was indexed was made visible.",
              indexer.refreshes()));
      metrics.add(
          Metric.of(
              "ledgerline_indexer_commits_total",
              COUNTER,
              "How often the index was made durable.",
              indexer.commits()));
      metrics.add(
          Metric.of(
              "ledgerline_indexer_failures_total",
              COUNTER,
              "How often indexing failed and went back to its last commit.",
              indexer.failures()));
      metrics.add(
          Metric.of(
              "ledgerline_indexer_unreadable_total",
              COUNTER,
              "Entries of the log that could not be decoded.",
              indexer.unreadable()));
    }
    return metrics;
  }

  /** What keeps the server from being ready. */
  List<String> troubles() {
    if (indexer == null || indexer.state() == Indexer.State.RUNNING) {
      return List.of();
    }
    return List.of("indexing is " + indexer.state().word() + ": " + indexer.failure());
  }
}
