// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Flag;
import dev.ledgerline.event.Word;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** What single terms of the query language mean in the events index. */
final class EventTerms {
  private final IndexReader events;
  private final EventLog log;
  private final Instant now;
  private final Instant deadline;

  EventTerms(IndexReader events, EventLog log, Instant now, Instant deadline) {
    this.events = events;
    this.log = log;
    this.now = now;
    this.deadline = deadline;
  }

  /** Of every field of level event, and of level both but the run. */
  Query field(FieldTerm term) throws IOException {
    return switch (term.field()) {
      case THREAD -> equal(OfEvent.THREAD, term, term.value());
      case TASK -> equal(OfEvent.TASK, term, term.value());
      case AGENT -> equal(OfEvent.AGENT, term, term.value());
      case SOURCE -> equal(OfEvent.SOURCE, term, term.value());
      case DIALECT -> equal(OfEvent.DIALECT, term, term.value());
      case KIND -> equal(OfEvent.KIND, term, term.value().toLowerCase(Locale.ROOT));
      case TOOL -> equal(OfEvent.TOOL, term, term.value());
      case CALL -> equal(OfEvent.CALL, term, term.value());
      case TYPE -> equal(OfEvent.TYPE, term, term.value());
      case OCCURRED -> time(OfEvent.OCCURRED, term);
      case OBSERVED -> time(OfEvent.OBSERVED, term);
      case FLAG -> flag(term);
      case TEXT -> term.prefix() ? word(term.value(), true) : phrase(term.value());
      case ERROR -> error(term);
      default -> throw new IllegalArgumentException(term.field().word() + " is no event field");
    };
  }

  Query word(String word, boolean prefix) throws IOException {
    List<String> words = WordScanner.words(word);
    return words.isEmpty() ? phrase(word) : Words.query(events, OfEvent.TEXT, words, prefix);
  }

  Query phrase(String phrase) throws IOException {
    String folded = Folded.of(phrase).folded();
    List<String> words = WordScanner.words(phrase);
    Query candidates =
        words.isEmpty() ? new MatchAllDocsQuery() : Words.query(events, OfEvent.TEXT, words, false);
    boolean oneWord = words.size() == 1 && words.getFirst().equals(folded);
    return oneWord ? candidates : new VerifiedQuery(candidates, folded, log, deadline);
  }

  static Query equal(String field, FieldTerm term, String value) {
    if (term.comparison() != Comparison.EQUAL) {
      throw new IllegalArgumentException(
          "%s has no order; write %s:%s"
              .formatted(term.field().word(), term.field().word(), term.value()));
    }
    Term lucene = new Term(field, Fields.term(value));
    return term.prefix() ? new PrefixQuery(lucene) : new TermQuery(lucene);
  }

  private Query time(String field, FieldTerm term) {
    Range range = Range.ofTime(term, now);
    return range.isEmpty()
        ? new MatchNoDocsQuery("an empty range")
        : NumericDocValuesField.newSlowRangeQuery(field, range.from(), range.to());
  }

  private static Query flag(FieldTerm term) {
    String value = term.value().toLowerCase(Locale.ROOT);
    long[] bits =
        Arrays.stream(Flag.values())
            .filter(flag -> term.prefix() ? flag.word().startsWith(value) : is(flag, value))
            .flatMapToLong(flag -> Arrays.stream(Placement.withFlag(flag)))
            .distinct()
            .toArray();
    return bits.length == 0
        ? new MatchNoDocsQuery("no such flag")
        : NumericDocValuesField.newSlowSetQuery(OfEvent.FLAGS, bits);
  }

  private static boolean is(Word word, String value) {
    return word.word().equals(value);
  }

  private Query error(FieldTerm term) throws IOException {
    List<String> words = WordScanner.words(term.value());
    if (!words.isEmpty()) {
      return Words.query(events, OfEvent.ERROR, words, term.prefix());
    }
    return term.prefix()
        ? new PrefixQuery(new Term(OfEvent.ERROR, ""))
        : new MatchNoDocsQuery("no word");
  }
}
