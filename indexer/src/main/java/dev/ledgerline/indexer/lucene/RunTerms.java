// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.State;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.Has;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.event.query.TermValue;
import dev.ledgerline.event.query.Words;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.state.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/** What single terms of the query language mean in the runs index. */
final class RunTerms {
  /** Of {@code has:child}: parents beyond that many are not found. */
  private static final int MAX_PARENTS = 1 << 20;

  private final IndexReader runs;
  private final Silence silence;
  private final Instant now;

  RunTerms(IndexReader runs, Silence silence, Instant now) {
    this.runs = runs;
    this.silence = silence;
    this.now = now;
  }

  /** Of every field of level run or both. */
  Query field(FieldTerm term) throws IOException, BadQueryException {
    return switch (term.field()) {
      case RUN -> EventTerms.equal(OfRun.RUN, term, term.value());
      case THREAD -> EventTerms.equal(OfRun.THREAD, term, term.value());
      case TASK -> EventTerms.equal(OfRun.TASK, term, term.value());
      case PARENT -> EventTerms.equal(OfRun.PARENT, term, term.value());
      case SOURCE -> EventTerms.equal(OfRun.SOURCE, term, term.value());
      case DIALECT -> EventTerms.equal(OfRun.DIALECT, term, term.value());
      case VERDICT -> verdict(term);
      case AGENT -> EventTerms.equal(OfRun.AGENT, term, term.value());
      case TRACE -> EventTerms.equal(OfRun.TRACE, term, lower(term));
      case STATE -> state(term);
      case TITLE -> title(term);
      case STARTED -> range(OfRun.STARTED, Range.ofTime(term, now));
      case ENDED -> range(OfRun.ENDED, Range.ofTime(term, now));
      case DURATION -> range(OfRun.DURATION, Range.ofDuration(term));
      case EVENTS -> range(OfRun.EVENTS, Range.ofCount(term));
      case ERRORS -> range(OfRun.ERRORS, Range.ofCount(term));
      case TOKENS -> range(OfRun.TOKENS, Range.ofCount(term));
      case WAITS -> range(OfRun.WAITS, Range.ofCount(term));
      case COST -> cost(term);
      case HAS -> has(term);
      default -> throw new IllegalArgumentException(term.field().word() + " is no run field");
    };
  }

  private static String lower(FieldTerm term) {
    return term.value().toLowerCase(Locale.ROOT);
  }

  private static Query range(String field, Range range) {
    return range.isEmpty()
        ? new MatchNoDocsQuery("an empty range")
        : LongField.newRangeQuery(field, range.from(), range.to());
  }

  private static Query cost(FieldTerm term) throws BadQueryException {
    double value = TermValue.number(term);
    double all = Double.POSITIVE_INFINITY;
    return switch (term.comparison()) {
      case EQUAL -> DoubleField.newExactQuery(OfRun.COST, value);
      case GREATER -> DoubleField.newRangeQuery(OfRun.COST, Math.nextUp(value), all);
      case GREATER_OR_EQUAL -> DoubleField.newRangeQuery(OfRun.COST, value, all);
      case LESS -> DoubleField.newRangeQuery(OfRun.COST, -all, Math.nextDown(value));
      case LESS_OR_EQUAL -> DoubleField.newRangeQuery(OfRun.COST, -all, value);
    };
  }

  private Query title(FieldTerm term) throws IOException {
    List<String> words = Words.of(term.value());
    return words.isEmpty()
        ? new MatchNoDocsQuery("no word")
        : WordQueries.query(runs, OfRun.TITLE, words, term.prefix());
  }

  /** A run that was silent for too long is lost and no longer what it was. */
  private Query state(FieldTerm term) throws BadQueryException {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (State state : TermValue.constants(term, State.class)) {
      Query stored = new TermQuery(new Term(OfRun.STATE, state.word()));
      if (state == State.LOST) {
        any.add(stored, Occur.SHOULD);
        any.add(silent(), Occur.SHOULD);
      } else if (state.terminal()) {
        any.add(stored, Occur.SHOULD);
      } else {
        any.add(without(stored, silent()), Occur.SHOULD);
      }
    }
    return any.build();
  }

  /** Of a run that was silent for too long nobody can say that all went as it should. */
  private Query verdict(FieldTerm term) throws BadQueryException {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (Verdict.Result result : TermValue.constants(term, Verdict.Result.class)) {
      Query stored = new TermQuery(new Term(OfRun.VERDICT, result.word()));
      switch (result) {
        case VIOLATED -> any.add(stored, Occur.SHOULD);
        case OK -> any.add(without(stored, silent()), Occur.SHOULD);
        case UNKNOWN -> {
          any.add(stored, Occur.SHOULD);
          Query violated = new TermQuery(new Term(OfRun.VERDICT, Verdict.Result.VIOLATED.word()));
          any.add(without(silent(), violated), Occur.SHOULD);
        }
      }
    }
    return any.build();
  }

  private Query silent() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(silentFor(silence.lost()), Occur.FILTER);
    query.add(openWait(), Occur.MUST_NOT);
    for (State state : State.values()) {
      if (state.terminal()) {
        query.add(new TermQuery(new Term(OfRun.STATE, state.word())), Occur.MUST_NOT);
      }
    }
    return query.build();
  }

  private Query silentFor(Silence.Patience patience) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    BooleanQuery.Builder usual = new BooleanQuery.Builder();
    usual.add(observedBefore(patience.usual()), Occur.FILTER);
    patience
        .byAgent()
        .forEach(
            (agent, borne) -> {
              Query its = Groups.term(OfRun.ROOT_AGENT, agent);
              usual.add(its, Occur.MUST_NOT);
              any.add(Groups.and(its, observedBefore(borne)), Occur.SHOULD);
            });
    return any.add(usual.build(), Occur.SHOULD).build();
  }

  private Query observedBefore(Duration ago) {
    return LongField.newRangeQuery(
        OfRun.LAST_OBSERVED, Long.MIN_VALUE, Fields.time(now.minus(ago)) - 1);
  }

  /** Silent for long, and not yet for so long that they are lost. */
  private Query stalled() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(silentFor(silence.stalled()), Occur.FILTER);
    query.add(silentFor(silence.lost()), Occur.MUST_NOT);
    query.add(openWait(), Occur.MUST_NOT);
    for (State state : State.values()) {
      if (!Silence.triesToGoOn(state)) {
        query.add(new TermQuery(new Term(OfRun.STATE, state.word())), Occur.MUST_NOT);
      }
    }
    return query.build();
  }

  static Query without(Query what, Query but) {
    return new BooleanQuery.Builder().add(what, Occur.FILTER).add(but, Occur.MUST_NOT).build();
  }

  private static Query openWait() {
    return LongField.newRangeQuery(OfRun.WAITING_SINCE, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private Query has(FieldTerm term) throws IOException, BadQueryException {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (Has has : TermValue.constants(term, Has.class)) {
      Query query =
          switch (has) {
            case OPEN_WAIT -> openWait();
            case ERROR -> range(OfRun.ERRORS, new Range(1, Long.MAX_VALUE));
            case VIOLATION -> range(OfRun.VIOLATIONS, new Range(1, Long.MAX_VALUE));
            case STALL -> stalled();
            case CHILD -> new TermInSetQuery(OfRun.KEY, parents());
          };
      any.add(query, Occur.SHOULD);
    }
    return any.build();
  }

  private List<BytesRef> parents() throws IOException {
    List<BytesRef> parents = new ArrayList<>();
    for (LeafReaderContext leaf : runs.leaves()) {
      Terms terms = leaf.reader().terms(OfRun.PARENT_KEY);
      if (terms == null) {
        continue;
      }
      TermsEnum keys = terms.iterator();
      for (BytesRef key = keys.next();
          key != null && parents.size() < MAX_PARENTS;
          key = keys.next()) {
        parents.add(BytesRef.deepCopyOf(key));
      }
    }
    return parents;
  }

  /** Runs, not the other documents of the runs index. */
  static Query all() {
    return new FieldExistsQuery(OfRun.NUMBER);
  }
}
