// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An orchestrator that only answers when asked, and what a question then says of it. */
@Timeout(60)
final class ScrapeTest {
  private static final String STATE =
      """
      {"generated_at":"2026-11-21T10:00:05Z","counts":{"running":1,"retrying":0},
       "running":[{"issue_id":"i-1","issue_identifier":"MT-1","state":"In Progress",
         "session_id":"01a1f866-1612-72d0-9bb6-a896f2133e9b-01a1f866-1d70-7f73-8ce2-6558da7b57ca",
         "started_at":"2026-11-21T10:00:01Z",
         "tokens":{"input_tokens":40,"output_tokens":2,"total_tokens":42}}],
       "retrying":[],"codex_totals":{"total_tokens":42,"seconds_running":4}}
      """;

  @TempDir private Path data = Path.of("");

  @Test
  void whatAnInstanceRunsIsSeenWithoutItsSendingAnything() throws Exception {
    HttpServer instance =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    CountDownLatch askedAgain = new CountDownLatch(2); // what was said first is stored by then
    instance.createContext(
        "/api/v1/state",
        exchange -> {
          askedAgain.countDown();
          byte[] body = STATE.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    instance.start();
    String source = "127.0.0.1:" + instance.getAddress().getPort();
    Map<Setting, String> settings =
        Map.of(Setting.SCRAPE, "symphony=http://" + source, Setting.SCRAPE_INTERVAL, "100ms");
    try (TestServer server = new TestServer(data, settings)) {
      assertTrue(askedAgain.await(30, TimeUnit.SECONDS), () -> "never asked again");
      String end = server.json("/v1/status").at("/positions/durable").asText();
      JsonNode run = server.json("/v1/runs?after_position=" + end).at("/items/0");
      assertEquals("i-1@2026-11-21T10:00:01Z", run.path("run_id").asText());
      assertEquals("i-1", run.path("task_id").asText());
      assertEquals("running", run.path("state").asText());
      assertEquals("synthesized", run.path("state_quality").asText());
      assertEquals(source, run.path("source").asText());
      assertEquals(42, run.at("/usage/total_tokens").asInt());
      String metrics = server.get("/metrics").body();
      assertTrue(
          metrics.contains("ledgerline_scrape_snapshots_total{instance=\"" + source + "\"} 1"),
          metrics);
    } finally {
      instance.stop(0);
    }
  }
}
