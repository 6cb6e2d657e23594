// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole in one process: what goes in at the door comes out of every question. */
@Timeout(60)
final class ServerTest {
  private static final String STARTED =
      """
      {"id":1,"run_id":"r/1","thread_id":"t1","agent":"planner","type":"RunStarted","role":"system",\
      "depth":0,"timestamp":"2026-11-21T10:00:00Z"}
      """;
  private static final String CALL =
      """
      {"id":2,"run_id":"r/1","thread_id":"t1","agent":"planner","type":"ToolCall","role":"assistant",\
      "depth":0,"function_name":"grep","args":{"pattern":"zanzibar"}}
      """;

  @TempDir private Path data = Path.of("");

  @Test
  void anEventIsSeenByEveryQuestionOnceItWasAcknowledged() throws Exception {
    try (TestServer server = new TestServer(data)) {
      HttpResponse<String> answer =
          server.post("/v1/events", "application/x-ndjson", STARTED + CALL);
      assertEquals(202, answer.statusCode(), answer.body());
      String position = json(answer.body()).path("position").asText();

      JsonNode runs = server.json("/v1/runs?after_position=" + position);
      assertEquals("r/1", runs.at("/items/0/run_id").asText(), runs.toString());
      assertEquals("running", runs.at("/items/0/state").asText());
      assertEquals(2, server.json("/v1/runs/r%2F1").path("events").asInt());
      JsonNode events = server.json("/v1/runs/r%2F1/events");
      assertEquals("tool.call", events.at("/items/1/kind").asText(), events.toString());
      JsonNode hits = server.json("/v1/search?q=zanzibar");
      assertEquals(2, hits.at("/items/0/event/seq").asInt(), hits.toString());
      JsonNode status = server.json("/v1/status");
      assertEquals(2, status.at("/sources/0/stored").asInt(), status.toString());
      assertEquals(0, status.at("/lag/events").asInt());
    }
  }

  @Test
  void aTailSeesAnEventAsItArrivesAndGoesOnWhereItWas() throws Exception {
    try (TestServer server = new TestServer(data)) {
      String id;
      try (Tail tail = new Tail(server, "/v1/tail?since=0")) {
        server.post("/v1/events", "application/json", STARTED);
        assertTrue(tail.awaitLine("data:").contains("\"run_id\":\"r/1\""));
        id = tail.awaitLine("id:").substring(3).strip();
      }
      server.post("/v1/events", "application/json", CALL);
      try (Tail tail = new Tail(server, "/v1/tail?since=" + id)) {
        assertTrue(tail.awaitLine("data:").contains("\"kind\":\"tool.call\""));
      }
    }
  }

  @Test
  void theUiIsServedFromTheSamePort() throws Exception {
    try (TestServer server = new TestServer(data)) {
      HttpResponse<String> root = server.get("/");
      assertEquals("/ui/", root.headers().firstValue("Location").orElse(""));
      HttpResponse<String> ui = server.get("/ui/");
      assertEquals(200, ui.statusCode());
      assertTrue(ui.headers().firstValue("Content-Type").orElse("").startsWith("text/html"));
    }
  }

  @Test
  void spansOfOpenTelemetryBecomeARun() throws Exception {
    String export =
        """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
        "scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",
        "name":"invoke_agent planner","kind":1,"startTimeUnixNano":"1763719200000000000",
        "endTimeUnixNano":"1763719201000000000","attributes":[
        {"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},
        {"key":"gen_ai.agent.name","value":{"stringValue":"planner"}}]}]}]}]}
        """;
    try (TestServer server = new TestServer(data)) {
      HttpResponse<String> answer = server.post("/v1/traces", "application/json", export);
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(415, server.post("/v1/traces", "text/plain", export).statusCode());
      assertEquals(400, server.post("/v1/traces", "application/json", "{").statusCode());
      String position = server.json("/v1/status").at("/positions/durable").asText();
      JsonNode runs = server.json("/v1/runs?after_position=" + position);
      assertEquals(1, runs.path("items").size(), runs.toString());
    }
  }

  @Test
  void whateverIsAnswered400CountsAsOneRejectedRecord() throws Exception {
    try (TestServer server = new TestServer(data)) {
      assertEquals(400, server.post("/v1/traces", "application/json", "{").statusCode());
      assertEquals(400, server.send(traces(server).header("Ledgerline-Run", "%")).statusCode());
      assertEquals(
          400, server.send(traces(server).header("Content-Encoding", "gzip")).statusCode());
      String position = server.json("/v1/status").at("/positions/durable").asText();
      JsonNode status = server.json("/v1/status?after_position=" + position);
      assertEquals(3, status.at("/sources/0/rejected").asInt(), status.toString());
      assertEquals(3, status.at("/sources/0/quarantined").asInt(), status.toString());
    }
  }

  private static HttpRequest.Builder traces(TestServer server) {
    return server
        .request("/v1/traces")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{}"));
  }

  @Test
  void everythingIsStillThereAfterARestartAndAfterARebuild() throws Exception {
    try (TestServer server = new TestServer(data)) {
      server.post("/v1/events", "application/x-ndjson", STARTED + CALL);
    }
    try (TestServer server = new TestServer(data)) {
      server.awaitReady();
      assertEquals(2, server.json("/v1/runs/r%2F1").path("events").asInt());
      JsonNode again = json(server.post("/v1/events", "application/json", CALL).body());
      assertEquals(1, again.path("duplicates").asInt(), again.toString());
    }
    try (TestServer server = new TestServer(data, Map.of(Setting.REBUILD, "true"))) {
      server.awaitReady();
      assertEquals(2, server.json("/v1/runs/r%2F1").path("events").asInt());
    }
  }

  @Test
  void whatIsNotBuiltIsNotThere() throws Exception {
    try (TestServer server = new TestServer(data)) {
      for (String path : new String[] {"/v1/nothing", "/v1/runs/r/nothing", "/nothing"}) {
        HttpResponse<String> answer = server.get(path);
        assertEquals(404, answer.statusCode(), path);
        assertEquals("unknown_path", json(answer.body()).at("/error/code").asText(), path);
      }
      HttpResponse<String> wrongVerb = server.get("/v1/dialects/agentic");
      assertEquals(405, wrongVerb.statusCode());
      assertEquals("POST", wrongVerb.headers().firstValue("Allow").orElse(""));
      assertEquals("method_not_allowed", json(wrongVerb.body()).at("/error/code").asText());
    }
  }

  @Test
  void aSecondServerOnTheSameFolderIsRefused() throws Exception {
    try (TestServer server = new TestServer(data)) {
      assertTrue(server.url().startsWith("http://127.0.0.1:"));
      Exception refused = assertThrows(IOException.class, () -> new TestServer(data).close());
      assertFalse(String.valueOf(refused.getMessage()).isBlank());
    }
  }

  @Test
  void theFolderIsForItsOwnerOnly() throws Exception {
    Path inner = data.resolve("new");
    try (TestServer server = new TestServer(inner)) {
      assertEquals(200, server.get("/health").statusCode());
      assertEquals(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE),
          Files.getPosixFilePermissions(inner));
    }
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text);
  }
}
