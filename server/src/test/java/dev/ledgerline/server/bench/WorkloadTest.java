// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class WorkloadTest {
  private final Workload workload = new Workload(7);

  @Test
  void anEventIsAlwaysTheSameBytes() {
    assertArrayEquals(event(workload, 3, 4_711), event(new Workload(7), 3, 4_711));
  }

  @Test
  void eventsAreLinesOfJsonOfAboutAKibibyte() throws IOException {
    ObjectMapper json = new ObjectMapper();
    long bytes = 0;
    for (int n = 0; n < 20_000; n++) {
      byte[] event = event(workload, 1, n);
      bytes += event.length;
      assertEquals('\n', event[event.length - 1]);
      JsonNode read = json.readTree(event);
      assertEquals(workload.runId(1, n), read.path("run_id").asText());
      assertEquals(
          Workload.FIRST_ID - 1 + Workload.idInRun(n), read.path("id").asInt(), read.toString());
    }
    assertTrue(bytes / 20_000 > 924 && bytes / 20_000 < 1_124, "mean " + bytes / 20_000);
  }

  @Test
  void eachEventOfARunIsWrittenOnceAndInOrder() {
    Map<String, Integer> last = new HashMap<>();
    int events = 3 * Workload.OPEN_RUNS * Workload.EVENTS_PER_RUN / 2;
    for (int n = 0; n < events; n++) {
      String run = workload.runId(0, n);
      assertEquals(last.getOrDefault(run, 0) + 1, Workload.idInRun(n));
      last.put(run, Workload.idInRun(n));
    }
    for (long run = 0; run < last.size(); run++) {
      assertEquals(last.get(workload.runIdOf(0, run)), Workload.eventsOf(run, events));
    }
  }

  private static byte[] event(Workload workload, int client, long n) {
    byte[] buffer = new byte[Workload.LARGEST];
    return Arrays.copyOf(buffer, workload.write(client, n, buffer, 0));
  }
}
