// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogsAndMetricsTest {
  private static final ByteString TRACE =
      ByteString.copyFrom(HexFormat.of().parseHex("5b8efff798038103d269b633813fc60c"));

  private final ListIntake intake = new ListIntake();
  private final OtlpReceiver receiver = new OtlpReceiver(intake);

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void aLogRecordIsStoredWithItsResourceAndScope(Encoding encoding) throws Exception {
    assertEquals(200, send(Signal.LOGS, logs(line(7)), encoding).status());

    assertEquals(
        "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
            + "\"desk\"}}]},\"scope\":{\"name\":\"lib\"},\"logRecord\":{"
            + "\"timeUnixNano\":\"7\",\"severityNumber\":9,\"severityText\":\"INFO\","
            + "\"body\":{\"stringValue\":\"hello\"},"
            + "\"traceId\":\"5b8efff798038103d269b633813fc60c\"}}",
        intake.records.getFirst());
    assertEquals(new Fact.LogLine("INFO"), intake.drafts.getFirst().fact());
    assertEquals("1970-01-01T00:00:00.000000007Z", intake.drafts.getFirst().occurredAt() + "");
  }

  @Test
  void case31ALogRecordWithoutATimeHappenedWhenItWasObserved() throws Exception {
    send(
        Signal.LOGS,
        logs(LogRecord.newBuilder().setObservedTimeUnixNano(9).build()),
        Encoding.PROTOBUF);

    assertEquals("1970-01-01T00:00:00.000000009Z", intake.drafts.getFirst().occurredAt() + "");
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void aMetricIsStoredWithAllItsDataPoints(Encoding encoding) throws Exception {
    assertEquals(200, send(Signal.METRICS, metrics(), encoding).status());

    assertEquals(5, intake.records.size());
    String histogram = intake.record(2).path("metric").toString();
    assertEquals(
        "{\"name\":\"h\",\"histogram\":{\"dataPoints\":[{\"timeUnixNano\":\"5\",\"count\":\"3\","
            + "\"sum\":0.0,\"bucketCounts\":[\"1\",\"0\",\"2\"],\"explicitBounds\":[0.5,1.0E10],"
            + "\"exemplars\":[{\"asDouble\":0.25,\"spanId\":\"0102030405060708\"}]}],"
            + "\"aggregationTemporality\":1}}",
        histogram);
    String exponential = intake.record(3).path("metric").toString();
    assertTrue(exponential.contains("\"scale\":-3"), exponential);
    assertTrue(
        exponential.contains("\"negative\":{\"offset\":-2,\"bucketCounts\":[\"300\",\"1\"]}"),
        exponential);
  }

  @Test
  void case26WhatHasNoIdIsRecognisedByItsBytesWhenItComesAgain() throws Exception {
    for (int i = 0; i < 2; i++) {
      for (Encoding encoding : Encoding.values()) {
        assertEquals(200, send(Signal.LOGS, logs(line(7), line(8)), encoding).status());
        assertEquals(200, send(Signal.METRICS, metrics(), encoding).status());
      }
    }

    assertEquals(2 + 5, intake.records.size());
  }

  @Test
  void case15And16AnItemThatIsNoMessageIsRejectedAloneAndCountedInTheUnitOfItsSignal()
      throws Exception {
    byte[] bad = {1, 2, 3};
    byte[] logs =
        items(
            LogRecord.newBuilder().setEventName("good").build().toByteArray(),
            bad,
            line(1).toByteArray());
    OtlpAnswer answer = receiver.receive(Signal.LOGS, logs, Encoding.PROTOBUF, ListIntake.CONTEXT);
    assertEquals(200, answer.status());
    var partial = ExportLogsServiceResponse.parseFrom(answer.body()).getPartialSuccess();
    assertEquals(1, partial.getRejectedLogRecords());
    assertTrue(
        partial
            .getErrorMessage()
            .startsWith("1 of 3 log records rejected: logRecord 1: /logRecord"),
        partial.getErrorMessage());
    assertEquals(2, intake.records.size());

    String body =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"n\"},{\"name\":\"m\"}]}]}]}";
    answer =
        receiver.receive(Signal.METRICS, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);
    assertEquals("{}", new String(answer.body(), UTF_8));
    answer = receiver.receive(Signal.METRICS, items(bad), Encoding.PROTOBUF, ListIntake.CONTEXT);
    assertEquals(
        1,
        ExportMetricsServiceResponse.parseFrom(answer.body())
            .getPartialSuccess()
            .getRejectedDataPoints());
  }

  @Test
  void fieldsMayComeInAnyOrderAndTheLastOfAChoiceCounts() throws Exception {
    LogRecord early = LogRecord.newBuilder().setEventName("e").setTimeUnixNano(0x11).build();
    byte[] late =
        LogRecord.newBuilder()
            .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_TRACE3)
            .build()
            .toByteArray();
    byte[] value =
        AnyValue.newBuilder()
            .setStringValue("first")
            .build()
            .toByteString()
            .concat(AnyValue.newBuilder().setIntValue(-5).build().toByteString())
            .toByteArray();
    ByteString body = ByteString.copyFrom(new byte[] {5 << 3 | 2, (byte) value.length});
    byte[] record =
        early
            .toByteString()
            .concat(body)
            .concat(ByteString.copyFrom(value))
            .concat(ByteString.copyFrom(late))
            .toByteArray();
    receiver.receive(Signal.LOGS, items(record), Encoding.PROTOBUF, ListIntake.CONTEXT);

    assertEquals(
        "{\"timeUnixNano\":\"17\",\"severityNumber\":3,\"body\":{\"intValue\":\"-5\"},"
            + "\"eventName\":\"e\"}",
        intake.record(0).path("logRecord").toString());
  }

  /** An export whose only scope has these as its items, whatever they are. */
  private static byte[] items(byte[]... items) {
    return field(1, field(2, field(2, items)));
  }

  private static byte[] field(int number, byte[]... values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      for (byte[] value : values) {
        out.writeByteArray(number, value);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private OtlpAnswer send(Signal signal, Message export, Encoding encoding) throws Exception {
    byte[] body = encoding == Encoding.PROTOBUF ? export.toByteArray() : Oracle.toJson(export);
    return receiver.receive(signal, body, encoding, ListIntake.CONTEXT);
  }

  private static LogRecord line(long time) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(time)
        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
        .setSeverityText("INFO")
        .setBody(AnyValue.newBuilder().setStringValue("hello"))
        .setTraceId(TRACE)
        .build();
  }

  private static ExportLogsServiceRequest logs(LogRecord... lines) {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    scope.getScopeBuilder().setName("lib");
    for (LogRecord line : lines) {
      scope.addLogRecords(line);
    }
    ResourceLogs.Builder resource = ResourceLogs.newBuilder().addScopeLogs(scope);
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("desk")));
    return ExportLogsServiceRequest.newBuilder().addResourceLogs(resource).build();
  }

  private static ExportMetricsServiceRequest metrics() {
    ScopeMetrics.Builder scope = ScopeMetrics.newBuilder();
    scope.addMetrics(
        Metric.newBuilder()
            .setName("g")
            .setGauge(
                Gauge.newBuilder()
                    .addDataPoints(NumberDataPoint.newBuilder().setTimeUnixNano(1).setAsInt(0))
                    .addDataPoints(
                        NumberDataPoint.newBuilder().setTimeUnixNano(2).setAsDouble(0))));
    scope.addMetrics(
        Metric.newBuilder()
            .setName("s")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(
                        AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                    .addDataPoints(NumberDataPoint.newBuilder().setAsInt(-1))));
    scope.addMetrics(
        Metric.newBuilder()
            .setName("h")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(
                        HistogramDataPoint.newBuilder()
                            .setTimeUnixNano(5)
                            .setCount(3)
                            .setSum(0)
                            .addBucketCounts(1)
                            .addBucketCounts(0)
                            .addBucketCounts(2)
                            .addExplicitBounds(0.5)
                            .addExplicitBounds(1e10)
                            .addExemplars(
                                Exemplar.newBuilder()
                                    .setAsDouble(0.25)
                                    .setSpanId(
                                        ByteString.copyFrom(
                                            new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))))));
    scope.addMetrics(
        Metric.newBuilder()
            .setName("e")
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .addDataPoints(
                        ExponentialHistogramDataPoint.newBuilder()
                            .setScale(-3)
                            .setNegative(
                                ExponentialHistogramDataPoint.Buckets.newBuilder()
                                    .setOffset(-2)
                                    .addBucketCounts(300)
                                    .addBucketCounts(1)))));
    scope.addMetrics(
        Metric.newBuilder()
            .setName("q")
            .setSummary(
                Summary.newBuilder()
                    .addDataPoints(
                        SummaryDataPoint.newBuilder()
                            .setSum(1.5)
                            .addQuantileValues(
                                SummaryDataPoint.ValueAtQuantile.newBuilder()
                                    .setQuantile(0.5)
                                    .setValue(1)))));
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(ResourceMetrics.newBuilder().addScopeMetrics(scope))
        .build();
  }

  @Test
  void aMetricBelongsToWhatItsPointsNameElseToTheTraceOfAnExemplar() throws Exception {
    String trace = "5b8efff798038103d269b633813fc60c";
    send("gen_ai.client.token.usage", attribute("gen_ai.conversation.id", "talk"), "");
    send("gen_ai.client.operation.duration", "", "{\"traceId\":\"" + trace + "\"}");
    send("http.server.duration", "", "{\"traceId\":\"" + trace + "\"}");

    List<Scope> scopes = intake.drafts.stream().map(Draft::scope).toList();
    assertEquals(Scope.NONE.withThread("talk"), scopes.get(0));
    assertEquals(trace, scopes.get(1).run());
    assertEquals(Scope.NONE, scopes.get(2));
    assertTrue(intake.drafts.stream().allMatch(d -> d.fact() instanceof Fact.Snapshot));
  }

  private static String attribute(String key, String value) {
    return "{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}".formatted(key, value);
  }

  private void send(String metric, String attribute, String exemplar) throws Exception {
    String body =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"%s\",\"histogram\":{\"dataPoints\":[{\"attributes\":[%s],\"exemplars\":[%s]}]}}]}]}]}"
            .formatted(metric, attribute, exemplar);
    OtlpAnswer answer =
        new OtlpReceiver(intake)
            .receive(Signal.METRICS, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);
    assertEquals(200, answer.status());
  }
}
