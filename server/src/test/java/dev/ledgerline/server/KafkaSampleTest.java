// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.kafka.Broker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample that tells a topic what it does, started as its page says, on a real broker. */
@Timeout(180)
final class KafkaSampleTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aRunThatIsToldToATopicIsThere() throws Exception {
    try (Broker broker = new Broker(folder.resolve("broker"))) {
      broker.createTopic("agents", 2);
      Map<Setting, String> topics =
          Map.of(Setting.KAFKA, "bootstrap=" + broker.address() + " topics=agents");
      try (TestServer server = new TestServer(folder.resolve("data"), topics);
          Tail tail = new Tail(server, "/v1/tail?since=0&q=source:night-desk");
          Program agent = agent(broker.address())) {
        String said = agent.awaitExit();
        while (!tail.awaitLine("data:").contains("RunCompleted")) {}

        String durable = server.json("/v1/status").at("/positions/durable").asText();
        JsonNode runs = server.json("/v1/runs?after_position=" + durable).path("items");
        assertEquals(1, runs.size(), runs.toString());
        JsonNode run = runs.path(0);
        assertTrue(said.contains("told run " + run.path("run_id").asText()), said);
        assertEquals("completed", run.path("state").asText());
        assertEquals("conductor", run.path("agent").asText());
        assertEquals("Which trains run tonight?", run.path("title").asText());
        assertEquals(5, run.path("events").asInt());
        assertEquals(1, run.path("tool_calls").asInt());
        assertEquals("ok", run.path("verdict").asText(), run.toString());

        String metrics = server.get("/metrics").body();
        assertTrue(
            metrics.contains("ledgerline_kafka_up{group=\"ledgerline\",topics=\"agents\"} 1"),
            metrics);
      }
    }
  }

  private static Program agent(String bootstrap) throws Exception {
    return new Program(
        Map.of(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Path.of("../samples/kafka/Agent.java").toString(),
        bootstrap,
        "agents");
  }
}
