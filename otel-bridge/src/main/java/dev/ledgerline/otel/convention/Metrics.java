// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.convention;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes drafts of a metric: one for each run or thread that its data points name, or whose trace an
 * exemplar names. What it counts is not counted again: the spans tell it for each call. A metric of
 * a whole process belongs to no run.
 */
public final class Metrics {
  private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");

  private static final List<String> KINDS =
      List.of("gauge", "sum", "histogram", "exponentialHistogram", "summary");

  /** Exemplars of other metrics are about the transport around agents. */
  private static final String OF_AGENTS = "gen_ai.";

  /** Runs and threads beyond that many are left to whoever reads the record. */
  private static final int MAX_NAMED = 32;

  private final Map<Scope, @Nullable Instant> named = new LinkedHashMap<>();

  private Metrics() {}

  /** The drafts of a record as {@code dev.ledgerline.otel.receive} writes them. */
  public static List<Draft> drafts(JsonNode record) {
    JsonNode metric = record.path("metric");
    String name = metric.path("name").asText();
    Metrics read = new Metrics();
    for (String kind : KINDS) {
      for (JsonNode point : metric.path(kind).path("dataPoints")) {
        read.point(record, point, name.startsWith(OF_AGENTS));
      }
    }
    if (read.named.isEmpty()) {
      return List.of(Draft.of(Scope.NONE, "metric", new Fact.Snapshot(), name));
    }
    List<Draft> drafts = new ArrayList<>();
    read.named.forEach(
        (scope, at) -> drafts.add(Draft.of(scope, "metric", new Fact.Snapshot(), name).at(at)));
    return drafts;
  }

  private void point(JsonNode record, JsonNode point, boolean ofAgents) {
    SpanView view = SpanView.ofPoint(record, point);
    String thread = view.stringHereOrInResource(Meaning.THREAD);
    String run = view.stringHereOrInResource(Meaning.RUN);
    if (run != null || thread != null) {
      Scope scope = Scope.NONE.withRun(run, RunIdQuality.NATIVE).withThread(thread);
      add(scope, view.time("timeUnixNano"));
      return;
    }
    for (JsonNode exemplar : ofAgents ? point.path("exemplars") : List.<JsonNode>of()) {
      String trace = exemplar.path("traceId").asText();
      if (TRACE_ID.matcher(trace).matches()) {
        Scope scope = Scope.NONE.withTrace(trace).withRun(trace, RunIdQuality.DERIVED);
        add(scope, SpanView.ofPoint(record, exemplar).time("timeUnixNano"));
      }
    }
  }

  private void add(Scope scope, @Nullable Instant at) {
    if (named.size() < MAX_NAMED) {
      named.putIfAbsent(scope, at);
    }
  }
}
