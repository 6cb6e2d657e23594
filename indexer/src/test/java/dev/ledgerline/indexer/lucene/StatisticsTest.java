// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.RunGroups.Group;
import dev.ledgerline.indexer.RunGroups.Grouping;
import dev.ledgerline.indexer.RunGroups.Percentiles;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Silence.Patience;
import dev.ledgerline.indexer.Story;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatisticsTest extends StoreTest {
  /** A run that begins so many seconds after the story and takes so long; null: it goes on. */
  private void run(String id, String agent, long from, @Nullable Long seconds, State end) {
    story.in(Scope.of(id, "thread", agent)).at(Story.START.plusSeconds(from)).starts();
    if (seconds != null) {
      story.at(Story.START.plusSeconds(from + seconds)).ends(end);
    }
  }

  private RunGroups groups(String query, @Nullable By by, @Nullable Duration bucket, int limit)
      throws Exception {
    return store.groups(QueryParser.parse(query), new Grouping(by, bucket, limit), soon());
  }

  private static List<String> counts(RunGroups groups) {
    return groups.groups().stream()
        .map(g -> (g.bucket() == null ? "" : g.bucket() + " ") + g.key() + " " + g.runs())
        .toList();
  }

  @Test
  void addsUpTheRunsOfEachGroup() throws Exception {
    for (int i = 1; i <= 100; i++) {
      run("c" + i, "coder", i, (long) i, State.COMPLETED);
    }
    run("f1", "coder", 1, 7L, State.FAILED);
    story.in(Scope.of("f2", null, "reader")).at(Story.START).starts();
    story.tell(new Fact.ErrorReported(null, null, "no", false), "Error");
    story.tell(
        new Fact.ModelResponse(
            null, "m", new TokenUsage(10L, 5L, null, 4L, null, null, 0.25), null),
        "LlmResponse");
    story.tell(
        new Fact.ModelResponse(null, "m", new TokenUsage(1L, 2L, null, null, null, 2L, 0.5), null),
        "LlmResponse");
    story.ends(State.FAILED);
    index();
    List<Group> groups = groups("", By.STATE, null, 10).groups();
    Group completed = groups.get(0);
    assertEquals("completed", completed.key());
    assertEquals(100, completed.runs());
    assertEquals(200, completed.events());
    assertEquals(new Percentiles(50_000, 95_000, 99_000), completed.durations());
    assertNull(completed.usage());
    Group failed = groups.get(1);
    assertEquals(2, failed.runs());
    assertEquals(3, failed.errors(), "an error of its own, and two runs that failed");
    assertEquals(new TokenUsage(11L, 7L, 18L, 4L, null, 2L, 0.75), failed.usage());
    assertEquals(List.of("coder 101", "reader 1"), counts(groups("", By.AGENT, null, 10)));
    assertEquals(List.of("thread 101", "null 1"), counts(groups("", By.THREAD, null, 10)));
    assertEquals(List.of("null 102"), counts(groups("", null, null, 10)));
    assertEquals(List.of("null 2"), counts(groups("state:failed", null, null, 10)));
    assertEquals(List.of(), counts(groups("state:canceled", By.STATE, null, 10)));
  }

  @Test
  void cutsTimeIntoBuckets() throws Exception {
    run("a", "x", 0, 1L, State.COMPLETED);
    run("b", "x", 3_599, 1L, State.COMPLETED);
    run("c", "y", 3_600, 1L, State.COMPLETED);
    index();
    assertEquals(
        List.of("2026-11-21T10:00:00Z null 2", "2026-11-21T11:00:00Z null 1"),
        counts(groups("", null, Duration.ofHours(1), 10)));
    assertEquals(
        List.of("2026-11-21T10:00:00Z x 2", "2026-11-21T11:00:00Z y 1"),
        counts(groups("", By.AGENT, Duration.ofHours(1), 10)));
  }

  @Test
  void theLargestGroupsAreShownAndTheOthersCounted() throws Exception {
    for (int i = 0; i < 5; i++) {
      for (int n = 0; n <= i; n++) {
        run("r" + i + "-" + n, "agent" + i, 0, 1L, State.COMPLETED);
      }
    }
    index();
    RunGroups groups = groups("", By.AGENT, null, 2);
    assertEquals(List.of("agent4 5", "agent3 4"), counts(groups));
    assertEquals(3, groups.leftOut());
  }

  @Test
  void aQuestionThatTakesTooLongIsGivenUp() throws Exception {
    run("a", "x", 0, 1L, State.COMPLETED);
    index();
    Instant past = Instant.now().minusSeconds(1);
    assertThrows(
        DeadlineException.class,
        () -> store.groups(QueryParser.parse(""), new Grouping(By.STATE, null, 10), past));
  }

  @Test
  void eachAgentIsBorneAsLongAsIsSaid() throws Exception {
    run("quick", "quick", 0, null, State.RUNNING);
    run("slow", "slow", 0, null, State.RUNNING);
    run("usual", "usual", 0, null, State.RUNNING);
    run("done", "quick", 0, 1L, State.COMPLETED);
    Silence silence =
        new Silence(
            new Patience(Duration.ofMinutes(5), Map.of("slow", Duration.ofHours(1))),
            new Patience(Duration.ofMinutes(1), Map.of("usual", Duration.ofMinutes(3))));
    LuceneRunStore.Settings settings = new LuceneRunStore.Settings(10, 1_000, silence);
    // the first events arrived within the first seconds of the story
    InstantSource later = InstantSource.fixed(Story.START.plusSeconds(320));
    InstantSource soon = InstantSource.fixed(Story.START.plusSeconds(120));
    store.close();
    store = LuceneRunStore.open(folder.resolve("index"), log, settings, later);
    index();
    assertEquals(List.of("completed 1", "lost 2", "running 1"), sorted(counts(byState())));
    assertEquals(List.of("ok 2", "unknown 2"), sorted(counts(groups("", By.VERDICT, null, 10))));
    assertEquals(State.LOST, run("quick").state());
    assertEquals(State.RUNNING, run("slow").state());
    assertEquals(List.of("usual", "quick"), runs(QueryParser.parse("state:lost")));
    assertEquals(List.of("slow"), runs(QueryParser.parse("has:stall")));
    store.close();
    store = LuceneRunStore.open(folder.resolve("index"), log, settings, soon);
    index();
    assertEquals(List.of("slow", "quick"), runs(QueryParser.parse("has:stall")));
    assertNotNull(run("usual"));
    assertEquals(List.of(), runs(QueryParser.parse("state:lost")));
  }

  private RunGroups byState() throws Exception {
    return groups("", By.STATE, null, 10);
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }
}
