// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.lucene.Fields.OfTask;
import java.io.IOException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedNumericDocValues;

/** Where the last word of a source about a task stands. */
final class TaskDocuments {
  private TaskDocuments() {}

  /** What a task document points to; -1 for the document of a run. */
  static long ordinal(IndexReader runs, int doc) throws IOException {
    LeafReaderContext leaf = runs.leaves().get(ReaderUtil.subIndex(doc, runs.leaves()));
    boolean ofRun =
        DocValues.getBinary(leaf.reader(), Fields.OfRun.SUMMARY).advanceExact(doc - leaf.docBase);
    return ofRun ? -1 : order(leaf, doc - leaf.docBase);
  }

  private static long order(LeafReaderContext leaf, int doc) throws IOException {
    SortedNumericDocValues orders = DocValues.getSortedNumeric(leaf.reader(), OfTask.ORDER);
    if (!orders.advanceExact(doc)) {
      throw new IOException("a task document lacks its place");
    }
    return orders.nextValue();
  }
}
