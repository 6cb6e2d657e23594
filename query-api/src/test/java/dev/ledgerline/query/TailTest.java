// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.event.Fact;
import dev.ledgerline.log.Position;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TailTest {
  private final MemoryLog log = new MemoryLog();
  private final Runs runs =
      new Runs(
          new MemoryRuns(), log, () -> Story.NOON, Duration.ofSeconds(10), Map::of, "0.1.0-test");

  private Position append(String name) {
    return log.append(
        Story.recorded("{}", Story.event("r", name, new Fact.ToolCall(null, name, null))));
  }

  @Test
  void comesBackInTimeFromALongWayOfNothingThatMatches() throws Exception {
    for (int i = 0; i < 3; i++) {
      append("other");
    }
    append("wanted");
    try (Tail tail = runs.tail(runs.parse("tool:wanted"), Position.START)) {
      for (int i = 1; i <= 3; i++) {
        assertNull(tail.next(Duration.ZERO));
        assertEquals(Position.of(i), tail.position());
      }
      Tail.Happened found = assertInstanceOf(Tail.Happened.class, tail.next(Duration.ZERO));
      assertEquals("wanted", found.event().event().nativeId());
      assertNull(tail.next(Duration.ZERO));
    }
  }

  @Test
  void wakesForWhatIsAppendedWhileItWaits() throws Exception {
    try (Tail tail = runs.tail(runs.parse(null), null)) {
      Thread.ofVirtual().start(() -> append("late"));
      assertInstanceOf(Tail.Happened.class, tail.next(Duration.ofSeconds(10)));
    }
  }
}
