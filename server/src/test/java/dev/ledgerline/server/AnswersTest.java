// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody answers an agent that waits, and a real receiver hears it. */
@Timeout(60)
final class AnswersTest {
  private static final String ASKS =
      """
      {"id":1,"run_id":"r1","agent":"Booker","type":"RunStarted"}
      {"id":2,"run_id":"r1","agent":"Booker","type":"WaitForInput","request_keys":{"city":"Where to?"}}
      """;
  private static final String TOKEN = "res_8842_only_the_receiver_may_see_this";
  private static final String YIELDS =
      """
      {"symphony_version":"1.0","task_id":"tsk_1","role":"dba","objective":"Tidy up"}
      {"type":"AGENT_INIT","task_id":"tsk_1","run_id":"run_1","agent":"dba","payload":{}}
      {"symphony_event":"yield_to_human","task_id":"tsk_1","run_id":"run_1","reason":"risky",\
      "context":{"proposed_action":"DROP TABLE birds;"},"resume_token":"%s"}
      """
          .formatted(TOKEN);

  @TempDir private Path folder = Path.of("");

  /** What the receiver heard: path, a header and the body. */
  private record Heard(String path, String authorization, JsonNode body) {}

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private volatile int status = 200;
  private HttpServer receiver;

  AnswersTest() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void listen() {
    receiver.createContext(
        "/",
        exchange -> {
          JsonNode body = new ObjectMapper().readTree(exchange.getRequestBody());
          String key = exchange.getRequestHeaders().getFirst("Authorization");
          heard.add(new Heard(exchange.getRequestURI().getPath(), String.valueOf(key), body));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void fallSilent() {
    receiver.stop(0);
  }

  private TestServer server(String form, String path) throws Exception {
    Files.writeString(folder.resolve("keys"), "Authorization=Bearer of-the-receiver\n");
    Path file = folder.resolve("answers.json");
    Files.writeString(
        file,
        "[{\"source\":\"*\",\"form\":\"%s\",\"url\":\"http://127.0.0.1:%d%s\",\"headers\":\"keys\"}]"
            .formatted(form, receiver.getAddress().getPort(), path));
    return new TestServer(folder.resolve("data"), Map.of(Setting.ANSWERS, file.toString()));
  }

  /** Sends records and returns the only wait that they open. */
  private static JsonNode wait(TestServer server, String records) throws Exception {
    JsonNode sent =
        new ObjectMapper()
            .readTree(server.post("/v1/events", "application/x-ndjson", records).body());
    assertEquals(0, sent.path("rejected").asInt(), sent.toString());
    JsonNode waits =
        server.json("/v1/waits?after_position=" + sent.path("position").asText()).path("items");
    assertEquals(1, waits.size(), waits.toString());
    return waits.get(0);
  }

  private static HttpResponse<String> answer(TestServer server, JsonNode wait, String body)
      throws Exception {
    String path =
        "/v1/runs/" + wait.path("run_id").asText() + "/waits/" + wait.path("wait_id").asText();
    return server.post(path.replace(":", "%3A") + "/answer", "application/json", body);
  }

  private Heard hear() throws InterruptedException {
    Heard next = heard.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, "the receiver heard nothing");
    return next;
  }

  @Test
  void anAnswerIsDeliveredOnceAndTheWaitIsOver() throws Exception {
    try (TestServer server = server("agent-protocol", "/{agent}/run")) {
      JsonNode wait = wait(server, ASKS);
      String body = "{\"outcome\":\"answered\",\"answer\":{\"city\":\"Oslo\"},\"by\":\"ada\"}";
      HttpResponse<String> answer = answer(server, wait, body);
      assertEquals(200, answer.statusCode(), answer.body());
      Heard heardNow = hear();
      assertEquals("/Booker/run", heardNow.path());
      assertEquals("Bearer of-the-receiver", heardNow.authorization());
      assertEquals("ResumeWithInput", heardNow.body().path("type").asText());
      assertEquals("Oslo", heardNow.body().at("/request_keys/city").asText());

      String position = new ObjectMapper().readTree(answer.body()).path("position").asText();
      JsonNode after = server.json("/v1/runs/r1/waits?after_position=" + position).at("/items/0");
      assertEquals("answered", after.path("outcome").asText());
      assertEquals("ada", after.path("resolved_by").asText());
      assertEquals("running", server.json("/v1/runs/r1").path("state").asText());
      assertEquals("ok", server.json("/v1/runs/r1").path("verdict").asText());

      assertEquals(409, answer(server, wait, body).statusCode());
      assertTrue(heard.isEmpty());
    }
  }

  @Test
  void whatTheReceiverRefusedIsRecordedAndMayBeAnsweredAgain() throws Exception {
    try (TestServer server = server("webhook", "/hook?run={run}")) {
      JsonNode wait = wait(server, ASKS);
      status = 500;
      HttpResponse<String> refused = answer(server, wait, "{\"outcome\":\"denied\"}");
      assertEquals(502, refused.statusCode(), refused.body());
      assertEquals("denied", hear().body().path("outcome").asText());
      status = 204;
      HttpResponse<String> taken = answer(server, wait, "{\"outcome\":\"approved\"}");
      assertEquals(200, taken.statusCode(), taken.body());
      assertEquals("Where to?", hear().body().path("prompt").asText().replaceAll("^city: ", ""));
      String position = new ObjectMapper().readTree(taken.body()).path("position").asText();
      JsonNode errors = server.json("/v1/runs/r1/events?kind=error&after_position=" + position);
      assertTrue(
          errors.at("/items/0/summary").asText().contains("answered 500"), errors.toString());
    }
  }

  @Test
  void anAnswerThatMayHaveArrivedIsNotRepeatedUnlessAsked() throws Exception {
    try (TestServer server = server("webhook", "/hook")) {
      JsonNode wait = wait(server, ASKS);
      receiver.removeContext("/");
      receiver.createContext(
          "/",
          exchange -> {
            heard.add(new Heard("", "", new ObjectMapper().readTree(exchange.getRequestBody())));
            exchange.getResponseBody(); // and no answer: the connection just ends
            throw new IOException("gone");
          });
      assertEquals(504, answer(server, wait, "{\"outcome\":\"approved\"}").statusCode());
      hear();
      HttpResponse<String> held = answer(server, wait, "{\"outcome\":\"approved\"}");
      assertEquals(409, held.statusCode(), held.body());
      assertTrue(heard.isEmpty());
      assertEquals(
          504, answer(server, wait, "{\"outcome\":\"approved\",\"again\":true}").statusCode());
      hear();
    }
  }

  @Test
  void withoutAWayBackNothingCanBeAnswered() throws Exception {
    try (TestServer server = new TestServer(folder.resolve("data"))) {
      JsonNode wait = wait(server, ASKS);
      HttpResponse<String> answer = answer(server, wait, "{\"outcome\":\"approved\"}");
      assertEquals(400, answer.statusCode());
      assertTrue(answer.body().contains("no way back"), answer.body());
      assertEquals(
          404,
          server
              .post(
                  "/v1/runs/r1/waits/other/answer", "application/json", "{\"outcome\":\"denied\"}")
              .statusCode());
    }
  }

  @Test
  void aResumeTokenReachesTheReceiverAndIsNowhereElse() throws Exception {
    try (TestServer server = server("symphony-article", "/resume")) {
      JsonNode wait = wait(server, YIELDS);
      assertEquals(200, answer(server, wait, "{\"outcome\":\"denied\"}").statusCode());
      JsonNode body = hear().body();
      assertEquals(TOKEN, body.path("resume_token").asText());
      assertEquals("rejected", body.path("decision").asText());
      assertFalse(server.get("/v1/runs/run_1/events?payload=true").body().contains(TOKEN));
      assertEquals(
          0, server.json("/v1/search?q=only_the_receiver_may_see_this").path("items").size());
    }
    Path tokens = folder.resolve("data/resume-tokens");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens)));
    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(new String(Files.readAllBytes(file), UTF_8).contains(TOKEN), file.toString());
      }
    }
  }

  @Test
  void aTokenThatCameBeforeARestartStillAnswers() throws Exception {
    JsonNode wait;
    try (TestServer server = server("symphony-article", "/resume")) {
      wait = wait(server, YIELDS);
    }
    try (TestServer server = server("symphony-article", "/resume")) {
      server.awaitReady();
      HttpResponse<String> answer = answer(server, wait, "{\"outcome\":\"approved\"}");
      assertEquals(200, answer.statusCode(), answer.body());
      assertEquals(TOKEN, hear().body().path("resume_token").asText());
    }
  }

  @Test
  void aFileOfWaysBackThatCannotBeReadIsAStartUpError() throws Exception {
    Path file = folder.resolve("answers.json");
    for (String wrong :
        List.of(
            "{}",
            "[{\"source\":\"a\",\"form\":\"pigeon\",\"url\":\"http://127.0.0.1/\"}]",
            "[{\"source\":\"a\",\"form\":\"webhook\",\"url\":\"file:///etc/passwd\"}]",
            "[{\"source\":\"a\",\"form\":\"webhook\",\"url\":\"http://127.0.0.1/\",\"uri\":\"x\"}]")) {
      Files.writeString(file, wrong);
      BadSettingException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              BadSettingException.class,
              () -> Config.of(Map.of(Setting.ANSWERS, file.toString()), Map.of()));
      String said = String.valueOf(e.getMessage());
      assertTrue(said.startsWith("--answers: " + file), said);
    }
  }
}
