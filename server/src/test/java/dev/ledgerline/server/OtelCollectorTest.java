// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ledgerline, an OpenTelemetry Collector, Ledgerline: what runs show behind is what they show
 * before.
 */
@Timeout(60)
final class OtelCollectorTest {
  private static final Path COLLECTOR = Path.of("target/otelcol").toAbsolutePath();

  /** How the Collector sends on. */
  enum Way {
    PROTOBUF("otlp_http: {endpoint: 'http://127.0.0.1:%d', compression: gzip, %s}"),
    JSON("otlp_http: {endpoint: 'http://127.0.0.1:%d', encoding: json, compression: zstd, %s}"),
    GRPC("otlp_grpc: {endpoint: '127.0.0.1:%d', tls: {insecure: true}, compression: zstd, %s}");

    private final String exporter;

    Way(String exporter) {
      this.exporter = exporter;
    }

    String config(int in, int out) {
      String retry = "retry_on_failure: {initial_interval: 100ms, max_interval: 200ms}";
      String exports = exporter.substring(0, exporter.indexOf(':'));
      return """
      receivers: {otlp: {protocols: {http: {endpoint: '127.0.0.1:%d'}}}}
      processors: {batch: {timeout: 50ms}}
      exporters: {%s}
      service:
        telemetry: {metrics: {level: none}}
        pipelines:
          traces: {receivers: [otlp], processors: [batch], exporters: [%s]}
          logs: {receivers: [otlp], processors: [batch], exporters: [%s]}
      """
          .formatted(in, exporter.formatted(out, retry), exports, exports);
    }

    Setting port() {
      return this == GRPC ? Setting.GRPC_PORT : Setting.OTLP_PORT;
    }
  }

  @ParameterizedTest
  @EnumSource
  void runsAreTheSameBehindACollectorThatHadToWaitForUs(Way way, @TempDir Path data)
      throws Exception {
    assumeTrue(
        Files.isExecutable(COLLECTOR),
        "skipped: there is no OpenTelemetry Collector (src/test/otelcol/install builds one)");
    int in = freePort();
    int out = freePort();
    Path config = Files.writeString(data.resolve("otelcol.yaml"), way.config(in, out));
    String export = "collector=http://127.0.0.1:" + in + ",signals=traces+logs";
    try (Program collector = new Program(Map.of(), COLLECTOR.toString(), "--config=" + config);
        TestServer first = new TestServer(data.resolve("1"), Map.of(Setting.EXPORT, export))) {
      collector.awaitOutput("Everything is ready.");
      tell(first);
      collector.awaitOutput("Exporting failed. Will retry");
      try (TestServer second =
          new TestServer(data.resolve("2"), Map.of(way.port(), Integer.toString(out)))) {
        List<JsonNode> told = runs(first);
        assertEquals(3 + 9, told.size(), told::toString);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!runs(second).equals(told) && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
        assertEquals(told, runs(second));
      }
    }
  }

  /** Three runs: one that is well, one whose tool and one whose model failed. */
  private static void tell(TestServer server) throws Exception {
    for (int run = 1; run <= 3; run++) {
      String spans =
          """
          {"resourceSpans":[{"resource":{"attributes":[%s]},"schemaUrl":"s","scopeSpans":[{"scope":{"name":"lib"},"spans":[
            {%s "spanId":"eee19b7ec3c1b171","name":"invoke_agent a","attributes":[%s,%s,%s]},
            {%s "spanId":"eee19b7ec3c1b172","parentSpanId":"eee19b7ec3c1b171","name":"execute_tool t","attributes":[%s,%s],"status":{"code":%d,"message":"no"}},
            {%s "spanId":"eee19b7ec3c1b173","parentSpanId":"eee19b7ec3c1b171","name":"chat m","kind":3,"status":{"code":%d},
             "attributes":[%s,%s,{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1%d"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":7}}]}
          ]}]}]}
          """
              .formatted(
                  text("service.name", "desk"),
                  place(run, 0, 9),
                  text("gen_ai.operation.name", "invoke_agent"),
                  text("gen_ai.agent.name", "a"),
                  text(
                      "gen_ai.input.messages",
                      "[{'role':'user','parts':[{'type':'text','content':'hi'}]}]"
                          .replace("'", "\\\"")),
                  place(run, 1, 2),
                  text("gen_ai.operation.name", "execute_tool"),
                  text("gen_ai.tool.name", "t"),
                  run == 2 ? 2 : 0,
                  place(run, 3, 4),
                  run == 3 ? 2 : 1,
                  text("gen_ai.operation.name", "chat"),
                  text("gen_ai.request.model", "m"),
                  run);
      String log =
          """
          {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795255200500000000","traceId":"%s",
            "spanId":"eee19b7ec3c1b171","severityNumber":9,"body":{"stringValue":"on it"}}]}]}]}
          """
              .formatted(trace(run));
      assertEquals(200, server.post("/v1/traces", "application/json", spans).statusCode());
      assertEquals(200, server.post("/v1/logs", "application/json", log).statusCode());
    }
    assertEquals(12, server.source("otlp").path("stored").asInt());
  }

  private static String trace(int run) {
    return "5b8efff798038103d269b633813fc60" + run;
  }

  /** Seconds; runs begin a nanosecond after each other. */
  private static String place(int run, int from, int to) {
    return "\"traceId\":\"%s\",\"startTimeUnixNano\":\"179525520%d00000000%d\",\"endTimeUnixNano\":\"179525520%d000000002\","
        .formatted(trace(run), from, run, to);
  }

  private static String text(String key, String value) {
    return "{\"key\":\"%s\",\"value\":{\"stringValue\":\"%s\"}}".formatted(key, value);
  }

  /** What is told of each, but for the order in which it arrived. */
  private static List<JsonNode> runs(TestServer server) throws IOException, InterruptedException {
    List<JsonNode> runs = new ArrayList<>();
    for (JsonNode run : server.json("/v1/runs?sort=started").path("items")) {
      runs.add(run);
      String path = "/v1/runs/" + run.path("run_id").asText();
      server.json(path + "/steps").path("items").forEach(step -> runs.add(withoutArrival(step)));
      server.json(path + "/waits").path("items").forEach(wait -> runs.add(withoutArrival(wait)));
    }
    return runs;
  }

  private static JsonNode withoutArrival(JsonNode item) {
    return ((ObjectNode) item).without(List.of("first_seq", "last_seq", "opened_seq"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
