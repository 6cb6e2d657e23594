// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Flag;
import dev.ledgerline.event.query.BadQueryException;
import dev.ledgerline.event.query.Query.Comparison;
import dev.ledgerline.event.query.Query.FieldTerm;
import dev.ledgerline.event.query.TermValue;
import dev.ledgerline.event.query.Words;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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
  Query field(FieldTerm term) throws IOException, BadQueryException {
    return switch (term.field()) {
      case THREAD -> equal(OfEvent.THREAD, term, term.value());
      case TASK -> equal(OfEvent.TASK, term, term.value());
      case AGENT -> equal(OfEvent.AGENT, term, term.value());
      case SOURCE -> equal(OfEvent.SOURCE, term, term.value());
      case DIALECT -> equal(OfEvent.DIALECT, term, term.value());
      case KIND -> equal(OfEvent.KIND, term, term.value());
      case TOOL -> equal(OfEvent.TOOL, term, term.value());
      case CALL -> equal(OfEvent.CALL, term, term.value());
      case TYPE -> equal(OfEvent.TYPE, term, term.value());
      case OCCURRED -> time(OfEvent.OCCURRED, term);
      case OBSERVED -> time(OfEvent.OBSERVED, term);
      case FLAG -> flag(term);
      case TEXT -> word(term.value(), term.prefix());
      case ERROR -> error(term);
      default -> throw new IllegalArgumentException(term.field().word() + " is no event field");
    };
  }

  Query word(String word, boolean prefix) throws IOException {
    List<String> words = Words.of(word);
    return words.isEmpty() ? phrase(word) : WordQueries.query(events, OfEvent.TEXT, words, prefix);
  }

  /**
   * A phrase is found where it begins at the beginning of a word; it may end in the middle of one.
   */
  Query phrase(String phrase) throws IOException {
    String folded = Words.folded(phrase);
    List<String> words = Words.of(phrase);
    if (words.isEmpty()) {
      return verified(MatchAllDocsQuery.INSTANCE, folded);
    }
    boolean endsInWord = Character.isLetterOrDigit(folded.codePointBefore(folded.length()));
    Query candidates = WordQueries.query(events, OfEvent.TEXT, words, endsInWord);
    boolean oneWord = words.size() == 1 && words.getFirst().equals(folded);
    return oneWord ? candidates : verified(candidates, folded);
  }

  private Query verified(Query candidates, String folded) {
    return new VerifiedQuery(candidates, folded, log, deadline);
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

  private Query time(String field, FieldTerm term) throws BadQueryException {
    Range range = Range.ofTime(term, now);
    return range.isEmpty()
        ? new MatchNoDocsQuery("an empty range")
        : NumericDocValuesField.newSlowRangeQuery(field, range.from(), range.to());
  }

  private static Query flag(FieldTerm term) throws BadQueryException {
    long[] bits =
        TermValue.constants(term, Flag.class).stream()
            .flatMapToLong(flag -> Arrays.stream(Placement.withFlag(flag)))
            .distinct()
            .toArray();
    return NumericDocValuesField.newSlowSetQuery(OfEvent.FLAGS, bits);
  }

  private Query error(FieldTerm term) throws IOException {
    List<String> words = Words.of(term.value());
    if (!words.isEmpty()) {
      return WordQueries.query(events, OfEvent.ERROR, words, term.prefix());
    }
    return term.prefix()
        ? new PrefixQuery(new Term(OfEvent.ERROR, ""))
        : new MatchNoDocsQuery("no word");
  }
}
