// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an auditor is told of the tasks of an orchestrator, of a log that is known in full. */
@Timeout(120)
class SymphonyTasksTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path data = Path.of("");

  @Test
  void tasksAreFoundByNameAndEndAsIsKnownAndTheirRetriesAreAsDocumented() throws Exception {
    Path corpus = corpus();
    assumeTrue(corpus != null, "skipped: there is no ../shared/corpus beside the project");
    Path folder = corpus == null ? Path.of("") : corpus.resolve("symphony");
    JsonNode truth = JSON.readTree(folder.resolve("truth.json").toFile()).at("/cases/orchestrator");
    try (TestServer server = new TestServer(data)) {
      server.awaitReady();
      HttpResponse<String> receipt =
          server.send(
              server
                  .request("v1/dialects/symphony-log")
                  .header("Content-Type", "text/plain")
                  .header("Ledgerline-Stream", "orchestrator")
                  .POST(BodyPublishers.ofFile(folder.resolve("orchestrator.symphony.log"))));
      assertEquals(202, receipt.statusCode(), receipt.body());
      String position = JSON.readTree(receipt.body()).path("position").asText();
      while (server.get("v1/status?after_position=" + position).statusCode() == 503) {
        // each waits up to 5 s; the time limit of the test ends it
      }
      int retries = 0;
      for (JsonNode expected : truth.path("tasks")) {
        String name = expected.path("issue_identifier").asText();
        HttpResponse<String> answer = server.get("v1/tasks/" + name);
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode task = JSON.readTree(answer.body());
        assertEquals(expected.path("issue_id"), task.path("task_id"), name);
        assertEquals(name, task.path("identifier").asText());
        assertEquals(expected.path("expected_state"), task.path("state"), name);
        assertEquals(expected.path("runs").asInt(), task.path("attempts").size(), name);
        assertFalse(task.at("/why/stuck").asBoolean(), () -> name + " " + task.path("why"));
        List<String> wrong = new ArrayList<>();
        for (JsonNode retry : task.path("retries")) {
          retries++;
          if (retry.path("ok").isBoolean() && !retry.path("ok").asBoolean()) {
            wrong.add(retry.toString());
          }
        }
        assertEquals(List.of(), wrong, name);
        long between = 0;
        for (JsonNode part : task.at("/time/classes")) {
          between += part.path("ms").asLong();
        }
        assertEquals(
            task.at("/time/total_ms").asLong(),
            task.at("/time/in_runs_ms").asLong() + between,
            name);
      }
      assertTrue(retries > 5, "retries audited: " + retries);
    }
  }

  private static @Nullable Path corpus() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/corpus"))) {
        return at.resolve("shared/corpus");
      }
    }
    return null;
  }
}
