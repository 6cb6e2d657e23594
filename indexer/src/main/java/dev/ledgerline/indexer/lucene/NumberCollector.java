// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.DeadlineException;
import java.io.IOException;
import java.util.Collection;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;

/** Collects the values of one number of all documents that match. */
final class NumberCollector extends SimpleCollector {
  private final String field;
  private final Numbers found;
  private SortedNumericDocValues values = DocValues.emptySortedNumeric();

  private NumberCollector(String field, Numbers found) {
    this.field = field;
    this.found = found;
  }

  static long[] collect(IndexSearcher searcher, Query query, String field)
      throws IOException, DeadlineException {
    Numbers found = new Numbers();
    searcher.search(query, new Manager(field, found));
    View.inTime(searcher);
    return found.toArray();
  }

  /** Our searchers use the asking thread only, so all its collectors can fill one set. */
  private record Manager(String field, Numbers found)
      implements CollectorManager<NumberCollector, Numbers> {
    @Override
    public NumberCollector newCollector() {
      return new NumberCollector(field, found);
    }

    @Override
    public Numbers reduce(Collection<NumberCollector> collectors) {
      return found;
    }
  }

  @Override
  protected void doSetNextReader(LeafReaderContext leaf) throws IOException {
    values = DocValues.getSortedNumeric(leaf.reader(), field);
  }

  @Override
  public void collect(int doc) throws IOException {
    if (values.advanceExact(doc)) {
      found.add(values.nextValue());
    }
  }

  @Override
  public ScoreMode scoreMode() {
    return ScoreMode.COMPLETE_NO_SCORES;
  }
}
