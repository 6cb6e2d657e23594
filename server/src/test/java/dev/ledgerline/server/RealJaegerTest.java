// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Jaeger that runs are exported to answers as we do where we are asked as it is. */
@Timeout(60)
final class RealJaegerTest {
  private static final Path JAEGER = Path.of("target/jaeger").toAbsolutePath();

  private static final String RUNS =
      """
      {"id":1,"run_id":"p","agent":"planner","type":"RunStarted","timestamp":"2026-11-21T10:00:00Z"}
      {"id":2,"run_id":"p","agent":"planner","type":"ToolCall","function_name":"grep","call_id":"c1","timestamp":"2026-11-21T10:00:01Z"}
      {"id":3,"run_id":"p","agent":"planner","type":"ToolError","call_id":"c1","content":"no such file","timestamp":"2026-11-21T10:00:02.5Z"}
      {"id":4,"run_id":"p","agent":"planner","type":"ToolCall","function_name":"ls","call_id":"c2","timestamp":"2026-11-21T10:00:03Z"}
      {"id":5,"run_id":"p","agent":"planner","type":"ToolResult","function_name":"ls","call_id":"c2","text_result":"a","timestamp":"2026-11-21T10:00:03.2Z"}
      {"id":1,"run_id":"c","parent_run_id":"p","agent":"coder","type":"RunStarted","timestamp":"2026-11-21T10:00:03Z"}
      {"id":2,"run_id":"c","agent":"coder","type":"RunCompleted","finish_reason":"success","timestamp":"2026-11-21T10:00:05Z"}
      {"id":6,"run_id":"p","agent":"planner","type":"RunCompleted","finish_reason":"error","timestamp":"2026-11-21T10:00:06Z"}
      """;

  /** All of it was long ago, and nobody says when. */
  private static final String EVER = "&start=1&end=1999999999000000&limit=50";

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void itHasEverySpanOnceAndWhatIsAskedOfBothHasOneAnswer(@TempDir Path data) throws Exception {
    assumeTrue(Files.isExecutable(JAEGER), "skipped: there is no Jaeger (src/test/jaeger/install)");
    Iterator<Integer> ports = freePorts(7).iterator();
    int otlp = ports.next();
    int grpc = ports.next();
    String api = "http://127.0.0.1:" + ports.next() + "/api/";
    List<String> command = new ArrayList<>(List.of(JAEGER.toString(), "--log-level=error"));
    command.add("--collector.otlp.http.host-port=127.0.0.1:" + otlp);
    command.add("--collector.otlp.grpc.host-port=127.0.0.1:" + grpc);
    command.add("--query.http-server.host-port=" + URI.create(api).getAuthority());
    for (String other :
        List.of(
            "query.grpc-server", "admin.http", "collector.grpc-server", "collector.http-server")) {
      command.add("--" + other + ".host-port=127.0.0.1:" + ports.next());
    }
    Map<Setting, String> twice =
        Map.of(
            Setting.EXPORT,
            "one=http://127.0.0.1:%d,signals=traces;two=http://127.0.0.1:%d,signals=traces,protocol=grpc"
                .formatted(otlp, grpc));
    try (Program _ = new Program(Map.of(), command.toArray(String[]::new));
        TestServer server = new TestServer(data, twice)) {
      server.post("/v1/events", "application/x-ndjson", RUNS);
      server.awaitStatus(
          s ->
              s.at("/exports/0/items/traces sent").asInt() == 4
                  && s.at("/exports/1/items/traces sent").asInt() == 4);
      while (spans(api).size() < 4) {
        Thread.onSpinWait();
      }
      String ours = server.url() + "jaeger/api/";
      assertEquals(spans(api), spans(ours));
      for (String question : questions()) {
        assertEquals(told(api, question), told(ours, question), question);
      }
    }
  }

  /** Names, places and times of all spans; twice where one is shown twice. */
  private List<String> spans(String api) throws Exception {
    List<String> spans = new ArrayList<>();
    for (String service : List.of("planner", "coder")) {
      for (JsonNode trace : ask(api, "traces?service=" + service + EVER).path("data")) {
        for (JsonNode span : trace.path("spans")) {
          String doer =
              trace.at("/processes/" + span.path("processID").asText() + "/serviceName").asText();
          if (doer.equals(service)) {
            spans.add(
                String.join(
                    " ",
                    doer,
                    span.path("traceID").asText(),
                    span.path("operationName").asText(),
                    span.path("startTime").asText(),
                    span.path("duration").asText(),
                    span.at("/references/0/traceID").asText(),
                    tag(span, "span.kind"),
                    tag(span, "otel.status_code"),
                    tag(span, "otel.status_description"),
                    tag(span, "error"),
                    tag(span, "error.type"),
                    tag(span, "gen_ai.tool.call.id"),
                    tag(span, "ledgerline.run.state")));
          }
        }
      }
    }
    return spans.stream().sorted().toList();
  }

  private static List<String> questions() {
    List<String> questions =
        new ArrayList<>(
            List.of(
                "services",
                "services/planner/operations",
                "services/nobody/operations",
                "operations?service=planner",
                "operations?service=planner&spanKind=internal",
                "operations?service=planner&spanKind=client",
                "operations",
                "traces/abc",
                "traces/xyz",
                "traces?traceID=abc",
                "dependencies?endTs=x",
                "traces?service=planner&limit=x",
                "traces?service=planner&tags=error",
                "traces?service=planner&tag=error",
                "traces?service=planner&minDuration=5",
                "traces?service=planner&minDuration=2s&maxDuration=1s"));
    for (String more :
        List.of(
            "",
            "&minDuration=1s",
            "&maxDuration=1s",
            "&minDuration=1500ms&maxDuration=2s",
            "&tag=error:true",
            "&tags=%7B%22error%22%3A%22true%22%7D&maxDuration=1s",
            "&tag=ledgerline.run.id:p",
            "&start=1795255202000000",
            "&end=1795255200500000")) {
      for (String what :
          List.of(
              "planner",
              "coder",
              "nobody",
              "planner&operation=execute_tool%20grep",
              "planner&operation=execute_tool%20ls",
              "planner&operation=invoke_agent%20planner",
              "coder&operation=execute_tool%20ls")) {
        questions.add(
            "traces?service="
                + what
                + (more.contains("&start=") || more.contains("&end=")
                    ? more + "&lookback=custom"
                    : more + EVER));
      }
    }
    return questions;
  }

  /** Of traces the ids, of all else what it is, in any order; of what is refused the status. */
  private Set<String> told(String api, String question) throws Exception {
    HttpResponse<String> answer = response(api, question);
    if (answer.statusCode() != 200) {
      return Set.of(Integer.toString(answer.statusCode()));
    }
    JsonNode told = new ObjectMapper().readTree(answer.body());
    return Stream.concat(told.path("data").valueStream(), told.path("errors").valueStream())
        .map(
            one ->
                one.has("spans")
                    ? one.path("traceID").asText()
                    : one.has("msg") ? one.path("msg").asText() : one.toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private JsonNode ask(String api, String question) throws Exception {
    return new ObjectMapper().readTree(response(api, question).body());
  }

  /** Once it is there. */
  private HttpResponse<String> response(String api, String question) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(api + question)).build();
    while (true) {
      try {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
      } catch (ConnectException e) {
        Thread.onSpinWait();
      }
    }
  }

  private static String tag(JsonNode span, String key) {
    return span.path("tags")
        .valueStream()
        .filter(tag -> tag.path("key").asText().equals(key))
        .map(tag -> tag.path("value").asText())
        .findFirst()
        .orElse("-");
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return sockets.stream().map(ServerSocket::getLocalPort).toList();
  }
}
