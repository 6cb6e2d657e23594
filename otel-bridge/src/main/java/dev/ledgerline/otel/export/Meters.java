// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.event.Word;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has been measured since the cursor began, in cumulative temporality: a point that is sent
 * twice says the same twice, where a delta would count twice. It is kept with the cursor, so it
 * goes on after a restart. Times are those of the log, not of the clock.
 */
final class Meters {
  /** Of one instrument; what is beyond counts as one. All of them are kept in the cursor's file. */
  static final int MAX_SERIES = 500;

  private static final Map<String, String> OVERFLOW = Map.of("otel.metric.overflow", "true");

  private final Map<Instrument, Map<Map<String, String>, Series>> all =
      new EnumMap<>(Instrument.class);
  private Instant since = Instant.EPOCH;
  private Instant newest = Instant.EPOCH;
  private boolean changed;

  /** One set of attributes. */
  private static final class Series {
    long count;
    double sum;
    final long[] buckets = new long[Instrument.BOUNDS.size() + 1];
  }

  /** Something was read that is from then. */
  void at(Instant observed) {
    if (since.equals(Instant.EPOCH)) {
      since = observed;
    }
    newest = observed.isAfter(newest) ? observed : newest;
  }

  void add(Instrument instrument, long count, Map<String, String> attributes) {
    if (count > 0) {
      Series series = series(instrument, attributes);
      series.count += count;
      changed = true;
    }
  }

  void record(Instrument instrument, Duration duration, Map<String, String> attributes) {
    double seconds = Math.max(0, duration.toMillis() / 1000.0);
    Series series = series(instrument, attributes);
    series.count++;
    series.sum += seconds;
    int bucket = 0;
    while (bucket < Instrument.BOUNDS.size() && seconds > Instrument.BOUNDS.get(bucket)) {
      bucket++;
    }
    series.buckets[bucket]++;
    changed = true;
  }

  private Series series(Instrument instrument, Map<String, String> attributes) {
    Map<Map<String, String>, Series> known =
        all.computeIfAbsent(instrument, _ -> new LinkedHashMap<>());
    Series series = known.get(attributes);
    if (series == null) {
      Map<String, String> key = known.size() < MAX_SERIES ? new TreeMap<>(attributes) : OVERFLOW;
      series = known.computeIfAbsent(key, _ -> new Series());
    }
    return series;
  }

  boolean changed() {
    return changed;
  }

  /** All of them as they are now. */
  List<Metric> take() {
    changed = false;
    List<Metric> metrics = new ArrayList<>();
    all.forEach(
        (instrument, series) -> {
          Metric.Builder metric =
              Metric.newBuilder()
                  .setName(instrument.metric)
                  .setUnit(instrument.unit)
                  .setDescription(instrument.description);
          series.forEach((attributes, value) -> add(metric, instrument, attributes, value));
          metrics.add(metric.build());
        });
    return metrics;
  }

  private void add(
      Metric.Builder metric, Instrument instrument, Map<String, String> attributes, Series value) {
    Attributes told = new Attributes();
    attributes.forEach(told::text);
    List<KeyValue> list = told.list();
    if (instrument.kind == Instrument.Kind.SUM) {
      metric
          .getSumBuilder()
          .setIsMonotonic(true)
          .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
          .addDataPoints(
              NumberDataPoint.newBuilder()
                  .setStartTimeUnixNano(Attributes.nanos(since))
                  .setTimeUnixNano(Attributes.nanos(newest))
                  .setAsInt(value.count)
                  .addAllAttributes(list));
      return;
    }
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(Attributes.nanos(since))
            .setTimeUnixNano(Attributes.nanos(newest))
            .setCount(value.count)
            .setSum(value.sum)
            .addAllExplicitBounds(Instrument.BOUNDS)
            .addAllAttributes(list);
    for (long bucket : value.buckets) {
      point.addBucketCounts(bucket);
    }
    metric
        .getHistogramBuilder()
        .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
        .addDataPoints(point);
  }

  void save(ObjectNode to) {
    to.put("since", since.toString()).put("newest", newest.toString()).put("changed", changed);
    ArrayNode series = to.putArray("series");
    all.forEach(
        (instrument, values) ->
            values.forEach(
                (attributes, value) -> {
                  ObjectNode one = series.addObject();
                  one.put("instrument", instrument.word()).put("count", value.count);
                  attributes.forEach(one.putObject("attributes")::put);
                  if (instrument.kind == Instrument.Kind.HISTOGRAM) {
                    one.put("sum", value.sum);
                    ArrayNode buckets = one.putArray("buckets");
                    for (long bucket : value.buckets) {
                      buckets.add(bucket);
                    }
                  }
                }));
  }

  void restore(JsonNode from) {
    if (!from.isObject()) {
      return;
    }
    since = Instant.parse(from.path("since").asText());
    newest = Instant.parse(from.path("newest").asText());
    changed = from.path("changed").asBoolean();
    for (JsonNode one : from.path("series")) {
      Instrument instrument = Word.of(Instrument.class, one.path("instrument").asText());
      if (instrument == null) {
        continue;
      }
      Map<String, String> attributes = new TreeMap<>();
      one.path("attributes")
          .properties()
          .forEach(e -> attributes.put(e.getKey(), e.getValue().asText()));
      Series series = series(instrument, attributes);
      series.count = one.path("count").asLong();
      series.sum = one.path("sum").asDouble();
      JsonNode buckets = one.path("buckets");
      for (int i = 0; i < buckets.size() && i < series.buckets.length; i++) {
        series.buckets[i] = buckets.path(i).asLong();
      }
    }
  }
}
