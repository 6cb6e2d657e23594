// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Event;
import dev.ledgerline.event.query.RecordText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event can be found by: the text that its record adds ({@link RecordText}) and its names.
 * Both the index and whoever looks for an exact phrase in a record take it from here.
 */
final class EventText {
  private final List<String> texts;
  private final long length;

  private EventText(List<String> texts) {
    this.texts = texts;
    this.length = texts.stream().mapToLong(String::length).sum();
  }

  static EventText of(byte[] record) {
    List<String> texts = new ArrayList<>();
    RecordText.each(record, texts::add);
    return new EventText(texts);
  }

  /** In characters. */
  long length() {
    return length;
  }

  List<String> with(Event event) {
    List<String> all = new ArrayList<>(texts);
    for (String name : namesOf(event)) {
      if (!texts.contains(name)) {
        all.add(name);
      }
    }
    return all;
  }

  /** Names that context headers or the dialect may have told instead of the record. */
  static List<String> namesOf(Event event) {
    List<String> names = new ArrayList<>(4);
    add(names, event.scope().run());
    add(names, event.scope().thread());
    add(names, event.scope().task());
    add(names, event.scope().agent());
    return names;
  }

  private static void add(List<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }
}
