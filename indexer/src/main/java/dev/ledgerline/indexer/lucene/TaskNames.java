// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.indexer.lucene.Fields.OfName;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * What people call tasks, where that is not their id: a change of state of a task that names it
 * otherwise than the scope does tells it ({@code issue_identifier} of Symphony).
 */
final class TaskNames {
  /** Sources and tasks that share one name; more are not looked at. */
  private static final int MAX_SHARED = 1_000;

  private TaskNames() {}

  /** That a task is called so in a source. */
  record Name(String source, String task, String name) {
    /** Null where the event tells no other name. */
    static @Nullable Name of(Event event) {
      String task = event.scope().task();
      boolean named =
          event.fact() instanceof StateChange change
              && change.entity() == Entity.TASK
              && change.entityId() != null
              && !change.entityId().equals(task);
      String name = named ? ((StateChange) event.fact()).entityId() : null;
      return task == null || name == null ? null : new Name(event.source(), task, name);
    }

    BytesRef id() {
      return Fields.term(source.length() + ":" + source + task.length() + ":" + task + name);
    }

    List<IndexableField> document(long ordinal) {
      return List.of(
          new StringField(OfName.ID, id(), Field.Store.NO),
          new StringField(OfName.NAME, Fields.term(name), Field.Store.NO),
          new StringField(OfName.TASK, Fields.term(task), Field.Store.NO),
          new NumericDocValuesField(OfName.ORDINAL, ordinal));
    }
  }

  /** What people call the task, by the newest word; null where its id is all. */
  static @Nullable String of(IndexReader runs, EventLog log, String task) throws IOException {
    Name newest = null;
    for (Name name : names(runs, log, OfName.TASK, task)) {
      newest = name;
    }
    return newest == null ? null : newest.name;
  }

  /** The task that was called so last, in each source by name. */
  static List<String> tasksCalled(IndexReader runs, EventLog log, String name) throws IOException {
    Map<String, String> bySource = new TreeMap<>();
    for (Name called : names(runs, log, OfName.NAME, name)) {
      bySource.put(called.source, called.task);
    }
    return List.copyOf(bySource.values());
  }

  /** Oldest first. */
  private static List<Name> names(IndexReader runs, EventLog log, String field, String value)
      throws IOException {
    List<Long> ordinals = new ArrayList<>();
    for (LeafReaderContext leaf : runs.leaves()) {
      PostingsEnum docs =
          leaf.reader().postings(new Term(field, Fields.term(value)), PostingsEnum.NONE);
      if (docs == null) {
        continue;
      }
      Bits live = leaf.reader().getLiveDocs();
      NumericDocValues values = DocValues.getNumeric(leaf.reader(), OfName.ORDINAL);
      for (int doc = docs.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS && ordinals.size() < MAX_SHARED;
          doc = docs.nextDoc()) {
        if ((live == null || live.get(doc)) && values.advanceExact(doc)) {
          ordinals.add(values.longValue());
        }
      }
    }
    ordinals.sort(Comparator.naturalOrder());
    EntryReader entries = new EntryReader(log);
    List<Name> names = new ArrayList<>();
    for (long ordinal : ordinals) {
      Event event = entries.event(ordinal);
      Name name = event == null ? null : Name.of(event);
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }
}
