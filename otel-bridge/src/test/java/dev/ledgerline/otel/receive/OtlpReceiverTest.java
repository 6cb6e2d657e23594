// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Intake;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.otel.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The cases of a receiver's conformance that need no transport; numbers are those of the checklist.
 */
class OtlpReceiverTest {
  private static final String TRACE = "5b8efff798038103d269b633813fc60c";
  private static final String IDS = "\"traceId\":\"" + TRACE + "\",\"spanId\":\"eee19b7ec3c1b174\"";

  private final ListIntake intake = new ListIntake();
  private final OtlpReceiver receiver = new OtlpReceiver(intake);

  @ParameterizedTest
  @CsvSource({"PROTOBUF,''", "JSON,{}"})
  void case01And02And27AFullSuccessIsAnEmptyMessageInTheEncodingOfTheRequest(
      Encoding encoding, String body) throws Exception {
    OtlpAnswer answer = send(export(span(1).build()), encoding);

    assertEquals(200, answer.status());
    assertEquals(encoding, answer.encoding());
    assertEquals(body, new String(answer.body(), UTF_8));
    assertNull(answer.retryAfterSeconds());
    assertEquals(1, intake.records.size());
  }

  @Test
  void bothEncodingsGiveTheSameBytesOfARecord() throws Exception {
    ExportTraceServiceRequest export = export(richSpan(), span(2).build());
    send(export, Encoding.PROTOBUF);
    ListIntake fromJson = new ListIntake();
    new OtlpReceiver(fromJson)
        .receive(Signal.TRACES, Oracle.toJson(export), Encoding.JSON, ListIntake.CONTEXT);

    assertEquals(2, intake.records.size());
    assertEquals(intake.records, fromJson.records);
  }

  /** That a tree is what parsing gives is looked at by the intake, in every test. */
  @Test
  void aSpanInProtobufBringsItsTreeUnlessItIsLarge() throws Exception {
    send(export(richSpan()), Encoding.PROTOBUF);
    assertEquals(1, intake.trees);

    send(export(span(2).setName("n".repeat(300_000)).build()), Encoding.PROTOBUF);
    assertEquals(2, intake.records.size());
    assertEquals(1, intake.trees);
  }

  @Test
  void aRecordIsItsResourceItsScopeAndOneSpan() throws Exception {
    send(export(span(1).build()), Encoding.PROTOBUF);

    assertEquals(
        "{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
            + "\"desk\"}}]},\"resourceSchemaUrl\":\"https://example.org/r\","
            + "\"scope\":{\"name\":\"lib\",\"version\":\"1\"},"
            + "\"schemaUrl\":\"https://example.org/s\",\"span\":{\"traceId\":\""
            + TRACE
            + "\",\"spanId\":\"0000000000000001\",\"name\":\"work\","
            + "\"startTimeUnixNano\":\"1763719200000000001\","
            + "\"endTimeUnixNano\":\"1763719201000000000\"}}",
        intake.records.getFirst());
  }

  @ParameterizedTest
  @CsvSource({
    "PROTOBUF,''",
    "JSON,{}",
    "JSON,{\"resourceSpans\":[]}",
    "JSON,{\"resourceSpans\":null}"
  })
  void case04AnEmptyExportIsASuccessThatStoresNothing(Encoding encoding, String body)
      throws Exception {
    OtlpAnswer answer =
        receiver.receive(Signal.TRACES, body.getBytes(UTF_8), encoding, ListIntake.CONTEXT);

    assertEquals(200, answer.status());
    assertEquals(0, intake.calls);
  }

  @Test
  void case06IdsInJsonAreHexOfAnyCase() throws Exception {
    json("\"traceId\":\"5B8EFFF798038103d269B633813FC60C\",\"spanId\":\"EEE19b7ec3c1B174\"");

    assertEquals(TRACE, span().path("traceId").asText());
    assertEquals("eee19b7ec3c1b174", span().path("spanId").asText());
  }

  @Test
  void case07UnknownFieldsAreIgnoredAtEveryLevel() throws Exception {
    String body =
        """
        {"a":[{"b":1}],"resourceSpans":[{"x":{"y":[]},"resource":{"z":1,"attributes":
        [{"key":"k","value":{"stringValue":"v","new":1},"more":true}]},"scopeSpans":[{"q":null,
        "scope":{"name":"n","p":{}},"spans":[{%s,"future":{"deep":[1,2]},"status":{"s":1}}]}]}]}
        """
            .formatted(IDS);
    receiver.receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);

    assertEquals(
        "{\"resource\":{\"attributes\":[{\"key\":\"k\",\"value\":{\"stringValue\":\"v\"}}]},"
            + "\"scope\":{\"name\":\"n\"},\"span\":{"
            + IDS
            + ",\"status\":{}}}",
        intake.records.getFirst());
  }

  @Test
  void case08SnakeCaseNamesAreUnknownFields() throws Exception {
    json(IDS + ",\"parent_span_id\":\"eee19b7ec3c1b173\",\"start_time_unix_nano\":\"1\"");

    assertEquals("{" + IDS + "}", span().toString());
  }

  @Test
  void case09EnumsAreNumbersAndUnknownOnesAreKept() throws Exception {
    json(IDS + ",\"kind\":3,\"status\":{\"code\":99}");

    assertEquals(3, span().path("kind").intValue());
    assertEquals(99, span().path("status").path("code").intValue());
  }

  @Test
  void theNameOfAnEnumIsReadAsItsNumber() throws Exception {
    json(IDS + ",\"kind\":\"SPAN_KIND_CLIENT\",\"status\":{\"code\":\"STATUS_CODE_ERROR\"}");

    assertEquals(3, span().path("kind").intValue());
    assertEquals(2, span().path("status").path("code").intValue());
  }

  @Test
  void anEnumThatNobodyKnowsIsKeptAndFlagged() throws Exception {
    json(IDS + ",\"startTimeUnixNano\":\"1\",\"status\":{\"code\":\"STATUS_CODE_ODD\"}");

    assertEquals("STATUS_CODE_ODD", span().path("status").path("code").asText());
    assertEquals(Set.of(Flag.INVALID_FIELD), intake.drafts.getFirst().flags());
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740993,9007199254740993",
    "-9223372036854775808,-9223372036854775808",
    "\"9223372036854775807\",9223372036854775807",
    "1.7e3,1700",
    "\"12.0\",12"
  })
  void case10WholeNumbersAreExactHoweverTheyAreWritten(String written, String exact)
      throws Exception {
    attribute("{\"intValue\":" + written + "}");

    assertEquals("{\"intValue\":\"" + exact + "\"}", value().toString());
  }

  @Test
  void timesReachTheLargestUnsignedNumber() throws Exception {
    json(IDS + ",\"startTimeUnixNano\":18446744073709551615");

    assertEquals("18446744073709551615", span().path("startTimeUnixNano").asText());
    assertEquals("2554-07-21T23:34:33.709551615Z", intake.drafts.getFirst().occurredAt() + "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x\"",
        "1.5",
        "9223372036854775808",
        "1e999999999",
        "-1e30",
        "true",
        "{\"a\":1}"
      })
  void whatIsNoWholeNumberIsKeptAsItCame(String written) throws Exception {
    attribute("{\"intValue\":" + written + "}");

    String kept = value().path("intValue").toString();
    assertEquals(written.replace("\"", ""), kept.replace("\"", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "\"NaN\",\"NaN\"",
    "\"Infinity\",\"Infinity\"",
    "\"-Infinity\",\"-Infinity\"",
    "-0.0,-0.0",
    "1e3,1000.0",
    "7,7.0",
    "\"2.5\",2.5"
  })
  void case11DoublesMayBeWrittenInAnyWay(String written, String canonical) throws Exception {
    attribute("{\"doubleValue\":" + written + "}");

    assertEquals("{\"doubleValue\":" + canonical + "}", value().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-_8=", "-_8", "+/8=", "+/8"})
  void case12BytesAreBase64OfEitherAlphabetPaddedOrNot(String written) throws Exception {
    attribute("{\"bytesValue\":\"" + written + "\"}");

    assertEquals("{\"bytesValue\":\"+/8=\"}", value().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | {}",
        "{\"stringValue\":\"\"} | {\"stringValue\":\"\"}",
        "{\"stringValue\":null} | {}",
        "{\"arrayValue\":{\"values\":[{\"intValue\":1},{},null,{\"arrayValue\":{}}]}}"
            + " | {\"arrayValue\":{\"values\":[{\"intValue\":\"1\"},{},{},{\"arrayValue\":{}}]}}",
        "{\"kvlistValue\":{\"values\":[{\"key\":\"\",\"value\":{\"boolValue\":false}}]}}"
            + " | {\"kvlistValue\":{\"values\":[{\"value\":{\"boolValue\":false}}]}}"
      })
  void case13EmptyAndNestedValuesAreTakenAsTheyAre(String written, String canonical)
      throws Exception {
    attribute(written);

    assertEquals(canonical, value().toString());
  }

  @Test
  void aValueThatIsNullIsNotAnEmptyString() throws Exception {
    json(IDS + ",\"attributes\":[{\"key\":\"a\",\"value\":null}]");

    assertEquals("[{\"key\":\"a\"}]", span().path("attributes").toString());
  }

  @Test
  void halfASurrogatePairDoesNotStopAnExport() throws Exception {
    json(IDS + ",\"name\":\"a\\ud83d b \\ud83d\\ude00\"");

    assertEquals("a\ufffd b 😀", span().path("name").asText());
  }

  @Test
  void norDoesItWhereNoTextBelongsOrBesideTheSpans() throws Exception {
    String body =
        "{\"resourceSpans\":[{\"schemaUrl\":\"\\ud83d\",\"scopeSpans\":[{\"schemaUrl\":\"\\ude00\","
            + "\"spans\":[{"
            + IDS
            + ",\"kind\":[\"\\ude00\"]}]}]}]}";
    OtlpAnswer answer =
        receiver.receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);

    assertEquals(200, answer.status());
    assertTrue(intake.records.getFirst().contains("\"kind\":[\"\\ude00\"]"));
    assertEquals("\ufffd", intake.record(0).path("schemaUrl").asText());
  }

  @Test
  void aBodyMayBeTheBeginningOfABuffer() throws Exception {
    for (Encoding encoding : Encoding.values()) {
      ExportTraceServiceRequest export = export(span(encoding.ordinal() + 1).build());
      byte[] body = encoding == Encoding.PROTOBUF ? export.toByteArray() : Oracle.toJson(export);
      byte[] buffer = Arrays.copyOf(body, body.length + 100);
      Arrays.fill(buffer, body.length, buffer.length, (byte) 'x');
      OtlpAnswer answer =
          receiver.receive(Signal.TRACES, buffer, body.length, encoding, ListIntake.CONTEXT);
      assertEquals(200, answer.status());
    }
    assertEquals(2, intake.records.size());
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void case14ADeepValueIsReadAndAnAbsurdOneIsLeftToTheIntake(Encoding encoding) throws Exception {
    AnyValue deep = AnyValue.newBuilder().setStringValue("bottom").build();
    for (int i = 0; i < 60; i++) {
      deep = array(deep);
    }
    OtlpAnswer read = send(export(span(1).addAttributes(attribute("a", deep)).build()), encoding);
    assertEquals(200, read.status());
    assertTrue(intake.records.getFirst().contains("bottom"));

    int levels = 700;
    String absurd = "{\"arrayValue\":{\"values\":[".repeat(levels) + "]}}".repeat(levels);
    if (encoding == Encoding.PROTOBUF) {
      for (int i = 60; i < levels; i++) {
        deep = array(deep);
      }
      send(export(span(2).addAttributes(attribute("a", deep)).build()), encoding);
    } else {
      attribute(absurd);
    }
    JsonNode value = intake.record(1).path("span").path("attributes").path(0).path("value");
    int seen = 0;
    while (value.isObject()) {
      value = value.path("arrayValue");
      value = value.isObject() ? value.path("values").path(0) : value;
      seen++;
    }
    assertTrue(seen > 200 && seen < 600, seen + " levels");
    assertTrue(value.isTextual(), "the rest is kept as text");
  }

  @Test
  void jsonThatIsNestedWithoutEndIsRefusedWhole() throws Exception {
    byte[] body = ("{\"resourceSpans\":" + "[".repeat(1_000_000)).getBytes(UTF_8);
    assertEquals(
        400, receiver.receive(Signal.TRACES, body, Encoding.JSON, ListIntake.CONTEXT).status());
    body = ("{\"x\":" + "[".repeat(1_000_000)).getBytes(UTF_8);
    assertEquals(
        400, receiver.receive(Signal.TRACES, body, Encoding.JSON, ListIntake.CONTEXT).status());
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void case15And16SpansWithBadIdsAreRejectedSinglyAndCounted(Encoding encoding) throws Exception {
    OtlpAnswer answer =
        send(
            export(
                span(1).build(),
                span(2).setTraceId(ByteString.copyFrom(new byte[16])).build(),
                span(3).setSpanId(ByteString.copyFromUtf8("four")).build(),
                span(4).clearSpanId().build(),
                span(5).build()),
            encoding);

    assertEquals(200, answer.status());
    assertEquals(2, intake.records.size());
    String message =
        "3 of 5 spans rejected: span 1: /span/traceId: traceId must be 16 bytes in hex,"
            + " not all zero; it is \"00000000000000000000000000000000\" (invalid_field); span 2:";
    if (encoding == Encoding.PROTOBUF) {
      var partial = ExportTraceServiceResponse.parseFrom(answer.body()).getPartialSuccess();
      assertEquals(3, partial.getRejectedSpans());
      assertTrue(partial.getErrorMessage().startsWith(message), partial.getErrorMessage());
    } else {
      JsonNode partial = tree(answer.body()).path("partialSuccess");
      assertEquals("3", partial.path("rejectedSpans").textValue());
      assertTrue(partial.path("errorMessage").asText().startsWith(message), partial.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"zz8efff798038103d269b633813fc60c\"", "\"5b8\"", "12", "{}", "null"})
  void anIdThatIsNoHexCostsItsSpanOnly(String id) throws Exception {
    OtlpAnswer answer = json("\"traceId\":" + id + ",\"spanId\":\"eee19b7ec3c1b174\"");

    assertEquals(200, answer.status());
    assertEquals("1", tree(answer.body()).path("partialSuccess").path("rejectedSpans").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"resourceSpans\":[{",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"a",
        "{\"resourceSpans\":{}}",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[7]}]}]}",
        "{} {}",
        "{\"resourceSpans\":nonsense}"
      })
  void case18JsonThatIsNoExportIs400WithAStatus(String body) throws Exception {
    OtlpAnswer answer =
        receiver.receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);

    assertEquals(400, answer.status());
    String message = tree(answer.body()).path("message").asText();
    assertTrue(message.matches("The body is no JSON.*|.* expected.*|Something follows.*"), message);
    assertFalse(message.contains("Source"), message);
    assertEquals(0, intake.calls);
  }

  @Test
  void aNumberOfThousandsOfDigitsIs400() throws Exception {
    assertEquals(400, json(IDS + ",\"kind\":" + "1".repeat(100_000)).status());
  }

  @Test
  void invalidUtf8Is400() throws Exception {
    byte[] body = "{\"resourceSpans\":[{\"x\":\"?\"}]}".getBytes(UTF_8);
    body[body.length - 5] = (byte) 0xff;

    assertEquals(
        400, receiver.receive(Signal.TRACES, body, Encoding.JSON, ListIntake.CONTEXT).status());
  }

  @Test
  void corruptProtobufIs400WithAStatus() throws Exception {
    byte[] body = export(span(1).build()).toByteArray();
    body[1] = 127;
    OtlpAnswer answer =
        receiver.receive(Signal.TRACES, body, Encoding.PROTOBUF, ListIntake.CONTEXT);

    assertEquals(400, answer.status());
    assertTrue(statusMessage(answer).startsWith("The body is no protobuf"));
  }

  @ParameterizedTest
  @CsvSource({"OVERLOADED,503", "DISK_FULL,503", "NOT_READY,503", "RATE_LIMITED,429"})
  void case24WhatMayPassIsRefusedSoThatSendersTryAgain(
      IntakeUnavailableException.Reason reason, int status) throws Exception {
    Intake closed =
        (dialect, records, context) -> {
          throw new IntakeUnavailableException(reason, "come again", 7);
        };
    OtlpAnswer answer =
        new OtlpReceiver(closed)
            .receive(
                Signal.TRACES,
                export(span(1).build()).toByteArray(),
                Encoding.PROTOBUF,
                ListIntake.CONTEXT);

    assertEquals(status, answer.status());
    assertEquals(7, answer.retryAfterSeconds());
    assertEquals("come again", statusMessage(answer));
  }

  @Test
  void case26AnExportThatIsSentAgainIsASuccessAndStoresNothingNew() throws Exception {
    ExportTraceServiceRequest export = export(richSpan(), span(2).build());
    send(export, Encoding.PROTOBUF);
    OtlpAnswer again = send(export, Encoding.JSON);

    assertEquals(200, again.status());
    assertEquals("{}", new String(again.body(), UTF_8));
    assertEquals(2, intake.records.size());
  }

  @Test
  void case14AnItemOfTooManyAttributesIsReadAsItIs() throws Exception {
    Span.Builder many = span(1);
    for (int i = 0; i < 5_000; i++) {
      many.addAttributes(KeyValue.newBuilder().setKey("k" + i));
    }
    assertEquals(200, send(export(many.build()), Encoding.PROTOBUF).status());
    assertEquals(5_000, span().path("attributes").size());
  }

  @Test
  void case17ValuesThatWereKeptAsTheyCameAreAWarning() throws Exception {
    OtlpAnswer answer = json(IDS + ",\"name\":7,\"kind\":{}");

    assertEquals(200, answer.status());
    JsonNode partial = tree(answer.body()).path("partialSuccess");
    assertEquals("0", partial.path("rejectedSpans").asText());
    assertTrue(partial.path("errorMessage").asText().startsWith("2 values"), partial.toString());
    assertEquals("7", span().path("name").asText());
  }

  @Test
  void case30SpansAreTakenWhateverTheirTimesAndTheirOrder() throws Exception {
    Span child = span(2).setParentSpanId(span(1).getSpanId()).build();
    OtlpAnswer answer =
        send(
            export(
                child,
                child,
                span(3).setEndTimeUnixNano(1).build(),
                span(4).clearEndTimeUnixNano().build(),
                span(5).clearStartTimeUnixNano().build(),
                span(1).build()),
            Encoding.PROTOBUF);

    assertArrayEquals(new byte[0], answer.body());
    assertEquals(5, intake.records.size());
  }

  @Test
  void case33MetricsAreKeptWithTheirTemporality() throws Exception {
    for (int temporality = 0; temporality < 4; temporality++) {
      String body =
          ("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"n\",\"sum\":"
                  + "{\"dataPoints\":[{\"asInt\":\"5\"}],\"aggregationTemporality\":%d}}]}]}]}")
              .formatted(temporality);
      OtlpAnswer answer =
          receiver.receive(Signal.METRICS, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);
      assertEquals("{}", new String(answer.body(), UTF_8));
      JsonNode sum = intake.record(temporality).path("metric").path("sum");
      assertEquals(temporality, sum.path("aggregationTemporality").asInt());
    }
  }

  @Test
  void case34AResourceMayBeAbsentOrStandInManyGroups() throws Exception {
    ExportTraceServiceRequest export =
        export(span(1).build()).toBuilder()
            .addAllResourceSpans(export(span(2).build()).getResourceSpansList())
            .addResourceSpans(
                ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addSpans(span(3))))
            .build();
    for (Encoding encoding : Encoding.values()) {
      send(export, encoding);
    }

    assertEquals(3, intake.records.size());
    assertEquals(intake.record(0).path("resource"), intake.record(1).path("resource"));
    assertEquals("https://example.org/s", intake.record(1).path("schemaUrl").asText());
    assertTrue(intake.records.get(2).startsWith("{\"resource\":{},\"span\":{"));
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 1 << 20})
  void anAttributeMayBeLarge(int bytes) throws Exception {
    String text = "é\"\n".repeat(bytes / 4);
    AnyValue value = AnyValue.newBuilder().setStringValue(text).build();
    for (Encoding encoding : Encoding.values()) {
      send(export(span(1).addAttributes(attribute("a", value)).build()), encoding);
    }

    assertEquals(1, intake.records.size());
    assertEquals(text, value().path("stringValue").textValue());
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void brokenBytesAreRefusedAndNeverDoMore(Encoding encoding) throws Exception {
    ExportTraceServiceRequest export = export(richSpan(), span(2).build());
    byte[] whole = encoding == Encoding.PROTOBUF ? export.toByteArray() : Oracle.toJson(export);
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      }
      int status = receiver.receive(Signal.TRACES, broken, encoding, ListIntake.CONTEXT).status();
      assertTrue(status == 200 || status == 400, "status " + status);
      refused += status == 400 ? 1 : 0;
    }
    assertTrue(refused > 2_500, refused + " refused");
  }

  @Test
  void manySpansGoToTheIntakeInBatchesOfBoundedSize() throws Exception {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (int i = 1; i <= 100; i++) {
      spans.addSpans(span(i));
    }
    String large = "x".repeat(1 << 20);
    ExportTraceServiceRequest export =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                ResourceSpans.newBuilder()
                    .setResource(
                        Resource.newBuilder()
                            .addAttributes(
                                attribute(
                                    "r", AnyValue.newBuilder().setStringValue(large).build())))
                    .addScopeSpans(spans))
            .build();

    assertEquals(200, send(export, Encoding.PROTOBUF).status());
    assertEquals(100, intake.records.size());
    assertEquals(13, intake.calls);
  }

  @Test
  void aResourceThatWouldFillTheDiskIsRefused() throws Exception {
    StringBuilder spans = new StringBuilder("{}");
    spans.repeat(",{}", 600);
    String body =
        "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"%s\"}]},\"scopeSpans\":[{\"spans\":[%s]}]}]}"
            .formatted("k".repeat(1 << 20), spans);
    OtlpAnswer answer =
        receiver.receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);

    assertEquals(413, answer.status());
    assertEquals(0, intake.calls);
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-protobuf,PROTOBUF",
    "application/json; charset=utf-8,JSON",
    "Application/JSON ,JSON",
    "text/plain,",
    ","
  })
  void case20TheEncodingIsThatOfTheContentType(String contentType, Encoding encoding) {
    assertEquals(encoding, Encoding.of(contentType));
  }

  // 413, 415 and their kin are the HTTP side's, their bodies are ours
  @Test
  void aRefusalCarriesAStatusInTheEncodingOfTheRequest() throws Exception {
    assertEquals(
        "too large", statusMessage(OtlpAnswer.refused(Encoding.PROTOBUF, 413, "too large")));
    assertEquals(
        "{\"message\":\"a \\\"b\\\"\\n\"}",
        new String(OtlpAnswer.refused(Encoding.JSON, 415, "a \"b\"\n").body(), UTF_8));
    assertArrayEquals(
        new byte[] {0x12, 0x01, 'x'}, OtlpAnswer.refused(Encoding.PROTOBUF, 400, "x").body());
    assertTrue(
        OtlpAnswer.refused(Encoding.PROTOBUF, 400, "x".repeat(9_000_000)).body().length < 5_000);
  }

  private OtlpAnswer send(ExportTraceServiceRequest export, Encoding encoding)
      throws IOException, InterruptedException {
    byte[] body = encoding == Encoding.PROTOBUF ? export.toByteArray() : Oracle.toJson(export);
    return receiver.receive(Signal.TRACES, body, encoding, ListIntake.CONTEXT);
  }

  private OtlpAnswer json(String spanFields) throws InterruptedException {
    String body = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" + spanFields + "}]}]}]}";
    return receiver.receive(Signal.TRACES, body.getBytes(UTF_8), Encoding.JSON, ListIntake.CONTEXT);
  }

  private void attribute(String value) throws InterruptedException {
    json(IDS + ",\"attributes\":[{\"key\":\"a\",\"value\":" + value + "}]");
  }

  private JsonNode span() {
    return intake.record(0).path("span");
  }

  private JsonNode value() {
    return span().path("attributes").path(0).path("value");
  }

  private static JsonNode tree(byte[] body) throws IOException {
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(body);
  }

  private static String statusMessage(OtlpAnswer answer) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(answer.body());
    assertEquals(2 << 3 | 2, in.readTag());
    return in.readStringRequireUtf8();
  }

  private static ExportTraceServiceRequest export(Span... spans) {
    ScopeSpans.Builder group =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("lib").setVersion("1"))
            .setSchemaUrl("https://example.org/s");
    for (Span span : spans) {
      group.addSpans(span);
    }
    AnyValue desk = AnyValue.newBuilder().setStringValue("desk").build();
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", desk)))
                .setSchemaUrl("https://example.org/r")
                .addScopeSpans(group))
        .build();
  }

  private static Span.Builder span(int id) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
        .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("%016x".formatted(id))))
        .setName("work")
        .setStartTimeUnixNano(1763719200000000000L + id)
        .setEndTimeUnixNano(1763719201000000000L);
  }

  /** Something in every field. */
  private static Span richSpan() {
    AnyValue bytes = AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("ÿ?>")).build();
    AnyValue list =
        AnyValue.newBuilder()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(attribute("", AnyValue.getDefaultInstance()))
                    .addValues(attribute("n", AnyValue.newBuilder().setIntValue(-1).build()))
                    .addValues(attribute("b", AnyValue.newBuilder().setBoolValue(false).build())))
            .build();
    AnyValue nan = AnyValue.newBuilder().setDoubleValue(Double.NaN).build();
    AnyValue text = AnyValue.newBuilder().setStringValue("日本語 \"q\" \n 😀 \u0001").build();
    return span(1)
        .setTraceState("a=b")
        .setParentSpanId(ByteString.copyFrom(HexFormat.of().parseHex("00000000000000ff")))
        .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
        .setFlags(0xffffffff)
        .addAttributes(attribute("bytes", bytes))
        .addAttributes(attribute("list", list))
        .addAttributes(attribute("array", array(nan)))
        .addAttributes(attribute("text", text))
        .addAttributes(KeyValue.newBuilder().setKey("none"))
        .addAttributes(attribute("d", AnyValue.newBuilder().setDoubleValue(-0.0).build()))
        .setDroppedAttributesCount(3)
        .addEvents(
            Span.Event.newBuilder()
                .setTimeUnixNano(-1)
                .setName("exception")
                .addAttributes(attribute("exception.type", text)))
        .setDroppedEventsCount(1)
        .addLinks(
            Span.Link.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex("00000000000000aa")))
                .setFlags(1))
        .setStatus(
            Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("broke"))
        .build();
  }

  private static AnyValue array(AnyValue inner) {
    return AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(inner)).build();
  }

  private static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }
}
