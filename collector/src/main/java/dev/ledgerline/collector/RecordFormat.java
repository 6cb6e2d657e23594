// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the records of a delivery are kept apart. */
public enum RecordFormat {
  /** One object, an array of records, or objects one after the other. */
  JSON,
  /** One record a line. */
  JSON_LINES,
  /** The {@code data} of each server-sent event is a record. */
  EVENT_STREAM,
  /** Each line is a record, JSON or not. */
  TEXT,
  /** Not told: by its first byte. */
  SNIFFED;

  /** The format of that media type, null where it is none of ours. */
  public static @Nullable RecordFormat of(@Nullable String mediaType) {
    if (mediaType == null || mediaType.isBlank()) {
      return SNIFFED;
    }
    String[] parts = mediaType.toLowerCase(Locale.ROOT).split(";");
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").strip();
      if (parameter.startsWith("charset=") && !isUtf8(parameter.substring(8).strip())) {
        return null;
      }
    }
    return switch (parts.length == 0 ? "" : parts[0].strip()) {
      case "application/json", "text/json" -> JSON;
      case "application/x-ndjson",
          "application/ndjson",
          "application/jsonl",
          "application/x-jsonl",
          "application/jsonlines",
          "application/x-jsonlines",
          "application/json-lines" ->
          JSON_LINES;
      case "text/event-stream" -> EVENT_STREAM;
      case "text/plain" -> TEXT;
      // curl's default for -d and --data-binary; nobody sends real forms here
      case "application/x-www-form-urlencoded" -> SNIFFED;
      default -> null;
    };
  }

  private static boolean isUtf8(String charset) {
    return charset.equals("utf-8") || charset.equals("utf8") || charset.equals("us-ascii");
  }
}
