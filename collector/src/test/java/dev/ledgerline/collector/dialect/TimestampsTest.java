// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-21T02:27:32Z, 2026-11-21T02:27:32Z",
    "2026-11-21t02:27:32.5z, 2026-11-21T02:27:32.500Z",
    "2026-11-21 02:27:32.123456789+05:30, 2026-11-20T20:57:32.123456789Z",
    "2026-11-21T02:27:32.1234567899-18:00, 2026-11-21T20:27:32.123456789Z",
    "0000-02-29T00:00:00Z, 0000-02-29T00:00:00Z"
  })
  void readsRfc3339ToTheNanosecond(String text, Instant expected) {
    assertEquals(expected, Timestamps.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-11-21",
        "2026-11-21T02:27:32",
        "2026-11-21T02:27Z",
        "2026-11-21T02:27:32.Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T02:60:00Z",
        "2026-02-30T02:27:32Z",
        "2026-11-21T02:27:32+0530",
        "2026-11-21T02:27:32+19:00",
        "2026-11-21T02:27:32Zulu",
        "２０２６-11-21T02:27:32Z",
        "-026-11-21T02:27:32Z"
      })
  void whatIsNoTimeWithAZoneIsNone(String text) {
    assertNull(Timestamps.parse(text));
  }

  @Test
  void aTimeWithoutAZoneIsUtcWhereTheSourceIsKnownToMeanThat() {
    assertEquals(
        Instant.parse("2026-11-21T05:15:28.719314Z"),
        Timestamps.parseNaiveAsUtc("2026-11-21T05:15:28.719314"));
  }

  @Test
  void agreesWithTheJdk() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      Instant instant =
          Instant.ofEpochSecond(random.nextLong(253_402_300_799L), random.nextInt(1_000_000_000));
      assertEquals(instant, Objects.requireNonNull(Timestamps.parse(instant.toString())));
    }
  }
}
