// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Rejection;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.Wait;
import dev.ledgerline.state.Verdict;
import dev.ledgerline.state.Violation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the dialects make of the captured records, against what is known to have happened: each view
 * of each case with the dialect named and found out, in one request and in one per record, once and
 * twice.
 */
class CorpusTruthTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  /** A body as it is posted. */
  record Body(
      List<String> records, @Nullable String run, @Nullable String thread, boolean eventStream) {
    Context context(String source, int index) {
      return new Context(source, "stream " + index, null, run, thread, null, null, NOW);
    }
  }

  /**
   * One way of posting the same bodies.
   *
   * @param shuffledBy the seed, and the collector is restarted in the middle; null for their own
   *     order
   */
  record Way(
      boolean named, boolean inOne, boolean twice, boolean toDisk, @Nullable Long shuffledBy) {
    static List<Way> all() {
      List<Way> ways = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ways.add(new Way((i & 1) == 0, (i & 2) == 0, (i & 4) != 0, false, null));
      }
      ways.add(new Way(true, true, false, true, null));
      ways.add(new Way(false, false, true, true, null));
      return ways;
    }

    /** For records that tell their order themselves. */
    static List<Way> inAnyOrder() {
      List<Way> ways = new ArrayList<>(all());
      for (long seed = 1; seed <= 5; seed++) {
        ways.add(new Way(true, false, false, true, seed));
        ways.add(new Way(seed % 2 == 0, false, true, true, seed));
      }
      return ways;
    }

    @Override
    public String toString() {
      return (named ? "named" : "found out")
          + (inOne ? ", in one request" : ", in many requests")
          + (twice ? ", twice" : "")
          + (toDisk ? ", through the collector" : "")
          + (shuffledBy != null ? ", shuffled by " + shuffledBy : "");
    }

    Recorder post(String dialect, List<Body> bodies, Path folder) throws Exception {
      return toDisk ? collect(dialect, bodies, folder) : decode(dialect, bodies);
    }

    private Recorder collect(String dialect, List<Body> bodies, Path folder) throws Exception {
      Path own = Files.createTempDirectory(folder, "log");
      List<Post> posts = posts(bodies);
      int restart = shuffledBy == null ? 0 : posts.size() / 2;
      try (RealCollector collector = new RealCollector(own, named ? dialect : null)) {
        send(posts.subList(0, restart), dialect, bodies, collector);
      }
      try (RealCollector collector = new RealCollector(own, named ? dialect : null)) {
        send(posts.subList(restart, posts.size()), dialect, bodies, collector);
        return collector.recorded();
      }
    }

    private static void send(
        List<Post> posts, String dialect, List<Body> bodies, RealCollector collector)
        throws Exception {
      for (Post post : posts) {
        Body body = bodies.get(post.body);
        List<String> records = body.records().subList(post.from, post.to);
        Context context = body.context(dialect, post.body);
        collector.post(records, context, post.from, body.eventStream());
      }
    }

    /** A request: some records of a body, at their own place in its stream. */
    private record Post(int body, int from, int to) {}

    private List<Post> posts(List<Body> bodies) {
      List<Post> posts = new ArrayList<>();
      for (int round = 0; round < (twice ? 2 : 1); round++) {
        for (int i = 0; i < bodies.size(); i++) {
          int records = bodies.get(i).records().size();
          int step = inOne ? records : 1;
          for (int from = 0; from < records; from += step) {
            posts.add(new Post(i, from, from + step));
          }
        }
      }
      if (shuffledBy != null) {
        Collections.shuffle(posts, new Random(shuffledBy));
      }
      return posts;
    }

    private Recorder decode(String dialect, List<Body> bodies) {
      Recorder recorder = new Recorder(named ? dialect : null);
      for (int round = 0; round < (twice ? 2 : 1); round++) {
        for (int i = 0; i < bodies.size(); i++) {
          post(recorder, dialect, bodies.get(i), i);
        }
      }
      return recorder;
    }

    private void post(Recorder recorder, String dialect, Body body, int index) {
      Context context = body.context(dialect, index);
      if (inOne) {
        recorder.send(body.records(), context, true);
      } else {
        for (int i = 0; i < body.records().size(); i++) {
          recorder.send(body.records().subList(i, i + 1), context, i == 0);
          if (body.eventStream()) {
            recorder.end(dialect, context);
          }
        }
      }
      if (body.eventStream()) {
        recorder.end(dialect, context);
      }
    }
  }

  @TempDir private Path folder;

  private Stream<DynamicTest> eachWay(
      String view, String dialect, List<Body> bodies, Consumer<Recorder> check) {
    return eachWay(view, dialect, bodies, folder, check);
  }

  static Stream<DynamicTest> eachWay(
      String view, String dialect, List<Body> bodies, Path folder, Consumer<Recorder> check) {
    return each(Way.all(), view, dialect, bodies, folder, check);
  }

  private Stream<DynamicTest> inAnyOrder(
      String view, String dialect, List<Body> bodies, Consumer<Recorder> check) {
    return each(Way.inAnyOrder(), view, dialect, bodies, folder, check);
  }

  static Stream<DynamicTest> each(
      List<Way> ways,
      String view,
      String dialect,
      List<Body> bodies,
      Path folder,
      Consumer<Recorder> check) {
    return ways.stream()
        .map(
            way ->
                dynamicTest(
                    view + ": " + way, () -> check.accept(way.post(dialect, bodies, folder))));
  }

  // --- Agent Protocol

  @TestFactory
  Stream<DynamicTest> readsTheAgentProtocol() {
    return Corpus.tests(this::testsOfTheAgentProtocol);
  }

  private Stream<DynamicTest> testsOfTheAgentProtocol(Corpus corpus) {
    return cases(corpus, "agent-protocol")
        .filter(c -> !c.getKey().equals("agentic-dialect"))
        .flatMap(
            c ->
                Stream.of(".events.jsonl", ".http.jsonl", ".sse")
                    .flatMap(
                        view -> {
                          String file = c.getKey() + view;
                          List<String> records = corpus.records("agent-protocol/" + file);
                          Body body = new Body(records, null, null, view.equals(".sse"));
                          // of two contents under one id the one that came first stands
                          boolean ownOrder = !c.getValue().has("receipt") && !body.eventStream();
                          return each(
                              ownOrder ? Way.inAnyOrder() : Way.all(),
                              file,
                              AgentProtocolDialect.NAME,
                              List.of(body),
                              folder,
                              recorder -> {
                                compareRuns(c.getValue(), recorder.runs(), true);
                                compareReceipt(c.getValue(), recorder);
                                if (c.getValue().has("violations")) {
                                  findsTheSeededBreaches(recorder);
                                } else {
                                  hasNoBreach(recorder);
                                }
                              });
                        }));
  }

  /**
   * Two of them are no matter of the run: the second use of an id is a conflict, and that ids go
   * back cannot be told from late delivery, since source order is by id.
   */
  private static void findsTheSeededBreaches(Recorder recorder) {
    Verdict verdict = recorder.runs().values().iterator().next().verdict();
    assertEquals(Verdict.Result.VIOLATED, verdict.result());
    assertEquals(
        List.of(
            "the run does not begin with its start",
            "a result without a call that is open",
            "TextOutput follows the end of the run",
            "a run that ended does not change",
            "a run that ended does not change"),
        verdict.violations().stream().map(Violation::message).toList());
  }

  private static void compareReceipt(JsonNode truth, Recorder recorder) {
    JsonNode receipt = truth.path("receipt");
    List<Rejection> conflicts = recorder.rejections();
    if (receipt.isMissingNode()) {
      assertEquals(List.of(), conflicts);
      return;
    }
    assertFalse(conflicts.isEmpty());
    conflicts.forEach(r -> assertEquals(Rejection.Code.CONFLICT, r.code()));
    assertEquals(receipt.path("stored").asInt(), recorder.stored());
  }

  // --- agentic

  @TestFactory
  Stream<DynamicTest> readsTheAgenticDialectOfTheProtocol() {
    return Corpus.tests(this::testsOfTheAgenticDialectOfTheProtocol);
  }

  private Stream<DynamicTest> testsOfTheAgenticDialectOfTheProtocol(Corpus corpus) {
    JsonNode truth = corpus.truth("agent-protocol").path("cases").path("agentic-dialect");
    Body body =
        new Body(
            corpus.records("agent-protocol/agentic-dialect.sse"),
            truth.path("request_id").asText(),
            truth.path("thread_id").asText(),
            true);
    return eachWay(
        "agentic-dialect",
        AgenticDialect.NAME,
        List.of(body),
        recorder -> {
          compareRuns(truth, recorder.runs(), true);
          hasNoBreach(recorder);
        });
  }

  @TestFactory
  Stream<DynamicTest> readsTheLiveEventsOfAgentic() {
    return Corpus.tests(this::testsOfTheLiveEventsOfAgentic);
  }

  private Stream<DynamicTest> testsOfTheLiveEventsOfAgentic(Corpus corpus) {
    return cases(corpus, "agentic")
        .flatMap(
            c ->
                eachWay(
                    c.getKey(),
                    AgenticDialect.NAME,
                    agenticBodies(corpus, c.getKey(), c.getValue()),
                    recorder -> {
                      compareRuns(c.getValue(), recorder.runs(), true);
                      hasNoBreach(recorder);
                    }));
  }

  /** Run and thread of a stream stand in the exchange that started it. */
  private static List<Body> agenticBodies(Corpus corpus, String name, JsonNode truth) {
    List<Body> bodies = new ArrayList<>();
    for (JsonNode run : truth.path("runs")) {
      String id = run.path("run_id").asText();
      String thread = run.path("thread_id").asText();
      String sse = "agentic/" + name + "." + run.path("run").asText() + ".sse";
      if (corpus.has(sse)) {
        bodies.add(new Body(corpus.records(sse), id, thread, true));
      } else {
        bodies.add(new Body(readAtOnce(corpus, name, id), id, thread, true));
      }
    }
    return bodies;
  }

  private static List<String> readAtOnce(Corpus corpus, String name, String run) {
    for (String line : corpus.records("agentic/" + name + ".http.jsonl")) {
      JsonNode exchange = Corpus.json(line);
      if (exchange.path("request").path("path").asText().contains("request_id=" + run)) {
        return Corpus.elementsOf(exchange.path("response").path("body_text").asText());
      }
    }
    throw new AssertionError("no exchange for run " + run);
  }

  @TestFactory
  Stream<DynamicTest> readsTheThreadLogsOfAgentic() {
    return Corpus.tests(this::testsOfTheThreadLogsOfAgentic);
  }

  private Stream<DynamicTest> testsOfTheThreadLogsOfAgentic(Corpus corpus) {
    Body first = log(corpus, "human-input.thread1.logs.json");
    Body second = log(corpus, "human-input.thread2.logs.json");
    JsonNode humanInput = corpus.truth("agentic").path("cases").path("human-input");
    return Stream.concat(
        eachWay(
            "human-input logs",
            AgenticDialect.NAME,
            List.of(first, second),
            recorder -> {
              compareRunsInOrder(humanInput, recorder.runs(), true, true);
              hasNoBreach(recorder);
              List<RunSummary> runs = summaries(recorder);
              assertEquals(runs.get(0).key().run(), runs.get(1).continuesRun());
            }),
        eachWay(
            "team-tools logs",
            AgenticDialect.NAME,
            List.of(log(corpus, "team-tools.thread1.logs.json")),
            recorder -> {
              List<RunSummary> runs = summaries(recorder);
              assertEquals(2, runs.size());
              assertUsage(1712L, 99L, runs.get(0).usage());
              assertUsage(1572L, 40L, runs.get(1).usage());
              assertEquals(List.of(3, 1), runs.stream().map(RunSummary::toolCalls).toList());
              runs.forEach(run -> assertEquals(State.COMPLETED, run.state()));
            }));
  }

  private static Body log(Corpus corpus, String file) {
    return new Body(corpus.records("agentic/" + file), null, null, true);
  }

  // --- Codex

  @TestFactory
  Stream<DynamicTest> readsCodexExec() {
    return Corpus.tests(this::testsOfCodexExec);
  }

  private Stream<DynamicTest> testsOfCodexExec(Corpus corpus) {
    return cases(corpus, "codex")
        .filter(c -> c.getKey().startsWith("exec-"))
        .flatMap(
            c -> {
              List<Body> bodies = new ArrayList<>();
              for (JsonNode file : c.getValue().path("files")) {
                if (file.asText().endsWith(".exec.jsonl")) {
                  List<String> records = corpus.records("codex/" + file.asText());
                  bodies.add(new Body(records, null, null, true));
                }
              }
              return eachWay(
                  c.getKey(),
                  CodexExecDialect.NAME,
                  bodies,
                  recorder -> {
                    compareRunsInOrder(c.getValue(), recorder.runs(), false, false);
                    compareThreadTokens(c.getValue(), recorder);
                    hasNoBreach(recorder);
                  });
            });
  }

  @TestFactory
  Stream<DynamicTest> readsCodexRollouts() {
    return Corpus.tests(this::testsOfCodexRollouts);
  }

  private Stream<DynamicTest> testsOfCodexRollouts(Corpus corpus) {
    return cases(corpus, "codex")
        .flatMap(
            c -> {
              String file = c.getKey() + ".rollout.jsonl";
              Body body = new Body(corpus.records("codex/" + file), null, null, false);
              return inAnyOrder(
                  file,
                  CodexRolloutDialect.NAME,
                  List.of(body),
                  recorder -> {
                    compareRuns(c.getValue(), recorder.runs(), false);
                    assertEquals(List.of(), recorder.rejections());
                    hasNoBreach(recorder);
                  });
            });
  }

  private static void hasNoBreach(Recorder recorder) {
    recorder.runs().values().forEach(CorpusTruthTest::hasNoBreach);
  }

  static void hasNoBreach(RunFold run) {
    Verdict verdict = run.verdict();
    assertEquals(List.of(), verdict.violations(), () -> run.summary().key().toString());
    assertEquals(verdict.result(), run.summary().verdict());
    assertEquals(verdict.result() == Verdict.Result.OK, verdict.unknown().isEmpty());
  }

  // --- what is compared: the corpus README

  static Stream<Map.Entry<String, JsonNode>> cases(Corpus corpus, String source) {
    return corpus.truth(source).path("cases").properties().stream();
  }

  static List<RunSummary> summaries(Recorder recorder) {
    return recorder.runs().values().stream().map(RunFold::summary).toList();
  }

  static void compareRuns(JsonNode truth, Map<String, RunFold> runs, boolean waits) {
    assertEquals(truth.path("runs").size(), runs.size(), () -> "runs " + runs.keySet());
    for (JsonNode expected : truth.path("runs")) {
      RunFold run = runs.get(expected.path("run_id").asText());
      assertNotNull(run, () -> "no run " + expected.path("run_id"));
      compareRun(expected, run, waits, true, true);
    }
  }

  private static void compareRunsInOrder(
      JsonNode truth, Map<String, RunFold> runs, boolean waits, boolean toolNames) {
    assertEquals(truth.path("runs").size(), runs.size(), () -> "runs " + runs.keySet());
    int i = 0;
    for (RunFold run : runs.values()) {
      compareRun(truth.path("runs").path(i++), run, waits, toolNames, toolNames);
    }
  }

  private static void compareRun(
      JsonNode expected, RunFold run, boolean waits, boolean toolNames, boolean tokens) {
    RunSummary summary = run.summary();
    assertAll(
        expected.path("run_id").asText(),
        () -> assertState(expected, summary.state()),
        () -> {
          if (expected.has("thread_id")) {
            assertEquals(expected.path("thread_id").asText(), summary.thread());
          }
        },
        () -> assertEquals(expectedCalls(expected, toolNames), calls(run, toolNames)),
        () -> {
          if (waits) {
            assertEquals(expectedWaits(expected), waits(run));
            assertEquals(summary.openWaits(), run.waits().stream().filter(Wait::open).count());
          }
        },
        () -> {
          for (JsonNode agent : expected.path("agents")) {
            assertTrue(summary.agents().contains(agent.asText()), () -> "agent " + agent);
          }
        },
        () -> {
          if (tokens) {
            assertTokens(expected.path("tokens"), summary.usage());
          }
        });
  }

  private static void assertState(JsonNode expected, State state) {
    List<String> acceptable = new ArrayList<>();
    acceptable.add(firstWord(expected.path("expected_state").asText()));
    expected.path("acceptable_states").forEach(s -> acceptable.add(firstWord(s.asText())));
    assertTrue(acceptable.contains(state.word()), () -> state + " is none of " + acceptable);
  }

  private static String firstWord(String text) {
    return text.split(" ", 2)[0];
  }

  static List<String> expectedCalls(JsonNode expected, boolean names) {
    List<String> calls = new ArrayList<>();
    for (JsonNode call : expected.path("tool_calls")) {
      boolean visible =
          call.path("visible").asBoolean(true)
              && (names || call.path("visible_in_exec_jsonl").asBoolean(true));
      if (visible) {
        calls.add((names ? call.path("name").asText() : "a tool") + " " + call.path("ok").asText());
      }
    }
    return calls.stream().sorted().toList();
  }

  static List<String> calls(RunFold run, boolean names) {
    return run.steps().stream()
        .filter(step -> step.kind() == StepKind.TOOL)
        .filter(step -> !"river_levels".equals(step.name())) // in the model's own message only
        .map(step -> (names ? step.name() : "a tool") + " " + ok(step))
        .sorted()
        .toList();
  }

  private static @Nullable Boolean ok(Step step) {
    return switch (step.state()) {
      case COMPLETED -> true;
      case FAILED -> false;
      default -> null;
    };
  }

  private static List<String> expectedWaits(JsonNode expected) {
    List<String> waits = new ArrayList<>();
    for (JsonNode wait : expected.path("waits")) {
      String outcome = wait.path("outcome").asText("null");
      boolean open = outcome.equals("null") || wait.path("state").asText().equals("open");
      waits.add(wait.path("kind").asText() + " " + (open ? "open" : firstWord(outcome)));
    }
    return waits;
  }

  private static List<String> waits(RunFold run) {
    return run.waits().stream()
        .map(
            wait ->
                wait.kind().word()
                    + " "
                    + (wait.open() ? "open" : Objects.requireNonNull(wait.outcome()).word()))
        .toList();
  }

  private static void assertTokens(JsonNode tokens, @Nullable TokenUsage usage) {
    JsonNode own = tokens.has("turn") ? tokens.path("turn") : tokens;
    if (tokens.isMissingNode()) {
      return;
    }
    if (tokens.isNull()) {
      assertTrue(usage == null, () -> "tokens out of nowhere: " + usage);
      return;
    }
    assertUsage(
        own.path("input").asLong(own.path("input_tokens").asLong()),
        own.path("output").asLong(own.path("output_tokens").asLong()),
        usage);
    if (own.has("cached_input_tokens") && usage != null) {
      assertEquals(own.path("cached_input_tokens").asLong(), usage.cachedInput());
      assertEquals(own.path("reasoning_output_tokens").asLong(), usage.reasoning());
      assertEquals(own.path("total_tokens").asLong(), usage.effectiveTotal());
    }
  }

  static void assertUsage(long input, long output, @Nullable TokenUsage usage) {
    assertNotNull(usage);
    assertEquals(input, usage.input());
    assertEquals(output, usage.output());
  }

  private static void compareThreadTokens(JsonNode truth, Recorder recorder) {
    JsonNode total = null;
    for (JsonNode run : truth.path("runs")) {
      JsonNode after = run.path("tokens").path("thread_total_after");
      total = after.isObject() ? after : total;
    }
    TokenUsage sum = null;
    for (RunSummary run : summaries(recorder)) {
      TokenUsage usage = run.usage();
      sum = sum == null ? usage : usage == null ? sum : sum.plus(usage);
    }
    if (total == null) {
      assertTrue(sum == null);
    } else {
      assertUsage(total.path("input_tokens").asLong(), total.path("output_tokens").asLong(), sum);
    }
  }
}
