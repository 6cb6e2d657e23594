// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.dialect.CorpusTruthTest.Body;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Messages as the articles have them, bare and as a queue hands them on. */
class SymphonyArticleTruthTest {
  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> readsTasksAndYields() {
    return Corpus.tests(
        corpus ->
            CorpusTruthTest.cases(corpus, "symphony-article")
                .flatMap(
                    c ->
                        c.getValue()
                            .path("files")
                            .valueStream()
                            .flatMap(file -> view(corpus, file.asText(), c.getValue()))));
  }

  private Stream<DynamicTest> view(Corpus corpus, String file, JsonNode truth) {
    Body body = new Body(corpus.records("symphony-article/" + file), null, null, false);
    return CorpusTruthTest.eachWay(
        file,
        SymphonyArticleDialect.NAME,
        List.of(body),
        folder,
        recorder -> {
          assertEquals(List.of(), recorder.rejections());
          compareTasks(truth.path("tasks"), recorder);
          compareBreaches(truth, recorder);
        });
  }

  private static void compareTasks(JsonNode tasks, Recorder recorder) {
    Map<String, State> states = new LinkedHashMap<>();
    Map<String, List<String>> waits = new LinkedHashMap<>();
    for (Event event : recorder.events()) {
      if (event.fact() instanceof Fact.StateChange change && change.entity() == Entity.TASK) {
        states.put(event.scope().task(), change.to());
      }
    }
    for (RunFold run : recorder.runs().values()) {
      String task = Objects.requireNonNull(run.summary().task());
      List<String> its = waits.computeIfAbsent(task, t -> new ArrayList<>());
      for (Wait wait : run.waits()) {
        its.add(
            wait.kind().word() + " " + (wait.outcome() == null ? "open" : wait.outcome().word()));
        assertFalse(wait.id().contains("res_"), wait.id());
      }
      assertEquals(0, run.summary().violations(), run.summary().key().run());
    }
    for (JsonNode task : tasks) {
      String id = task.path("task_id").asText();
      assertEquals(
          task.path("expected_state").asText(), Objects.requireNonNull(states.get(id)).word(), id);
      List<String> expected = new ArrayList<>();
      for (JsonNode wait : task.path("waits")) {
        expected.add(wait.path("kind").asText() + " " + wait.path("outcome").asText("open"));
      }
      assertEquals(expected, waits.getOrDefault(id, List.of()), id);
    }
    assertEquals(tasks.size(), states.size());
  }

  private static void compareBreaches(JsonNode truth, Recorder recorder) {
    List<Event> broken =
        recorder.events().stream()
            .filter(event -> event.fact() instanceof Fact.RuleBroken)
            .toList();
    assertEquals(truth.path("violations").size(), broken.size());
    long unattached =
        recorder.events().stream()
            .filter(event -> event.fact() instanceof Fact.WaitOpened)
            .filter(event -> event.scope().run() == null && event.scope().task() == null)
            .count();
    assertEquals(truth.path("unattached").asLong(), unattached);
  }
}
