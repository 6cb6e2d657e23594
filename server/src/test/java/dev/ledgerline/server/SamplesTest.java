// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Agents of widespread frameworks, run as a reader would run them: what is told of them while they
 * wait for a person and after. Their model is a script, everything else is theirs.
 */
@Timeout(60)
final class SamplesTest {
  private static final Path SAMPLES = Path.of("../samples").toAbsolutePath().normalize();
  private static final Path PYTHON = SAMPLES.resolve("target/venv/bin/python");

  enum Sample {
    OPENAI_AGENTS(PYTHON.toString(), "openai-agents/agent.py"),
    LANGGRAPH(PYTHON.toString(), "langgraph/agent.py"),
    PYDANTIC_AI(PYTHON.toString(), "pydantic-ai/agent.py"),
    /** Its spans do not tell that somebody is asked: the call that waits just has none. */
    VERCEL_AI("node", "vercel-ai/agent.mjs");

    private final String interpreter;
    private final String program;

    Sample(String interpreter, String program) {
      this.interpreter = interpreter;
      this.program = program;
    }

    boolean tellsWaits() {
      return this != VERCEL_AI;
    }

    /** Nothing in the spans of OpenAI Agents says that a run begins with an answer. */
    boolean tellsAnswers() {
      return this == LANGGRAPH || this == PYDANTIC_AI;
    }
  }

  @TempDir static Path data;
  private static @Nullable TestServer server;
  private static @Nullable Program model;
  private static Map<String, String> ofTheModel = Map.of();

  @BeforeAll
  static void open() throws Exception {
    assumeTrue(
        Files.isExecutable(PYTHON) && Files.isDirectory(SAMPLES.resolve("vercel-ai/node_modules")),
        "skipped: the frameworks are not installed (samples/install does it)");
    server = new TestServer(data);
    Program started = new Program(Map.of(), PYTHON.toString(), SAMPLES + "/scripted_model.py");
    model = started;
    String[] url = started.awaitOutput("/v1\n").strip().split("OPENAI_BASE_URL=");
    ofTheModel = Map.of("OPENAI_API_KEY", "none", "OPENAI_BASE_URL", url[1]);
  }

  @AfterAll
  static void close() throws IOException {
    if (model != null) {
      model.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAgentIsSeenToAskAndToGoOnWithLeave(Sample sample) throws Exception {
    JsonNode resumed = runAndAnswer(sample, "y");
    assertEquals(List.of("buy_ticket completed"), tools(resumed));
  }

  @ParameterizedTest
  @EnumSource
  void anAgentIsSeenToAskAndToGoOnWithoutLeave(Sample sample) throws Exception {
    JsonNode resumed = runAndAnswer(sample, "n");
    assertTrue(List.of(List.of(), List.of("buy_ticket failed")).contains(tools(resumed)));
  }

  /** Runs the sample, looks at its first run while that waits, and returns the one after it. */
  private static JsonNode runAndAnswer(Sample sample, String answer) throws Exception {
    String source = sample + "-" + answer;
    try (Program agent = start(sample, source)) {
      agent.awaitOutput("[y/n] ");
      JsonNode asking = awaitEnd(source);
      assertTold(asking, sample.tellsWaits() ? "suspended" : "completed", 2, 250, 45);
      assertEquals(sample.tellsWaits() ? 1 : 0, asking.at("/waits/open").asInt());
      List<String> tools = new ArrayList<>(List.of("timetable completed"));
      if (sample.tellsWaits()) {
        tools.add("buy_ticket waiting");
        assertAsks(asking);
      }
      assertEquals(tools, tools(asking));

      agent.say(answer);
      assertTrue(agent.awaitExit().contains("Your train leaves at 23:32."));
      List<JsonNode> runs = runs(source);
      assertEquals(2, runs.size(), "what resumes it is another run: " + runs);
      JsonNode resumed = runs.getLast();
      assertEquals(asking.path("thread_id"), resumed.path("thread_id"));
      assertTold(resumed, "completed", 1, 200, 30);
      // where the run that asked does not tell it, the answer shows that there was a question
      assertEquals(sample.tellsWaits() ? 0 : 1, resumed.at("/waits/total").asInt());
      assertEquals(0, resumed.at("/waits/open").asInt());
      assertStoodStill(asking, runs.getFirst());
      assertAnswered(asking, sample.tellsAnswers() ? resumed.path("run_id") : NullNode.instance);
      return resumed;
    }
  }

  private static void assertTold(JsonNode run, String state, int calls, int in, int out) {
    String told = run.toString();
    assertEquals(state, run.path("state").asText(), told);
    assertEquals("conductor", run.path("agent").asText(), told);
    assertNotEquals("null", run.path("thread_id").asText(), told);
    assertEquals(calls, run.path("model_calls").asInt(), told);
    assertEquals(in, run.at("/usage/input_tokens").asInt(), told);
    assertEquals(out, run.at("/usage/output_tokens").asInt(), told);
    assertEquals(in + out, run.at("/usage/total_tokens").asInt(), told);
    assertEquals(0, run.path("errors").asInt(), told);
  }

  private static void assertAsks(JsonNode run) throws Exception {
    JsonNode wait = server().json(path(run) + "/waits").at("/items/0");
    assertEquals("approval", wait.path("kind").asText());
    assertEquals("May buy_ticket run?", wait.path("prompt").asText());
  }

  private static void assertStoodStill(JsonNode asking, JsonNode after) {
    for (String same : List.of("run_id", "state", "ended_at", "tool_calls", "usage")) {
      assertEquals(asking.path(same), after.path(same), same);
    }
  }

  private static void assertAnswered(JsonNode asking, JsonNode by) throws Exception {
    for (JsonNode wait : server().json(path(asking) + "/waits").path("items")) {
      assertEquals(by, wait.path("resolved_run_id"), wait.toString());
    }
  }

  private static Program start(Sample sample, String source) throws IOException {
    Map<String, String> environment = new HashMap<>(ofTheModel);
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", server().url());
    environment.put("OTEL_EXPORTER_OTLP_HEADERS", "Ledgerline-Source=" + source);
    environment.put("OTEL_BSP_SCHEDULE_DELAY", "100"); // ms; usually 5 s
    return new Program(environment, sample.interpreter, SAMPLES.resolve(sample.program).toString());
  }

  private static JsonNode awaitEnd(String source) throws Exception {
    try (Tail tail = new Tail(server(), "/v1/tail?since=0&q=source:" + source)) {
      while (true) {
        tail.awaitLine("data:");
        List<JsonNode> runs = runs(source);
        if (!runs.isEmpty() && !runs.getFirst().path("ended_at").isNull()) {
          return runs.getFirst();
        }
      }
    }
  }

  /** Of all that is durable; the oldest first. */
  private static List<JsonNode> runs(String source) throws Exception {
    String durable = server().json("/v1/status").at("/positions/durable").asText();
    String question = "/v1/runs?q=source:" + source + "&after_position=" + durable;
    List<JsonNode> runs = new ArrayList<>();
    server().json(question).path("items").forEach(runs::add);
    runs.sort(Comparator.comparing(run -> run.path("started_at").asText()));
    return runs;
  }

  /** Name and state of the calls of tools. */
  private static List<String> tools(JsonNode run) throws Exception {
    List<String> tools = new ArrayList<>();
    for (JsonNode step : server().json(path(run) + "/steps").path("items")) {
      if (step.path("kind").asText().equals("tool")) {
        tools.add(step.path("name").asText() + " " + step.path("state").asText());
      }
    }
    return tools;
  }

  private static String path(JsonNode run) {
    return "/v1/runs/" + run.path("run_id").asText();
  }

  private static TestServer server() {
    return Objects.requireNonNull(server);
  }
}
