// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.indexer.RunReader.DeadlineException;
import dev.ledgerline.indexer.lucene.Fields.OfEvent;
import dev.ledgerline.log.EventLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.jspecify.annotations.Nullable;

/** What sources said of tasks themselves, with a run or without. */
final class TaskWords {
  private static final Sort NEWEST_FIRST =
      new Sort(new SortField(OfEvent.ORDINAL, SortField.Type.LONG, true));

  /** Of these the newest word is chosen: those that arrived last, those that happened last. */
  private static final int CANDIDATES = 4;

  private final View view;
  private final EntryReader entries;
  private final Instant deadline;

  TaskWords(View view, EventLog log, Instant deadline) {
    this.view = view;
    this.entries = new EntryReader(log);
    this.deadline = deadline;
  }

  /** The newest so many, as they arrived. */
  List<Event> of(String task, int atMost) throws IOException, DeadlineException {
    List<Event> words = new ArrayList<>();
    IndexSearcher events = view.events(deadline);
    for (FieldDoc doc : Top.of(events, about(task), NEWEST_FIRST, atMost)) {
      Event event = entries.event((Long) doc.fields[0]);
      if (event != null) {
        words.add(event);
      }
    }
    return words.reversed();
  }

  Tasks.@Nullable LastWord newest(String task) throws IOException, DeadlineException {
    IndexSearcher events = view.events(deadline);
    TreeSet<Long> ordinals = new TreeSet<>();
    for (FieldDoc doc : Top.of(events, about(task), NEWEST_FIRST, CANDIDATES)) {
      ordinals.add((Long) doc.fields[0]);
    }
    Sort latestFirst =
        new Sort(
            Top.by(OfEvent.OCCURRED, true),
            new SortField(OfEvent.ORDINAL, SortField.Type.LONG, true));
    for (FieldDoc doc : Top.of(events, about(task), latestFirst, CANDIDATES)) {
      ordinals.add((Long) doc.fields[1]);
    }
    List<Tasks.LastWord> words = new ArrayList<>();
    for (long ordinal : ordinals) {
      Event event = entries.event(ordinal);
      if (event != null) {
        words.add(new Tasks.LastWord(event, ordinal));
      }
    }
    return Newest.of(words, word -> word.event().at(), Tasks.LastWord::ordinal);
  }

  private static Query about(String task) {
    return Groups.and(
        Groups.term(OfEvent.TASK, task), Groups.term(OfEvent.MARK, OfEvent.ABOUT_TASK));
  }
}
