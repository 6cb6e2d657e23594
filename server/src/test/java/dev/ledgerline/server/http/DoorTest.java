// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoorTest {
  @TempDir private Path folder = Path.of("");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void whatNobodyAnswersIsAnsweredInOneForm() throws Exception {
    try (Door door = open(null)) {
      HttpResponse<String> unknown = send(request(door, "v1/nothing"));
      assertEquals(404, unknown.statusCode());
      assertTrue(unknown.body().contains("\"code\":\"unknown_path\""), unknown.body());
      HttpResponse<String> wrongVerb = send(request(door, "v1/things").DELETE());
      assertEquals(405, wrongVerb.statusCode());
      assertEquals("GET, POST", wrongVerb.headers().firstValue("Allow").orElse(""));
      assertTrue(wrongVerb.body().contains("\"code\":\"method_not_allowed\""), wrongVerb.body());
    }
  }

  @Test
  void theRootLeadsToTheUi() throws Exception {
    try (Door door = open(null)) {
      HttpResponse<String> root = send(request(door, ""));
      assertEquals(302, root.statusCode());
      assertEquals("/ui/", root.headers().firstValue("Location").orElse(""));
    }
  }

  @Test
  void anIdInAPathMayHoldEncodedSlashesAndPercentsAndBeDots() throws Exception {
    try (Door door = open(null)) {
      assertEquals("a/b%c d", send(request(door, "v1/things/a%2Fb%25c%20d")).body());
      assertEquals(".", send(request(door, "v1/things/%2E")).body());
      assertEquals("..", send(request(door, "v1/things/%2e%2E")).body());
    }
  }

  @Test
  void aPathThatIsTooLongIsSaidToBe() throws Exception {
    try (Door door = open(null)) {
      HttpResponse<String> answer = send(request(door, "v1/things/" + "a".repeat(70_000)));
      assertEquals(414, answer.statusCode());
      assertTrue(answer.body().contains("\"code\":\"too_large\""), answer.body());
    }
  }

  @Test
  void onLoopbackAForeignHostIsRefused() throws Exception {
    try (Door door = open(null)) {
      assertTrue(raw(door, "evil.example:80").contains(" 403 "));
      assertTrue(raw(door, "localhost:1").contains(" 200 "));
      assertTrue(raw(door, "[::1]").contains(" 200 "));
      assertTrue(raw(door, "127.0.0.1").contains(" 200 "));
    }
  }

  @Test
  void aPageFromElsewhereMayNotAct() throws Exception {
    try (Door door = open(null)) {
      assertEquals(403, send(post(door).header("Origin", "http://evil.example")).statusCode());
      assertEquals(403, send(post(door).header("Origin", "null")).statusCode());
      assertEquals(200, send(post(door).header("Origin", base(door))).statusCode());
      assertEquals(200, send(post(door)).statusCode());
    }
  }

  @Test
  void eachKeyDoesWhatItsScopesSay() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keys"),
            "# who may\nagents:%s:ingest\nreader:%s:read\nboth:%s\n"
                .formatted(sha256("a"), sha256("r"), sha256("b")));
    try (Door door = open(ApiKeys.read(file))) {
      assertEquals(401, send(request(door, "v1/things")).statusCode());
      assertEquals(401, send(request(door, "v1/things").header("X-API-Key", "x")).statusCode());
      assertEquals(403, send(request(door, "v1/things").header("X-API-Key", "a")).statusCode());
      assertEquals(200, send(request(door, "v1/things").header("X-API-Key", "r")).statusCode());
      assertEquals(403, send(post(door).header("Authorization", "Bearer r")).statusCode());
      HttpResponse<String> sent = send(post(door).header("Authorization", "Bearer a"));
      assertEquals(200, sent.statusCode());
      assertEquals("agents", sent.body(), "the name of the key is the source");
      assertEquals(200, send(post(door).header("Authorization", "Bearer b")).statusCode());
      assertEquals(404, send(request(door, "health")).statusCode(), "open to everybody");
      for (String path : List.of("", "ui/", "static/ledgerline.css", "lumo/lumo.css")) {
        HttpResponse<String> ui = send(request(door, path));
        assertEquals(401, ui.statusCode());
        assertTrue(
            ui.headers().firstValue("WWW-Authenticate").isPresent(),
            "a browser that opens /" + path + " is not asked for its key");
      }
      String basic = Base64.getEncoder().encodeToString("me:r".getBytes(StandardCharsets.UTF_8));
      assertEquals(
          404, send(request(door, "ui/").header("Authorization", "Basic " + basic)).statusCode());
    }
  }

  @Test
  void speaksTlsFromPemFiles() throws Exception {
    SelfSigned localhost = SelfSigned.in(folder);
    Tls tls = new Tls(localhost.certificate(), localhost.key());
    Door.Address address = new Door.Address("127.0.0.1", 0, true, false, tls, null);
    try (Door door = Door.open(address, List.of(DoorTest::things))) {
      assertTrue(door.url().startsWith("https://"));
      HttpClient client = HttpClient.newBuilder().sslContext(localhost.trusting()).build();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + door.port() + "/v1/things"))
              .build();
      assertEquals(200, client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
    }
  }

  @Test
  void aRunningRequestIsAnsweredBeforeItCloses() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Door door =
        Door.open(
            new Door.Address("127.0.0.1", 0, true, false, null, null),
            List.of(
                config ->
                    config.routes.get(
                        "/slow",
                        context -> {
                          running.countDown();
                          mayEnd.await();
                          context.result("done");
                        })));
    var answer =
        http.sendAsync(request(door, "slow").build(), HttpResponse.BodyHandlers.ofString());
    running.await();
    Thread closing = Thread.ofVirtual().start(door::close);
    mayEnd.countDown();
    assertEquals("done", answer.get().body());
    closing.join();
  }

  private static void things(io.javalin.config.JavalinConfig config) {
    config.routes.get("/v1/things", context -> context.result("things"));
    config.routes.get("/v1/things/{id}", context -> context.result(context.pathParam("id")));
    config.routes.post(
        "/v1/things",
        context -> context.result(String.valueOf(context.<String>attribute(Guard.KEY_NAME))));
  }

  private static Door open(@Nullable ApiKeys keys) throws IOException {
    return Door.open(
        new Door.Address("127.0.0.1", 0, true, false, null, keys), List.of(DoorTest::things));
  }

  private static String base(Door door) {
    return door.url().substring(0, door.url().length() - 1);
  }

  private static HttpRequest.Builder request(Door door, String path) {
    return HttpRequest.newBuilder(URI.create(door.url() + path));
  }

  private static HttpRequest.Builder post(Door door) {
    return request(door, "v1/things").POST(HttpRequest.BodyPublishers.ofString("x"));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The first line of the answer to a request with that Host, which HttpClient would not send. */
  private static String raw(Door door, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/things HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return String.valueOf(
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine());
    }
  }

  private static String sha256(String secret) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
  }
}
