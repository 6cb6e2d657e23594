// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Quality;
import dev.ledgerline.event.RunIdQuality;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TimeQuality;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.RunGroups.Grouping;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Story;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.state.Verdict;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;

/**
 * How fast runs are added up: {@code StatisticsBenchmark FOLDER RUNS}; written where there is none
 * yet.
 */
final class StatisticsBenchmark {
  private static final State[] STATES = {
    State.COMPLETED, State.COMPLETED, State.COMPLETED, State.FAILED, State.RUNNING
  };

  private StatisticsBenchmark() {}

  public static void main(String[] args) throws Exception {
    int runs = Integer.parseInt(args[1]);
    try (FSDirectory folder = FSDirectory.open(Path.of(args[0]))) {
      if (!DirectoryReader.indexExists(folder)) {
        write(folder, runs);
      }
      try (DirectoryReader reader = DirectoryReader.open(folder)) {
        System.out.println(runs + " runs in " + reader.leaves().size() + " segments");
        ask(reader, "all together", null, null);
        ask(reader, "by state", By.STATE, null);
        ask(reader, "by agent and hour", By.AGENT, Duration.ofHours(1));
        ask(reader, "by thread", By.THREAD, null);
      }
    }
  }

  private static void write(FSDirectory folder, int runs) throws IOException {
    try (IndexWriter writer = new IndexWriter(folder, new IndexWriterConfig())) {
      Random random = new Random(42);
      for (int i = 0; i < runs; i++) {
        writer.addDocument(RunDocument.of(i, new WaitingRun(run(i, random), List.of())));
      }
    }
  }

  private static void ask(
      DirectoryReader reader, String what, @Nullable By by, @Nullable Duration bucket)
      throws Exception {
    for (int round = 0; round < 5; round++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      Statistics statistics =
          new Statistics(
              new Grouping(by, bucket, 1_000), Silence.DEFAULT, Story.START.plusSeconds(600));
      IndexSearcher searcher = new IndexSearcher(reader);
      RunGroups groups = statistics.of(searcher, RunTerms.all());
      long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
      System.out.printf(
          "%s: %,d groups in %d ms of one core%n",
          what, groups.groups().size() + groups.leftOut(), spent / 1_000_000);
    }
  }

  private static RunSummary run(int number, Random random) {
    Instant start = Story.START.minusSeconds(random.nextInt(30 * 24 * 3_600));
    State state = STATES[random.nextInt(STATES.length)];
    String agent = "agent-" + random.nextInt(20);
    return new RunSummary(
        new RunKey("source-" + random.nextInt(5), "run-" + number),
        List.of(),
        "thread-" + number / 10,
        null,
        null,
        null,
        null,
        null,
        agent,
        List.of(agent),
        "agent-protocol",
        List.of(),
        state,
        Quality.REPORTED,
        null,
        RunIdQuality.NATIVE,
        TimeQuality.SOURCE,
        start,
        state.terminal() ? start.plusMillis(random.nextInt(600_000)) : null,
        random.nextInt(1_000),
        10,
        random.nextInt(3),
        5,
        0,
        3,
        0,
        0,
        TokenUsage.of((long) random.nextInt(10_000), (long) random.nextInt(1_000)),
        Verdict.Result.OK,
        0,
        "what run " + number + " is about",
        start.plusSeconds(600));
  }
}
