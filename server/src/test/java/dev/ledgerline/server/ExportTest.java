// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is posted to the server arrives at the targets that its settings name. */
@Timeout(60)
final class ExportTest {
  private static final String RUN =
      """
      {"id":1,"run_id":"r-1","thread_id":"t-1","agent":"planner","type":"RunStarted"}
      {"id":2,"run_id":"r-1","thread_id":"t-1","agent":"planner","type":"ToolCall","function_name":"search"}
      {"id":3,"run_id":"r-1","thread_id":"t-1","agent":"planner","type":"ToolResult","function_name":"search","text_result":"3"}
      {"id":4,"run_id":"r-1","thread_id":"t-1","agent":"planner","type":"RunCompleted","finish_reason":"success"}
      """;

  private @TempDir Path data = Path.of("");

  @Test
  void aRunThatIsPostedArrivesAsATraceAndTheStatusSaysHowFarTheTargetIs() throws Exception {
    try (Backend backend = new Backend();
        TestServer server =
            new TestServer(
                data,
                Map.of(
                    Setting.EXPORT,
                    "one=" + backend.url(),
                    Setting.EXPORT_HEADERS,
                    "one=x-key=k"))) {
      assertEquals(202, server.post("/v1/events", "application/x-ndjson", RUN).statusCode());
      backend.await(() -> backend.names().contains("invoke_agent planner"));
      assertEquals(Set.of("execute_tool search", "invoke_agent planner"), backend.names());

      JsonNode export =
          server.awaitStatus(s -> s.at("/exports/0/lag/events").asLong() == 0).at("/exports/0");
      assertEquals("one", export.path("target").asText());
      assertEquals("running", export.path("state").asText());
      assertEquals(2, export.at("/items/traces sent").asInt());
      assertEquals(4, export.at("/items/logs sent").asInt());
      String metrics = server.get("/metrics").body();
      assertTrue(metrics.contains("ledgerline_export_lag_entries{target=\"one\"} 0"), metrics);
      assertTrue(metrics.contains("ledgerline_export_up{target=\"one\"} 1"), metrics);
    }
  }

  @Test
  void aTargetThatIsDownHoldsUpNothingAndItsLagShows() throws Exception {
    try (TestServer server =
        new TestServer(
            data, Map.of(Setting.EXPORT, "gone=http://127.0.0.1:1;two=http://127.0.0.1:2"))) {
      HttpResponse<String> answer = server.post("/v1/events", "application/x-ndjson", RUN);
      String position = new ObjectMapper().readTree(answer.body()).path("position").asText();
      JsonNode status =
          server.awaitStatus(
              s ->
                  s.at("/exports/0/state").asText().equals("retrying")
                      && s.at("/exports/1/state").asText().equals("retrying"));
      assertTrue(status.at("/exports/0/lag/events").asLong() > 0);
      assertEquals("no connection to 127.0.0.1:1", status.at("/exports/0/failure").asText());
      assertTrue(server.get("/metrics").body().contains("ledgerline_export_up{target=\"two\"} 0"));
      assertEquals(200, server.get("/v1/runs/r-1?after_position=" + position).statusCode());
    }
  }

  @Test
  void ledgerlineReportsOnItselfWhereItIsTold() throws Exception {
    try (Backend backend = new Backend();
        TestServer server = new TestServer(data, Map.of(Setting.OWN_TELEMETRY, backend.url()))) {
      assertEquals(202, server.post("/v1/events", "application/x-ndjson", RUN).statusCode());
      backend.await(() -> backend.names().contains("POST /v1/events"));
      backend.await(() -> backend.metrics().contains("ledgerline.append.duration"));
      assertTrue(backend.metrics().contains("ledgerline_log_waiting_entries"));
    }
  }

  /** Takes every export. */
  private static final class Backend implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new ArrayList<>();
    private final Set<String> metrics = new HashSet<>();

    Backend() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/v1/traces", this::traces);
      server.createContext("/v1/metrics", this::metrics);
      server.createContext("/v1/logs", exchange -> body(exchange));
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void traces(HttpExchange exchange) throws IOException {
      ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body(exchange));
      synchronized (this) {
        request.getResourceSpansList().stream()
            .flatMap(r -> r.getScopeSpansList().stream())
            .forEach(s -> spans.addAll(s.getSpansList()));
        notifyAll();
      }
    }

    private void metrics(HttpExchange exchange) throws IOException {
      ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(body(exchange));
      synchronized (this) {
        request.getResourceMetricsList().stream()
            .flatMap(r -> r.getScopeMetricsList().stream())
            .flatMap(s -> s.getMetricsList().stream())
            .forEach(m -> metrics.add(m.getName()));
        notifyAll();
      }
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
      return gzip ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
    }

    synchronized Set<String> names() {
      Set<String> names = new HashSet<>();
      spans.forEach(span -> names.add(span.getName()));
      return names;
    }

    synchronized Set<String> metrics() {
      return Set.copyOf(metrics);
    }

    /** Until what has arrived is what is expected; the test has a timeout. */
    synchronized void await(BooleanSupplier condition) throws InterruptedException {
      while (!condition.getAsBoolean()) {
        wait();
      }
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
