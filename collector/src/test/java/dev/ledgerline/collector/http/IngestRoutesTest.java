// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.House;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Flag;
import dev.ledgerline.log.Entry;
import io.javalin.Javalin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestRoutesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD =
      "{\"id\":\"%s\",\"run_id\":\"r1\",\"type\":\"ToolCall\",\"agent\":\"a\",\"name\":\"grep\",\"args\":{}}";

  @TempDir private Path folder;
  private House house;
  private Javalin server;
  private Admission admission;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void open() throws Exception {
    house = new House(folder);
    admission = new Admission(160 << 20, Duration.ofMillis(200));
    IngestRoutes routes =
        new IngestRoutes(
            house.collector,
            admission,
            ctx -> ctx.header("X-Test-Key"),
            id -> refused().stream().filter(r -> r.id().equals(id)).findFirst().orElse(null));
    server =
        Javalin.create(
                config -> {
                  config.concurrency.useVirtualThreads = true;
                  config.startup.showJavalinBanner = false;
                  routes.register(config);
                })
            .start("127.0.0.1", 0);
  }

  @AfterEach
  void close() throws Exception {
    assertEquals(0, admission.heldBytes(), "every request gives back what it reserved");
    server.stop();
    house.close();
  }

  private List<Entry.Refused> refused() {
    try {
      return house.refused();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void answersInTheShapeOfTheContract() throws Exception {
    String bad = "{\"type\":\"ToolCall\",\"agent\":\"a\",\"name\":\"x\"}";
    HttpResponse<String> answer =
        post(
            "/v1/events?receipts=true",
            GOOD.formatted("1") + "\n" + GOOD.formatted("1") + "\n" + bad);
    assertEquals(207, answer.statusCode());
    JsonNode body = JSON.readTree(answer.body());
    assertEquals(
        List.of("received", "stored", "duplicates", "rejected", "position", "errors", "receipts"),
        body.propertyStream().map(java.util.Map.Entry::getKey).toList());
    assertEquals(3, body.get("received").intValue());
    assertEquals(1, body.get("stored").intValue());
    assertEquals(1, body.get("duplicates").intValue());
    assertEquals(1, body.get("rejected").intValue());
    assertEquals("0-3", body.get("position").textValue());
    assertEquals(2, body.at("/errors/0/index").intValue());
    assertEquals("missing_field", body.at("/errors/0/code").textValue());
    assertEquals("stored", body.at("/receipts/0/status").textValue());
    assertEquals("0-1", body.at("/receipts/0/position").textValue());
    assertEquals("duplicate", body.at("/receipts/1/status").textValue());
    assertTrue(body.at("/receipts/2/event_id").isNull());
    assertFalse(JSON.readTree(post("/v1/events", GOOD.formatted("2")).body()).has("receipts"));
  }

  @Test
  void answersAnEmptyArrayAndAnEmptyBody() throws Exception {
    HttpResponse<String> none = post("/v1/events", "[]");
    assertEquals(202, none.statusCode());
    assertEquals(0, JSON.readTree(none.body()).get("received").intValue());
    refuses(post("/v1/events", ""), 400, "bad_request");
    refuses(post("/v1/events", " \n"), 400, "bad_request");
  }

  @Test
  void knowsMediaTypesEncodingsAndDialects() throws Exception {
    refuses(post("/v1/events", "x", "Content-Type", "text/html"), 415, "unsupported_media_type");
    refuses(
        post("/v1/events", "{}", "Content-Type", "application/json; charset=utf-16"),
        415,
        "unsupported_media_type");
    refuses(post("/v1/events", "x", "Content-Type", ";;"), 415, "unsupported_media_type");
    refuses(post("/v1/events", "x", "Content-Encoding", "br"), 415, "unsupported_encoding");
    refuses(post("/v1/dialects/nope", "{}"), 404, "unknown_dialect");
    assertEquals(202, post("/v1/dialects/agent-protocol", GOOD.formatted("1")).statusCode());
    assertEquals(
        202,
        post("/v1/events", GOOD.formatted("2"), "Content-Type", "application/x-www-form-urlencoded")
            .statusCode());
    assertTrue(house.refused().isEmpty(), "a 404 and a 415 count nowhere");
  }

  @Test
  void readsGzipAndZstd() throws Exception {
    byte[] body = lines(0, 100).getBytes(StandardCharsets.UTF_8);
    assertEquals(202, send("gzip", gzip(body)).statusCode());
    assertEquals(
        100, JSON.readTree(send("zstd", Zstd.compress(body)).body()).get("duplicates").intValue());
    byte[] two =
        concat(
            gzip(lines(100, 150).getBytes(StandardCharsets.UTF_8)),
            gzip(("\n" + lines(150, 200)).getBytes(StandardCharsets.UTF_8)));
    assertEquals(100, JSON.readTree(send("gzip", two).body()).get("stored").intValue());
  }

  @Test
  void refusesWhatIsNotWhatItSays() throws Exception {
    byte[] gzip = gzip(lines(0, 500).getBytes(StandardCharsets.UTF_8));
    byte[] zstd = Zstd.compress(lines(0, 500).getBytes(StandardCharsets.UTF_8));
    refuses(send("gzip", Arrays.copyOf(gzip, gzip.length / 2)), 400, "truncated");
    refuses(send("zstd", Arrays.copyOf(zstd, zstd.length / 2)), 400, "truncated");
    refuses(send("gzip", "no gzip".getBytes(StandardCharsets.UTF_8)), 400, "invalid_encoding");
    refuses(send("gzip", new byte[0]), 400, "truncated");
    refuses(send("gzip", gzip(gzip)), 400, "invalid_encoding");
    assertEquals(5, house.refused().size(), "each 400 counts one rejected record");
  }

  @Test
  void stopsBombsAtTheirCap() throws Exception {
    byte[] zeros = new byte[100 << 20];
    refuses(send("gzip", gzip(zeros)), 413, "too_large");
    refuses(send("zstd", Zstd.compress(zeros)), 413, "too_large");
    refuses(send("gzip", gzip(gzip(zeros))), 400, "invalid_encoding");
    HttpResponse<String> big =
        client.send(
            request("/v1/events")
                .POST(BodyPublishers.ofInputStream(() -> new Endless(70 << 20)))
                .build(),
            BodyHandlers.ofString());
    refuses(big, 413, "too_large");
    assertTrue(big.body().contains(Integer.toString(64 << 20)), big.body());
    assertEquals(1, house.refused().size(), "a 413 counts nowhere, a 400 once");
  }

  @Test
  void takesABodyOfTheGreatestSize() throws Exception {
    String pad = "x".repeat(7 << 20);
    String nine =
        IntStream.range(0, 9)
            .mapToObj(
                i -> GOOD.formatted(i).replace("\"args\":{}", "\"args\":{\"p\":\"" + pad + "\"}"))
            .collect(Collectors.joining("\n"));
    HttpResponse<String> answer = post("/v1/events", nine);
    assertEquals(202, answer.statusCode(), answer.body());
    assertEquals(9, house.events().size());
  }

  @Test
  void refusesALyingContentLength() throws Exception {
    String head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    String body = GOOD.formatted("1");
    String longer = raw(head + "Content-Length: 100000000\r\n\r\n" + body);
    assertTrue(longer.startsWith("HTTP/1.1 413"), longer);
    String broken = raw(head + "Content-Length: 5000\r\n\r\n" + body); // and gone
    assertTrue(broken.startsWith("HTTP/1.1 400"), broken);
    assertEquals(
        List.of(body),
        house.refused().stream()
            .map(refused -> new String(refused.record(), StandardCharsets.UTF_8))
            .toList(),
        "a 400 counts one rejected record, and what had come is kept");
    String shorter = raw(head + "Content-Length: 10\r\n\r\n" + body);
    assertTrue(shorter.startsWith("HTTP/1.1 400"), shorter);
    String negative = raw(head + "Content-Length: -1\r\n\r\n" + body);
    assertTrue(negative.startsWith("HTTP/1.1 400"), negative);
    assertEquals(0, house.events().size());
    assertEquals(202, post("/v1/events", body).statusCode());
  }

  @Test
  void namesOneBadRecordAmongTenThousand() throws Exception {
    String body = lines(0, 5_000) + "\n{\"bad\":\n" + lines(5_000, 9_999);
    HttpResponse<String> answer = post("/v1/events", body);
    assertEquals(207, answer.statusCode());
    JsonNode json = JSON.readTree(answer.body());
    assertEquals(9_999, json.get("stored").intValue());
    assertEquals(5_000, json.at("/errors/0/index").intValue());
    assertEquals("invalid_json", json.at("/errors/0/code").textValue());
    refuses(post("/v1/events", lines(0, 10_001)), 413, "too_large");
  }

  @Test
  void rejectsHostileRecordsOneByOne() throws Exception {
    rejects("{\"a\":".repeat(1_000_000) + "\n" + GOOD.formatted("1"), "too_deep");
    rejects("[" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "]", "too_deep");
    rejects(event("\"" + "k".repeat(7 << 20) + "\":1"), "too_large");
    rejects(event("\"x\":1,\"x\":2"), "invalid_json");
    rejects(event("\"n\":" + "7".repeat(100_000)), "too_large");
    rejects(event("\"n\":NaN"), "invalid_json");
    rejects(event("\"s\":\"" + "x".repeat(9 << 20) + "\""), "too_large");
    rejects(
        "{\"id\":\""
            + "i".repeat(10_000)
            + "\",\"run_id\":\"r1\",\"type\":\"RunStarted\",\"agent\":\"a\"}",
        "too_large");
    rejects("{\"what\":1}", "unknown_dialect");
    rejects(GOOD.formatted("1").replace("grep", "other"), "conflict");
    HttpResponse<String> answer =
        send(
            null,
            concat(
                "{\"a\":\"".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xff, '"', '}'}));
    assertEquals("invalid_encoding", JSON.readTree(answer.body()).at("/errors/0/code").textValue());
    refuses(post("/v1/events", "{\"a\":1"), 400, "truncated");
    refuses(
        post("/v1/events", "nothing like it", "Content-Type", "application/json"),
        400,
        "invalid_json");
    refuses(
        send(null, GOOD.formatted("1").getBytes(StandardCharsets.UTF_16)), 400, "invalid_encoding");
  }

  @Test
  void keepsUnknownTypesLateEventsFarClocksAndStrangeNames() throws Exception {
    String name =
        "\u202egnp.exe\u0007\u001b[31m".replace("\u0007", "\\u0007").replace("\u001b", "\\u001b");
    assertEquals(
        202,
        post(
                "/v1/events",
                "{\"id\":\"1\",\"run_id\":\"r\",\"type\":\"RunCompleted\",\"agent\":\"a\"}\n"
                    + "{\"id\":\"2\",\"run_id\":\"r\",\"type\":\"NeverHeardOf\",\"agent\":\"a\"}\n"
                    + "{\"id\":\"3\",\"run_id\":\"r\",\"type\":\"ToolCall\",\"agent\":\"a\",\"name\":\""
                    + name
                    + "\",\"timestamp\":\"2027-11-21T12:00:00Z\"}")
            .statusCode());
    List<Event> events = house.events();
    assertEquals(3, events.size());
    assertTrue(events.get(1).flags().contains(Flag.UNKNOWN_TYPE));
    assertTrue(events.get(2).flags().contains(Flag.CLOCK_SKEW));
  }

  @Test
  void readsContextHeaders() throws Exception {
    HttpResponse<String> answer =
        post(
            "/v1/events",
            "{\"add\":1}",
            "Ledgerline-Run",
            "r%2F%C3%A4",
            "Ledgerline-Agent",
            "plain",
            "Ledgerline-Stream",
            "s",
            "Ledgerline-Offset",
            "7",
            "X-Test-Key",
            "key-name");
    assertEquals(202, answer.statusCode());
    Entry.Recorded entry = (Entry.Recorded) house.entries().getFirst();
    assertEquals("r/ä", entry.context().run());
    assertEquals("plain", entry.context().agent());
    assertEquals(7, entry.number());
    assertEquals("key-name", entry.source());
    post("/v1/events", "{\"add\":1}", "X-Test-Key", "key-name", "Ledgerline-Source", "named");
    assertEquals("named", house.entries().getLast().source());
    refuses(post("/v1/events", "{}", "Ledgerline-Run", "%zz"), 400, "invalid_field");
    refuses(post("/v1/events", "{}", "Ledgerline-Run", "%C3"), 400, "invalid_field");
    refuses(post("/v1/events", "{}", "Ledgerline-Run", "a%2"), 400, "invalid_field");
    refuses(post("/v1/events", "{}", "Ledgerline-Offset", "-1"), 400, "invalid_field");
    refuses(post("/v1/events", "{}", "Ledgerline-Thread", "t".repeat(1_025)), 400, "invalid_field");
    assertEquals(5, house.refused().size());
  }

  @Test
  void answersOverloadWithATimeToComeBack() throws Exception {
    try (Admission.Hold all = admission.hold()) {
      all.atLeast(160 << 20);
      HttpResponse<String> answer = post("/v1/events", GOOD.formatted("1"));
      refuses(answer, 503, "overloaded");
      assertTrue(answer.headers().firstValue("Retry-After").isPresent());
    }
    assertEquals(202, post("/v1/events", GOOD.formatted("1")).statusCode());
    assertEquals(1, house.entries().size());
  }

  @Test
  void replaysFromQuarantine() throws Exception {
    post("/v1/events", "{\"add\":\"x\"}");
    String id = house.refused().getFirst().id();
    assertEquals(207, post("/v1/quarantine/" + id + "/replay", "").statusCode());
    assertEquals(202, post("/v1/quarantine/" + id + "/replay", "{\"add\":2}").statusCode());
    refuses(post("/v1/quarantine/nope/replay", ""), 404, "not_found");
  }

  @Test
  void answers500WithoutAStackTraceWhenTheLogIsGone() throws Exception {
    house.log.close();
    HttpResponse<String> answer = post("/v1/events", GOOD.formatted("1"));
    assertTrue(answer.statusCode() >= 500, answer.body());
    assertFalse(answer.body().contains("at dev."), answer.body());
  }

  private static String event(String more) {
    return "{\"id\":\"h\",\"run_id\":\"r1\",\"type\":\"ToolCall\",\"agent\":\"a\",\"name\":\"x\","
        + more
        + "}";
  }

  private static String lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(GOOD::formatted).collect(Collectors.joining("\n"));
  }

  private void rejects(String body, String code) throws Exception {
    HttpResponse<String> answer = post("/v1/events", body);
    String shown = body.substring(0, Math.min(60, body.length()));
    assertEquals(207, answer.statusCode(), shown + answer.body());
    assertEquals(code, JSON.readTree(answer.body()).at("/errors/0/code").textValue(), shown);
  }

  private static void refuses(HttpResponse<String> answer, int status, String code)
      throws Exception {
    assertEquals(status, answer.statusCode(), answer.body());
    JsonNode error = JSON.readTree(answer.body()).get("error");
    assertEquals(code, error.get("code").textValue());
    assertFalse(error.get("message").textValue().isEmpty());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> send(@org.jspecify.annotations.Nullable String encoding, byte[] body)
      throws Exception {
    HttpRequest.Builder request = request("/v1/events").POST(BodyPublishers.ofByteArray(body));
    if (encoding != null) {
      request.header("Content-Encoding", encoding);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** So many spaces. */
  private static final class Endless extends InputStream {
    private long left;

    Endless(long bytes) {
      this.left = bytes;
    }

    @Override
    public int read() {
      return left-- > 0 ? ' ' : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int n = (int) Math.min(left, length);
      Arrays.fill(bytes, offset, offset + n, (byte) ' ');
      left -= n;
      return n;
    }
  }
}
