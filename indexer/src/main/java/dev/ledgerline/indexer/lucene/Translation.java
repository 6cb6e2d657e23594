// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.Field;
import dev.ledgerline.event.query.Field.Level;
import dev.ledgerline.event.query.Query.All;
import dev.ledgerline.event.query.Query.And;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.event.query.Query.Not;
import dev.ledgerline.event.query.Query.Or;
import dev.ledgerline.event.query.Query.PhraseTerm;
import dev.ledgerline.event.query.Query.WordTerm;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.Silence;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.BytesRef;

/**
 * One question's query in terms of Lucene, at either of two levels.
 *
 * <p><b>Runs.</b> Fields of runs (and of both) compare the run. What is left of an AND speaks of
 * events and holds where one event of the run has it all: {@code tool:grep kind:error} is one
 * event, not two. A negated event term belongs to that event too, if the AND also has one that is
 * not negated: {@code kind:error -tool:grep} finds runs with an error that is not grep's. Standing
 * alone it means that the run has no such event: {@code state:failed -tool:grep} finds failed runs
 * that never called grep.
 *
 * <p><b>Events.</b> Fields of events (and of both) compare the event; fields of runs select events
 * of the runs that have them.
 *
 * <p>What one index finds is handed to the other as a bounded set of run numbers.
 */
final class Translation {
  /** A set of runs up to this size is looked up by terms, a larger one by scanning a column. */
  private static final int FEW_RUNS = 1_024;

  private final IndexSearcher events;
  private final IndexSearcher runs;
  private final EventTerms ofEvents;
  private final RunTerms ofRuns;

  Translation(View view, EventLog log, Silence silence, Instant now, Instant deadline) {
    this.events = view.events(deadline);
    this.runs = view.runs(deadline);
    this.ofEvents = new EventTerms(view.eventsReader(), log, now, deadline);
    this.ofRuns = new RunTerms(view.runsReader(), silence, now);
  }

  /** Matches run documents. */
  Query runs(dev.ledgerline.event.query.Query query) throws IOException, DeadlineException {
    try {
      return new BooleanQuery.Builder()
          .add(RunTerms.all(), Occur.FILTER)
          .add(runsThat(query), Occur.FILTER)
          .build();
    } catch (BadQueryException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Query runsThat(dev.ledgerline.event.query.Query query)
      throws IOException, DeadlineException, BadQueryException {
    return switch (query) {
      case All all -> MatchAllDocsQuery.INSTANCE;
      case FieldTerm term when term.field().level() != Level.EVENT -> ofRuns.field(term);
      case FieldTerm term -> runsWith(ofEvents.field(term));
      case WordTerm word -> runsWith(ofEvents.word(word.word(), word.prefix()));
      case PhraseTerm phrase -> runsWith(ofEvents.phrase(phrase.phrase()));
      case Not not -> not(runsThat(not.part()));
      case Or or when speaksOfEvents(or) -> runsWith(eventsThat(or));
      case Or or -> {
        List<Query> parts = new ArrayList<>();
        for (var part : or.parts()) {
          parts.add(runsThat(part));
        }
        yield any(parts);
      }
      case And and -> runsThatAll(and.parts());
    };
  }

  private Query runsThatAll(List<dev.ledgerline.event.query.Query> parts)
      throws IOException, DeadlineException, BadQueryException {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    List<dev.ledgerline.event.query.Query> ofOneEvent = new ArrayList<>();
    for (var part : flat(parts)) {
      if (speaksOfEvents(part)) {
        ofOneEvent.add(part);
      } else {
        all.add(runsThat(part), Occur.FILTER);
      }
    }
    if (ofOneEvent.stream().anyMatch(part -> !(part instanceof Not))) {
      all.add(runsWith(eventsThat(new And(ofOneEvent))), Occur.FILTER);
    } else {
      for (var part : ofOneEvent) {
        all.add(runsThat(part), Occur.FILTER);
      }
    }
    return all.build();
  }

  private static List<dev.ledgerline.event.query.Query> flat(
      List<dev.ledgerline.event.query.Query> parts) {
    return parts.stream()
        .flatMap(
            part -> part instanceof And and ? flat(and.parts()).stream() : List.of(part).stream())
        .toList();
  }

  /** Whether all of it is about events when one asks for runs. */
  private static boolean speaksOfEvents(dev.ledgerline.event.query.Query query) {
    return switch (query) {
      case All all -> false;
      case FieldTerm term -> term.field().level() == Level.EVENT;
      case WordTerm w -> true;
      case PhraseTerm p -> true;
      case Not not -> speaksOfEvents(not.part());
      case Or or -> or.parts().stream().allMatch(Translation::speaksOfEvents);
      case And and -> and.parts().stream().allMatch(Translation::speaksOfEvents);
    };
  }

  /** Matches event documents. */
  Query events(dev.ledgerline.event.query.Query query) throws IOException, DeadlineException {
    try {
      return eventsThat(query);
    } catch (BadQueryException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Query eventsThat(dev.ledgerline.event.query.Query query)
      throws IOException, DeadlineException, BadQueryException {
    return switch (query) {
      case All all -> MatchAllDocsQuery.INSTANCE;
      case FieldTerm term when term.field().level() == Level.RUN || term.field() == Field.RUN ->
          eventsOf(ofRuns.field(term));
      case FieldTerm term when term.field() == Field.THREAD || term.field() == Field.TASK ->
          // of the run, whose events need not all say so, or of an event without a run
          any(List.of(ofEvents.field(term), eventsOf(ofRuns.field(term))));
      case FieldTerm term -> ofEvents.field(term);
      case WordTerm word -> ofEvents.word(word.word(), word.prefix());
      case PhraseTerm phrase -> ofEvents.phrase(phrase.phrase());
      case Not not -> not(eventsThat(not.part()));
      case Or or -> {
        List<Query> parts = new ArrayList<>();
        for (var part : or.parts()) {
          parts.add(eventsThat(part));
        }
        yield any(parts);
      }
      case And and -> {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        BooleanQuery.Builder ofRun = new BooleanQuery.Builder();
        boolean asksForRun = false;
        for (var part : flat(and.parts())) {
          if (part instanceof FieldTerm term && term.field().level() == Level.RUN) {
            ofRun.add(ofRuns.field(term), Occur.FILTER);
            asksForRun = true;
          } else if (part instanceof Not not) {
            all.add(eventsThat(not.part()), Occur.MUST_NOT);
          } else {
            all.add(eventsThat(part), Occur.FILTER);
          }
        }
        if (asksForRun) {
          all.add(eventsOf(ofRun.build()), Occur.FILTER);
        }
        BooleanQuery built = all.build();
        boolean onlyNegated =
            built.clauses().stream().allMatch(clause -> clause.occur() == Occur.MUST_NOT);
        yield onlyNegated ? all.add(MatchAllDocsQuery.INSTANCE, Occur.FILTER).build() : built;
      }
    };
  }

  private static Query any(List<Query> parts) {
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    parts.forEach(part -> any.add(part, Occur.SHOULD));
    return any.build();
  }

  private static Query not(Query query) {
    return RunTerms.without(MatchAllDocsQuery.INSTANCE, query);
  }

  /** The runs that have such an event. */
  private Query runsWith(Query event) throws IOException, DeadlineException {
    long[] numbers = NumberCollector.collect(events, event, OfEvent.RUN_NUMBER);
    return LongField.newSetQuery(OfRun.NUMBER, numbers);
  }

  /** The events of such runs. */
  private Query eventsOf(Query run) throws IOException, DeadlineException {
    long[] numbers = NumberCollector.collect(runs, run, OfRun.NUMBER);
    if (numbers.length > FEW_RUNS) {
      return NumericDocValuesField.newSlowSetQuery(OfEvent.RUN_NUMBER, numbers);
    }
    List<BytesRef> terms = Arrays.stream(numbers).mapToObj(Fields::number).toList();
    return new TermInSetQuery(OfEvent.RUN, terms);
  }
}
