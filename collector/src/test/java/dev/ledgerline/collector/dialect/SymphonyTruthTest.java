// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CorpusTruthTest.Body;
import dev.ledgerline.collector.dialect.CorpusTruthTest.Way;
import dev.ledgerline.collector.dialect.symphony.SymphonyEventDialect;
import dev.ledgerline.collector.dialect.symphony.SymphonyLogDialect;
import dev.ledgerline.event.Context;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Transition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the logs of Symphony and its ports, against what is known to have happened. */
class SymphonyTruthTest {
  /** What the corpus grants to times. */
  private static final Duration TOLERANCE = Duration.ofMillis(20);

  @TempDir private Path folder;

  private Stream<DynamicTest> eachWay(
      String view, String dialect, List<Body> bodies, Consumer<Recorder> check) {
    return Way.all().stream()
        .map(
            way ->
                dynamicTest(
                    view + ": " + way, () -> check.accept(way.post(dialect, bodies, folder))));
  }

  private static Body body(Corpus corpus, String file) {
    return new Body(corpus.records(file), null, null, false);
  }

  @TestFactory
  Stream<DynamicTest> readsTheLogOfAnOrchestrator() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony").path("cases").path("orchestrator");
          List<Body> parts =
              Stream.of(1, 2, 3)
                  .map(n -> body(corpus, "symphony/orchestrator.wrapset/symphony.log." + n))
                  .toList();
          List<Body> whole = List.of(body(corpus, "symphony/orchestrator.symphony.log"));
          List<Body> both = new ArrayList<>(whole);
          both.addAll(parts);
          Consumer<Recorder> check = recorder -> compareOrchestrator(truth, recorder);
          return Stream.of(
                  eachWay("orchestrator", SymphonyLogDialect.NAME, whole, check),
                  eachWay("orchestrator in parts", SymphonyLogDialect.NAME, parts, check),
                  eachWay("orchestrator by two ways", SymphonyLogDialect.NAME, both, check))
              .flatMap(tests -> tests);
        });
  }

  @TestFactory
  Stream<DynamicTest> knowsAfterARestartOfTheCollectorWhatItKnew() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony").path("cases").path("orchestrator");
          List<String> lines = corpus.records("symphony/orchestrator.symphony.log");
          Body log = new Body(lines, null, null, false);
          return Stream.of(3, 100, 190, 230, lines.size() - 2)
              .map(
                  cut ->
                      dynamicTest(
                          "cut after " + cut,
                          () -> compareOrchestrator(truth, postedInTwo(log, cut))));
        });
  }

  private Recorder postedInTwo(Body log, int cut) throws Exception {
    Path own = Files.createTempDirectory(folder, "log");
    Context context = log.context(SymphonyLogDialect.NAME, 0);
    try (RealCollector collector = new RealCollector(own, null)) {
      collector.post(log.records().subList(0, cut), context, 0, false);
    }
    try (RealCollector collector = new RealCollector(own, null)) {
      int end = log.records().size();
      collector.post(log.records().subList(cut, end), context, cut, false);
      return collector.recorded();
    }
  }

  private static void compareOrchestrator(JsonNode truth, Recorder recorder) {
    SequencedMap<String, RunFold> runs = recorder.runs();
    assertEquals(List.of(), breaches(recorder));
    assertEquals(List.of(), recorder.rejections());
    assertEquals(truth.path("runs").size(), runs.size(), () -> "runs " + runs.keySet());
    for (JsonNode expected : truth.path("runs")) {
      RunFold run = runs.get(runId(expected.path("issue_id"), expected.path("started_at")));
      assertNotNull(run, () -> "no run " + expected.path("run"));
      compareRun(expected, run);
    }
    for (JsonNode task : truth.path("tasks")) {
      compareTask(task, recorder);
    }
  }

  /** The id that a run gets: its issue and the time of its dispatch. */
  private static String runId(JsonNode issue, JsonNode dispatch) {
    return issue.asText() + "@" + OffsetDateTime.parse(dispatch.asText()).toInstant();
  }

  private static void compareRun(JsonNode expected, RunFold run) {
    RunSummary summary = run.summary();
    JsonNode ended = expected.path("ended_at");
    assertAll(
        summary.key().run() + " " + expected.path("run"),
        () -> assertEquals(expected.path("expected_state").asText(), summary.state().word()),
        () -> assertEquals(textOf(expected.path("thread_id")), summary.thread()),
        () -> assertEquals(expected.path("issue_id").asText(), summary.task()),
        () ->
            assertEquals(
                expected.path("attempt").isNull()
                    ? null
                    : (Integer) expected.path("attempt").asInt(),
                summary.nativeAttempt()),
        () -> {
          if (ended.isTextual()) {
            assertNear(ended.asText(), summary.endedAt());
          }
        },
        () -> {
          if (expected.path("reason").asText().matches("tracker_state.*|stalled")) {
            assertEquals(expected.path("reason").asText(), summary.reason());
          }
        },
        () -> {
          boolean failed = summary.state() == State.FAILED || summary.state() == State.TIMED_OUT;
          assertEquals(failed ? 1 : 0, summary.errors(), "errors");
        },
        () -> assertEquals(0, summary.violations(), "breaches"),
        () -> {
          if (expected.has("turns")) {
            assertEquals(turns(expected), turns(run));
          }
        },
        () -> assertEquals(waits(expected), waits(run)));
  }

  private static void assertNear(String expected, @Nullable Instant actual) {
    Instant at = OffsetDateTime.parse(expected).toInstant();
    assertNotNull(actual);
    assertTrue(Duration.between(at, actual).abs().compareTo(TOLERANCE) <= 0, expected + actual);
  }

  private static @Nullable String textOf(JsonNode node) {
    return node.isTextual() ? node.asText() : null;
  }

  private static List<String> turns(JsonNode expected) {
    List<String> turns = new ArrayList<>();
    for (JsonNode turn : expected.path("turns")) {
      String state =
          switch (turn.path("status_in_log").asText()) {
            case "completed" -> "completed";
            case "failed", "input" -> "failed";
            case "timeout" -> "timed_out";
            default -> "unknown";
          };
      turns.add(turn.path("turn_id").asText() + " " + state);
    }
    return turns;
  }

  private static List<String> turns(RunFold run) {
    return run.steps().stream()
        .filter(step -> step.kind() == StepKind.TURN)
        .map(step -> step.name() + " " + step.state().word())
        .toList();
  }

  private static List<String> waits(JsonNode expected) {
    List<String> waits = new ArrayList<>();
    for (JsonNode wait : expected.path("waits")) {
      waits.add(wait.path("kind").asText() + " " + wait.path("outcome").asText());
    }
    if (expected.has("wait")) {
      waits.add(expected.path("wait").path("kind").asText() + " canceled");
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

  private static void compareTask(JsonNode task, Recorder recorder) {
    String id = task.path("issue_id").asText();
    List<Fact.StateChange> words = new ArrayList<>();
    for (Event event : recorder.events()) {
      if (id.equals(event.scope().task())
          && event.fact() instanceof Fact.StateChange change
          && change.entity() == Entity.TASK) {
        words.add(change);
      }
    }
    Fact.StateChange last = words.getLast();
    String tracker = textOf(task.path("tracker_state"));
    assertAll(
        task.path("issue_identifier").asText(),
        () -> assertEquals(task.path("expected_state").asText(), last.to().word()),
        () -> assertEquals(task.path("issue_identifier").asText(), last.entityId()),
        () ->
            assertEquals(
                tracker == null ? "left active states" : "tracker_state:" + tracker, last.reason()),
        () ->
            assertEquals(
                task.path("runs").asInt(),
                recorder.runs().values().stream()
                    .filter(run -> id.equals(run.summary().task()))
                    .count()));
  }

  @TestFactory
  Stream<DynamicTest> findsEachBreachOnItsLineAndNoOther() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony").path("cases").path("violations");
          List<String> expected = new ArrayList<>();
          for (JsonNode breach : truth.path("violations")) {
            expected.add(breach.path("line").asInt() + " " + breach.path("clause").asText());
          }
          List<String> lines = corpus.records("symphony/violations.symphony.log");
          return eachWay(
              "violations",
              SymphonyLogDialect.NAME,
              List.of(new Body(lines, null, null, false)),
              recorder -> {
                assertEquals(expected, byLine(recorder, lines));
                assertEquals(List.of(), illegal(recorder));
              });
        });
  }

  /** The breaches with the numbers of their lines, told by their times. */
  private static List<String> byLine(Recorder recorder, List<String> lines) {
    Map<Instant, Integer> numbers = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      numbers.put(OffsetDateTime.parse(lines.get(i).split(" ", 2)[0]).toInstant(), i + 1);
    }
    List<String> found = new ArrayList<>();
    for (Event event : recorder.events()) {
      if (event.fact() instanceof Fact.RuleBroken broken) {
        // a line that is out of order has the time of the one before
        int shift = broken.clause().startsWith("(ordering") ? 1 : 0;
        int line = numbers.getOrDefault(Objects.requireNonNull(event.occurredAt()), 0);
        found.add(line + shift + " " + broken.clause());
      }
    }
    return found;
  }

  private static List<String> breaches(Recorder recorder) {
    List<String> breaches = new ArrayList<>();
    for (Event event : recorder.events()) {
      if (event.fact() instanceof Fact.RuleBroken broken) {
        breaches.add(event.occurredAt() + " " + broken);
      }
    }
    breaches.addAll(illegal(recorder));
    return breaches;
  }

  /** What the state machines forbid: the dialect tells no change that did not happen. */
  private static List<String> illegal(Recorder recorder) {
    List<String> illegal = new ArrayList<>();
    for (RunFold run : recorder.runs().values()) {
      for (Transition transition : run.transitions()) {
        if (!transition.legal()) {
          illegal.add(transition.toString());
        }
      }
    }
    return illegal;
  }

  @TestFactory
  Stream<DynamicTest> readsTheReferenceImplementation() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony-ports").path("cases").path("elixir-ref-faults");
          Body whole = body(corpus, "symphony-ports/elixir-ref-faults.symphony.log");
          Body part = body(corpus, "symphony-ports/elixir-ref-faults.wrapset/symphony.log.1");
          Consumer<Recorder> check = recorder -> compareReference(truth, recorder);
          return Stream.concat(
              eachWay("elixir-ref-faults", SymphonyLogDialect.NAME, List.of(whole), check),
              eachWay(
                  "elixir-ref-faults, both", SymphonyLogDialect.NAME, List.of(whole, part), check));
        });
  }

  private static void compareReference(JsonNode truth, Recorder recorder) {
    SequencedMap<String, RunFold> runs = recorder.runs();
    assertEquals(List.of(), breaches(recorder));
    assertEquals(List.of(), recorder.rejections());
    assertEquals(truth.path("runs").size(), runs.size(), () -> "runs " + runs.keySet());
    for (JsonNode expected : truth.path("runs")) {
      RunFold run = runs.get(runId(expected.path("issue_id"), expected.path("dispatched_at")));
      assertNotNull(run, () -> "no run of " + expected.path("issue"));
      compareRun(expected, run);
      int turns = expected.path("codex_turns").size();
      assertEquals(turns, turns(run).size(), () -> "turns of " + expected.path("issue"));
    }
  }

  @TestFactory
  Stream<DynamicTest> readsWhatAnOlderElixirWrites() {
    return Corpus.tests(
        corpus ->
            eachWay(
                "elixir-ref-otp-raw",
                SymphonyLogDialect.NAME,
                List.of(body(corpus, "symphony-ports/elixir-ref-otp-raw.symphony.log.gz")),
                recorder -> {
                  assertEquals(List.of(), breaches(recorder));
                  Map<State, Integer> states = new HashMap<>();
                  recorder
                      .runs()
                      .values()
                      .forEach(run -> states.merge(run.summary().state(), 1, Integer::sum));
                  assertEquals(20, recorder.runs().size());
                  assertEquals(
                      Map.of(
                          State.TIMED_OUT,
                          1,
                          State.COMPLETED,
                          12,
                          State.FAILED,
                          6,
                          State.CANCELED,
                          1),
                      states);
                }));
  }

  @TestFactory
  Stream<DynamicTest> readsTheGoPort() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony-ports").path("cases").path("go-port-faults");
          String logs = "symphony-ports/go-port-faults.logs/";
          Body all = body(corpus, logs + "run-20261121-050114.jsonl.gz");
          Body one = body(corpus, logs + "BOOK-52.jsonl");
          List<JsonNode> runs = truth.path("runs").valueStream().toList();
          List<JsonNode> ofOne =
              runs.stream().filter(r -> r.path("issue").asText().equals("BOOK-52")).toList();
          return Stream.of(
                  eachWay("run", SymphonyLogDialect.NAME, List.of(all), r -> compareGo(runs, r)),
                  eachWay("issue", SymphonyLogDialect.NAME, List.of(one), r -> compareGo(ofOne, r)),
                  eachWay(
                      "both", SymphonyLogDialect.NAME, List.of(all, one), r -> compareGo(runs, r)))
              .flatMap(tests -> tests);
        });
  }

  private static void compareGo(List<JsonNode> expected, Recorder recorder) {
    assertEquals(List.of(), breaches(recorder));
    assertEquals(List.of(), recorder.rejections());
    SequencedMap<String, RunFold> runs = recorder.runs();
    assertEquals(expected.size(), runs.size(), () -> "runs " + runs.keySet());
    Map<String, List<RunFold>> byIssue = new HashMap<>();
    for (RunFold run : runs.values()) {
      String name = nameOf(Objects.requireNonNull(run.summary().task()), recorder);
      byIssue.computeIfAbsent(name, n -> new ArrayList<>()).add(run);
    }
    for (JsonNode truth : expected) {
      RunFold run = Objects.requireNonNull(byIssue.get(truth.path("issue").asText())).removeFirst();
      RunSummary summary = run.summary();
      assertAll(
          truth.path("issue") + " " + truth.path("launch"),
          () -> assertState(truth, summary.state()),
          () -> assertEquals(textOf(truth.path("thread_id")), summary.thread()),
          () -> assertEquals(waits(truth), waits(run)),
          () -> assertEquals(statuses(truth), endsOfTurns(run)),
          () -> assertEquals(calls(truth), calls(run)),
          () -> {
            JsonNode tokens = truth.path("tokens");
            assertEquals(
                tokens.isObject() ? (Long) tokens.path("total").asLong() : null,
                summary.usage() == null ? null : summary.usage().total());
          });
    }
  }

  private static String nameOf(String task, Recorder recorder) {
    for (Event event : recorder.events()) {
      if (task.equals(event.scope().task())
          && event.fact() instanceof Fact.StateChange change
          && change.entity() == Entity.TASK
          && change.entityId() != null) {
        return change.entityId();
      }
    }
    throw new AssertionError("nobody calls " + task + " by a name");
  }

  private static void assertState(JsonNode truth, State state) {
    List<String> acceptable = new ArrayList<>();
    acceptable.add(truth.path("expected_state").asText());
    truth.path("acceptable_states").forEach(other -> acceptable.add(other.asText()));
    assertTrue(acceptable.contains(state.word()), () -> state + " is none of " + acceptable);
  }

  private static List<String> statuses(JsonNode truth) {
    List<String> turns = new ArrayList<>();
    for (JsonNode turn : truth.path("turns")) {
      turns.add(turn.path("status").isNull() ? "unknown" : turn.path("status").asText());
    }
    return turns;
  }

  private static List<String> endsOfTurns(RunFold run) {
    return run.steps().stream()
        .filter(step -> step.kind() == StepKind.TURN)
        .map(step -> step.state().word())
        .toList();
  }

  private static List<String> calls(JsonNode truth) {
    List<String> calls = new ArrayList<>();
    for (JsonNode call : truth.path("tool_calls")) {
      calls.add(call.path("name").asText() + " " + call.path("ok").asBoolean());
    }
    return calls;
  }

  private static List<String> calls(RunFold run) {
    return run.steps().stream()
        .filter(step -> step.kind() == StepKind.TOOL)
        .map(step -> step.name() + " " + (step.state() == State.COMPLETED))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> readsRuntimeEvents() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony").path("cases").path("orchestrator");
          Body events = body(corpus, "symphony/runtime-events.jsonl");
          return eachWay(
              "runtime-events",
              SymphonyEventDialect.NAME,
              List.of(events),
              recorder -> compareEvents(truth, recorder));
        });
  }

  /** Whatever had a session, and the one that never got one. */
  private static void compareEvents(JsonNode truth, Recorder recorder) {
    assertEquals(List.of(), breaches(recorder));
    assertEquals(List.of(), recorder.rejections());
    Map<String, RunFold> runs = new HashMap<>(recorder.runs());
    RunFold failed =
        Objects.requireNonNull(runs.remove("a37745cc-f953-4299-8cf3-74e75b11ebef@41457"));
    assertEquals(State.FAILED, failed.summary().state());
    for (JsonNode expected : truth.path("runs")) {
      String thread = textOf(expected.path("thread_id"));
      if (thread == null) {
        continue;
      }
      RunFold run =
          Objects.requireNonNull(runs.remove(expected.path("issue_id").asText() + "@" + thread));
      RunSummary summary = run.summary();
      JsonNode tokens = expected.path("tokens");
      assertAll(
          expected.path("run").asText(),
          () -> assertEquals(thread, summary.thread()),
          () -> assertEquals(trueTurns(expected), turns(run)),
          () ->
              assertEquals(
                  tokens.isObject() ? (Long) tokens.path("total").asLong() : null,
                  summary.usage() == null ? null : summary.usage().total()),
          () ->
              assertEquals(
                  expected.has("wait") ? List.of("human_input open") : List.of(), waits(run)),
          () -> {
            String state = expected.path("expected_state").asText();
            if (state.equals("failed") || state.equals("timed_out")) {
              boolean told = !expected.path("reason").asText().equals("stalled");
              assertEquals(told ? state : "lost", summary.state().word());
            }
          });
    }
    assertEquals(Map.of(), runs);
  }

  private static List<String> trueTurns(JsonNode expected) {
    List<String> turns = new ArrayList<>();
    for (JsonNode turn : expected.path("turns")) {
      String state =
          switch (turn.path("status_true").asText()) {
            case "completed" -> "completed";
            case "failed" -> "failed";
            case "timeout" -> "timed_out";
            case "input" -> "waiting";
            case "stall", "lost" -> "unknown";
            default -> "running";
          };
      turns.add(turn.path("turn_id").asText() + " " + state);
    }
    return turns;
  }
}
