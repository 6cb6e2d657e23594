// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.server.cli.Api;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what was acknowledged, run by run: each event must be there exactly once. An event
 * that was sent and not acknowledged may be there, once.
 */
final class Verification {
  /** Findings that are written out. */
  private static final int EXAMPLES = 10;

  private final Api api;
  private final Workload workload;
  private long seen;
  private long missing;
  private long twice;
  private final List<String> examples = new ArrayList<>();

  Verification(Api api, Workload workload) {
    this.api = api;
    this.workload = workload;
  }

  /**
   * What was found.
   *
   * @param seen events that are visible
   * @param missing acknowledged and not visible
   * @param twice visible more than once
   */
  record Result(long acknowledged, long seen, long missing, long twice, List<String> examples) {
    boolean isGood() {
      return missing == 0 && twice == 0;
    }
  }

  /**
   * @param acknowledged by each client: its first so many events
   */
  Result check(long[] acknowledged) throws InterruptedException {
    long all = 0;
    for (int client = 0; client < acknowledged.length; client++) {
      long events = acknowledged[client];
      all += events;
      for (long run = 0;
          events > 0 && run <= Workload.runNumber(events - 1) + Workload.OPEN_RUNS;
          run++) {
        int expected = Workload.eventsOf(run, events);
        if (expected > 0) {
          checkRun(workload.runIdOf(client, run), expected);
        }
      }
    }
    return new Result(all, seen, missing, twice, List.copyOf(examples));
  }

  private void checkRun(String runId, int expected) throws InterruptedException {
    int[] times = new int[Workload.EVENTS_PER_RUN + 1];
    Map<String, @Nullable Object> parameters = new HashMap<>();
    parameters.put("limit", 1_000);
    do {
      JsonNode page = api.get("/v1/runs/" + runId + "/events", parameters);
      for (JsonNode event : page.path("items")) {
        times[event.path("native_id").asInt() - Workload.FIRST_ID + 1]++;
        seen++;
      }
      parameters.put("cursor", page.path("next_cursor").textValue());
    } while (parameters.get("cursor") != null);
    for (int id = 1; id <= Workload.EVENTS_PER_RUN; id++) {
      if (id <= expected && times[id] == 0) {
        missing++;
        example("missing: " + runId + " event " + id);
      } else if (times[id] > 1) {
        twice++;
        example("visible " + times[id] + " times: " + runId + " event " + id);
      }
    }
  }

  private void example(String text) {
    if (examples.size() < EXAMPLES) {
      examples.add(text);
    }
  }
}
