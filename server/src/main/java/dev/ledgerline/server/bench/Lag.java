// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.server.cli.Api;
import dev.ledgerline.server.cli.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How far the index is behind the log, asked for again and again by a thread of its own. */
final class Lag implements AutoCloseable {
  private static final long EVERY_MILLIS = 500;

  /**
   * One look.
   *
   * @param atMillis since the first look
   * @param events acknowledged and not visible yet
   * @param ageMillis of the oldest of them
   */
  record Sample(long atMillis, long events, long ageMillis) {}

  private final Api api;
  private final List<Sample> samples = new ArrayList<>();
  private final Thread thread;

  Lag(Api api) {
    this.api = api;
    this.thread = Thread.ofVirtual().name("lag").start(this::watch);
  }

  /** Now. */
  static Sample look(Api api, long atMillis) throws InterruptedException {
    JsonNode lag = api.get("/v1/status", Map.of()).path("lag");
    return new Sample(atMillis, lag.path("events").asLong(), lag.path("ms").asLong());
  }

  private void watch() {
    long start = System.nanoTime();
    try {
      while (true) {
        try {
          Sample sample = look(api, (System.nanoTime() - start) / 1_000_000);
          synchronized (samples) {
            samples.add(sample);
          }
        } catch (Failure e) {
          // too busy to say; the next look may do
        }
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
