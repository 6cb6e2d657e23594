// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Kind;
import dev.ledgerline.event.query.Query;
import dev.ledgerline.indexer.Page;
import dev.ledgerline.indexer.RunGroups;
import dev.ledgerline.indexer.RunReader.BadCursorException;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.RunReader.Hit;
import dev.ledgerline.indexer.RunReader.Quarantined;
import dev.ledgerline.indexer.RunReader.RunSort;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.indexer.lucene.Fields.OfQuarantine;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.indexer.lucene.RunLookup.Found;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunKey;
import dev.ledgerline.run.RunSummary;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.jspecify.annotations.Nullable;

/** Answers of one view to one question. */
final class Questions {
  /** More items than this are never given at once. */
  private static final int MAX_PAGE = 1_000;

  /** Sources that have one run id; more are not told. */
  private static final int MAX_SOURCES = 1_000;

  private static final Sort NEWEST_EVENT_FIRST =
      new Sort(new SortField(OfEvent.ORDINAL, SortField.Type.LONG, true));

  private final View view;
  private final EventLog log;
  private final Silence silence;
  private final Instant now;
  private final Instant deadline;

  Questions(View view, EventLog log, Silence silence, Instant now, Instant deadline) {
    this.view = view;
    this.log = log;
    this.silence = silence;
    this.now = now;
    this.deadline = deadline;
  }

  Page<RunSummary> runs(
      Query query, RunSort by, boolean descending, int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    String field =
        switch (by) {
          case STARTED -> OfRun.STARTED;
          case ENDED -> OfRun.ENDED;
          case DURATION -> OfRun.DURATION;
          case EVENTS -> OfRun.EVENTS;
          case ERRORS -> OfRun.ERRORS;
          case TOKENS -> OfRun.TOKENS;
        };
    // The number settles ties, so that no two runs stand at the same place.
    Sort sort = new Sort(Top.by(field, descending), Top.by(OfRun.NUMBER, descending));
    org.apache.lucene.search.Query runs = translation().runs(query);
    return runs("runs by %s %s %s".formatted(by, descending, query), runs, sort, limit, cursor);
  }

  RunGroups groups(Query query, RunGroups.Grouping grouping) throws IOException, DeadlineException {
    return new Statistics(grouping, silence, now)
        .of(view.runs(deadline), translation().runs(query));
  }

  /** In the order in which they were first seen. */
  Page<RunSummary> runsAsSeen(
      org.apache.lucene.search.Query runs,
      String name,
      boolean newestFirst,
      int limit,
      @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    Sort sort = new Sort(Top.by(OfRun.NUMBER, newestFirst));
    return runs("runs of " + name, Groups.and(runs, RunTerms.all()), sort, limit, cursor);
  }

  private Page<RunSummary> runs(
      String list,
      org.apache.lucene.search.Query runs,
      Sort sort,
      int limit,
      @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    IndexSearcher searcher = view.runs(deadline);
    return page(
        list,
        searcher,
        runs,
        sort,
        limit,
        cursor,
        doc -> shown(searcher, RunLookup.at(view.runsReader(), doc)));
  }

  private RunSummary shown(IndexSearcher runs, Found found) throws IOException {
    RunSummary run = found.summary().run();
    if (run.task() != null) {
      int attempt =
          runs.count(
              Groups.and(
                  Groups.term(OfRun.TASK, run.task()),
                  LongField.newRangeQuery(OfRun.NUMBER, Long.MIN_VALUE, found.number())));
      run = Silence.asAttempt(run, attempt);
    }
    return silence.judge(run, now);
  }

  List<RunSummary> run(String id) throws IOException {
    return run(OfRun.RUN, Fields.term(id));
  }

  List<RunSummary> run(RunKey key) throws IOException {
    return run(OfRun.KEY, Fields.key(key));
  }

  private List<RunSummary> run(String field, org.apache.lucene.util.BytesRef term)
      throws IOException {
    IndexSearcher searcher = view.runs(deadline);
    List<RunSummary> runs = new ArrayList<>();
    for (Found found : RunLookup.all(view.runsReader(), field, term, MAX_SOURCES)) {
      runs.add(shown(searcher, found));
    }
    return runs;
  }

  Page<StoredEvent> events(
      RunKey key, long afterSeq, Set<Kind> kinds, int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(LongField.newRangeQuery(OfEvent.SEQ, afterSeq + 1, Long.MAX_VALUE), Occur.FILTER);
    if (!kinds.isEmpty()) {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      kinds.forEach(kind -> any.add(Groups.term(OfEvent.KIND, kind.word()), Occur.SHOULD));
      query.add(any.build(), Occur.FILTER);
    }
    Events events = new Events(view, log);
    String list = "events of %s %s %s".formatted(key, afterSeq, new TreeSet<>(kinds));
    Found run = RunLookup.find(view.runsReader(), OfRun.KEY, Fields.key(key));
    if (run == null) {
      Cursor.read(list, cursor, 1);
      return new Page<>(List.of(), null);
    }
    query.add(ofRun(run), Occur.FILTER);
    return page(
        list,
        view.events(deadline),
        query.build(),
        new Sort(Top.by(OfEvent.SEQ, false)),
        limit,
        cursor,
        events::at);
  }

  private static org.apache.lucene.search.Query ofRun(Found run) {
    return new TermQuery(new Term(OfEvent.RUN, Fields.number(run.number())));
  }

  List<StoredEvent> event(RunKey key, long seq) throws IOException, DeadlineException {
    Found run = RunLookup.find(view.runsReader(), OfRun.KEY, Fields.key(key));
    if (run == null) {
      return List.of();
    }
    org.apache.lucene.search.Query query =
        Groups.and(ofRun(run), LongField.newExactQuery(OfEvent.SEQ, seq));
    List<FieldDoc> docs =
        Top.of(view.events(deadline), query, new Sort(Top.by(OfEvent.SEQ, false)), 1);
    StoredEvent event = docs.isEmpty() ? null : new Events(view, log).at(docs.getFirst().doc);
    return event == null ? List.of() : List.of(event);
  }

  Page<StoredEvent> eventsWithoutRun(int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    return page(
        "events without run",
        view.events(deadline),
        Groups.term(OfEvent.MARK, OfEvent.NO_RUN),
        NEWEST_EVENT_FIRST,
        limit,
        cursor,
        new Events(view, log)::at);
  }

  Page<Hit> search(Query query, int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    Events events = new Events(view, log);
    Fragments fragments = new Fragments(query);
    return page(
        "search " + query,
        view.events(deadline),
        translation().events(query),
        NEWEST_EVENT_FIRST,
        limit,
        cursor,
        doc -> {
          StoredEvent event = events.at(doc);
          return event == null ? null : hit(event, fragments);
        });
  }

  private static Hit hit(StoredEvent event, Fragments fragments) {
    List<String> texts = EventText.of(event.original()).with(event.event());
    return new Hit(event, fragments.of(texts, event.event().summary()));
  }

  /** Runs with open waits, the longest waiting first. */
  Page<WaitingRun> waiting(int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    IndexSearcher searcher = view.runs(deadline);
    return page(
        "waiting",
        searcher,
        LongField.newRangeQuery(OfRun.WAITING_SINCE, Long.MIN_VALUE, Long.MAX_VALUE),
        new Sort(Top.by(OfRun.WAITING_SINCE, false), Top.by(OfRun.NUMBER, false)),
        limit,
        cursor,
        doc -> {
          Found found = RunLookup.at(view.runsReader(), doc);
          return new WaitingRun(shown(searcher, found), found.summary().open());
        });
  }

  Page<Quarantined> quarantine(@Nullable String state, int limit, @Nullable String cursor)
      throws IOException, DeadlineException, BadCursorException {
    return page(
        "quarantine " + state,
        view.runs(deadline),
        state == null
            ? new PrefixQuery(new Term(OfQuarantine.STATE, ""))
            : Groups.term(OfQuarantine.STATE, state),
        new Sort(Top.by(OfQuarantine.ORDINAL, true)),
        limit,
        cursor,
        this::quarantined);
  }

  List<Quarantined> quarantined(String id) throws IOException, DeadlineException {
    Sort sort = new Sort(Top.by(OfQuarantine.ORDINAL, true));
    List<FieldDoc> docs = Top.of(view.runs(deadline), Groups.term(OfQuarantine.ID, id), sort, 1);
    Quarantined found = docs.isEmpty() ? null : quarantined(docs.getFirst().doc);
    return found == null ? List.of() : List.of(found);
  }

  private @Nullable Quarantined quarantined(int doc) throws IOException {
    Quarantine.Item item = Quarantine.at(view.runsReader(), doc);
    Entry entry = new EntryReader(log).entry(Ordinal.position(item.ordinal()));
    return entry instanceof Entry.Refused refused ? new Quarantined(refused, item.state()) : null;
  }

  private Translation translation() {
    return new Translation(view, log, silence, now, deadline);
  }

  /** Reads an item of a list; null where the log does not keep it any more. */
  private interface Item<T> {
    @Nullable T read(int doc) throws IOException;
  }

  private static <T> Page<T> page(
      String list,
      IndexSearcher searcher,
      org.apache.lucene.search.Query query,
      Sort sort,
      int limit,
      @Nullable String cursor,
      Item<T> item)
      throws IOException, DeadlineException, BadCursorException {
    int size = Math.clamp(limit, 1, MAX_PAGE);
    int keys = sort.getSort().length;
    long[] after = Cursor.read(list, cursor, keys);
    List<FieldDoc> docs =
        Top.of(searcher, query, sort, size + 1, after == null ? new long[0] : after);
    List<T> items = new ArrayList<>(Math.min(size, docs.size()));
    for (FieldDoc doc : docs.subList(0, Math.min(size, docs.size()))) {
      T read = item.read(doc.doc);
      if (read != null) {
        items.add(read);
      }
    }
    if (docs.size() <= size) {
      return new Page<>(items, null);
    }
    long[] last = new long[keys];
    for (int i = 0; i < keys; i++) {
      last[i] = Top.value(docs.get(size - 1), i);
    }
    return new Page<>(items, Cursor.of(list, last));
  }
}
