// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ledgerline.event.Context;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.CriticalPath;
import dev.ledgerline.run.audit.Family;
import dev.ledgerline.run.audit.History;
import dev.ledgerline.run.audit.Period;
import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every file of the corpus that one of our dialects reads, whatever is known of what happened. */
class CorpusTimeTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  /** Runs that at least have to be found, so that the test cannot pass by reading nothing. */
  private static final int RUNS = 40;

  @TestFactory
  Stream<DynamicTest> theTimeOfEveryRunAddsUpToItsDuration() {
    return Corpus.tests(
        corpus ->
            Stream.of(
                dynamicTest(
                    "every file of the corpus",
                    () -> {
                      int runs = 0;
                      for (String file : files(corpus)) {
                        runs += check(corpus, file, null);
                        runs += check(corpus, file, "run of the sender");
                      }
                      int found = runs;
                      assertTrue(found > RUNS, () -> "runs found: " + found);
                    })));
  }

  private static List<String> files(Corpus corpus) {
    try (Stream<Path> all = Files.walk(corpus.folder())) {
      return all.filter(Files::isRegularFile)
          .map(file -> corpus.folder().relativize(file).toString())
          .filter(file -> file.matches(".*\\.(jsonl|sse|log)"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many runs the file holds. */
  private static int check(Corpus corpus, String file, @Nullable String run) {
    Recorder recorder = new Recorder(null);
    recorder.send(
        corpus.records(file), new Context("corpus", file, null, run, null, null, null, NOW), true);
    Map<String, RunFold> runs = recorder.runs();
    runs.values().forEach(fold -> check(file, fold, runs));
    return runs.size();
  }

  private static void check(String file, RunFold fold, Map<String, RunFold> all) {
    History run = history(fold);
    String name = file + " " + run.run().key().run();
    List<History> called =
        all.values().stream()
            .map(CorpusTimeTest::history)
            .filter(other -> run.run().key().run().equals(other.run().parentRun()))
            .toList();
    List<Period> children = new ArrayList<>();
    called.forEach(child -> children.add(new Period(child.run().startedAt(), child.until(NOW))));
    RunTime time = RunTime.of(run, children, NOW);
    long total = time.whole().totalMillis();
    Long duration = run.run().durationMillis();
    if (duration != null) {
      assertEquals(duration, total, name);
    }
    assertEquals(time.to().toEpochMilli() - time.from().toEpochMilli(), total, name);
    assertEquals(total, sum(time.whole().millis()), name);
    for (RunTime.AgentTime share : time.byAgent()) {
      assertEquals(share.ledger().totalMillis(), sum(share.ledger().millis()), name);
      assertTrue(share.ledger().totalMillis() <= total, name);
    }
    Family family =
        new Family(run, called.stream().map(child -> new Family(child, List.of())).toList());
    assertEquals(
        total, CriticalPath.of(family, NOW).stream().mapToLong(Segment::millis).sum(), name);
  }

  private static History history(RunFold fold) {
    RunSummary summary = fold.summary();
    return History.of(summary, fold);
  }

  private static long sum(Map<?, Long> millis) {
    return millis.values().stream().mapToLong(Long::longValue).sum();
  }
}
