// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of comparisons: times, durations and numbers as people write them. */
final class Values {
  private static final Pattern PARTS = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d|w)");
  private static final Pattern DURATION = Pattern.compile("(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d|w))+");

  private Values() {}

  /** A time from {@code from} until before {@code to}; equal where it was told to the point. */
  record Span(Instant from, Instant to) {}

  /** {@code -2h}, {@code now}, a day, or a time of RFC 3339. */
  static Span time(String value, Instant now) {
    String text = value.trim();
    try {
      if (text.equals("now")) {
        return new Span(now, now);
      }
      if (text.startsWith("-") || text.startsWith("+")) {
        long millis = duration(text.substring(1));
        Instant at = text.startsWith("-") ? now.minusMillis(millis) : now.plusMillis(millis);
        return new Span(at, at);
      }
      if (text.length() == "2026-11-21".length()) {
        LocalDate day = LocalDate.parse(text);
        return new Span(
            day.atStartOfDay().toInstant(ZoneOffset.UTC),
            day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      Instant at = OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      return new Span(at, at);
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + value + "\" is no time; write -2h, 2026-11-21 or 2026-11-21T10:00:00Z", e);
    }
  }

  /** In milliseconds: {@code 90s}, {@code 1h30m}; a bare number is milliseconds. */
  static long duration(String value) {
    String text = value.trim().toLowerCase(Locale.ROOT);
    try {
      if (!DURATION.matcher(text).matches()) {
        return Math.round(Double.parseDouble(text));
      }
      double millis = 0;
      for (Matcher part = PARTS.matcher(text); part.find(); ) {
        millis += Double.parseDouble(part.group(1)) * unit(part.group(2)).toMillis();
      }
      return Math.round(millis);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + value + "\" is no duration; write 500ms, 30s, 5m, 2h or 1h30m", e);
    }
  }

  /** {@code 10000}, {@code 10k}, {@code 1.5M}. */
  static double number(String value) {
    String text = value.trim().toLowerCase(Locale.ROOT);
    double factor = text.endsWith("k") ? 1_000 : text.endsWith("m") ? 1_000_000 : 1;
    try {
      return Double.parseDouble(factor == 1 ? text : text.substring(0, text.length() - 1)) * factor;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + value + "\" is no number", e);
    }
  }

  private static Duration unit(String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(1);
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      case "d" -> Duration.ofDays(1);
      default -> Duration.ofDays(7);
    };
  }
}
