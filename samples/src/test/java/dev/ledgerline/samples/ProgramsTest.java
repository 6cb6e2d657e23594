// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The samples in other languages, run as a reader would run them. */
@Timeout(120)
class ProgramsTest {
  @ParameterizedTest
  @CsvSource({
    "curl,sh,curl/send.sh",
    "python3,python3,python/agent.py",
    "node,node,node/agent.mjs"
  })
  void aProgramTellsAWholeRunThoughTheServerIsBusyAtFirst(
      String needed, String interpreter, String program) throws Exception {
    assumeTrue(isPresent(needed), () -> "skipped: there is no " + needed);
    try (ListeningServer server = new ListeningServer(503)) {
      ProcessBuilder builder = new ProcessBuilder(interpreter, program).redirectErrorStream(true);
      builder.environment().put("LEDGERLINE_URL", "http://127.0.0.1:" + server.base().getPort());
      builder.environment().put("PYTHONIOENCODING", "utf-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);

      List<ListeningServer.Request> requests = server.requests();
      assertEquals(requests.get(0).body(), requests.get(1).body(), "sent again as it was");
      TreeMap<Integer, JsonNode> events = new TreeMap<>();
      for (ListeningServer.Request request : requests) {
        assertEquals("/v1/events", request.path());
        for (JsonNode event : ListeningServer.events(request)) {
          events.put(event.path("id").intValue(), event);
        }
      }
      assertEquals(1, events.firstKey());
      assertEquals(events.size(), events.lastKey(), "none is missing");
      assertEquals("RunStarted", events.firstEntry().getValue().path("type").asText());
      assertEquals("RunCompleted", events.lastEntry().getValue().path("type").asText());
      assertEquals(1, events.values().stream().map(e -> e.path("run_id")).distinct().count());
      assertTrue(
          events.values().stream().anyMatch(e -> e.path("type").asText().equals("ToolError")));
      assertTrue(output.contains(events.size() + " events"), output);
    }
  }

  private static boolean isPresent(String program) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(program, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .directory(Path.of("").toAbsolutePath().toFile())
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
