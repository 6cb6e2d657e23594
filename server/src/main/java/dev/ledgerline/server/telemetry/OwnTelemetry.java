// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.telemetry;

import dev.ledgerline.log.EventLog;
import dev.ledgerline.query.http.Metric;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Reports a span for each request that brings events, how long the log takes to make them durable,
 * and every number of {@code /metrics}. What the target does not take is dropped: this is about the
 * server, never about runs.
 */
public final class OwnTelemetry implements AutoCloseable {
  private static final String INGEST = "/v1/events";
  private static final String SPAN = "ledgerline.span";
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  private final SdkTracerProvider traces;
  private final SdkMeterProvider metrics;
  private final Tracer tracer;
  private final Meter meter;
  private final DoubleHistogram appends;

  /**
   * @param url the base: {@code /v1/traces} and {@code /v1/metrics} are added
   * @param every how often metrics and spans are sent
   */
  public OwnTelemetry(URI url, String version, Duration every) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "ledgerline",
                        AttributeKey.stringKey("service.version"),
                        version)));
    String base = url.toString().replaceFirst("/+$", "");
    this.traces =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder().setEndpoint(base + "/v1/traces").build())
                    .setScheduleDelay(every)
                    .build())
            .build();
    this.metrics =
        SdkMeterProvider.builder()
            .setResource(resource)
            .registerMetricReader(
                PeriodicMetricReader.builder(
                        OtlpHttpMetricExporter.builder().setEndpoint(base + "/v1/metrics").build())
                    .setInterval(every)
                    .build())
            .build();
    this.tracer = traces.get("dev.ledgerline.server");
    this.meter = metrics.get("dev.ledgerline.server");
    this.appends =
        meter
            .histogramBuilder("ledgerline.append.duration")
            .setUnit("s")
            .setDescription("Until what was appended is durable.")
            .setExplicitBucketBoundariesAdvice(
                List.of(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0))
            .build();
  }

  /** The log, with its appends measured. */
  public EventLog measured(EventLog log) {
    return new MeasuredLog(log, seconds -> appends.record(seconds));
  }

  /** A span for each request that brings events. */
  public void register(JavalinConfig config) {
    config.routes.before(INGEST, this::began);
    config.routes.after(INGEST, OwnTelemetry::ended);
  }

  private void began(Context request) {
    if (HandlerType.POST.equals(request.method())) {
      request.attribute(
          SPAN,
          tracer
              .spanBuilder("POST " + INGEST)
              .setSpanKind(SpanKind.SERVER)
              .setAttribute(METHOD, "POST")
              .setAttribute(ROUTE, INGEST)
              .startSpan());
    }
  }

  private static void ended(Context request) {
    Span span = request.attribute(SPAN);
    if (span != null) {
      int status = request.statusCode();
      span.setAttribute(STATUS, (long) status);
      if (status >= 500) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  /** Every number of {@code /metrics}, whenever metrics are sent. */
  public void watch(Supplier<List<Metric>> gauges) {
    for (Metric metric : gauges.get()) {
      String name = metric.name();
      if (metric.type() == Metric.Type.COUNTER) {
        meter
            .counterBuilder(name)
            .ofDoubles()
            .setDescription(metric.help())
            .buildWithCallback(measurement -> tell(name, gauges.get(), measurement));
      } else {
        meter
            .gaugeBuilder(name)
            .setDescription(metric.help())
            .buildWithCallback(measurement -> tell(name, gauges.get(), measurement));
      }
    }
  }

  private static void tell(
      String name, List<Metric> metrics, ObservableDoubleMeasurement measurement) {
    for (Metric metric : metrics) {
      if (metric.name().equals(name)) {
        for (Metric.Sample sample : metric.samples()) {
          AttributesBuilder attributes = Attributes.builder();
          for (Map.Entry<String, String> label : sample.labels().entrySet()) {
            attributes.put(label.getKey(), label.getValue());
          }
          measurement.record(sample.value(), attributes.build());
        }
      }
    }
  }

  /** Sends what is left, for a moment. */
  @Override
  public void close() {
    traces.shutdown().join(2, TimeUnit.SECONDS);
    metrics.shutdown().join(2, TimeUnit.SECONDS);
  }
}
