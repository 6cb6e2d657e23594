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
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.convention.Hex;
import dev.ledgerline.otel.convention.LogRecords;
import dev.ledgerline.otel.convention.Metrics;
import dev.ledgerline.otel.convention.Spans;
import dev.ledgerline.otel.convention.Unmapped;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spans, log records and metrics as they come by OTLP, one record each (see the package). What they
 * say is for {@link Spans} and {@link LogRecords} to find out.
 *
 * <p>Nothing is remembered from span to span. Children come before their parents and in other
 * exports, so what needs both is found out where runs are folded.
 */
public final class OtlpDialect implements Dialect {
  public static final String NAME = "otlp";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    return record.json().path("resource").isObject() && signal(record.json()) != null;
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public @Nullable List<String> unmapped(RawRecord record) {
    return Unmapped.of(record.json());
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    Signal signal = signal(record.json());
    if (signal == null || !record.json().path(signal.member()).isObject()) {
      String member = signal == null ? "span" : signal.member();
      return Decoded.Rejected.of(
          Rejection.Code.INVALID_FIELD,
          "/" + member,
          "this cannot be read as a " + member + "; its bytes stand here in base64");
    }
    return switch (signal) {
      case TRACES -> span(record, context);
      case LOGS -> logRecord(record, context);
      case METRICS -> metric(record);
    };
  }

  private static @Nullable Signal signal(JsonNode record) {
    for (Signal signal : Signal.values()) {
      if (record.has(signal.member())) {
        return signal;
      }
    }
    return null;
  }

  private static Decoded span(RawRecord record, Context context) {
    JsonNode span = record.json().path("span");
    Rejection wrongId = wrongId(span, "traceId", Hex.TRACE);
    if (wrongId == null) {
      wrongId = wrongId(span, "spanId", Hex.SPAN);
    }
    return wrongId == null ? Spans.drafts(record.json(), context) : new Decoded.Rejected(wrongId);
  }

  /** A log record whose ids are wrong belongs to no trace, as the protocol says. */
  private static Decoded logRecord(RawRecord record, Context context) {
    return new Decoded.Drafts(identity(record), LogRecords.drafts(record.json(), context));
  }

  private static Decoded metric(RawRecord record) {
    return new Decoded.Drafts(identity(record), Metrics.drafts(record.json()));
  }

  /**
   * Log records and metrics have no id. Their times are told to the nanosecond: what is equal to
   * the last byte was sent twice.
   */
  private static String identity(RawRecord record) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(record.bytes());
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static @Nullable Rejection wrongId(JsonNode span, String field, int digits) {
    JsonNode id = span.path(field);
    if (id.isTextual() && Hex.isId(id.textValue(), digits)) {
      return null;
    }
    String told = id.isMissingNode() ? "absent" : shortened(id.toString(), 80);
    return new Rejection(
        id.isMissingNode() ? Rejection.Code.MISSING_FIELD : Rejection.Code.INVALID_FIELD,
        "/span/" + field,
        "%s must be %d bytes in hex, not all zero; it is %s".formatted(field, digits / 2, told));
  }

  private static String shortened(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
