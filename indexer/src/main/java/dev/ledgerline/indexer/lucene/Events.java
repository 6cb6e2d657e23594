// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
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
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedNumericDocValues;
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
}
