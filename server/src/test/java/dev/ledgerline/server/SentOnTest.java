// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ledgerline.samples.Moment;
import dev.ledgerline.samples.Stories;
import dev.ledgerline.samples.Story;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One Ledgerline exports to another: what ended in the stories that it was told is the same there.
 */
@Timeout(120)
final class SentOnTest {
  private static final List<String> OF_A_RUN =
      List.of(
          "run_id",
          "state",
          "state_quality",
          "reason",
          "title",
          "task_id",
          "thread_id",
          "agent",
          "parent_run_id",
          "continues_run_id",
          "started_at",
          "ended_at",
          "open_waits",
          "waits",
          "tool_calls",
          "failed_tools",
          "model_calls",
          "usage");

  private static final List<String> OF_A_STEP =
      List.of(
          "kind", "name", "agent", "call_id", "state", "started_at", "ended_at", "error", "usage");

  private static final List<String> OF_A_WAIT =
      List.of(
          "wait_id",
          "kind",
          "prompt",
          "outcome",
          "opened_at",
          "resolved_at",
          "resolved_by",
          "resolved_run_id");

  @ParameterizedTest
  @ValueSource(strings = {"traces", "traces+logs"})
  void whatEndedInTheStoriesIsTheSameThere(String signals, @TempDir Path data) throws Exception {
    try (TestServer there = new TestServer(data.resolve("there"), Map.of(Setting.OTLP_PORT, "0"));
        TestServer here =
            new TestServer(
                data.resolve("here"),
                Map.of(
                    Setting.EXPORT,
                    "there=http://127.0.0.1:" + there.otlpPort() + ",signals=" + signals))) {
      for (Story story : Stories.all()) {
        String type = story.form() == Story.Form.LOG ? "text/plain" : "application/x-ndjson";
        String told =
            story.told(1, Instant.parse("2026-11-21T12:00:00Z"), 1).stream()
                .map(Moment::record)
                .collect(Collectors.joining("\n"));
        assertEquals(202, here.post("/v1/events", type, told + "\n").statusCode(), story.name());
      }
      here.awaitStatus(s -> s.at("/lag/events").asLong() == 0);
      Map<String, List<String>> told = runs(here);
      assertTrue(told.size() > 5, told::toString);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!runs(there).equals(told) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertEquals(text(told), text(runs(there)));
    }
  }

  private static String text(Map<String, List<String>> runs) {
    return runs.values().stream().flatMap(Collection::stream).collect(Collectors.joining("\n"));
  }

  /** What is told of each that its source says to have ended, by its id. */
  private static Map<String, List<String>> runs(TestServer server)
      throws IOException, InterruptedException {
    Map<String, List<String>> runs = new TreeMap<>();
    for (JsonNode run : server.json("/v1/runs?limit=200").path("items")) {
      String id = run.path("run_id").asText();
      if (run.path("ended_at").isNull() || !run.path("state_quality").asText().equals("reported")) {
        continue;
      }
      List<String> lines = new ArrayList<>(List.of(only(run, OF_A_RUN)));
      lines.addAll(items(server, id, "steps", OF_A_STEP));
      lines.addAll(items(server, id, "waits", OF_A_WAIT));
      runs.put(id, lines);
    }
    return runs;
  }

  private static List<String> items(TestServer server, String run, String what, List<String> fields)
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    for (JsonNode item :
        server.json("/v1/runs/" + run + "/" + what + "?limit=1000").path("items")) {
      lines.add(what + " " + only(item, fields));
    }
    lines.sort(null);
    return lines;
  }

  private static String only(JsonNode item, List<String> fields) {
    return ((ObjectNode) item).retain(fields).toString();
  }
}
