// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the value of a term means for its field. The parser has checked each term, so whoever runs a
 * parsed query gets no exception from here.
 */
public final class TermValue {
  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
  private static final Pattern PLAIN_NUMBER = Pattern.compile("\\d{1,15}");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?([kKmM])?");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final List<String> VERDICTS = List.of("ok", "violated", "unknown");

  private TermValue() {}

  /** {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}, {@code 1h30m}; plain is ms. */
  public static Duration duration(FieldTerm term) throws BadQueryException {
    return duration(term, term.value());
  }

  /** A number; {@code k} and {@code m} at its end are thousands and millions. */
  public static double number(FieldTerm term) throws BadQueryException {
    Matcher matcher = NUMBER.matcher(term.value());
    if (!matcher.matches()) {
      throw wrong(term, "a number like 10000 or 10k");
    }
    String unit = matcher.group(2);
    int digits = term.value().length() - (unit == null ? 0 : 1);
    double number = Double.parseDouble(term.value().substring(0, digits));
    return unit == null ? number : number * (unit.equalsIgnoreCase("k") ? 1e3 : 1e6);
  }

  /**
   * The times that the term means: {@code started:2026-11-21} is that day (UTC), {@code
   * started>2026-11-21} what is after it, {@code started>-2h} the last two hours.
   */
  public static TimeRange times(FieldTerm term, Instant now) throws BadQueryException {
    try {
      return range(term, now);
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong(term, "a time like 2026-11-21T10:43:01Z, 2026-11-21 or -2h");
    }
  }

  private static TimeRange range(FieldTerm term, Instant now) throws BadQueryException {
    String value = term.value();
    Instant start;
    Instant end;
    if (value.equals("now")) {
      start = now;
      end = now;
    } else if (value.startsWith("-") && value.length() > 1) {
      start = now.minus(duration(term, value.substring(1)));
      end = start;
    } else {
      start = start(term);
      end =
          DATE.matcher(value).matches()
              ? start.plus(Duration.ofDays(1))
              : start.plus(value.contains(".") ? Duration.ofMillis(1) : Duration.ofSeconds(1));
    }
    return switch (term.comparison()) {
      case EQUAL -> {
        if (start.equals(end)) {
          throw new BadQueryException(
              term.field().word() + " cannot be equal to " + value + "; use > or <");
        }
        yield new TimeRange(start, end);
      }
      case GREATER -> new TimeRange(end, null);
      case GREATER_OR_EQUAL -> new TimeRange(start, null);
      case LESS -> new TimeRange(null, start);
      case LESS_OR_EQUAL -> new TimeRange(null, end.equals(start) ? end.plusNanos(1) : end);
    };
  }

  /** The constants that the term means: one, or with {@code *} all that begin so. */
  public static <E extends Enum<E> & Word> List<E> constants(FieldTerm term, Class<E> type)
      throws BadQueryException {
    List<E> found = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (term.prefix()
          ? constant.word().startsWith(term.value())
          : constant.word().equals(term.value())) {
        found.add(constant);
      }
    }
    if (found.isEmpty()) {
      List<String> known = new ArrayList<>();
      for (E constant : type.getEnumConstants()) {
        known.add(constant.word());
      }
      throw unknown(term, known);
    }
    return found;
  }

  /** Compares as the term says. */
  public static boolean holds(Comparison comparison, double left, double right) {
    return switch (comparison) {
      case EQUAL -> left == right;
      case GREATER -> left > right;
      case GREATER_OR_EQUAL -> left >= right;
      case LESS -> left < right;
      case LESS_OR_EQUAL -> left <= right;
    };
  }

  /** Throws where the value or the comparison means nothing for the field. */
  static void check(FieldTerm term) throws BadQueryException {
    switch (term.field()) {
      case DURATION -> duration(whole(term));
      case EVENTS, ERRORS, TOKENS, COST, WAITS -> number(whole(term));
      case STARTED, ENDED, OCCURRED, OBSERVED -> times(whole(term), Instant.EPOCH);
      case STATE -> constants(equal(term), State.class);
      case KIND -> constants(equal(term), Kind.class);
      case FLAG -> constants(equal(term), Flag.class);
      case HAS -> constants(equal(term), Has.class);
      case VERDICT -> checkVerdict(equal(term));
      case RUN,
          THREAD,
          TASK,
          PARENT,
          SOURCE,
          DIALECT,
          AGENT,
          TITLE,
          TRACE,
          TOOL,
          CALL,
          TYPE,
          TEXT,
          ERROR ->
          equal(term);
    }
  }

  private static void checkVerdict(FieldTerm term) throws BadQueryException {
    boolean known =
        term.prefix()
            ? VERDICTS.stream().anyMatch(verdict -> verdict.startsWith(term.value()))
            : VERDICTS.contains(term.value());
    if (!known) {
      throw unknown(term, VERDICTS);
    }
  }

  private static FieldTerm equal(FieldTerm term) throws BadQueryException {
    if (term.comparison() != Comparison.EQUAL) {
      throw new BadQueryException(
          term.field().word()
              + " has no order: use "
              + term.field().word()
              + ": and not "
              + term.comparison().sign());
    }
    return term;
  }

  private static FieldTerm whole(FieldTerm term) throws BadQueryException {
    if (term.prefix()) {
      throw new BadQueryException(term.field().word() + " takes no *");
    }
    return term;
  }

  private static Duration duration(FieldTerm term, String value) throws BadQueryException {
    if (PLAIN_NUMBER.matcher(value).matches()) {
      return Duration.ofMillis(Long.parseLong(value));
    }
    Matcher part = DURATION_PART.matcher(value);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      double nanos =
          Double.parseDouble(part.group(1))
              * switch (part.group(2)) {
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "m" -> 60e9;
                case "h" -> 3600e9;
                default -> 86_400e9;
              };
      sum = sum.plusSeconds((long) (nanos / 1e9)).plusNanos((long) (nanos % 1e9));
      end = part.end();
    }
    if (end == 0 || end < value.length()) {
      throw wrong(term, "a duration like 250ms, 30s, 5m, 2h or 1d");
    }
    return sum;
  }

  private static Instant start(FieldTerm term) {
    String value = term.value();
    return DATE.matcher(value).matches()
        ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
        : OffsetDateTime.parse(value).toInstant();
  }

  private static BadQueryException wrong(FieldTerm term, String expected) {
    return new BadQueryException(
        term.field().word() + " needs " + expected + ", not \"" + term.value() + "\"");
  }

  private static BadQueryException unknown(FieldTerm term, List<String> known) {
    return new BadQueryException(
        "unknown "
            + term.field().word()
            + " \""
            + term.value()
            + "\""
            + Nearest.hint(term.value(), known));
  }
}
