// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.Field;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.event.query.TermValue;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunGroups.By;
import dev.ledgerline.indexer.RunGroups.Grouping;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.query.UnansweredException.Misput;
import dev.ledgerline.query.audit.Audit;
import dev.ledgerline.query.audit.Findings;
import dev.ledgerline.query.audit.Graph;
import dev.ledgerline.query.audit.Graphs;
import dev.ledgerline.query.audit.Why;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.audit.RunTime;
import dev.ledgerline.run.audit.Segment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The paths of what an auditor and an operator ask. */
final class AuditRoutes {
  private static final int USUAL_GROUPS = 100;
  private static final Duration SHORTEST_BUCKET = Duration.ofSeconds(1);

  private final Runs runs;
  private final Audit audit;
  private final Graphs graphs;

  AuditRoutes(Runs runs, Audit audit) {
    this.runs = runs;
    this.audit = audit;
    this.graphs = new Graphs(runs);
  }

  /** Puts a question under a path. */
  interface Paths {
    void add(String path, Questions.Question question);
  }

  void register(Paths paths) {
    paths.add("/v1/runs/{run}/time", this::time);
    paths.add("/v1/runs/{run}/critical-path", this::criticalPath);
    paths.add("/v1/runs/{run}/findings", this::findings);
    paths.add("/v1/runs/{run}/why", this::why);
    paths.add("/v1/graph", this::graph);
    paths.add("/v1/stats", this::stats);
  }

  private RunSummary run(Ask ask) throws UnansweredException, IOException {
    return runs.run(ask.path("run"), ask.text("source"));
  }

  private JsonOut.Body time(Ask ask) throws UnansweredException, IOException {
    RunTime time = audit.time(run(ask).key());
    return out -> TimeJson.write(out, time);
  }

  private JsonOut.Body criticalPath(Ask ask) throws UnansweredException, IOException {
    List<Segment> path = audit.criticalPath(run(ask).key());
    Page<Segment> page =
        ListPart.of(
            path,
            segment -> segment.from() + " " + segment.to(),
            ask.limit(Runs.MAX_PAGE),
            ask.cursor());
    long total = path.stream().mapToLong(Segment::millis).sum();
    return out ->
        out.object(
            o ->
                o.number("total_ms", total)
                    .list("items", page.items(), TimeJson::write)
                    .text("next_cursor", page.next()));
  }

  private JsonOut.Body findings(Ask ask) throws UnansweredException, IOException {
    Findings findings = audit.findings(run(ask));
    return out ->
        out.object(
            o ->
                o.list("items", findings.found(), WhyJson::write)
                    .nothing("next_cursor")
                    .number("calls_judged", findings.callsJudged())
                    .yesNo("complete", findings.complete()));
  }

  private JsonOut.Body why(Ask ask) throws UnansweredException, IOException {
    Why why = audit.why(run(ask));
    return out -> WhyJson.write(out, why, runs.now());
  }

  private JsonOut.Body graph(Ask ask) throws UnansweredException, IOException {
    String run = ask.text("run");
    String thread = ask.text("thread");
    Instant since = since(ask.text("since"));
    if (Stream.of(run, thread, since).filter(Objects::nonNull).count() != 1) {
      throw Misput.request("say one of run=, thread= and since=");
    }
    Graph graph =
        run != null
            ? graphs.ofRun(runs.run(run, ask.text("source")).key())
            : thread != null
                ? graphs.ofThread(thread)
                : graphs.since(Objects.requireNonNull(since));
    return out -> GraphJson.write(out, graph);
  }

  /** As in {@code started>}: RFC 3339, a date, or {@code -2h}. */
  private @Nullable Instant since(@Nullable String text) throws UnansweredException {
    if (text == null) {
      return null;
    }
    try {
      FieldTerm term = new FieldTerm(Field.STARTED, Comparison.GREATER_OR_EQUAL, text, false);
      return TermValue.times(term, runs.now()).from();
    } catch (BadQueryException e) {
      throw Misput.request("since must be a time, a date or an age such as -2h, not " + text);
    }
  }

  private JsonOut.Body stats(Ask ask) throws UnansweredException, IOException {
    Query query = runs.parse(ask.text("q"));
    RunGroups groups =
        runs.groups(
            query,
            new Grouping(by(ask.text("by")), bucket(ask.text("bucket")), ask.limit(USUAL_GROUPS)));
    return out -> StatsJson.write(out, groups, query.toString());
  }

  private static @Nullable By by(@Nullable String text) throws Misput {
    By by = Word.of(By.class, text);
    if (text != null && by == null) {
      String known = Arrays.stream(By.values()).map(By::word).collect(Collectors.joining(", "));
      throw Misput.request("by must be one of " + known + ", not " + text);
    }
    return by;
  }

  private static @Nullable Duration bucket(@Nullable String text) throws Misput {
    if (text == null) {
      return null;
    }
    try {
      Duration bucket =
          TermValue.duration(new FieldTerm(Field.DURATION, Comparison.EQUAL, text, false));
      if (bucket.compareTo(SHORTEST_BUCKET) >= 0 && bucket.toDays() < 36_500) {
        return bucket;
      }
    } catch (BadQueryException e) {
      // said below
    }
    throw Misput.request("bucket must be a duration of 1s or more such as 5m, 1h, 1d, not " + text);
  }
}
