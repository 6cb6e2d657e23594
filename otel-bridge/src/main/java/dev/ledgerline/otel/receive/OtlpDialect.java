// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.otel.convention.Spans;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Spans of agents as they come by OTLP, one record each (see the package). A span becomes an
 * interval; what else it says is for {@link Spans} to find out.
 *
 * <p>Nothing is remembered from span to span. Children come before their parents and in other
 * exports, so what needs both is found out where runs are folded.
 */
public final class OtlpDialect implements Dialect {
  public static final String NAME = "otlp";

  private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
  private static final Pattern SPAN_ID = Pattern.compile("(?!0{16})[0-9a-f]{16}");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    return record.json().path("span").isObject() && record.json().path("resource").isObject();
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    JsonNode span = record.json().path("span");
    Rejection wrongId = wrongId(span, "traceId", TRACE_ID, 16);
    if (wrongId == null) {
      wrongId = wrongId(span, "spanId", SPAN_ID, 8);
    }
    return wrongId == null ? Spans.drafts(record.json(), context) : new Decoded.Rejected(wrongId);
  }

  private static @Nullable Rejection wrongId(
      JsonNode span, String field, Pattern right, int bytes) {
    JsonNode id = span.path(field);
    if (id.isTextual() && right.matcher(id.textValue()).matches()) {
      return null;
    }
    String told = id.isMissingNode() ? "absent" : shortened(id.toString(), 80);
    return new Rejection(
        id.isMissingNode() ? Rejection.Code.MISSING_FIELD : Rejection.Code.INVALID_FIELD,
        "/span/" + field,
        "%s must be %d bytes in hex, not all zero; it is %s".formatted(field, bytes, told));
  }

  private static String shortened(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
