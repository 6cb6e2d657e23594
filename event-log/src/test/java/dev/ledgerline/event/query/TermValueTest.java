// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Kind;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermValueTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void durationsHaveUnitsAndPlainOnesAreMilliseconds() throws Exception {
    assertEquals(Duration.ofMillis(250), duration("250ms"));
    assertEquals(Duration.ofMillis(250), duration("250"));
    assertEquals(Duration.ofSeconds(30), duration("30s"));
    assertEquals(Duration.ofMillis(1_500), duration("1.5s"));
    assertEquals(Duration.ofMinutes(5), duration("5m"));
    assertEquals(Duration.ofHours(2), duration("2h"));
    assertEquals(Duration.ofDays(1), duration("1d"));
    assertEquals(Duration.ofMinutes(90), duration("1h30m"));
    for (String wrong : List.of("", "s", "5x", "5s5", "-5s", "1e3", "9".repeat(20))) {
      assertThrows(BadQueryException.class, () -> duration(wrong), wrong);
    }
  }

  @Test
  void numbersMayHaveFractionsAndThousands() throws Exception {
    assertEquals(10_000, number("10000"));
    assertEquals(10_000, number("10k"));
    assertEquals(1_500_000, number("1.5M"));
    assertEquals(0.05, number("0.05"));
    assertEquals(-3, number("-3"));
    for (String wrong : List.of("", "k", "1e5", "0x10", "NaN", "1,000")) {
      assertThrows(BadQueryException.class, () -> number(wrong), wrong);
    }
  }

  @Test
  void aDateIsAllOfThatDay() throws Exception {
    TimeRange day = times(Comparison.EQUAL, "2026-11-20");
    assertTrue(day.contains(Instant.parse("2026-11-20T00:00:00Z")));
    assertTrue(day.contains(Instant.parse("2026-11-20T23:59:59.999Z")));
    assertFalse(day.contains(Instant.parse("2026-11-21T00:00:00Z")));
    assertEquals(
        new TimeRange(Instant.parse("2026-11-21T00:00:00Z"), null),
        times(Comparison.GREATER, "2026-11-20"));
    assertEquals(
        new TimeRange(Instant.parse("2026-11-20T00:00:00Z"), null),
        times(Comparison.GREATER_OR_EQUAL, "2026-11-20"));
    assertEquals(
        new TimeRange(null, Instant.parse("2026-11-20T00:00:00Z")),
        times(Comparison.LESS, "2026-11-20"));
    assertEquals(
        new TimeRange(null, Instant.parse("2026-11-21T00:00:00Z")),
        times(Comparison.LESS_OR_EQUAL, "2026-11-20"));
  }

  @Test
  void timesAreAbsoluteOrCountBackFromNow() throws Exception {
    assertEquals(
        new TimeRange(NOW.minus(Duration.ofHours(2)), null), times(Comparison.GREATER, "-2h"));
    assertEquals(new TimeRange(null, NOW), times(Comparison.LESS, "now"));
    assertTrue(times(Comparison.LESS_OR_EQUAL, "now").contains(NOW));
    assertEquals(
        new TimeRange(NOW, NOW.plusSeconds(1)),
        times(Comparison.EQUAL, "2026-11-21T13:00:00+01:00"));
    assertEquals(
        new TimeRange(NOW.plusMillis(5), NOW.plusMillis(6)),
        times(Comparison.EQUAL, "2026-11-21T12:00:00.005Z"));
    assertThrows(BadQueryException.class, () -> times(Comparison.EQUAL, "now"));
    for (String wrong :
        List.of("-", "", "-999999999999d", "+999999999-12-31T23:59:59Z", "2026-02-30")) {
      assertThrows(BadQueryException.class, () -> times(Comparison.GREATER, wrong), wrong);
    }
  }

  @Test
  void aPrefixMeansAllConstantsThatBeginSo() throws Exception {
    assertEquals(
        List.of(Kind.TOOL_CALL, Kind.TOOL_PROGRESS, Kind.TOOL_RESULT),
        TermValue.constants(new FieldTerm(Field.KIND, Comparison.EQUAL, "tool", true), Kind.class));
  }

  @Test
  void comparesAsTheSignSays() {
    assertTrue(TermValue.holds(Comparison.EQUAL, 1, 1));
    assertTrue(TermValue.holds(Comparison.GREATER, 2, 1));
    assertTrue(TermValue.holds(Comparison.GREATER_OR_EQUAL, 1, 1));
    assertTrue(TermValue.holds(Comparison.LESS, 1, 2));
    assertTrue(TermValue.holds(Comparison.LESS_OR_EQUAL, 1, 1));
    assertFalse(TermValue.holds(Comparison.GREATER, 1, 1));
  }

  private static Duration duration(String value) throws BadQueryException {
    return TermValue.duration(new FieldTerm(Field.DURATION, Comparison.GREATER, value, false));
  }

  private static double number(String value) throws BadQueryException {
    return TermValue.number(new FieldTerm(Field.TOKENS, Comparison.GREATER, value, false));
  }

  private static TimeRange times(Comparison comparison, String value) throws BadQueryException {
    return TermValue.times(new FieldTerm(Field.STARTED, comparison, value, false), NOW);
  }
}
