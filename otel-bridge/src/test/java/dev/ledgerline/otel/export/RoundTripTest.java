// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.ledgerline.event.Context;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.receive.Encoding;
import dev.ledgerline.otel.receive.OtlpReceiver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What came in as OTLP leaves as it came; the judge is the generated classes of the protocol. */
@Timeout(60)
class RoundTripTest {
  private static final Context CONTEXT =
      new Context("otlp", null, null, null, null, null, null, ToldLog.NOON);

  private @TempDir Path folder;

  /** A span with everything around it. */
  private record Whole(
      Resource resource,
      String resourceSchema,
      InstrumentationScope scope,
      String schema,
      Span span) {}

  @ParameterizedTest
  @EnumSource(Target.Protocol.class)
  void whatCameInAsOtlpLeavesWithItsOwnIdsAndAttributes(Target.Protocol protocol) throws Exception {
    ExportTraceServiceRequest sent = export(new Random(5), 60);
    try (ToldLog told = new ToldLog(folder.resolve("log"))) {
      receive(told, Signal.TRACES, sent);
      Set<Whole> got = protocol == Target.Protocol.GRPC ? overGrpc(told) : overHttp(told, protocol);
      Set<Whole> expected = wholes(List.of(sent));
      for (Whole one : got) {
        Span id = one.span();
        Whole same =
            expected.stream()
                .filter(e -> e.span().getSpanId().equals(id.getSpanId()))
                .findFirst()
                .orElseThrow();
        assertEquals(same, one);
      }
      assertEquals(expected.size(), got.size());
    }
  }

  @Test
  void anAttributeWithoutAValueLeavesWithAnEmptyOneBecauseTargetsHaveDiedOfNone() throws Exception {
    Span sent =
        spanOfSeveralEvents().toBuilder().addAttributes(KeyValue.newBuilder().setKey("k")).build();
    try (ToldLog told = new ToldLog(folder.resolve("log"))) {
      receive(
          told,
          Signal.TRACES,
          ExportTraceServiceRequest.newBuilder()
              .addResourceSpans(
                  ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(sent)))
              .build());
      Span got = overHttp(told, Target.Protocol.HTTP_PROTOBUF).iterator().next().span();
      assertTrue(got.getAttributesList().stream().allMatch(KeyValue::hasValue));
      assertEquals(sent.getAttributesCount(), got.getAttributesCount());
    }
  }

  @Test
  void nothingIsMadeUpBesideSpansThatCameAsSpans() throws Exception {
    ExportTraceServiceRequest sent =
        export(new Random(6), 9).toBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .addScopeSpans(ScopeSpans.newBuilder().addSpans(spanOfSeveralEvents())))
            .build();
    try (ToldLog told = new ToldLog(folder.resolve("log"));
        LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL)) {
      receive(told, Signal.TRACES, sent);
      try (Exporter exporter = exporter(told, Target.of("a", backend.url()))) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
        backend.await(() -> exporter.progress().openRuns() == 0);
        backend.await(() -> !backend.asked(Signal.METRICS).isEmpty());
      }
      assertEquals(10, backend.received().spans().size());
      assertEquals(List.of(), backend.received().records());
    }
  }

  @Test
  void logRecordsAndMetricsThatCameInAsOtlpLeaveAsTheyCameToo() throws Exception {
    Random random = new Random(9);
    LogRecord log =
        LogRecord.newBuilder()
            .setTimeUnixNano(1_763_719_200_000_000_000L)
            .setObservedTimeUnixNano(1_763_719_200_000_000_001L)
            .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_ERROR)
            .setSeverityText("oh")
            .setEventName("it.happened")
            .setBody(value(random, 3))
            .addAttributes(attribute("a", random, 3))
            .setTraceId(id(random, 16))
            .setSpanId(id(random, 8))
            .setFlags(1)
            .setDroppedAttributesCount(2)
            .build();
    Metric metric =
        Metric.newBuilder()
            .setName("took")
            .setUnit("s")
            .setDescription("how long")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(7)
                            .setCount(3)
                            .setSum(-1.5)
                            .setMin(0)
                            .addBucketCounts(1)
                            .addBucketCounts(2)
                            .addExplicitBounds(0.1)
                            .addAttributes(attribute("b", random, 2))))
            .build();
    Resource resource =
        Resource.newBuilder().addAttributes(attribute("service.name", random, 0)).build();
    ExportLogsServiceRequest logs =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .setResource(resource)
                    .addScopeLogs(ScopeLogs.newBuilder().setSchemaUrl("s").addLogRecords(log)))
            .build();
    ExportMetricsServiceRequest metrics =
        ExportMetricsServiceRequest.newBuilder()
            .addResourceMetrics(
                ResourceMetrics.newBuilder()
                    .setResource(resource)
                    .setSchemaUrl("r")
                    .addScopeMetrics(ScopeMetrics.newBuilder().addMetrics(metric)))
            .build();
    try (ToldLog told = new ToldLog(folder.resolve("log"));
        LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL)) {
      receive(told, Signal.LOGS, logs);
      receive(told, Signal.METRICS, metrics);
      try (Exporter exporter = exporter(told, Target.of("a", backend.url()))) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
      }
      assertEquals(List.of(logs), backend.received().logs);
      assertEquals(
          metrics.getResourceMetrics(0),
          backend.received().metrics.getFirst().getResourceMetrics(0));
    }
  }

  private static void receive(ToldLog told, Signal signal, Message export) throws Exception {
    byte[] body = export.toByteArray();
    assertEquals(
        200,
        new OtlpReceiver(told)
            .receive(signal, body, body.length, Encoding.PROTOBUF, CONTEXT)
            .status());
  }

  private Set<Whole> overHttp(ToldLog told, Target.Protocol protocol) throws Exception {
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            exporter(
                told, Target.of("a", backend.url()).over(protocol).only(Set.of(Signal.TRACES)))) {
      backend.await(() -> exporter.progress().position().equals(told.log.end()));
      return wholes(backend.received().traces);
    }
  }

  private Set<Whole> overGrpc(ToldLog told) throws Exception {
    try (LoopbackGrpcTarget backend = new LoopbackGrpcTarget();
        Exporter exporter =
            exporter(
                told,
                Target.of("a", backend.url())
                    .over(Target.Protocol.GRPC)
                    .only(Set.of(Signal.TRACES)))) {
      backend.await(() -> exporter.progress().position().equals(told.log.end()));
      return wholes(backend.received().traces);
    }
  }

  private Exporter exporter(ToldLog told, Target target) throws Exception {
    Settings fast =
        new Settings(
            new Settings.Pace(
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofMillis(5),
                Duration.ofSeconds(5),
                Backoff.USUAL,
                Duration.ofSeconds(1)),
            new Settings.Limits(7, 1 << 20, 100, 1_000),
            Settings.DEFAULT.silence());
    InstantSource later = () -> told.after(Duration.ofHours(1));
    return Exporter.start(told.log, target, folder.resolve("export"), fast, "1", later);
  }

  private static Set<Whole> wholes(List<ExportTraceServiceRequest> exports) {
    Set<Whole> all = new HashSet<>();
    for (ExportTraceServiceRequest export : exports) {
      for (ResourceSpans resource : export.getResourceSpansList()) {
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          for (Span span : scope.getSpansList()) {
            all.add(
                new Whole(
                    resource.getResource(),
                    resource.getSchemaUrl(),
                    scope.getScope(),
                    scope.getSchemaUrl(),
                    span));
          }
        }
      }
    }
    return all;
  }

  private static ExportTraceServiceRequest export(Random random, int spans) {
    ExportTraceServiceRequest.Builder export = ExportTraceServiceRequest.newBuilder();
    int made = 0;
    while (made < spans) {
      ScopeSpans.Builder scope =
          ScopeSpans.newBuilder()
              .setScope(
                  InstrumentationScope.newBuilder()
                      .setName("lib-" + random.nextInt(3))
                      .setVersion("1.2")
                      .addAttributes(attribute("in.scope", random, 1))
                      .setDroppedAttributesCount(3))
              .setSchemaUrl("https://example.org/scope");
      for (int i = 0; i < 5 && made < spans; i++, made++) {
        scope.addSpans(span(random));
      }
      export.addResourceSpans(
          ResourceSpans.newBuilder()
              .setResource(
                  Resource.newBuilder()
                      .addAttributes(attribute("service.name", random, 0))
                      .setDroppedAttributesCount(1))
              .setSchemaUrl("https://example.org/resource")
              .addScopeSpans(scope));
    }
    return export.build();
  }

  private static Span span(Random random) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(id(random, 16))
            .setSpanId(id(random, 8))
            .setTraceState("vendor=1,other=2")
            .setFlags(random.nextInt(1 << 10) | 0x8000_0000)
            .setName("span ü 漢字 \t")
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(1_763_719_200_000_000_000L + random.nextInt())
            .setEndTimeUnixNano(1_763_719_300_000_000_000L + random.nextInt())
            .setDroppedAttributesCount(random.nextInt(5))
            .setDroppedEventsCount(7)
            .setDroppedLinksCount(-1)
            .setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage("as it is"));
    if (random.nextBoolean()) {
      span.setParentSpanId(id(random, 8));
    }
    Stream.of("a", "b.c", "gen_ai.operation.name", "", "a")
        .forEach(key -> span.addAttributes(attribute(key, random, 3)));
    for (int i = 0; i < 3; i++) {
      span.addEvents(
          Span.Event.newBuilder()
              .setName("event " + i)
              .setTimeUnixNano(random.nextLong())
              .addAttributes(attribute("of.event", random, 2))
              .setDroppedAttributesCount(i));
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(id(random, 16))
              .setSpanId(id(random, 8))
              .setTraceState("t=1")
              .setFlags(i)
              .addAttributes(attribute("of.link", random, 2)));
    }
    return span.build();
  }

  /** What was said to the agent is an event of the run beside the span. */
  private static Span spanOfSeveralEvents() {
    Random random = new Random(7);
    return Span.newBuilder()
        .setTraceId(id(random, 16))
        .setSpanId(id(random, 8))
        .setName("invoke_agent a")
        .setStartTimeUnixNano(1_763_719_200_000_000_000L)
        .setEndTimeUnixNano(1_763_719_300_000_000_000L)
        .addAttributes(text("gen_ai.operation.name", "invoke_agent"))
        .addAttributes(
            text(
                "gen_ai.input.messages",
                "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]"))
        .build();
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue attribute(String key, Random random, int depth) {
    return KeyValue.newBuilder().setKey(key).setValue(value(random, depth)).build();
  }

  private static AnyValue value(Random random, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth == 0 ? 8 : 10)) {
      case 0 -> value.setStringValue("text \"quoted\" \\ \n " + random.nextInt());
      case 1 -> value.setStringValue("");
      case 2 -> value.setBoolValue(random.nextBoolean());
      case 3 -> value.setIntValue(random.nextLong());
      case 4 -> // without -0.0, which JsonFormat, the judge of JSON here, reads as 0.0
          value.setDoubleValue(
              List.of(0.1, -1.5, 1e300, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE)
                  .get(random.nextInt(6)));
      case 5 -> value.setBytesValue(id(random, random.nextInt(20)));
      case 6 -> value.setIntValue(Long.MIN_VALUE);
      case 7 -> {} // an empty value is a value
      case 8 -> {
        ArrayValue.Builder array = ArrayValue.newBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
          array.addValues(value(random, depth - 1));
        }
        value.setArrayValue(array);
      }
      default -> {
        KeyValueList.Builder list = KeyValueList.newBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
          list.addValues(attribute("k" + i, random, depth - 1));
        }
        value.setKvlistValue(list);
      }
    }
    return value.build();
  }

  private static ByteString id(Random random, int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return ByteString.copyFrom(id);
  }
}
