// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PositionTest {
  @Test
  void readsWhatItPrints() {
    for (Position position : List.of(Position.START, Position.of(18_423), new Position(3, 7))) {
      assertEquals(position, Position.parse(position.toString()));
    }
    assertEquals(Position.START, Position.parse("0"));
    assertEquals("0-18423", Position.of(18_423).toString());
  }

  @Test
  void whatIsNoPositionIsNull() {
    for (String text :
        List.of("", "1", "-1", "0-", "a-1", "0-x", "0--1", "0-1-2", "0-99999999999999999999")) {
      assertNull(Position.parse(text), text);
    }
    assertNull(Position.parse("0-" + "1".repeat(40)));
  }

  @Test
  void isOrderedByShardAndNumber() {
    assertTrue(Position.of(2).compareTo(Position.of(10)) < 0);
    assertTrue(new Position(1, 0).compareTo(Position.of(10)) > 0);
    assertEquals(Position.of(5), Position.of(2).plus(3));
  }
}
