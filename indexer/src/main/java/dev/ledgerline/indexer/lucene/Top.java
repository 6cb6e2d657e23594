// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.RunReader.DeadlineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.LongField;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TopFieldCollectorManager;

/** The first documents in some order, or those after the last one of a page. */
final class Top {
  private Top() {}

  /** By a number that a document may lack; those stand last. */
  static SortField by(String field, boolean descending) {
    return LongField.newSortField(
        field,
        descending,
        SortedNumericSelector.Type.MIN,
        descending ? Long.MIN_VALUE : Long.MAX_VALUE);
  }

  /**
   * Documents in that order, by the values of their sort fields.
   *
   * @param after values of the last document of the page before; empty for the first page
   */
  static List<FieldDoc> of(IndexSearcher searcher, Query query, Sort sort, int count, long... after)
      throws IOException, DeadlineException {
    FieldDoc last = null;
    if (after.length > 0) {
      Object[] values = new Object[after.length];
      for (int i = 0; i < after.length; i++) {
        values[i] = after[i];
      }
      last = new FieldDoc(Integer.MAX_VALUE, Float.NaN, values);
    }
    ScoreDoc[] found =
        searcher.search(query, new TopFieldCollectorManager(sort, count, last, 1)).scoreDocs;
    View.inTime(searcher);
    List<FieldDoc> docs = new ArrayList<>(found.length);
    for (ScoreDoc doc : found) {
      docs.add((FieldDoc) doc);
    }
    return docs;
  }

  static long value(FieldDoc doc, int n) {
    return (Long) doc.fields[n];
  }
}
