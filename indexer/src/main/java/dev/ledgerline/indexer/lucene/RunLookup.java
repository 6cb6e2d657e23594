// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.WaitingRun;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Reads run documents by a term or by their place in a reader. */
final class RunLookup {
  /** A run document. */
  record Found(long number, WaitingRun summary) {}

  private RunLookup() {}

  /** The run with that term, null where there is none. */
  static @Nullable Found find(IndexReader runs, String field, BytesRef term) throws IOException {
    List<Found> found = all(runs, field, term, 1);
    return found.isEmpty() ? null : found.getFirst();
  }

  static List<Found> all(IndexReader runs, String field, BytesRef term, int atMost)
      throws IOException {
    List<Found> found = new ArrayList<>();
    for (LeafReaderContext leaf : runs.leaves()) {
      PostingsEnum docs = leaf.reader().postings(new Term(field, term), PostingsEnum.NONE);
      if (docs == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (live == null || live.get(doc)) {
          found.add(read(leaf, doc));
          if (found.size() == atMost) {
            return found;
          }
        }
      }
    }
    return found;
  }

  /** The run document with that place in the reader. */
  static Found at(IndexReader runs, int doc) throws IOException {
    LeafReaderContext leaf = runs.leaves().get(ReaderUtil.subIndex(doc, runs.leaves()));
    return read(leaf, doc - leaf.docBase);
  }

  private static Found read(LeafReaderContext leaf, int doc) throws IOException {
    BinaryDocValues summaries = DocValues.getBinary(leaf.reader(), OfRun.SUMMARY);
    SortedNumericDocValues numbers = DocValues.getSortedNumeric(leaf.reader(), OfRun.NUMBER);
    if (!numbers.advanceExact(doc)) {
      numbers = DocValues.getSortedNumeric(leaf.reader(), OfRun.UNSEEN_NUMBER);
    }
    if (!summaries.advanceExact(doc) || !numbers.advanceExact(doc)) {
      throw new IOException("a run document lacks its summary");
    }
    return new Found(numbers.nextValue(), SummaryCodec.decode(summaries.binaryValue()));
  }
}
