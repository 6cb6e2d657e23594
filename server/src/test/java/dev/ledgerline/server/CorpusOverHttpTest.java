// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The captured records of real clients through the real door: each case with the dialect named and
 * found out, in one request and in one per record, and the same requests with the same headers sent
 * again. What the API then answers is held against {@code truth.json}.
 */
class CorpusOverHttpTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path data;
  private static @Nullable TestServer server;

  private record Body(
      String mediaType, List<String> records, String whole, Map<String, String> headers) {}

  private record Case(
      String name, String dialect, JsonNode truth, List<Body> bodies, boolean toolNames) {

    /**
     * Whether its records tell their order: by id, or by number. Of two contents under one id the
     * one that came first stands.
     */
    boolean ownOrder() {
      return dialect.equals("codex-rollout")
          || (name.endsWith(".events.jsonl") && !truth.has("receipt"));
    }
  }

  private enum Way {
    NAMED_IN_ONE,
    FOUND_OUT_IN_ONE,
    NAMED_IN_MANY,
    FOUND_OUT_IN_MANY,
    SHUFFLED,
    SHUFFLED_AND_TWICE;

    boolean named() {
      return this == NAMED_IN_ONE || this == NAMED_IN_MANY || shuffled();
    }

    boolean inOne() {
      return this == NAMED_IN_ONE || this == FOUND_OUT_IN_ONE;
    }

    boolean shuffled() {
      return this == SHUFFLED || this == SHUFFLED_AND_TWICE;
    }
  }

  @AfterAll
  static void closeTheServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> theApiSaysWhatIsKnownToHaveHappened() throws Exception {
    Path corpus = corpus();
    assumeTrue(corpus != null, "skipped: there is no ../shared/corpus beside the project");
    List<Case> cases = corpus == null ? List.of() : cases(corpus);
    return cases.stream()
        .flatMap(
            c ->
                Stream.of(Way.values())
                    .filter(way -> !way.shuffled() || c.ownOrder())
                    .map(way -> dynamicTest(c.name + " " + way, () -> check(c, way))));
  }

  private static void check(Case c, Way way) throws Exception {
    if (way.shuffled()) {
      checkShuffled(c, way);
      return;
    }
    TestServer to = running();
    String source = c.name + " " + way;
    String position = "0";
    for (int round = 0; round < 2; round++) {
      int stored = 0;
      for (int i = 0; i < c.bodies.size(); i++) {
        Body body = c.bodies.get(i);
        if (way.inOne()) {
          JsonNode receipt = post(to, c, way, body, source, i, 0, body.whole, body.mediaType);
          position = receipt.path("position").asText();
          stored += receipt.path("stored").asInt();
        } else {
          for (int n = 0; n < body.records.size(); n++) {
            JsonNode receipt =
                post(to, c, way, body, source, i, n, body.records.get(n), "application/json");
            position = receipt.path("position").asText();
            stored += receipt.path("stored").asInt();
          }
        }
      }
      assertEquals(round == 0, stored > 0, "what was sent again was stored again: " + stored);
    }
    compare(to, c, source, position, way);
  }

  /** Each record in a request of its own, which may be sent again at any time. */
  private static void checkShuffled(Case c, Way way) throws Exception {
    TestServer to = running();
    for (int seed = 1; seed <= 3; seed++) {
      String source = c.name + " " + way + " by " + seed;
      Body body = c.bodies.getFirst();
      List<Integer> places = new ArrayList<>();
      for (int place = 0; place < body.records.size(); place++) {
        places.add(place);
        if (way == Way.SHUFFLED_AND_TWICE) {
          places.add(place);
        }
      }
      Collections.shuffle(places, new Random(seed));
      String position = "0";
      int stored = 0;
      for (int place : places) {
        String record = body.records.get(place);
        JsonNode receipt = post(to, c, way, body, source, 0, place, record, "application/json");
        position = receipt.path("position").asText();
        stored += receipt.path("stored").asInt();
      }
      assertEquals(body.records.size(), stored);
      compare(to, c, source, position, way);
    }
  }

  private static JsonNode post(
      TestServer to,
      Case c,
      Way way,
      Body body,
      String source,
      int stream,
      int offset,
      String text,
      String mediaType)
      throws Exception {
    var request =
        to.request(way.named() ? "v1/dialects/" + c.dialect : "v1/events")
            .header("Content-Type", mediaType)
            .header("Ledgerline-Source", encoded(source))
            .header("Ledgerline-Stream", "stream-" + stream)
            .header("Ledgerline-Offset", Integer.toString(offset))
            .POST(BodyPublishers.ofString(text));
    body.headers.forEach((name, value) -> request.header(name, encoded(value)));
    HttpResponse<String> answer = to.send(request);
    assertTrue(
        answer.statusCode() == 202 || answer.statusCode() == 207,
        answer.statusCode() + " " + answer.body());
    return JSON.readTree(answer.body());
  }

  private static void compare(TestServer from, Case c, String source, String position, Way way)
      throws Exception {
    String q = encoded("source:\"" + source + "\"");
    JsonNode runs =
        from.json("v1/runs?q=" + q + "&sort=started&limit=100&after_position=" + position)
            .path("items");
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    long tokensExpected = 0;
    long tokensFound = 0;
    for (JsonNode run : c.truth.path("runs")) {
      JsonNode tokens =
          run.path("tokens").has("turn") ? run.path("tokens").path("turn") : run.path("tokens");
      tokensExpected += tokens.path("input").asLong(tokens.path("input_tokens").asLong());
      expected.add(
          state(run, runs, way) + " " + calls(run, c.toolNames) + (c.toolNames ? waits(run) : ""));
    }
    for (JsonNode run : runs) {
      tokensFound += run.path("usage").path("input_tokens").asLong();
      String at = "v1/runs/" + encoded(run.path("run_id").asText());
      String of = "?source=" + encoded(source);
      found.add(
          run.path("state").asText()
              + " "
              + callsFound(from.json(at + "/steps" + of).path("items"), c.toolNames)
              + (c.toolNames ? waitsFound(from.json(at + "/waits" + of).path("items")) : ""));
    }
    assertEquals(expected.stream().sorted().toList(), found.stream().sorted().toList());
    assertEquals(tokensExpected, tokensFound, "input tokens");
  }

  /** The first acceptable state that a run has, so that the others can be compared as text. */
  private static String state(JsonNode truth, JsonNode runs, Way way) {
    List<String> acceptable =
        new ArrayList<>(List.of(truth.path("expected_state").asText().split(" ", 2)[0]));
    truth.path("acceptable_states").forEach(s -> acceptable.add(s.asText().split(" ", 2)[0]));
    for (JsonNode run : runs) {
      if (run.path("run_id").asText().equals(truth.path("run_id").asText())
          && acceptable.contains(run.path("state").asText())) {
        return run.path("state").asText();
      }
    }
    // A stream that is posted record by record has no end that anybody could see.
    return acceptable.getFirst().equals("suspended") && !way.inOne()
        ? "waiting"
        : acceptable.getFirst();
  }

  private static List<String> calls(JsonNode run, boolean names) {
    List<String> calls = new ArrayList<>();
    for (JsonNode call : run.path("tool_calls")) {
      if (call.path("visible").asBoolean(true)
          && (names || call.path("visible_in_exec_jsonl").asBoolean(true))) {
        calls.add((names ? call.path("name").asText() : "tool") + ":" + call.path("ok").asText());
      }
    }
    return calls.stream().sorted().toList();
  }

  private static List<String> callsFound(JsonNode steps, boolean names) {
    List<String> calls = new ArrayList<>();
    for (JsonNode step : steps) {
      if (step.path("kind").asText().equals("tool")
          && !step.path("name").asText().equals("river_levels")) {
        String ok =
            switch (step.path("state").asText()) {
              case "completed" -> "true";
              case "failed" -> "false";
              default -> "null";
            };
        calls.add((names ? step.path("name").asText() : "tool") + ":" + ok);
      }
    }
    return calls.stream().sorted().toList();
  }

  private static List<String> waits(JsonNode run) {
    List<String> waits = new ArrayList<>();
    for (JsonNode wait : run.path("waits")) {
      boolean open = wait.path("outcome").isNull() || wait.path("state").asText().equals("open");
      waits.add(wait.path("kind").asText() + ":" + (open ? "open" : "over"));
    }
    return waits;
  }

  private static List<String> waitsFound(JsonNode found) {
    List<String> waits = new ArrayList<>();
    for (JsonNode wait : found) {
      waits.add(
          wait.path("kind").asText() + ":" + (wait.path("outcome").isNull() ? "open" : "over"));
    }
    return waits;
  }

  private static List<Case> cases(Path corpus) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (var c : truth(corpus, "agent-protocol").properties()) {
      boolean agentic = c.getKey().equals("agentic-dialect");
      Map<String, String> headers =
          agentic
              ? Map.of(
                  "Ledgerline-Run", c.getValue().path("request_id").asText(),
                  "Ledgerline-Thread", c.getValue().path("thread_id").asText())
              : Map.of();
      for (String ending : agentic ? List.of(".sse") : List.of(".events.jsonl", ".sse")) {
        Body body = body(corpus.resolve("agent-protocol/" + c.getKey() + ending), headers);
        cases.add(
            new Case(
                c.getKey() + ending,
                agentic ? "agentic" : "agent-protocol",
                c.getValue(),
                List.of(body),
                true));
      }
    }
    for (var c : truth(corpus, "agentic").properties()) {
      List<Body> bodies = new ArrayList<>();
      for (JsonNode run : c.getValue().path("runs")) {
        Map<String, String> headers =
            Map.of(
                "Ledgerline-Run",
                run.path("run_id").asText(),
                "Ledgerline-Thread",
                run.path("thread_id").asText());
        Path sse =
            corpus.resolve("agentic/" + c.getKey() + "." + run.path("run").asText() + ".sse");
        bodies.add(
            Files.exists(sse) ? body(sse, headers) : readAtOnce(corpus, c.getKey(), run, headers));
      }
      cases.add(new Case("agentic " + c.getKey(), "agentic", c.getValue(), bodies, true));
    }
    for (var c : truth(corpus, "codex").properties()) {
      Body rollout = body(corpus.resolve("codex/" + c.getKey() + ".rollout.jsonl"), Map.of());
      cases.add(
          new Case(
              c.getKey() + ".rollout",
              "codex-rollout",
              withoutWaits(c.getValue()),
              List.of(rollout),
              true));
      List<Body> processes = new ArrayList<>();
      for (JsonNode file : c.getValue().path("files")) {
        if (file.asText().endsWith(".exec.jsonl")) {
          processes.add(body(corpus.resolve("codex/" + file.asText()), Map.of()));
        }
      }
      for (String view : List.of(".appserver.jsonl", ".wire.jsonl")) {
        Path exchange = corpus.resolve("codex/" + c.getKey() + view);
        if (Files.exists(exchange)) {
          List<Body> bodies = List.of(body(exchange, Map.of()));
          cases.add(new Case(c.getKey() + view, "codex-app-server", c.getValue(), bodies, true));
        }
      }
      if (!processes.isEmpty()) {
        cases.add(new Case(c.getKey() + ".exec", "codex-exec", c.getValue(), processes, false));
      }
    }
    return cases;
  }

  /** Waits are never in a rollout: only the wire of the app server shows them. */
  private static JsonNode withoutWaits(JsonNode truth) {
    JsonNode copy = truth.deepCopy();
    copy.path("runs")
        .forEach(run -> ((com.fasterxml.jackson.databind.node.ObjectNode) run).remove("waits"));
    return copy;
  }

  private static Body readAtOnce(
      Path corpus, String name, JsonNode run, Map<String, String> headers) throws IOException {
    for (String line : Files.readAllLines(corpus.resolve("agentic/" + name + ".http.jsonl"))) {
      JsonNode exchange = JSON.readTree(line);
      if (exchange
          .at("/request/path")
          .asText()
          .contains("request_id=" + run.path("run_id").asText())) {
        String array = exchange.at("/response/body_text").asText();
        List<String> records = new ArrayList<>();
        JSON.readTree(array).forEach(record -> records.add(record.toString()));
        return new Body("application/json", records, array, headers);
      }
    }
    throw new AssertionError("no exchange for " + run);
  }

  private static Body body(Path file, Map<String, String> headers) throws IOException {
    String text = Files.readString(file);
    boolean sse = file.toString().endsWith(".sse");
    List<String> records =
        text.lines()
            .filter(line -> sse ? line.startsWith("data:") : !line.isBlank())
            .map(line -> sse ? line.substring(5).strip() : line)
            .toList();
    return new Body(sse ? "text/event-stream" : "application/x-ndjson", records, text, headers);
  }

  private static JsonNode truth(Path corpus, String source) throws IOException {
    return JSON.readTree(corpus.resolve(source + "/truth.json").toFile()).path("cases");
  }

  private static @Nullable Path corpus() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/corpus"))) {
        return at.resolve("shared/corpus");
      }
    }
    return null;
  }

  private static TestServer running() throws Exception {
    TestServer running = server;
    if (running == null) {
      running = new TestServer(data);
      running.awaitReady();
      server = running;
    }
    return running;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
