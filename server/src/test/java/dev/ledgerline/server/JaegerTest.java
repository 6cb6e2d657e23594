// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Jaeger's UI asks is answered in its own shape. */
@Timeout(60)
final class JaegerTest {
  private static final String RUNS =
      """
      {"id":1,"run_id":"p","agent":"planner","type":"RunStarted","timestamp":"2026-11-21T10:00:00Z"}
      {"id":2,"run_id":"p","agent":"planner","type":"ToolCall","function_name":"grep","call_id":"c1","timestamp":"2026-11-21T10:00:01Z"}
      {"id":3,"run_id":"p","agent":"planner","type":"ToolError","call_id":"c1","content":"no such file","timestamp":"2026-11-21T10:00:02.5Z"}
      {"id":1,"run_id":"c","parent_run_id":"p","agent":"coder","type":"RunStarted","timestamp":"2026-11-21T10:00:03Z"}
      {"id":2,"run_id":"c","agent":"coder","type":"RunCompleted","finish_reason":"success","timestamp":"2026-11-21T10:00:05Z"}
      {"id":4,"run_id":"p","agent":"planner","type":"RunCompleted","finish_reason":"error","timestamp":"2026-11-21T10:00:06Z"}
      """;

  @TempDir private Path data = Path.of("");

  private static TestServer told(Path data) throws Exception {
    TestServer server = new TestServer(data);
    JsonNode sent =
        new ObjectMapper().readTree(server.post("/v1/events", "application/x-ndjson", RUNS).body());
    server.get("/v1/status?after_position=" + sent.path("position").asText());
    return server;
  }

  @Test
  void servicesAreAgentsAndOperationsWhatTheyDo() throws Exception {
    try (TestServer server = told(data)) {
      assertEquals("[\"coder\",\"planner\"]", data(server, "services").toString());
      assertEquals(
          "[\"invoke_agent planner\",\"execute_tool grep\"]",
          data(server, "services/planner/operations").toString());
      assertEquals(
          "[{\"name\":\"invoke_agent coder\",\"spanKind\":\"internal\"}]",
          data(server, "operations?service=coder").toString());
      assertEquals("[]", data(server, "operations?service=coder&spanKind=client").toString());
    }
  }

  @Test
  void aRunIsATraceWithItsStepsAsSpans() throws Exception {
    try (TestServer server = told(data)) {
      JsonNode traces = data(server, "traces?service=planner&limit=5");
      assertEquals(1, traces.size(), traces.toString());
      String id = traces.at("/0/traceID").asText();
      assertTrue(id.matches("[0-9a-f]{32}"), id);
      JsonNode trace = data(server, "traces/" + id).get(0);
      assertEquals(traces.get(0), trace);
      Map<String, JsonNode> spans = new HashMap<>();
      trace.path("spans").forEach(span -> spans.put(span.path("operationName").asText(), span));
      JsonNode root = spans.getOrDefault("invoke_agent planner", trace);
      JsonNode tool = spans.getOrDefault("execute_tool grep", trace);
      assertEquals(1_795_255_200_000_000L, root.path("startTime").asLong());
      assertEquals(6_000_000L, root.path("duration").asLong());
      assertEquals(1_500_000L, tool.path("duration").asLong());
      assertEquals(root.path("spanID"), tool.at("/references/0/spanID"));
      assertTrue(tags(root).contains("error=true"), root.toString());
      assertTrue(tags(tool).contains("otel.status_description=no such file"), tool.toString());
      assertEquals(id, idOf(server, "coder"), "a run that was called is in its caller's trace");
      assertEquals(
          root.path("spanID"),
          spans.getOrDefault("invoke_agent coder", trace).at("/references/0/spanID"));
      String process = tool.path("processID").asText();
      assertEquals("planner", trace.path("processes").path(process).path("serviceName").asText());
    }
  }

  @Test
  void aSearchIsOneInOurLanguage() throws Exception {
    try (TestServer server = told(data)) {
      assertEquals(1, data(server, "traces?service=coder").size());
      assertEquals(1, data(server, "traces?tags=%7B%22error%22%3A%22true%22%7D").size());
      assertEquals(0, data(server, "traces?service=coder&minDuration=3s").size());
      assertEquals(1, data(server, "traces?operation=execute_tool%20grep").size());
      assertEquals(0, data(server, "traces?service=coder&end=1000000").size());
      assertEquals(
          1, data(server, "traces?operation=invoke_agent%20planner&minDuration=5s900ms").size());
      assertEquals(0, data(server, "traces?service=planner&minDuration=1m30.5s").size());
      assertEquals(1, server.json("/v1/runs?q=trace:" + idOf(server, "coder")).at("/items").size());
    }
  }

  @Test
  void aRunWithoutAnAgentIsOfTheServiceThatIsCalledAsItsSource() throws Exception {
    try (TestServer server = told(data)) {
      String nobody =
          """
          {"id":1,"run_id":"n","type":"RunStarted","timestamp":"2026-11-21T10:00:00Z"}
          """;
      server.send(
          server
              .request("/v1/events")
              .header("Content-Type", "application/x-ndjson")
              .header("Ledgerline-Source", "barn")
              .POST(HttpRequest.BodyPublishers.ofString(nobody)));
      server.source("barn");
      assertEquals("[\"barn\",\"coder\",\"planner\"]", data(server, "services").toString());
      assertEquals("[\"invoke_agent\"]", data(server, "services/barn/operations").toString());
      JsonNode trace = data(server, "traces?service=barn&operation=invoke_agent").get(0);
      assertEquals("barn", trace.at("/processes/p1/serviceName").asText());
    }
  }

  @Test
  void oneSpanIsAllThatIsLookedFor() throws Exception {
    try (TestServer server = told(data)) {
      String grep = "traces?operation=execute_tool%20grep";
      assertEquals(1, data(server, grep + "&minDuration=1500ms&maxDuration=1500ms").size());
      assertEquals(0, data(server, grep + "&minDuration=2s").size(), "its run took longer, not it");
      assertEquals(1, data(server, grep + "&tag=error:true").size());
      assertEquals(0, data(server, "traces?service=coder&tag=error:true").size());
      long began = 1_795_255_200_000_000L;
      assertEquals(0, data(server, grep + "&end=" + (began + 500_000)).size());
      assertEquals(1, data(server, grep + "&start=" + (began + 500_000)).size());
      assertEquals(0, data(server, grep + "&start=" + (began + 1_500_000)).size());
    }
  }

  @Test
  void anOperationIsFoundWhereItsServiceDoesIt() throws Exception {
    try (TestServer server = told(data)) {
      assertEquals(1, data(server, "traces?service=coder&operation=invoke_agent%20coder").size());
      assertEquals(0, data(server, "traces?service=coder&operation=execute_tool%20grep").size());
      assertEquals(0, data(server, "traces?service=planner&operation=chat%20gpt").size());
    }
  }

  @Test
  void aLimitCountsTracesAndWhatIsNotThereIsLeftOut() throws Exception {
    try (TestServer server = told(data)) {
      String other = RUNS.replace("\"p\"", "\"p2\"").replace("\"c\"", "\"c2\"");
      JsonNode sent =
          new ObjectMapper()
              .readTree(server.post("/v1/events", "application/x-ndjson", other).body());
      server.get("/v1/status?after_position=" + sent.path("position").asText());
      JsonNode all = data(server, "traces?limit=100");
      for (int limit = 1; limit <= all.size(); limit++) {
        assertEquals(limit, data(server, "traces?limit=" + limit).size());
      }
      String known = all.at("/0/traceID").asText();
      JsonNode two = server.json("/jaeger/api/traces?traceID=" + known + "&traceID=abc");
      assertEquals(1, two.path("data").size());
      assertEquals(
          "[{\"msg\":\"trace not found\",\"traceID\":\"abc\"}]", two.path("errors").toString());
    }
  }

  @Test
  void whatWasToldAsASpanKeepsItsId() throws Exception {
    try (TestServer server = new TestServer(data)) {
      String spans =
          """
          {"resourceSpans":[{"scopeSpans":[{"spans":[
            {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"invoke_agent a",
             "startTimeUnixNano":"1795255200000000000","endTimeUnixNano":"1795255203000000000",
             "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},
                           {"key":"gen_ai.agent.name","value":{"stringValue":"a"}}]},
            {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b175","name":"execute_tool t",
             "parentSpanId":"eee19b7ec3c1b174",
             "startTimeUnixNano":"1795255201000000000","endTimeUnixNano":"1795255202000000000",
             "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},
                           {"key":"gen_ai.tool.name","value":{"stringValue":"t"}}]}]}]}]}
          """;
      assertEquals(200, server.post("/v1/traces", "application/json", spans).statusCode());
      server.source("otlp");
      JsonNode trace = data(server, "traces/5b8efff798038103d269b633813fc60c").get(0);
      JsonNode tool =
          trace
              .path("spans")
              .valueStream()
              .filter(span -> span.path("operationName").asText().equals("execute_tool t"))
              .findFirst()
              .orElseThrow();
      assertEquals("eee19b7ec3c1b175", tool.path("spanID").asText());
      assertEquals("eee19b7ec3c1b174", tool.at("/references/0/spanID").asText());
    }
  }

  private static String idOf(TestServer server, String service) throws Exception {
    return data(server, "traces?service=" + service).at("/0/traceID").asText();
  }

  @Test
  void dependenciesAreWhoCalledWhom() throws Exception {
    try (TestServer server = told(data)) {
      JsonNode called = data(server, "dependencies?endTs=1795260000000&lookback=86400000");
      assertEquals(1, called.size(), called.toString());
      assertEquals("planner", called.at("/0/parent").asText());
      assertEquals("coder", called.at("/0/child").asText());
    }
  }

  @Test
  void aTraceThatIsNotThereIsSaidAsJaegerSaysIt() throws Exception {
    try (TestServer server = told(data)) {
      assertEquals(404, server.get("/jaeger/api/traces/abc").statusCode());
      assertEquals(
          "trace not found", server.json("/jaeger/api/traces/abc").at("/errors/0/msg").asText());
      assertEquals(400, server.get("/jaeger/api/traces/xyz").statusCode());
      assertEquals(400, server.get("/jaeger/api/operations").statusCode());
      assertEquals(400, server.get("/jaeger/api/traces?limit=many").statusCode());
      assertEquals(400, server.get("/jaeger/api/traces?tag=error").statusCode());
      assertEquals(
          400, server.get("/jaeger/api/traces?minDuration=2s&maxDuration=1s").statusCode());
      assertEquals(400, server.get("/jaeger/api/traces?tags=error").statusCode());
      assertEquals(400, server.get("/jaeger/api/traces?minDuration=1s2").statusCode());
    }
  }

  private static JsonNode data(TestServer server, String path) throws Exception {
    JsonNode answer = server.json("/jaeger/api/" + path);
    assertTrue(answer.path("errors").isNull(), answer.toString());
    return answer.path("data");
  }

  private static List<String> tags(JsonNode span) {
    return span.path("tags")
        .valueStream()
        .map(tag -> tag.path("key").asText() + "=" + tag.path("value").asText())
        .toList();
  }
}
