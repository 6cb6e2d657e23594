// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LanesTest {
  @Test
  void refusesWhoWaitedTooLongAndServesTheRest() throws Exception {
    Lanes lanes = new Lanes(1, Duration.ofMillis(20));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first =
          threads.submit(
              () ->
                  lanes.in(
                      () -> {
                        begun.countDown();
                        await(mayEnd);
                        return "first";
                      }));
      begun.await();
      assertThrows(UnansweredException.TooSlow.class, () -> lanes.in(() -> "second"));
      mayEnd.countDown();
      assertEquals("first", first.get());
    }
    assertEquals("third", lanes.in(() -> "third"));
  }

  @Test
  void freesTheLaneOfAQuestionThatFailed() throws Exception {
    Lanes lanes = new Lanes(1, Duration.ofMillis(20));
    assertThrows(
        IllegalStateException.class,
        () ->
            lanes.in(
                () -> {
                  throw new IllegalStateException("broken");
                }));
    assertEquals("next", lanes.in(() -> "next"));
  }

  @Test
  void givesUpWhenInterruptedAndStaysInterrupted() throws Exception {
    Lanes lanes = new Lanes(1, Duration.ofSeconds(10));
    Thread.currentThread().interrupt();
    assertThrows(UnansweredException.TooSlow.class, () -> lanes.in(() -> "never"));
    assertTrue(Thread.interrupted());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
