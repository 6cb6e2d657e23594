// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Draft;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Short forms of long things, for lists and reasons; the whole stays in the original. */
public final class Brief {
  /** Reasons and errors inside facts, in characters. */
  private static final int MAX_REASON = 500;

  private Brief() {}

  /** A tool and the scalars among its arguments: {@code grep pattern=TODO path=src}. */
  public static String call(@Nullable String tool, @Nullable JsonNode args) {
    if (args == null || !args.isObject() || args.isEmpty()) {
      return tool == null ? "" : tool;
    }
    StringBuilder line = new StringBuilder(96).append(tool == null ? "" : tool);
    for (Map.Entry<String, JsonNode> arg : args.properties()) {
      if (line.length() > Draft.MAX_SUMMARY) {
        break;
      }
      if (arg.getValue().isValueNode()) {
        if (!line.isEmpty()) {
          line.append(' ');
        }
        line.append(arg.getKey()).append('=');
        appendStart(line, arg.getValue().asText());
      }
    }
    return line.toString();
  }

  /** Why something failed, short. */
  public static @Nullable String reason(@Nullable String text) {
    if (text == null || text.length() <= MAX_REASON) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_REASON - 1)) ? MAX_REASON - 1 : MAX_REASON;
    return text.substring(0, end) + "…";
  }

  /** The words that are told, one after the other. */
  public static String line(@Nullable String... words) {
    StringBuilder line = new StringBuilder(64);
    for (String word : words) {
      if (word != null && !word.isEmpty()) {
        if (!line.isEmpty()) {
          line.append(' ');
        }
        appendStart(line, word);
      }
    }
    return line.toString();
  }

  private static void appendStart(StringBuilder line, String text) {
    line.append(text, 0, Math.min(text.length(), Draft.MAX_SUMMARY + 1));
  }
}
