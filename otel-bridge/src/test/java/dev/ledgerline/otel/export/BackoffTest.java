// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final Random random = new Random(1);

  @Test
  void pausesDoubleUpToTheLongest() {
    for (int failures = 1; failures < 100; failures++) {
      long most = Math.min(60_000, 1_000L << Math.min(failures - 1, 20));
      long pause = Backoff.USUAL.pause(failures, null, random).toMillis();
      assertTrue(pause >= most / 2 && pause <= most, failures + ": " + pause);
    }
  }

  @Test
  void pausesDifferByChance() {
    Set<Duration> pauses = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      pauses.add(Backoff.USUAL.pause(5, null, random));
    }
    assertTrue(pauses.size() > 40);
  }

  @Test
  void whatTheTargetAskedForIsTheLeastAndAnHourTheMost() {
    assertEquals(Duration.ofMinutes(5), Backoff.USUAL.pause(1, Duration.ofMinutes(5), random));
    assertEquals(Duration.ofHours(1), Backoff.USUAL.pause(1, Duration.ofDays(400), random));
    assertTrue(Backoff.USUAL.pause(3, Duration.ZERO, random).toMillis() >= 2_000);
  }
}
