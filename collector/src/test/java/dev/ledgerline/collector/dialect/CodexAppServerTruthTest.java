// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CorpusTruthTest.Body;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Captured exchanges of Codex' app-server against what is known to have happened: sessions that a
 * client of its own drove, and those of orchestrators, in which faults were made.
 */
class CodexAppServerTruthTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> readsSessions() {
    return Corpus.tests(
        corpus ->
            CorpusTruthTest.cases(corpus, "codex")
                .filter(c -> c.getKey().startsWith("appserver-"))
                .flatMap(
                    c ->
                        Stream.of(".appserver.jsonl", ".wire.jsonl")
                            .flatMap(view -> session(corpus, c.getKey() + view, c.getValue()))));
  }

  private Stream<DynamicTest> session(Corpus corpus, String file, JsonNode truth) {
    Body body = new Body(corpus.records("codex/" + file), null, null, false);
    return CorpusTruthTest.eachWay(
        file,
        CodexAppServerDialect.NAME,
        List.of(body),
        folder,
        recorder -> {
          CorpusTruthTest.compareRuns(truth, recorder.runs(), true);
          assertEquals(List.of(), recorder.rejections());
          recorder.runs().values().forEach(CorpusTruthTest::hasNoBreach);
        });
  }

  @TestFactory
  Stream<DynamicTest> readsTheExchangesOfOrchestrators() {
    return Corpus.tests(
        corpus ->
            CorpusTruthTest.cases(corpus, "symphony-ports")
                .filter(c -> corpus.has("symphony-ports/" + c.getKey() + ".wire.jsonl"))
                .flatMap(c -> exchange(corpus, c.getKey(), c.getValue())));
  }

  private Stream<DynamicTest> exchange(Corpus corpus, String name, JsonNode truth) {
    String file = name + ".wire.jsonl";
    Body body = new Body(corpus.records("symphony-ports/" + file), null, null, false);
    JsonNode launches = truth.has("launches") ? truth.path("launches") : truth.path("runs");
    return CorpusTruthTest.eachWay(
        file,
        CodexAppServerDialect.NAME,
        List.of(body),
        folder,
        recorder -> {
          assertEquals(List.of(), recorder.rejections());
          int turns = 0;
          for (JsonNode launch : launches) {
            turns += launch.path("turns").size();
            compareLaunch(launch, truth.path("runs"), recorder);
          }
          assertEquals(turns, recorder.runs().size());
          recorder.runs().values().forEach(CorpusTruthTest::hasNoBreach);
        });
  }

  private static void compareLaunch(JsonNode launch, JsonNode runs, Recorder recorder) {
    List<String> calls = new ArrayList<>();
    List<String> waits = new ArrayList<>();
    TokenUsage spent = null;
    for (JsonNode turn : launch.path("turns")) {
      RunFold run = recorder.runs().get(turn.path("turn_id").asText());
      assertNotNull(run, () -> "no turn " + turn);
      assertEquals(launch.path("thread_id").asText(), run.summary().thread());
      assertEquals(launch.path("issue").asText(), run.summary().task());
      compareState(turn.path("status").textValue(), run.summary().state());
      calls.addAll(CorpusTruthTest.calls(run, true));
      run.waits().forEach(wait -> waits.add(shown(wait)));
      TokenUsage usage = run.summary().usage();
      spent = spent == null ? usage : usage == null ? spent : spent.plus(usage);
    }
    assertEquals(CorpusTruthTest.expectedCalls(launch, true), calls.stream().sorted().toList());
    compareTokens(launch.path("tokens"), spent);
    for (JsonNode run : runs) {
      boolean same =
          run.path("launch").equals(launch.path("launch"))
              && run.path("issue").equals(launch.path("issue"));
      if (same && run.has("thread_id")) {
        List<String> expected = new ArrayList<>();
        run.path("waits").forEach(w -> expected.add(w.path("kind").asText()));
        assertEquals(expected, waits.stream().map(w -> w.split(" ")[0]).toList());
      }
    }
  }

  /** A turn of which no end was told is lost where another launch took its place, else open. */
  private static void compareState(@Nullable String status, State state) {
    switch (status == null ? "" : status) {
      case "completed" -> assertEquals(State.COMPLETED, state);
      case "failed" -> assertEquals(State.FAILED, state);
      case "interrupted" -> assertEquals(State.CANCELED, state);
      default ->
          assertEquals(true, state == State.LOST || state == State.RUNNING, () -> "is " + state);
    }
  }

  private static String shown(Wait wait) {
    return wait.kind().word()
        + " "
        + (wait.open() ? "open" : Objects.requireNonNull(wait.outcome()).word());
  }

  private static void compareTokens(JsonNode tokens, @Nullable TokenUsage spent) {
    if (tokens.isObject()) {
      assertNotNull(spent);
      assertEquals(tokens.path("input").asLong(), spent.input());
      assertEquals(tokens.path("output").asLong(), spent.output());
      assertEquals(tokens.path("total").asLong(), spent.effectiveTotal());
    } else {
      assertEquals(null, spent);
    }
  }
}
