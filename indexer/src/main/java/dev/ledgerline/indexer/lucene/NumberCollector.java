// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.DeadlineException;
import java.io.IOException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;

/** Collects the values of one number of all documents that match. */
final class NumberCollector extends SimpleCollector {
  private final String field;
  private final Numbers found = new Numbers();
  private SortedNumericDocValues values = DocValues.emptySortedNumeric();

  private NumberCollector(String field) {
    this.field = field;
  }

  static long[] collect(IndexSearcher searcher, Query query, String field)
      throws IOException, DeadlineException {
    NumberCollector collector = new NumberCollector(field);
    searcher.search(query, collector);
    View.inTime(searcher);
    return collector.found.toArray();
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
