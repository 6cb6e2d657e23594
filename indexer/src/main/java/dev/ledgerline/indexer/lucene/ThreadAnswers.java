// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;

/**
 * What runs say that go on where an earlier run of their thread stood still: it is told under their
 * own id, and means the other. Whichever of the two comes first, they are found when both are here.
 */
final class ThreadAnswers {
  /** Of one thread, of answers the newest; more are not looked at. */
  private static final int MAX_FOUND = 1_000;

  private static final Sort NEWEST_FIRST =
      new Sort(new SortField(OfEvent.ORDINAL, SortField.Type.LONG, true));

  /** A conversation of one source. */
  record Talk(String source, String thread) {}

  record Answer(Event event, long ordinal) {}

  private final Map<Talk, List<Answer>> news = new LinkedHashMap<>();

  static boolean isOne(Event event) {
    return event.fact() instanceof Fact.WaitResolved resolved
        && resolved.isInItsThread(event.scope());
  }

  void add(Event event, long ordinal) {
    String thread = event.scope().thread();
    if (thread != null) {
      Talk talk = new Talk(event.source(), thread);
      news.computeIfAbsent(talk, _ -> new ArrayList<>()).add(new Answer(event, ordinal));
    }
  }

  /** Those with answers that were added since they were cleared. */
  Set<Talk> talks() {
    return news.keySet();
  }

  void clear() {
    news.clear();
  }

  /** Everything that was answered in a conversation, oldest first. */
  List<Answer> of(Talk talk, View seen, EventLog log) throws IOException {
    List<Answer> answers = new ArrayList<>(news.getOrDefault(talk, List.of()));
    Term mark = new Term(OfEvent.MARK, OfEvent.ANSWERS);
    if (seen.eventsReader().docFreq(mark) > 0) {
      EntryReader entries = new EntryReader(log);
      Query query =
          all(
              new TermQuery(mark),
              new TermQuery(new Term(OfEvent.THREAD, Fields.term(talk.thread))),
              new TermQuery(new Term(OfEvent.SOURCE, Fields.term(talk.source))));
      IndexSearcher searcher = new IndexSearcher(seen.eventsReader());
      for (ScoreDoc hit : searcher.search(query, MAX_FOUND, NEWEST_FIRST).scoreDocs) {
        long ordinal = ordinal(searcher, hit.doc);
        Event event = entries.event(ordinal);
        if (event != null) {
          answers.add(new Answer(event, ordinal));
        }
      }
    }
    answers.sort(Comparator.comparing(answer -> answer.event.at()));
    return answers;
  }

  /** The keys of runs of a conversation that are seen to wait. */
  static List<RunKey> waiting(Talk talk, View seen) throws IOException {
    IndexSearcher searcher = new IndexSearcher(seen.runsReader());
    Query query =
        all(
            new TermQuery(new Term(OfRun.THREAD, Fields.term(talk.thread))),
            new TermQuery(new Term(OfRun.SOURCE, Fields.term(talk.source))),
            new FieldExistsQuery(OfRun.WAITING_SINCE));
    List<RunKey> keys = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query, MAX_FOUND).scoreDocs) {
      keys.add(RunLookup.at(seen.runsReader(), hit.doc).summary().run().key());
    }
    return keys;
  }

  private static Query all(Query... queries) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (Query query : queries) {
      all.add(query, Occur.FILTER);
    }
    return all.build();
  }

  private static long ordinal(IndexSearcher searcher, int doc) throws IOException {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
    NumericDocValues ordinals = DocValues.getNumeric(leaf.reader(), OfEvent.ORDINAL);
    if (!ordinals.advanceExact(doc - leaf.docBase)) {
      throw new IOException("an event document lacks its place in the log");
    }
    return ordinals.longValue();
  }
}
