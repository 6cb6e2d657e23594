// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.server.cli.Api;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a 2xx promises, tried on the real process. {@code -Dkill.seed} repeats a run, {@code
 * -Dkill.times} makes it longer.
 */
final class KillTest {
  private static final int CLIENTS = 4;
  private static final int BATCH = 25;
  private static final double EVENTS_PER_SECOND = 4_000;

  /** The process may live so long under load before it is killed. */
  private static final int LONGEST_MILLIS = 1_200;

  @TempDir private Path data = Path.of("");

  @Test
  @Timeout(600)
  void everyAcknowledgedEventIsThereOnceHoweverOftenTheProcessIsKilled() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime() & 0xffff_ffffL);
    int kills = Integer.getInteger("kill.times", 20);
    SplittableRandom random = new SplittableRandom(seed);
    Workload workload = new Workload(seed);
    long[] acknowledged = new long[CLIENTS];
    for (int i = 0; i < kills; i++) {
      try (ServerProcess server = ServerProcess.start(data, List.of())) {
        Load load =
            new Load(
                workload,
                new Load.Plan(
                    server.url(), null, CLIENTS, BATCH, Long.MAX_VALUE / 2, EVENTS_PER_SECOND),
                acknowledged);
        load.start();
        Thread.sleep(random.nextInt(20, LONGEST_MILLIS)); // the point at which it dies
        server.kill();
        load.stop();
        load.join();
        acknowledged = load.acknowledged();
      }
    }
    try (ServerProcess server = ServerProcess.start(data, List.of());
        Api api = new Api(server.url(), null)) {
      awaitIndexed(api);
      Verification.Result result = new Verification(api, workload).check(acknowledged);
      assertTrue(result.acknowledged() > 0, "nothing was acknowledged, seed " + seed);
      assertTrue(result.isGood(), "seed " + seed + ": " + result);
      assertEquals(0, server.terminate(), "an orderly end");
    }
  }

  /** {@code after_position} waits by itself, five seconds at a time. */
  private static void awaitIndexed(Api api) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    String end = api.get("/v1/status", Map.of()).at("/positions/durable").asText();
    while (!api.get("/v1/status", Map.of("after_position", end))
        .at("/positions/indexed")
        .asText()
        .equals(end)) {
      assertTrue(System.nanoTime() < deadline, "not indexed in three minutes");
    }
  }
}
