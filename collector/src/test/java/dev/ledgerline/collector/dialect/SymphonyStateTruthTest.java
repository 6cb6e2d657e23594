// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CorpusTruthTest.Body;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Polled snapshots against what happened between them. What was too short for a poll is in none, so
 * every run that is found must be true, and where it says how it ended that must be right.
 */
class SymphonyStateTruthTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> readsTheSimulatedOrchestrator() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony").path("cases").path("orchestrator");
          return view(
              corpus,
              "symphony/state-snapshots.jsonl",
              recorder -> {
                compareRuns(truth.path("runs"), "started_at", recorder);
                Map<String, State> tasks = tasks(recorder);
                assertEquals(truth.path("tasks").size(), tasks.size());
                // a restart clears what is blocked, and nobody says what became of it
                tasks
                    .values()
                    .forEach(s -> assertTrue(Set.of(State.RELEASED, State.UNKNOWN).contains(s)));
                assertEquals(1, said(recorder, "restart"));
                assertEquals(2, said(recorder, "no state"));
              });
        });
  }

  @TestFactory
  Stream<DynamicTest> readsTheReferenceImplementation() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony-ports").path("cases").path("elixir-ref-faults");
          return view(
              corpus,
              "symphony-ports/elixir-ref-faults.state.jsonl",
              recorder -> {
                compareRuns(truth.path("runs"), "dispatched_at", recorder);
                assertEquals(0, said(recorder, "restart"));
              });
        });
  }

  @TestFactory
  Stream<DynamicTest> readsThePortInGo() {
    return Corpus.tests(
        corpus -> {
          JsonNode truth = corpus.truth("symphony-ports").path("cases").path("go-port-faults");
          return view(
              corpus,
              "symphony-ports/go-port-faults.state.jsonl",
              recorder -> {
                compareByThread(truth.path("runs"), recorder);
                assertEquals(0, said(recorder, "restart"));
              });
        });
  }

  private Stream<DynamicTest> view(Corpus corpus, String file, Consumer<Recorder> check) {
    return CorpusTruthTest.eachWay(
        file,
        SymphonyStateDialect.NAME,
        List.of(new Body(corpus.records(file), null, null, false)),
        folder,
        recorder -> {
          assertEquals(List.of(), recorder.rejections());
          recorder.runs().values().forEach(CorpusTruthTest::hasNoBreach);
          check.accept(recorder);
        });
  }

  /** A run is its issue and the second in which it began. */
  private static void compareRuns(JsonNode truth, String began, Recorder recorder) {
    Map<String, JsonNode> expected = new LinkedHashMap<>();
    for (JsonNode run : truth) {
      Instant start = Objects.requireNonNull(Timestamps.parse(run.path(began).asText()));
      expected.put(
          run.path("issue_id").asText() + "@" + start.truncatedTo(ChronoUnit.SECONDS), run);
    }
    List<String> unknown = new ArrayList<>();
    for (RunFold fold : recorder.runs().values()) {
      RunSummary run = fold.summary();
      JsonNode its = expected.get(run.key().run());
      assertNotNull(its, () -> "no such run " + run.key().run());
      compare(its, run);
      if (run.state() == State.LOST) {
        unknown.add(run.key().run());
      }
    }
    assertTrue(recorder.runs().size() * 2 > truth.size(), "most runs last longer than a poll");
    assertTrue(unknown.size() < recorder.runs().size(), () -> "nothing but unknown ends");
  }

  private static void compareByThread(JsonNode truth, Recorder recorder) {
    for (RunFold fold : recorder.runs().values()) {
      RunSummary run = fold.summary();
      for (JsonNode its : truth) {
        if (run.thread() != null && run.thread().equals(its.path("thread_id").textValue())) {
          compare(its, run);
        }
      }
    }
    assertTrue(recorder.runs().size() > 5);
  }

  private static void compare(JsonNode its, RunSummary run) {
    List<String> right = new ArrayList<>(List.of(its.path("expected_state").asText(), "lost"));
    its.path("acceptable_states").forEach(s -> right.add(s.asText()));
    assertTrue(right.contains(run.state().word()), () -> run.key().run() + ": " + run.state());
    if (run.thread() != null) {
      assertEquals(its.path("thread_id").asText(), run.thread());
    }
    if (run.usage() != null) {
      // the newest reading may be older than the newest tokens
      long seen = Objects.requireNonNull(run.usage().effectiveTotal());
      assertTrue(seen <= its.path("tokens").path("total").asLong(), () -> run.key().run());
    }
  }

  private static Map<String, State> tasks(Recorder recorder) {
    Map<String, State> states = new LinkedHashMap<>();
    for (Event event : recorder.events()) {
      if (event.fact() instanceof Fact.StateChange change && change.entity() == Entity.TASK) {
        states.put(event.scope().task(), change.to());
      }
    }
    return states;
  }

  private static long said(Recorder recorder, String type) {
    return recorder.events().stream().filter(e -> e.nativeType().equals(type)).count();
  }
}
