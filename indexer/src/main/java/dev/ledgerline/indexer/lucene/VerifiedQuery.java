// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Events in whose text a phrase stands exactly. The index knows words and their order; what stands
 * between them only the record knows, so each candidate is read from the log.
 */
final class VerifiedQuery extends Query {
  private final Query candidates;
  private final String phrase;
  private final EventLog log;
  private final Instant deadline;

  /**
   * @param phrase {@linkplain Folded folded}
   */
  VerifiedQuery(Query candidates, String phrase, EventLog log, Instant deadline) {
    this.candidates = candidates;
    this.phrase = phrase;
    this.log = log;
    this.deadline = deadline;
  }

  /** Reading the log takes time that the searcher does not watch. */
  static final class TimeUpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimeUpException() {
      super("the deadline has passed", null, false, false);
    }
  }

  @Override
  public Query rewrite(IndexSearcher searcher) throws IOException {
    Query rewritten = candidates.rewrite(searcher);
    return rewritten.equals(candidates)
        ? this
        : new VerifiedQuery(rewritten, phrase, log, deadline);
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost)
      throws IOException {
    Weight inner = candidates.createWeight(searcher, ScoreMode.COMPLETE_NO_SCORES, 1);
    EntryReader entries = new EntryReader(log);
    return new ConstantScoreWeight(this, boost) {
      @Override
      public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext leaf) throws IOException {
        ScorerSupplier supplier = inner.scorerSupplier(leaf);
        if (supplier == null) {
          return null;
        }
        NumericDocValues ordinals = DocValues.getNumeric(leaf.reader(), OfEvent.ORDINAL);
        return new ScorerSupplier() {
          @Override
          public Scorer get(long leadCost) throws IOException {
            Verifier verifier = new Verifier(supplier.get(leadCost), ordinals, entries);
            return new ConstantScoreScorer(score(), mode, verifier);
          }

          @Override
          public long cost() {
            return supplier.cost();
          }
        };
      }

      @Override
      public boolean isCacheable(LeafReaderContext leaf) {
        return false;
      }
    };
  }

  private final class Verifier extends TwoPhaseIterator {
    /** Far above what any other part of a query costs. */
    private static final float COST = 100_000;

    private final NumericDocValues ordinals;
    private final EntryReader entries;

    Verifier(Scorer candidates, NumericDocValues ordinals, EntryReader entries) {
      super(candidates.iterator());
      this.ordinals = ordinals;
      this.entries = entries;
    }

    @Override
    public boolean matches() throws IOException {
      if (Instant.now().isAfter(deadline)) {
        throw new TimeUpException();
      }
      return ordinals.advanceExact(approximation.docID()) && stands(ordinals.longValue());
    }

    private boolean stands(long ordinal) throws IOException {
      Event event = entries.event(ordinal);
      Entry entry = entries.entry(Ordinal.position(ordinal));
      if (event == null || entry == null) {
        return false;
      }
      List<String> texts = EventText.of(EntryReader.original(entry)).with(event);
      return texts.stream().anyMatch(text -> Folded.of(text).find(phrase, 0, false) >= 0);
    }

    @Override
    public float matchCost() {
      return COST;
    }
  }

  @Override
  public String toString(String field) {
    return "exactly \"" + phrase + "\" among " + candidates.toString(field);
  }

  @Override
  public void visit(QueryVisitor visitor) {
    candidates.visit(visitor);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifiedQuery query
        && query.phrase.equals(phrase)
        && query.candidates.equals(candidates);
  }

  @Override
  public int hashCode() {
    return 31 * phrase.hashCode() + candidates.hashCode();
  }
}
