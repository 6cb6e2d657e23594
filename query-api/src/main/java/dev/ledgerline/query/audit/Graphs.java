// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.StepKind;
import dev.ledgerline.event.query.Field;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.query.EventView;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.UnansweredException;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import dev.ledgerline.run.Step;
import dev.ledgerline.run.audit.Family;
import dev.ledgerline.run.audit.History;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Draws who handed what to whom. Safe for many threads. */
public final class Graphs {
  /** Runs that are looked into, the newest. */
  private static final int MAX_RUNS = 200;

  private final Runs runs;
  private final Kinship kinship;

  public Graphs(Runs runs) {
    this.runs = runs;
    this.kinship = new Kinship(runs);
  }

  /** Of a run and the runs that it called. */
  public Graph ofRun(RunKey run) throws UnansweredException, IOException {
    Drawing drawing = new Drawing();
    drawing.addAll(kinship.family(run));
    return drawing.graph(true);
  }

  /** Of the runs of a thread. */
  public Graph ofThread(String thread) throws UnansweredException, IOException {
    runs.thread(thread); // says where there is none
    Page<RunSummary> part = runs.runsOfThread(thread, Runs.MAX_PAGE, null);
    List<RunSummary> all = part.items();
    boolean whole = part.next() == null && all.size() <= MAX_RUNS;
    return of(all.subList(Math.max(0, all.size() - MAX_RUNS), all.size()), whole);
  }

  /** Of the runs that began since then. */
  public Graph since(Instant time) throws UnansweredException, IOException {
    Query started =
        new Query.FieldTerm(Field.STARTED, Comparison.GREATER_OR_EQUAL, time.toString(), false);
    Page<RunSummary> part = runs.runs(started, RunSort.STARTED, true, MAX_RUNS, null);
    return of(part.items(), part.next() == null);
  }

  private Graph of(List<RunSummary> all, boolean whole) throws UnansweredException, IOException {
    Drawing drawing = new Drawing();
    for (RunSummary run : all) {
      drawing.add(runs.history(run.key()));
    }
    return drawing.graph(whole);
  }

  private record Line(String from, String to, Graph.Kind kind) implements Comparable<Line> {
    private static final Comparator<Line> ORDER =
        Comparator.comparing(Line::from).thenComparing(Line::to).thenComparing(Line::kind);

    @Override
    public int compareTo(Line other) {
      return ORDER.compare(this, other);
    }
  }

  /** A graph while it is drawn. */
  private final class Drawing {
    private final Map<String, long[]> nodes = new TreeMap<>();
    private final Map<Line, Long> lines = new TreeMap<>();
    private final Map<RunKey, RunSummary> seen = new HashMap<>();
    private final List<RunSummary> called = new ArrayList<>();

    void addAll(Family family) throws UnansweredException, IOException {
      add(family.run());
      for (Family child : family.children()) {
        addAll(child);
      }
    }

    void add(History history) throws UnansweredException, IOException {
      RunSummary run = history.run();
      seen.put(run.key(), run);
      if (run.parentRun() != null) {
        called.add(run);
      }
      Set<String> agents = new LinkedHashSet<>(run.agents());
      if (run.agent() != null) {
        agents.add(run.agent());
      }
      agents.forEach(agent -> node(agent)[0]++);
      Map<String, Step> steps = new HashMap<>();
      history.steps().forEach(step -> steps.put(step.id(), step));
      for (Step step : history.steps()) {
        add(run, step, step.parentId() == null ? null : steps.get(step.parentId()));
      }
      handoffs(run);
    }

    private void add(RunSummary run, Step step, @Nullable Step around) {
      String agent = step.agent() == null ? run.agent() : step.agent();
      if (agent != null) {
        node(agent)[1]++;
      }
      if (step.kind() == StepKind.AGENT) {
        String caller = around == null || around.agent() == null ? run.agent() : around.agent();
        line(caller, step.name() == null ? agent : step.name(), Graph.Kind.CALL);
      }
    }

    private void handoffs(RunSummary run) throws UnansweredException, IOException {
      String cursor = null;
      do {
        Page<EventView> page =
            runs.events(run.key(), 0, Set.of(Kind.HANDOFF), Runs.MAX_PAGE, cursor);
        for (EventView event : page.items()) {
          if (event.event().fact() instanceof Fact.Handoff handoff) {
            String from = handoff.from() == null ? event.event().scope().agent() : handoff.from();
            line(from == null ? run.agent() : from, handoff.to(), Graph.Kind.HANDOFF);
          }
        }
        cursor = page.next();
      } while (cursor != null);
    }

    /** Nothing is drawn from or to somebody that nobody names, or to oneself. */
    private void line(@Nullable String from, @Nullable String to, Graph.Kind kind) {
      if (from != null && to != null && !(from.equals(to) && kind == Graph.Kind.CALL)) {
        node(from);
        node(to);
        lines.merge(new Line(from, to, kind), 1L, Long::sum);
      }
    }

    private long[] node(String agent) {
      return nodes.computeIfAbsent(agent, a -> new long[2]);
    }

    Graph graph(boolean whole) throws UnansweredException, IOException {
      for (RunSummary run : called) {
        RunSummary caller = caller(run);
        line(caller == null ? null : caller.agent(), run.agent(), Graph.Kind.CHILD_RUN);
      }
      List<Graph.Node> drawn = new ArrayList<>();
      nodes.forEach((agent, n) -> drawn.add(new Graph.Node(agent, n[0], n[1])));
      List<Graph.Edge> edges = new ArrayList<>();
      lines.forEach((line, n) -> edges.add(new Graph.Edge(line.from, line.to, line.kind, n)));
      return new Graph(List.copyOf(drawn), List.copyOf(edges), seen.size(), whole);
    }

    private @Nullable RunSummary caller(RunSummary run) throws UnansweredException, IOException {
      String parent = run.parentRun();
      RunKey key = parent == null ? null : new RunKey(run.key().source(), parent);
      RunSummary known = key == null ? null : seen.get(key);
      if (known != null || key == null) {
        return known;
      }
      try {
        return runs.run(key.run(), key.source());
      } catch (UnansweredException.Absent e) {
        return null; // it was named and never told of
      }
    }
  }
}
