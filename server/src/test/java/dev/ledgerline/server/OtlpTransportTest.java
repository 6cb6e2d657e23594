// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.CodedInputStream;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cases of a receiver's conformance that need a transport; the others are in the module
 * otel-bridge. Numbers are those of the checklist, in docs/otel.md.
 */
final class OtlpTransportTest {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  @TempDir private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void case01AllSignalsAreTakenAtTheirUsualPathsOnBothPorts() throws Exception {
    try (TestServer server = server(Map.of())) {
      for (String base : List.of(server.url(), "http://127.0.0.1:" + server.otlpPort() + "/")) {
        for (String path :
            List.of("v1/traces", "v1/logs", "v1/metrics", "api/public/otel/v1/traces")) {
          HttpResponse<byte[]> answer = post(base + path, PROTOBUF, new byte[0]);
          assertEquals(200, answer.statusCode());
          assertEquals(PROTOBUF, answer.headers().firstValue("Content-Type").orElse(""));
          assertEquals(0, answer.body().length);
          answer = post(base + path, JSON, "{}".getBytes(UTF_8));
          assertEquals("{}", new String(answer.body(), UTF_8));
          assertEquals(JSON, answer.headers().firstValue("Content-Type").orElse(""));
        }
      }
    }
  }

  @Test
  void case03CompressedBodiesAreReadAsPlainOnes() throws Exception {
    try (TestServer server = server(Map.of())) {
      byte[] export = Spans.protobuf(1);
      assertEquals(200, post(traces(server), PROTOBUF, export).statusCode());
      assertEquals(
          200,
          post(traces(server), PROTOBUF, gzip(export), "Content-Encoding", "gzip").statusCode());
      assertEquals(
          200,
          post(traces(server), PROTOBUF, Zstd.compress(export), "Content-Encoding", "zstd")
              .statusCode());
      byte[] json = gzip(Spans.json(1).getBytes(UTF_8));
      assertEquals(200, post(traces(server), JSON, json, "Content-Encoding", "gzip").statusCode());

      JsonNode otlp = server.source("otlp");
      assertEquals(1, otlp.path("stored").asInt());
      assertEquals(3, otlp.path("duplicates").asInt());
    }
  }

  @Test
  void case05And38BothEncodingsAlternateOnOneConnectionAlsoWithoutWaiting() throws Exception {
    try (TestServer server = server(Map.of());
        Socket socket = connect(assertNotNullPort(server.otlpPort()))) {
      ByteArrayOutputStream requests = new ByteArrayOutputStream();
      for (int i = 0; i < 20; i++) {
        boolean protobuf = i % 2 == 0;
        byte[] body = protobuf ? Spans.protobuf(i) : Spans.json(i).getBytes(UTF_8);
        requests.writeBytes(head("/v1/traces", protobuf ? PROTOBUF : JSON, body.length));
        requests.writeBytes(body);
      }
      socket.getOutputStream().write(requests.toByteArray());
      for (int i = 0; i < 20; i++) {
        Answer answer = Answer.read(socket.getInputStream());
        assertEquals(200, answer.status);
        assertEquals(i % 2 == 0 ? "" : "{}", answer.body);
      }
      assertEquals(20, server.source("otlp").path("stored").asInt());
    }
  }

  @Test
  void case18WhatIsNotWholeOrNotWhatItSaysIsA400() throws Exception {
    try (TestServer server = server(Map.of())) {
      byte[] export = Spans.protobuf(1);
      byte[] gzip = gzip(export);
      assertStatus(400, post(traces(server), PROTOBUF, truncated(export)));
      assertStatus(400, post(traces(server), JSON, "{\"resourceSpans\":[".getBytes(UTF_8)));
      assertStatus(400, post(traces(server), PROTOBUF, export, "Content-Encoding", "gzip"));
      assertStatus(
          400, post(traces(server), PROTOBUF, truncated(gzip), "Content-Encoding", "gzip"));
      assertStatus(400, post(traces(server), PROTOBUF, export, "Content-Encoding", "zstd"));
      byte[] zstd = truncated(Zstd.compress(export));
      assertStatus(400, post(traces(server), PROTOBUF, zstd, "Content-Encoding", "zstd"));
    }
  }

  @Test
  void aConnectionThatBreaksInABodyIsNoRecordBecauseTheSenderComesAgain() throws Exception {
    try (TestServer server = server(Map.of())) {
      byte[] export = Spans.protobuf(1);
      for (String coding : List.of("identity", "gzip", "zstd")) {
        byte[] body =
            switch (coding) {
              case "gzip" -> gzip(export);
              case "zstd" -> Zstd.compress(export);
              default -> export;
            };
        try (Socket socket = connect(assertNotNullPort(server.otlpPort()))) {
          String head = new String(head("/v1/traces", PROTOBUF, body.length), UTF_8);
          String coded = head.replace("\r\n\r\n", "\r\nContent-Encoding: " + coding + "\r\n\r\n");
          socket.getOutputStream().write(coded.getBytes(UTF_8));
          socket.getOutputStream().write(truncated(body));
          socket.shutdownOutput();
          assertEquals(503, Answer.read(socket.getInputStream()).status, coding);
        }
      }
      assertEquals(0, server.json("/v1/quarantine").path("items").size());
      assertEquals(200, post(traces(server), PROTOBUF, export).statusCode());
      assertEquals(0, server.source("otlp").path("rejected").asInt());
    }
  }

  @Test
  void case19WhatIsTooLargeIsA413HoweverItComes() throws Exception {
    try (TestServer server = server(Map.of(Setting.MAX_REQUEST_BYTES, "2MiB"))) {
      byte[] zeros = new byte[64 << 20];
      assertStatus(413, post(traces(server), PROTOBUF, new byte[3 << 20]));
      assertStatus(413, post(traces(server), JSON, gzip(zeros), "Content-Encoding", "gzip"));
      assertStatus(
          413, post(traces(server), PROTOBUF, Zstd.compress(zeros), "Content-Encoding", "zstd"));
      HttpRequest chunked =
          request(traces(server), PROTOBUF)
              .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(zeros, 0, 4 << 20)))
              .build();
      assertStatus(413, http.send(chunked, HttpResponse.BodyHandlers.ofByteArray()));
      endless(assertNotNullPort(server.otlpPort()));
      assertEquals(200, post(traces(server), PROTOBUF, Spans.protobuf(1)).statusCode());
    }
  }

  /** Sends chunks until the server has had enough of them. */
  private static void endless(int port) throws IOException {
    try (Socket socket = connect(port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          String.join(
                  "\r\n",
                  "POST /v1/traces HTTP/1.1",
                  "Host: localhost",
                  "Content-Type: application/json",
                  "Transfer-Encoding: chunked",
                  "",
                  "")
              .getBytes(UTF_8));
      byte[] chunk = ("10000\r\n" + " ".repeat(1 << 16) + "\r\n").getBytes(UTF_8);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (System.nanoTime() < end) {
        out.write(chunk);
      }
      throw new AssertionError("the server goes on reading");
    } catch (java.net.SocketException e) {
      // closed by the server, as it should be
    }
  }

  @Test
  void case20AnotherContentTypeIsA415AndParametersDoNotMatter() throws Exception {
    try (TestServer server = server(Map.of())) {
      HttpRequest none =
          HttpRequest.newBuilder(URI.create(traces(server)))
              .POST(BodyPublishers.ofByteArray(Spans.protobuf(1)))
              .build();
      assertEquals(415, http.send(none, HttpResponse.BodyHandlers.ofByteArray()).statusCode());
      assertEquals(415, post(traces(server), "text/plain", new byte[0]).statusCode());
      byte[] json = Spans.json(1).getBytes(UTF_8);
      assertEquals(200, post(traces(server), JSON + "; charset=utf-8", json).statusCode());
    }
  }

  @Test
  void case21OtherVerbsAreA405ThatNamesTheRightOne() throws Exception {
    try (TestServer server = server(Map.of())) {
      for (String verb : List.of("GET", "PUT", "DELETE", "OPTIONS")) {
        HttpResponse<byte[]> answer =
            http.send(
                HttpRequest.newBuilder(URI.create(traces(server)))
                    .method(verb, BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(405, answer.statusCode());
        assertEquals("POST", answer.headers().firstValue("Allow").orElse(""));
      }
    }
  }

  @Test
  void case22AnEndpointThatIsNotQuiteRightIsTold() throws Exception {
    try (TestServer server = server(Map.of())) {
      String beside = "http://127.0.0.1:" + server.otlpPort() + "/";
      for (String wrong :
          List.of(
              server.url(),
              server.url() + "v1/traces/",
              server.url() + "v1/traces/v1/traces",
              server.url() + "v1development/profiles",
              beside,
              beside + "v1/events",
              beside + "api/v2/spans")) {
        HttpResponse<byte[]> answer = post(wrong, JSON, "{}".getBytes(UTF_8));
        assertEquals(404, answer.statusCode(), wrong);
        String message = tree(answer.body()).path("message").asText();
        assertTrue(message.contains("POST /v1/traces"), message);
      }
      assertEquals(
          404,
          http.send(
                  HttpRequest.newBuilder(URI.create(beside + "ui/")).build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .statusCode());
    }
  }

  @Test
  void case23AnUnknownCompressionIsA415() throws Exception {
    try (TestServer server = server(Map.of())) {
      assertStatus(
          415, post(traces(server), PROTOBUF, Spans.protobuf(1), "Content-Encoding", "br"));
    }
  }

  @Test
  void case24OverloadIsA503OfTheWholeRequestWithATimeToComeAgain() throws Exception {
    try (TestServer server =
            server(Map.of(Setting.MAX_IN_FLIGHT_BYTES, "64KiB", Setting.GRPC_PORT, "0"));
        Socket slow = connect(assertNotNullPort(server.otlpPort()))) {
      slow.getOutputStream().write(head("/v1/traces", PROTOBUF, 64 << 10));
      slow.getOutputStream().flush();
      awaitRefusal(server);
      HttpResponse<byte[]> answer = post(traces(server), PROTOBUF, Spans.large(1, 60_000));
      assertStatus(503, answer);
      assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
      slow.shutdownOutput();
      await(() -> post(traces(server), PROTOBUF, Spans.large(1, 60_000)).statusCode() == 200);
    }
  }

  @Test
  void case28AnswersAreNotCompressed() throws Exception {
    try (TestServer server = server(Map.of())) {
      HttpResponse<byte[]> answer =
          post(traces(server), JSON, "{}".getBytes(UTF_8), "Accept-Encoding", "gzip");
      assertEquals("{}", new String(answer.body(), UTF_8));
      assertTrue(answer.headers().firstValue("Content-Encoding").isEmpty());
    }
  }

  @Test
  void case29WithoutAGoodKeyTheAnswerIsAStatusToo() throws Exception {
    Path keys =
        Files.writeString(
            folder.resolve("keys"),
            "sender:%s:ingest\nreader:%s:read\n".formatted(sha256("s"), sha256("r")));
    try (TestServer server = server(Map.of(Setting.API_KEYS, keys.toString()))) {
      byte[] export = Spans.protobuf(1);
      assertStatus(401, post(traces(server), PROTOBUF, export));
      assertStatus(401, post(traces(server), PROTOBUF, export, "Authorization", "Bearer x"));
      assertStatus(403, post(traces(server), PROTOBUF, export, "Authorization", "Bearer r"));
      String json = Spans.json(1);
      assertStatus(401, post(traces(server), JSON, json.getBytes(UTF_8)));
      assertEquals(
          200, post(traces(server), PROTOBUF, export, "Authorization", "Bearer s").statusCode());
      assertEquals(200, post(traces(server), PROTOBUF, export, "X-API-Key", "s").statusCode());
    }
  }

  @Test
  void case35ManyClientsAreServedBesideSlowAndBrokenOnes() throws Exception {
    try (TestServer server = server(Map.of());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      int port = assertNotNullPort(server.otlpPort());
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Socket socket = connect(port);
        byte[] head = head("/v1/traces", PROTOBUF, 1_000);
        socket.getOutputStream().write(head, 0, i % 2 == 0 ? 20 : head.length);
        slow.add(socket);
      }
      slow.get(1).close();
      slow.get(3).shutdownOutput();
      List<Future<@Nullable Void>> all = new ArrayList<>();
      for (int client = 0; client < 200; client++) {
        int number = client;
        all.add(
            clients.submit(
                () -> {
                  try (Socket socket = connect(port)) {
                    for (int i = 0; i < 5; i++) {
                      byte[] body = Spans.protobuf(number * 5L + i);
                      socket.getOutputStream().write(head("/v1/traces", PROTOBUF, body.length));
                      socket.getOutputStream().write(body);
                      assertEquals(200, Answer.read(socket.getInputStream()).status);
                    }
                  }
                  return null;
                }));
      }
      for (Future<@Nullable Void> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
      for (Socket socket : slow) {
        socket.close();
      }
      assertEquals(1_000, server.source("otlp").path("stored").asInt());
    }
  }

  @Test
  void case36WhatIsAcknowledgedWhileItStopsIsThereAfterwards() throws Exception {
    AtomicLong next = new AtomicLong();
    List<Long> acknowledged = new ArrayList<>();
    CountDownLatch underWay = new CountDownLatch(200);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      TestServer server = server(Map.of(Setting.OTLP_PORT, "0"));
      int port = assertNotNullPort(server.otlpPort());
      for (int client = 0; client < 8; client++) {
        clients.submit(
            () -> {
              try (Socket socket = connect(port)) {
                while (true) {
                  long trace = next.incrementAndGet();
                  byte[] body = Spans.protobuf(trace);
                  socket.getOutputStream().write(head("/v1/traces", PROTOBUF, body.length));
                  socket.getOutputStream().write(body);
                  if (Answer.read(socket.getInputStream()).status != 200) {
                    return null;
                  }
                  synchronized (acknowledged) {
                    acknowledged.add(trace);
                  }
                  underWay.countDown();
                }
              }
            });
      }
      assertTrue(underWay.await(60, TimeUnit.SECONDS));
      long begin = System.nanoTime();
      server.close();
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(10));
    }
    try (TestServer again = server(Map.of())) {
      again.awaitReady();
      for (long trace : acknowledged) {
        assertEquals(200, again.get("/v1/runs/" + Spans.trace(trace)).statusCode());
      }
    }
  }

  @Test
  void case38Http2WithoutTlsIsSpokenOnTheirOwnPort() throws Exception {
    HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    try (TestServer server = server(Map.of())) {
      URI uri = URI.create("http://127.0.0.1:" + server.otlpPort() + "/v1/traces");
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> answer =
            http2.send(
                HttpRequest.newBuilder(uri)
                    .header("Content-Type", PROTOBUF)
                    .POST(BodyPublishers.ofByteArray(Spans.protobuf(i)))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, answer.statusCode());
        assertEquals(0, answer.body().length);
      }
      assertEquals(3, server.source("otlp").path("stored").asInt());
    } finally {
      http2.shutdownNow();
    }
  }

  @Test
  void case39ASenderOfOpenTelemetryWaitsOutAnOverload() throws Exception {
    try (TestServer server = server(Map.of(Setting.MAX_IN_FLIGHT_BYTES, "64KiB"));
        Socket slow = connect(assertNotNullPort(server.otlpPort()))) {
      // whether what looks for the overload still gets through must not matter: it is there already
      assertEquals(200, post(traces(server), PROTOBUF, Spans.large(1, 60_000)).statusCode());
      slow.getOutputStream().write(head("/v1/traces", PROTOBUF, 64 << 10));
      slow.getOutputStream().flush();
      awaitRefusal(server);
      SdkTracerProvider provider =
          SdkTracerProvider.builder()
              .addSpanProcessor(
                  BatchSpanProcessor.builder(
                          OtlpHttpSpanExporter.builder()
                              .setEndpoint(traces(server))
                              .setTimeout(Duration.ofSeconds(30))
                              .build())
                      .setExporterTimeout(Duration.ofSeconds(30))
                      .build())
              .build();
      Tracer tracer = provider.get("test");
      for (int i = 0; i < 100; i++) {
        tracer.spanBuilder("step").setAllAttributes(Attributes.empty()).startSpan().end();
      }
      var flushed = provider.forceFlush();
      assertFalse(flushed.join(3, TimeUnit.SECONDS).isDone(), "it got through an overload");
      slow.shutdownOutput();
      assertTrue(flushed.join(60, TimeUnit.SECONDS).isSuccess());
      provider.shutdown().join(10, TimeUnit.SECONDS);
      assertEquals(1 + 100, server.source("otlp").path("stored").asInt());
    }
  }

  @Test
  void case40WhatIsNoHttpIsAnsweredOnceAndClosed() throws Exception {
    try (TestServer server = server(Map.of(Setting.GRPC_PORT, "0"))) {
      byte[] clientHello = HexFormat.of().parseHex("16030100310100002d0303" + "00".repeat(43));
      for (int port :
          List.of(
              URI.create(server.url()).getPort(),
              assertNotNullPort(server.otlpPort()),
              assertNotNullPort(server.grpcPort()))) {
        for (byte[] junk : List.of(clientHello, "\0\1\2\3 junk\r\n\r\n".getBytes(UTF_8))) {
          try (Socket socket = connect(port)) {
            socket.getOutputStream().write(junk);
            String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 400"), answer);
          }
        }
      }
      assertEquals(200, post(traces(server), PROTOBUF, Spans.protobuf(1)).statusCode());
    }
  }

  @Test
  void aPortThatIsTakenIsLeftOutAndTheServerRuns() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TestServer server =
            server(
                Map.of(
                    Setting.OTLP_PORT,
                    Integer.toString(taken.getLocalPort()),
                    Setting.GRPC_PORT,
                    "off"))) {
      assertNull(server.otlpPort());
      assertNull(server.grpcPort());
      assertEquals(200, post(traces(server), PROTOBUF, Spans.protobuf(1)).statusCode());
    }
  }

  @Test
  void aHundredThousandSpansMayComeInOneRequest() throws Exception {
    long[] all = new long[100_000];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    try (TestServer server = server(Map.of(Setting.INDEX, "false"))) {
      HttpResponse<byte[]> answer = post(traces(server), PROTOBUF, Spans.protobuf(all));
      assertEquals(200, answer.statusCode());
      assertArrayEquals(new byte[0], answer.body());
      String durable = server.json("/v1/status").path("positions").path("durable").asText();
      assertEquals("100000", durable.substring(durable.indexOf('-') + 1));
    }
  }

  private void awaitRefusal(TestServer server) throws Exception {
    await(() -> post(traces(server), PROTOBUF, Spans.large(1, 60_000)).statusCode() == 503);
  }

  private TestServer server(Map<Setting, String> settings) throws Exception {
    Map<Setting, String> all = new java.util.HashMap<>(settings);
    all.putIfAbsent(Setting.OTLP_PORT, "0");
    return new TestServer(folder.resolve("data"), all);
  }

  private static int assertNotNullPort(@Nullable Integer port) {
    assertNotNull(port);
    return port;
  }

  private static String traces(TestServer server) {
    return server.url() + "v1/traces";
  }

  private HttpResponse<byte[]> post(String url, String type, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(url, type).POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(String url, String type) {
    return HttpRequest.newBuilder(URI.create(url)).header("Content-Type", type);
  }

  /** The status, and a google.rpc.Status with a message in the encoding of the request. */
  private static void assertStatus(int status, HttpResponse<byte[]> answer) throws IOException {
    assertEquals(status, answer.statusCode());
    String type = answer.headers().firstValue("Content-Type").orElse("");
    assertEquals(answer.request().headers().firstValue("Content-Type").orElse(""), type);
    String message;
    if (type.equals(PROTOBUF)) {
      CodedInputStream in = CodedInputStream.newInstance(answer.body());
      assertEquals(2 << 3 | 2, in.readTag());
      message = in.readStringRequireUtf8();
    } else {
      message = tree(answer.body()).path("message").asText();
    }
    assertFalse(message.isEmpty());
  }

  private static JsonNode tree(byte[] json) throws IOException {
    return new ObjectMapper().readTree(json);
  }

  private static byte[] truncated(byte[] bytes) {
    return java.util.Arrays.copyOf(bytes, bytes.length - 3);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(bytes);
    }
    return gzip.toByteArray();
  }

  private static String sha256(String secret) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8)));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static byte[] head(String path, String type, int length) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        .formatted(path, type, length)
        .getBytes(UTF_8);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < end, "waited for 30 s");
      Thread.onSpinWait();
    }
  }

  private record Answer(int status, String body) {
    static Answer read(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("closed after " + head);
        }
        head.append((char) b);
      }
      int length = 0;
      for (String line : head.toString().split("\r\n")) {
        if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      return new Answer(
          Integer.parseInt(head.substring(9, 12)), new String(in.readNBytes(length), UTF_8));
    }
  }
}
