// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Decoded;
import dev.ledgerline.event.Dialect;
import dev.ledgerline.event.Draft;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Memory;
import dev.ledgerline.event.RawRecord;
import dev.ledgerline.event.Rejection;

/**
 * Reads what no dialect claims: with a run in the headers it is an event of that run about which
 * nothing more is known.
 */
final class UnknownDialect implements Dialect {
  static final String NAME = "unknown";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean claims(RawRecord record) {
    return false;
  }

  @Override
  public boolean remembers() {
    return false;
  }

  @Override
  public Decoded decode(RawRecord record, Context context, Memory memory) {
    if (context.run() == null) {
      return Decoded.Rejected.of(
          Rejection.Code.UNKNOWN_DIALECT,
          null,
          "no dialect knows this record; name one with /v1/dialects/{name}, or a run with"
              + " Ledgerline-Run to keep it as it is");
    }
    JsonNode type = record.json().path("type");
    String nativeType = type.isTextual() ? type.textValue() : "";
    String summary = !nativeType.isEmpty() || record.isJson() ? nativeType : firstOf(record);
    return Decoded.Drafts.of(
        null, Draft.of(context.scope(), nativeType, new Fact.UnknownFact(nativeType), summary));
  }

  private static String firstOf(RawRecord record) {
    int most = Math.min(record.bytes().length, 4 * (Draft.MAX_SUMMARY + 1));
    String text = new String(record.bytes(), 0, most, java.nio.charset.StandardCharsets.UTF_8);
    return text.substring(0, Math.min(text.length(), Draft.MAX_SUMMARY + 1));
  }
}
