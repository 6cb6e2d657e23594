// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.HexFormat;

/** Exports of spans, each of a trace of its own. */
final class Spans {
  private Spans() {}

  static String trace(long number) {
    return "5b8efff798038103%016x".formatted(number);
  }

  static byte[] protobuf(long... traces) {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (long trace : traces) {
      spans.addSpans(span(trace, "work"));
    }
    return export(spans).toByteArray();
  }

  /** One span with an attribute of so many bytes. */
  static byte[] large(long trace, int bytes) {
    return export(ScopeSpans.newBuilder().addSpans(span(trace, "x".repeat(bytes)))).toByteArray();
  }

  static String json(long trace) {
    return ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"%s\",\"spanId\":"
            + "\"00000000000000aa\",\"name\":\"work\",\"startTimeUnixNano\":\"1763719200000000001\","
            + "\"endTimeUnixNano\":\"1763719201000000000\",\"attributes\":[{\"key\":\"a\",\"value\":"
            + "{\"stringValue\":\"work\"}}]}]}]}]}")
        .formatted(trace(trace));
  }

  private static Span.Builder span(long trace, String text) {
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(trace(trace))))
        .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0xaa}))
        .setName("work")
        .setStartTimeUnixNano(1763719200000000001L)
        .setEndTimeUnixNano(1763719201000000000L)
        .addAttributes(
            KeyValue.newBuilder().setKey("a").setValue(AnyValue.newBuilder().setStringValue(text)));
  }

  private static ExportTraceServiceRequest export(ScopeSpans.Builder spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(spans))
        .build();
  }
}
