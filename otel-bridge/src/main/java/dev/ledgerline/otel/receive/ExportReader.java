// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ledgerline.otel.Signal;

/** Takes an export apart into records. */
final class ExportReader {
  /**
   * Levels of nesting that JSON can be read through at all. Records may have 100 (api.md); an item
   * between the two limits is rejected alone, beyond this one the body is no export.
   */
  static final int MAX_DEPTH = 10_000;

  /** Digits of one number; no field of the protocol has more than 20. */
  private static final int MAX_NUMBER_LENGTH = 1_000;

  private final Shape.Book shapes = new Shape.Book();
  private final JsonFactory json =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  // A string that is too long costs its item, not the body: the intake decides.
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          // Field names are the sender's; none of them is to stay in memory.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** Reads the first {@code length} bytes of a body, which must not change afterwards. */
  ExportRecords read(Signal signal, byte[] body, int length, Encoding encoding)
      throws UnreadableExportException {
    return switch (encoding) {
      case PROTOBUF -> WireExport.read(signal, body, length, shapes);
      case JSON -> JsonExport.read(signal, body, length, json, shapes);
    };
  }
}
