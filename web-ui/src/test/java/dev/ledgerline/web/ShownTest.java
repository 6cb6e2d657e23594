// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ledgerline.run.RunKey;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ShownTest {
  @Test
  void whatCannotBeSeenIsShownAsItsCode() {
    assertEquals("a\\u202eb\\u0007c", Shown.text("a\u202eb\u0007c"));
    assertEquals(
        "lines\nand\ttabs stay, 日本語 and 🙂 too",
        Shown.text("lines\nand\ttabs stay, 日本語 and 🙂 too"));
    assertEquals("", Shown.text(null));
  }

  @Test
  void durationsAreAsLongAsTheyNeedToBe() {
    assertEquals("", Shown.duration(null));
    assertEquals("999 ms", Shown.duration(999L));
    assertEquals("59.9 s", Shown.duration(59_900L));
    assertEquals("3 m 5 s", Shown.duration(185_000L));
    assertEquals("10 m", Shown.duration(600_000L));
    assertEquals("2 h 1 m", Shown.duration(7_260_000L));
    assertEquals("3 d 4 h", Shown.duration(273_600_000L));
  }

  @Test
  void agesAreRelativeAndTimesToComeAreNot() {
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    assertEquals("just now", Shown.ago(now, now));
    assertEquals("5.0 s ago", Shown.ago(now.minusSeconds(5), now));
    assertEquals("2027-11-21 12:00:00 UTC", Shown.ago(Instant.parse("2027-11-21T12:00:00Z"), now));
  }

  @Test
  void numbersFitTheirColumns() {
    assertEquals("9,999", Shown.tokens(9_999L));
    assertEquals("14 k", Shown.tokens(14_300L));
    assertEquals("14.6 M", Shown.tokens(14_600_000L));
    assertEquals("512 KiB", Shown.bytes(512 << 10));
    assertEquals("2.0 GiB", Shown.bytes(2L << 30));
  }

  @Test
  void anAddressHoldsAnyId() {
    assertEquals(
        "run/a%2Fb%20%3F%26?source=x%26y&event=3", Address.event(new RunKey("x&y", "a/b ?&"), 3));
  }
}
