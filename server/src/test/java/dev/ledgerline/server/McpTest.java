// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent asks about runs. */
@Timeout(60)
final class McpTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN =
      """
      {"id":1,"run_id":"r1","agent":"Booker","type":"RunStarted"}
      {"id":2,"run_id":"r1","agent":"Booker","type":"WaitForInput","request_keys":{"city":"Where to?"}}
      """;

  @TempDir private Path data = Path.of("");

  private static TestServer told(Path data) throws Exception {
    TestServer server = new TestServer(data);
    JsonNode sent = JSON.readTree(server.post("/v1/events", "application/x-ndjson", RUN).body());
    server.get("/v1/status?after_position=" + sent.path("position").asText());
    return server;
  }

  private static JsonNode ask(TestServer server, String method, String params) throws Exception {
    HttpResponse<String> answer =
        server.post(
            "/mcp",
            "application/json",
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":" + params + "}");
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode json = JSON.readTree(answer.body());
    assertEquals(7, json.path("id").asInt());
    return json;
  }

  private static JsonNode call(TestServer server, String tool, String arguments) throws Exception {
    String params = "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}";
    return ask(server, "tools/call", params).path("result");
  }

  @Test
  void aClientIsGreetedInItsRevisionAndShownTheTools() throws Exception {
    try (TestServer server = told(data)) {
      JsonNode hello = ask(server, "initialize", "{\"protocolVersion\":\"2025-06-18\"}");
      assertEquals("2025-06-18", hello.at("/result/protocolVersion").asText());
      assertEquals("ledgerline", hello.at("/result/serverInfo/name").asText());
      HttpResponse<String> noted =
          server.post(
              "/mcp",
              "application/json",
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
      assertEquals(202, noted.statusCode());
      JsonNode tools = ask(server, "tools/list", "{}").at("/result/tools");
      assertTrue(tools.size() >= 15, tools.toString());
      for (JsonNode tool : tools) {
        assertTrue(tool.at("/annotations/readOnlyHint").asBoolean(), tool.toString());
      }
    }
  }

  @Test
  void everyToolThatNeedsNothingAnswers() throws Exception {
    try (TestServer server = told(data)) {
      for (JsonNode tool : ask(server, "tools/list", "{}").at("/result/tools")) {
        if (tool.at("/inputSchema/required").isEmpty()
            && !tool.path("name").asText().equals("graph")) {
          JsonNode result = call(server, tool.path("name").asText(), "{}");
          assertTrue(!result.path("isError").asBoolean(true), tool + " " + result);
        }
      }
      assertEquals(
          "Booker",
          call(server, "graph", "{\"run\":\"r1\"}").at("/structuredContent/nodes/0/agent").asText());
    }
  }

  @Test
  void whatIsAskedAboutARunIsAnsweredAsTheInterfaceDoes() throws Exception {
    try (TestServer server = told(data)) {
      JsonNode found = call(server, "find_runs", "{\"q\":\"has:open_wait\"}");
      assertEquals("r1", found.at("/structuredContent/items/0/run_id").asText());
      assertEquals(
          found.path("structuredContent"), JSON.readTree(found.at("/content/0/text").asText()));
      for (String tool :
          new String[] {"get_run", "why_is_it_stuck", "run_verdict", "run_waits", "run_time"}) {
        JsonNode answer = call(server, tool, "{\"run\":\"r1\"}");
        assertTrue(!answer.path("isError").asBoolean(true), tool + answer);
      }
    }
  }

  @Test
  void whatCannotBeAnsweredIsSaidToTheModelAndNotToItsHost() throws Exception {
    try (TestServer server = told(data)) {
      JsonNode missing = call(server, "get_run", "{\"run\":\"nope\"}");
      assertTrue(missing.path("isError").asBoolean());
      assertTrue(missing.at("/content/0/text").asText().contains("no run with id nope"));
      JsonNode wrong = ask(server, "tools/call", "{\"name\":\"get_run\",\"arguments\":{\"id\":1}}");
      assertEquals(-32_602, wrong.at("/error/code").asInt());
      assertEquals(-32_601, ask(server, "sampling/createMessage", "{}").at("/error/code").asInt());
      assertEquals(400, server.post("/mcp", "application/json", "[]").statusCode());
      assertEquals(405, server.get("/mcp").statusCode());
    }
  }
}
