// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.indexer.RunReader.Standing;
import dev.ledgerline.indexer.StoredEvent;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunFold.Placed;
import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** Reads events back: what the index knows of them, and the rest from the log. */
final class Events {
  private final IndexReader reader;
  private final EntryReader entries;

  Events(View view, EventLog log) {
    this.reader = view.eventsReader();
    this.entries = new EntryReader(log);
  }

  /** The event of that document, null where the log does not keep it any more. */
  @Nullable StoredEvent at(int doc) throws IOException {
    LeafReaderContext context = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    LeafReader leaf = context.reader();
    int at = doc - context.docBase;
    NumericDocValues ordinals = DocValues.getNumeric(leaf, OfEvent.ORDINAL);
    BinaryDocValues placements = DocValues.getBinary(leaf, OfEvent.PLACED);
    SortedNumericDocValues seqs = DocValues.getSortedNumeric(leaf, OfEvent.SEQ);
    if (!ordinals.advanceExact(at) || !placements.advanceExact(at)) {
      throw new IOException("an event document lacks its place in the log");
    }
    long ordinal = ordinals.longValue();
    Event event = entries.event(ordinal);
    Entry entry = entries.entry(Ordinal.position(ordinal));
    if (event == null || entry == null) {
      return null;
    }
    Placed placed = Placement.decode(placements.binaryValue());
    return new StoredEvent(
        event,
        seqs.advanceExact(at) ? seqs.nextValue() : 0,
        placed.order(),
        Ordinal.position(ordinal),
        placed.flags(),
        placed.stepId(),
        placed.parentSeq(),
        EntryReader.original(entry));
  }

  /** Where the event with that id stands, null where it is not here or in no run. */
  @Nullable Standing standing(EventId id) throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      PostingsEnum docs =
          leaf.reader().postings(new Term(OfEvent.ID, Fields.id(id)), PostingsEnum.NONE);
      if (docs == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (live == null || live.get(doc)) {
          return standing(leaf.reader(), doc);
        }
      }
    }
    return null;
  }

  private static @Nullable Standing standing(LeafReader leaf, int doc) throws IOException {
    SortedNumericDocValues seqs = DocValues.getSortedNumeric(leaf, OfEvent.SEQ);
    BinaryDocValues placements = DocValues.getBinary(leaf, OfEvent.PLACED);
    return seqs.advanceExact(doc) && placements.advanceExact(doc)
        ? new Standing(seqs.nextValue(), Placement.decode(placements.binaryValue()))
        : null;
  }
}
