// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.indexer.lucene.Fields.OfQuarantine;
import dev.ledgerline.log.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** Writes the documents of quarantined records. Owned by the indexer's thread. */
final class Quarantine {
  static final String OPEN = "open";
  static final String REPLAYED = "replayed";

  private final IndexWriter runs;
  private final Ledger ledger;
  private final Map<String, Item> since = new HashMap<>();
  private @Nullable IndexReader known;

  /** Where a quarantined record stands, and whether it is still there. */
  record Item(long ordinal, String state) {}

  Quarantine(IndexWriter runs, Ledger ledger) {
    this.runs = runs;
    this.ledger = ledger;
  }

  /** From now on that reader knows everything that was written. */
  void refreshed(IndexReader runs) {
    since.clear();
    known = runs;
  }

  void refused(Entry.Refused entry, long ordinal) throws IOException {
    ledger.rejected(entry.source());
    Item before = find(entry.id());
    if (before == null || !before.state.equals(OPEN)) {
      ledger.quarantined(entry.source(), 1);
    }
    write(entry.id(), new Item(ordinal, OPEN));
  }

  void replayed(Entry.Replayed entry) throws IOException {
    Item item = find(entry.quarantineId());
    if (item != null && item.state.equals(OPEN)) {
      ledger.quarantined(entry.source(), -1);
      write(entry.quarantineId(), new Item(item.ordinal, REPLAYED));
    }
  }

  private void write(String id, Item item) throws IOException {
    since.put(id, item);
    runs.updateDocument(
        new Term(OfQuarantine.ID, Fields.term(id)),
        List.of(
            new StringField(OfQuarantine.ID, Fields.term(id), Field.Store.NO),
            new StringField(OfQuarantine.STATE, item.state, Field.Store.NO),
            new LongField(OfQuarantine.ORDINAL, item.ordinal, Field.Store.NO)));
  }

  private @Nullable Item find(String id) throws IOException {
    Item item = since.get(id);
    return item != null || known == null ? item : find(known, id);
  }

  private static @Nullable Item find(IndexReader reader, String id) throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      PostingsEnum docs =
          leaf.reader().postings(new Term(OfQuarantine.ID, Fields.term(id)), PostingsEnum.NONE);
      if (docs == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        SortedNumericDocValues ordinals =
            DocValues.getSortedNumeric(leaf.reader(), OfQuarantine.ORDINAL);
        if ((live == null || live.get(doc)) && ordinals.advanceExact(doc)) {
          return new Item(ordinals.nextValue(), state(leaf, doc));
        }
      }
    }
    return null;
  }

  /** The item of that document. */
  static Item at(IndexReader reader, int doc) throws IOException {
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    SortedNumericDocValues ordinals =
        DocValues.getSortedNumeric(leaf.reader(), OfQuarantine.ORDINAL);
    if (!ordinals.advanceExact(doc - leaf.docBase)) {
      throw new IOException("a quarantine document lacks its place in the log");
    }
    return new Item(ordinals.nextValue(), state(leaf, doc - leaf.docBase));
  }

  private static String state(LeafReaderContext leaf, int doc) throws IOException {
    PostingsEnum open =
        leaf.reader().postings(new Term(OfQuarantine.STATE, OPEN), PostingsEnum.NONE);
    return open != null && open.advance(doc) == doc ? OPEN : REPLAYED;
  }
}
