// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.RecentIds.Decision;
import dev.ledgerline.event.EventId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentIdsTest {
  @Test
  void tellsNewFromKnownFromOther() {
    RecentIds ids = new RecentIds(1_000);
    EventId id = EventId.named("a");
    assertEquals(Decision.NEW, ids.decide(id, 1));
    ids.add(id, 1);
    assertEquals(Decision.DUPLICATE, ids.decide(id, 1));
    assertEquals(Decision.CONFLICT, ids.decide(id, 2));
    ids.add(id, 2);
    assertEquals(Decision.DUPLICATE, ids.decide(id, 1));
    assertEquals(1, ids.size());
    assertFalse(ids.full());
  }

  @Test
  void remembersAtLeastTheLastOnesAndForgetsTheOldest() {
    int capacity = 20_000;
    RecentIds ids = new RecentIds(capacity);
    for (int i = 0; i < 100_000; i++) {
      ids.add(EventId.named("id", Integer.toString(i)), i);
    }
    assertTrue(ids.full());
    for (int i = 100_000 - capacity; i < 100_000; i++) {
      EventId id = EventId.named("id", Integer.toString(i));
      assertEquals(Decision.DUPLICATE, ids.decide(id, i), "id " + i);
    }
    assertEquals(Decision.NEW, ids.decide(EventId.named("id", "0"), 0));
  }

  /** All in one shard, with few homes, against a map: long chains, gaps closed around the end. */
  @Test
  void agreesWithAMapUnderCollisions() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    RecentIds ids = new RecentIds(0);
    int most = 64; // what a shard of an index for nothing holds
    Map<Long, Long> model = new LinkedHashMap<>();
    for (int step = 0; step < 50_000; step++) {
      long low = random.nextLong(200) * (random.nextBoolean() ? 1 : 256);
      long hash = random.nextInt(3);
      Long known = model.get(low);
      Decision expected =
          known == null ? Decision.NEW : known == hash ? Decision.DUPLICATE : Decision.CONFLICT;
      assertEquals(
          expected, ids.decide(new EventId(0, low), hash), "step " + step + " of seed " + seed);
      ids.add(0, low, hash);
      if (known == null) {
        model.put(low, hash);
        if (model.size() > most) {
          model.remove(model.keySet().iterator().next());
        }
      }
    }
  }

  @Test
  void drainsEachIdOnceInOrder() {
    RecentIds ids = new RecentIds(1_000);
    List<Long> drained = new ArrayList<>();
    for (long i = 0; i < 10; i++) {
      ids.add(0, i, i);
    }
    ids.drain((high, low, hash) -> drained.add(low));
    ids.add(0, 10, 10);
    ids.drain((high, low, hash) -> drained.add(low));
    ids.drain((high, low, hash) -> drained.add(low));
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L), drained);
  }
}
