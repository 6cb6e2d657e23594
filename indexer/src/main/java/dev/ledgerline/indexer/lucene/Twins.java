// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.EventId;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/** Knows which events are indexed already: those that a reader sees, and those added since. */
final class Twins {
  private final Set<EventId> since = new HashSet<>();
  private final List<TermsEnum> known = new ArrayList<>();

  /** From now on that reader knows everything that was added. */
  void refreshed(IndexReader events) throws IOException {
    since.clear();
    known.clear();
    for (LeafReaderContext leaf : events.leaves()) {
      Terms terms = leaf.reader().terms(OfEvent.ID);
      if (terms != null) {
        known.add(terms.iterator());
      }
    }
  }

  void added(EventId id) {
    since.add(id);
  }

  boolean has(EventId id) throws IOException {
    if (since.contains(id)) {
      return true;
    }
    BytesRef term = Fields.id(id);
    for (TermsEnum terms : known) {
      if (terms.seekExact(term)) {
        return true;
      }
    }
    return false;
  }
}
