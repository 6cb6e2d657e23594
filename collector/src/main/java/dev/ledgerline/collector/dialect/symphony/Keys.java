// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect.symphony;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code key=value} pairs of a message and the Elixir term that may follow them. Values are not
 * quoted; {@code reason=}, {@code error=}, {@code output=} and what follows {@code ": "} reach to
 * the end of the line and often repeat the keys: only the outer ones count.
 *
 * @param term what follows a colon, an error or a reason; null without one
 */
record Keys(Map<String, String> values, @Nullable String term) {
  /** More pairs than any message has. */
  private static final int MOST = 32;

  static Keys in(String message, int from) {
    Map<String, String> values = new LinkedHashMap<>();
    int at = from;
    while (at < message.length() && values.size() < MOST) {
      int end = message.indexOf(' ', at);
      if (end < 0) {
        end = message.length();
      }
      int equals = message.indexOf('=', at);
      if (equals <= at || equals >= end || !isName(message, at, equals)) {
        at = end + 1;
        continue;
      }
      String name = message.substring(at, equals);
      if (name.equals("reason") || name.equals("error") || name.equals("output")) {
        return new Keys(values, message.substring(equals + 1));
      }
      if (name.equals("state") || name.equals("assignee") || name.equals("workspace")) {
        end = endOfPhrase(message, equals + 1); // names with spaces: Human Review
      }
      String value = message.substring(equals + 1, end);
      if (value.endsWith(":")) {
        put(values, name, value.substring(0, value.length() - 1));
        return new Keys(values, message.substring(Math.min(end + 1, message.length())));
      }
      put(values, name, withoutPunctuation(value));
      at = end + 1;
    }
    return new Keys(values, null);
  }

  private static void put(Map<String, String> values, String name, String value) {
    if (!value.isEmpty()) {
      values.putIfAbsent(name, value);
    }
  }

  private static String withoutPunctuation(String value) {
    return value.endsWith(";") || value.endsWith(",")
        ? value.substring(0, value.length() - 1)
        : value;
  }

  /** The next {@code ;} or the next pair. */
  private static int endOfPhrase(String message, int from) {
    int semicolon = message.indexOf(';', from);
    int end = semicolon < 0 ? message.length() : semicolon;
    for (int space = message.indexOf(' ', from);
        space >= 0 && space < end;
        space = message.indexOf(' ', space + 1)) {
      int equals = message.indexOf('=', space);
      if (equals > space + 1 && equals < end && isName(message, space + 1, equals)) {
        return space;
      }
    }
    return end;
  }

  private static boolean isName(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean fits = (c >= 'a' && c <= 'z') || c == '_' || (i > from && Character.isDigit(c));
      if (!fits) {
        return false;
      }
    }
    return to > from;
  }

  /** A value; null where there is none or the source says that it has none ({@code n/a}, nil). */
  @Nullable String told(String name) {
    String value = values.get(name);
    boolean none =
        value == null
            || value.equals("n/a")
            || value.equals("nil")
            || value.equals("<nil>")
            || value.equals("null")
            || value.equals("None");
    return none ? null : value;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** Whether the message ends within, or right behind, what it had to name first: it was cut. */
  static boolean cutOff(String message) {
    int word = message.lastIndexOf(' ') + 1;
    String last = message.substring(word);
    return last.startsWith("issue_id=")
        || "issue_id=".startsWith(last)
        || "issue_identifier=".startsWith(last)
        || "session_id=".startsWith(last);
  }

  /** A number that is not negative; null where there is none. */
  @Nullable Integer number(String name) {
    String value = told(name);
    return value == null ? null : number(value, 0, value.length());
  }

  static @Nullable Integer number(String text, int from, int to) {
    if (to - from < 1 || to - from > 9) {
      return null;
    }
    int number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }
}
