// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Kind;
import dev.ledgerline.event.State;
import dev.ledgerline.event.TokenUsage;
import dev.ledgerline.indexer.AgentSummary;
import dev.ledgerline.indexer.AgentThread;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunReader.BadCursorException;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.indexer.lucene.Fields.OfTask;
import dev.ledgerline.indexer.lucene.RunLookup.Found;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TermQuery;
import org.jspecify.annotations.Nullable;

/**
 * Threads, tasks and agents of one view.
 *
 * <p>A group stands in its list where its newest run stands among the runs. So a list needs no
 * table of groups: it goes through the runs, newest first, and a run shows its group unless a newer
 * run has shown it. The cursor remembers where that ended and which run was the newest when the
 * list began; what came later is not looked at, so pages neither repeat nor miss a group.
 */
final class Groups {
  /** Runs of one group that are added up, the newest; more are counted, not added. */
  private static final int MAX_RUNS = 10_000;

  /** Documents looked at in one go. */
  private static final int CHUNK = 256;

  private final View view;
  private final EventLog log;
  private final Silence silence;
  private final Instant now;
  private final Instant deadline;
  private final IndexSearcher runs;

  Groups(View view, EventLog log, Silence silence, Instant now, Instant deadline) {
    this.view = view;
    this.log = log;
    this.silence = silence;
    this.now = now;
    this.deadline = deadline;
    this.runs = view.runs(deadline);
  }

  Page<AgentThread> threads(int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    return list(
        "threads",
        OfRun.IN_THREAD,
        new FieldExistsQuery(OfRun.IN_THREAD),
        limit,
        cursor,
        doc -> {
          String thread = RunLookup.at(view.runsReader(), doc).summary().run().thread();
          return thread == null
              ? List.of()
              : List.of(new Key<>(thread, term(OfRun.THREAD, thread)));
        },
        this::thread);
  }

  Page<Task> tasks(int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    return list(
        "tasks",
        OfTask.ORDER,
        new FieldExistsQuery(OfTask.ORDER),
        limit,
        cursor,
        doc -> {
          String task = taskOf(doc);
          return task == null ? List.of() : List.of(new Key<>(task, term(OfRun.TASK, task)));
        },
        this::task);
  }

  Page<AgentSummary> agents(int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    return list(
        "agents",
        OfRun.NUMBER,
        RunTerms.all(),
        limit,
        cursor,
        doc -> {
          RunSummary run = RunLookup.at(view.runsReader(), doc).summary().run();
          String source = run.key().source();
          return agentsOf(run).stream()
              .map(name -> new Key<>(new Agent(source, name), ofAgent(source, name)))
              .toList();
        },
        agent -> agent(agent.source, agent.name));
  }

  private record Agent(String source, String name) {}

  /** A group and the runs that are in it. */
  private record Key<K>(K key, Query runs) {}

  private interface Keys<K> {
    List<Key<K>> of(int doc) throws IOException;
  }

  private interface Sum<K, T> {
    @Nullable T of(K key) throws IOException, DeadlineException;
  }

  /** The cursor: newest when the list began, where to go on, groups of that one to skip. */
  private <K, T> Page<T> list(
      String name,
      String order,
      Query all,
      int limit,
      @Nullable String cursor,
      Keys<K> keys,
      Sum<K, T> sum)
      throws IOException, DeadlineException, BadCursorException {
    long[] from = Cursor.read(name, cursor, 3);
    long newest = from == null ? newest(order) : from[0];
    long upTo = from == null ? newest : from[1];
    int skip = from == null ? 0 : (int) from[2];
    List<T> items = new ArrayList<>();
    // A run and a word about its task can come from one event and stand at the same place.
    Set<K> shown = new HashSet<>();
    Sort newestFirst = new Sort(Top.by(order, true));
    while (true) {
      Query rest = and(all, LongField.newRangeQuery(order, Long.MIN_VALUE, upTo));
      List<FieldDoc> docs = Top.of(runs, rest, newestFirst, CHUNK);
      for (FieldDoc doc : docs) {
        long at = Top.value(doc, 0);
        List<Key<K>> groups = keys.of(doc.doc);
        for (int i = skip; i < groups.size(); i++) {
          Key<K> group = groups.get(i);
          if (shown.contains(group.key) || hasNewer(group.runs, order, at, newest)) {
            continue;
          }
          if (items.size() == limit) {
            return new Page<>(items, Cursor.of(name, newest, at, i));
          }
          T item = sum.of(group.key);
          if (item != null) {
            items.add(item);
            shown.add(group.key);
          }
        }
        skip = 0;
        upTo = at - 1;
      }
      if (docs.size() < CHUNK) {
        return new Page<>(items, null);
      }
    }
  }

  private long newest(String order) throws IOException, DeadlineException {
    Query any = LongField.newRangeQuery(order, Long.MIN_VALUE, Long.MAX_VALUE);
    List<FieldDoc> docs = Top.of(runs, any, new Sort(Top.by(order, true)), 1);
    return docs.isEmpty() ? 0 : Top.value(docs.getFirst(), 0);
  }

  private boolean hasNewer(Query group, String order, long than, long newest)
      throws IOException, DeadlineException {
    if (than == newest) {
      return false;
    }
    int newer = runs.count(and(group, LongField.newRangeQuery(order, than + 1, newest)));
    View.inTime(runs);
    return newer > 0;
  }

  private @Nullable String taskOf(int doc) throws IOException {
    long ordinal = TaskDocuments.ordinal(view.runsReader(), doc);
    if (ordinal < 0) {
      return RunLookup.at(view.runsReader(), doc).summary().run().task();
    }
    Event event = new EntryReader(log).event(ordinal);
    return event == null ? null : event.scope().task();
  }

  @Nullable AgentThread thread(String id) throws IOException, DeadlineException {
    Query all = term(OfRun.THREAD, id);
    List<Found> newestFirst = newest(all);
    if (newestFirst.isEmpty()) {
      return null;
    }
    Set<String> agents = new LinkedHashSet<>();
    State state = null;
    Instant started = Instant.MAX;
    Instant last = Instant.MIN;
    long events = 0;
    TokenUsage usage = null;
    String title = null;
    for (Found found : newestFirst) {
      RunSummary run = judged(found);
      agents.addAll(agentsOf(run));
      if (state == null && run.state() != State.SUPERSEDED && !isContinued(run)) {
        state = run.state();
      }
      started = run.startedAt().isBefore(started) ? run.startedAt() : started;
      last = run.lastObservedAt().isAfter(last) ? run.lastObservedAt() : last;
      events += run.events();
      usage = sum(usage, run.usage());
      title = run.title() == null ? title : run.title();
    }
    return new AgentThread(
        id,
        runs.count(all),
        agents.stream().limit(AgentThread.MAX_AGENTS).toList(),
        state == null ? judged(newestFirst.getFirst()).state() : state,
        started,
        last,
        events,
        usage,
        title);
  }

  private boolean isContinued(RunSummary run) throws IOException {
    return runs.count(new TermQuery(new Term(OfRun.CONTINUES_KEY, Fields.key(run.key())))) > 0;
  }

  @Nullable Task task(String id) throws IOException, DeadlineException {
    Query ofTask = and(term(OfRun.TASK, id), RunTerms.all());
    List<Tasks.Try> tries = new ArrayList<>();
    for (FieldDoc doc :
        Top.of(runs, ofTask, new Sort(Top.by(OfRun.NUMBER, true)), Task.MAX_ATTEMPTS)) {
      Found found = RunLookup.at(view.runsReader(), doc.doc);
      tries.add(new Tasks.Try(judged(found), found.number()));
    }
    Tasks.LastWord word = new TaskWords(view, log, deadline).newest(id);
    if (tries.isEmpty() && word == null) {
      return null;
    }
    int firstNumber = runs.count(ofTask) - tries.size() + 1;
    String name = TaskNames.of(view.runsReader(), log, id);
    return Tasks.of(id, name, tries.reversed(), firstNumber, word);
  }

  /** Of that id; else what people call so, the one that was called so last in each source. */
  List<Task> tasks(String idOrName) throws IOException, DeadlineException {
    Task known = task(idOrName);
    if (known != null) {
      return List.of(known);
    }
    List<Task> tasks = new ArrayList<>();
    for (String id : TaskNames.tasksCalled(view.runsReader(), log, idOrName)) {
      Task task = task(id);
      if (task != null) {
        tasks.add(task);
      }
    }
    return tasks;
  }

  /** The sources that have an agent of that name. */
  List<AgentSummary> agent(String name) throws IOException, DeadlineException {
    Set<String> sources = new LinkedHashSet<>();
    Query left = term(OfRun.AGENT, name);
    Sort newestFirst = new Sort(Top.by(OfRun.NUMBER, true));
    while (true) {
      List<FieldDoc> docs = Top.of(runs, left, newestFirst, 1);
      if (docs.isEmpty()) {
        break;
      }
      String source =
          RunLookup.at(view.runsReader(), docs.getFirst().doc).summary().run().key().source();
      sources.add(source);
      left = RunTerms.without(left, term(OfRun.SOURCE, source));
    }
    List<AgentSummary> agents = new ArrayList<>();
    for (String source : sources) {
      AgentSummary agent = agent(source, name);
      if (agent != null) {
        agents.add(agent);
      }
    }
    return agents;
  }

  private @Nullable AgentSummary agent(String source, String name)
      throws IOException, DeadlineException {
    Query all = ofAgent(source, name);
    List<Found> newestFirst = newest(all);
    if (newestFirst.isEmpty()) {
      return null;
    }
    Set<String> threads = new HashSet<>();
    Instant last = Instant.MIN;
    TokenUsage usage = null;
    for (Found found : newestFirst) {
      RunSummary run = found.summary().run();
      if (run.thread() != null) {
        threads.add(run.thread());
      }
      last = run.lastObservedAt().isAfter(last) ? run.lastObservedAt() : last;
      usage = name.equals(run.agent()) ? sum(usage, run.usage()) : usage;
    }
    IndexSearcher events = view.events(deadline);
    Query ofAgent = and(term(OfEvent.AGENT, name), term(OfEvent.SOURCE, source));
    int errors = events.count(and(ofAgent, term(OfEvent.KIND, Kind.ERROR.word())));
    int tools = events.count(and(ofAgent, term(OfEvent.MARK, OfEvent.TOOL_CALLED)));
    View.inTime(events);
    return new AgentSummary(
        name, source, runs.count(all), threads.size(), last, errors, tools, usage);
  }

  private List<Found> newest(Query all) throws IOException, DeadlineException {
    List<Found> found = new ArrayList<>();
    for (FieldDoc doc : Top.of(runs, all, new Sort(Top.by(OfRun.NUMBER, true)), MAX_RUNS)) {
      found.add(RunLookup.at(view.runsReader(), doc.doc));
    }
    return found;
  }

  private RunSummary judged(Found found) {
    return silence.judge(found.summary().run(), now);
  }

  private static List<String> agentsOf(RunSummary run) {
    Set<String> agents = new LinkedHashSet<>(run.agents());
    if (run.agent() != null) {
      agents.add(run.agent());
    }
    return List.copyOf(agents);
  }

  private static @Nullable TokenUsage sum(@Nullable TokenUsage a, @Nullable TokenUsage b) {
    return a == null ? b : b == null ? a : a.plus(b);
  }

  static Query ofAgent(String source, String agent) {
    return and(term(OfRun.AGENT, agent), term(OfRun.SOURCE, source));
  }

  static Query term(String field, String value) {
    return new TermQuery(new Term(field, Fields.term(value)));
  }

  static Query and(Query... parts) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (Query part : parts) {
      all.add(part, Occur.FILTER);
    }
    return all.build();
  }
}
