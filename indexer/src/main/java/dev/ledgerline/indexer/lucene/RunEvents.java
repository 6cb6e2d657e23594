// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.run.RunFold;
import dev.ledgerline.run.RunFold.Placed;
import dev.ledgerline.run.RunKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the events of one run stand in the log, as the index knows them, and folds made of them.
 * Holds some 150 bytes for each event, never the events themselves.
 */
final class RunEvents {
  /**
   * Where an event stands: in the log, by arrival, and in the order of the source.
   *
   * @param placed the {@link Placement} that its document has
   */
  record Pointer(long ordinal, long seq, long order, BytesRef placed) {}

  /** Sees each event as it is folded. */
  interface Witness {
    void folded(Event event, Pointer pointer, Placed placed) throws IOException;

    Witness NONE = (event, pointer, placed) -> {};
  }

  static final Comparator<Pointer> BY_ARRIVAL = Comparator.comparingLong(Pointer::seq);
  static final Comparator<Pointer> BY_SOURCE =
      Comparator.comparingLong(Pointer::order).thenComparing(BY_ARRIVAL);

  private static final Logger LOG = LoggerFactory.getLogger(RunEvents.class);

  private RunEvents() {}

  /** All events of the run whose seq is above {@code afterSeq}, by arrival. */
  static List<Pointer> pointers(IndexReader events, long run, long afterSeq) throws IOException {
    List<Pointer> pointers = new ArrayList<>();
    BytesRef term = Fields.number(run);
    for (LeafReaderContext leaf : events.leaves()) {
      PostingsEnum docs = leaf.reader().postings(new Term(OfEvent.RUN, term), PostingsEnum.NONE);
      if (docs == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      NumericDocValues ordinals = DocValues.getNumeric(leaf.reader(), OfEvent.ORDINAL);
      SortedNumericDocValues seqs = DocValues.getSortedNumeric(leaf.reader(), OfEvent.SEQ);
      BinaryDocValues placed = DocValues.getBinary(leaf.reader(), OfEvent.PLACED);
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if ((live != null && !live.get(doc)) || !seqs.advanceExact(doc)) {
          continue;
        }
        long seq = seqs.nextValue();
        if (seq > afterSeq && ordinals.advanceExact(doc) && placed.advanceExact(doc)) {
          BytesRef place = BytesRef.deepCopyOf(placed.binaryValue());
          long order = Placement.order(place);
          pointers.add(new Pointer(ordinals.longValue(), seq, order, place));
        }
      }
    }
    pointers.sort(BY_ARRIVAL);
    return pointers;
  }

  /**
   * Adds the events to a fold of the run. Where that shows that they did not arrive in the order of
   * the source, a new fold of all of them in that order is made.
   *
   * @param fold holds the events before the first of {@code pointers}
   * @param all the pointers of all events of the run by arrival, asked for only if they are needed
   */
  static RunFold extend(
      RunFold fold, RunKey key, List<Pointer> pointers, AllPointers all, EventLog log, Witness seen)
      throws IOException {
    add(fold, pointers, log, seen);
    return fold.outOfOrder() ? inSourceOrder(key, all.get(), log, seen) : fold;
  }

  /** Asked for only where a fold has to start over. */
  interface AllPointers {
    List<Pointer> get() throws IOException;
  }

  static RunFold inSourceOrder(RunKey key, List<Pointer> all, EventLog log, Witness seen)
      throws IOException {
    List<Pointer> sorted = new ArrayList<>(all);
    sorted.sort(BY_SOURCE);
    RunFold fold = new RunFold(key);
    add(fold, sorted, log, seen);
    return fold;
  }

  private static void add(RunFold fold, List<Pointer> pointers, EventLog log, Witness seen)
      throws IOException {
    try (ForwardEntries forward = new ForwardEntries(log)) {
      EntryReader entries = new EntryReader(forward::get);
      for (Pointer pointer : pointers) {
        Event event = entries.event(pointer.ordinal());
        if (event != null) {
          seen.folded(event, pointer, add(fold, event, pointer.seq()));
        }
      }
    }
  }

  /**
   * Adds an event. A fold that cannot take one must not keep the indexer from all that follow: the
   * event is visible as it came, and the fault is in our log.
   */
  static Placed add(RunFold fold, Event event, long seq) {
    try {
      return fold.add(event, seq);
    } catch (RuntimeException e) {
      LOG.error("Event {} could not be folded into its run", event.id(), e);
      return new Placed(event.flags(), null, null, seq);
    }
  }
}
