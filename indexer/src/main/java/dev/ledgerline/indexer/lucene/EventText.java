// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event can be found by: the decoded keys and values of its record, and its names. Both the
 * index and whoever looks for an exact phrase in a record take it from here.
 */
final class EventText {
  /** The collector has enforced its limits; these only keep a broken entry from the worst. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(10_000)
                  .maxNumberLength(100_000)
                  .maxStringLength(64 << 20)
                  .maxNameLength(64 << 20)
                  .build())
          .build();

  private final List<String> texts;
  private final long length;

  private EventText(List<String> texts) {
    this.texts = texts;
    this.length = texts.stream().mapToLong(String::length).sum();
  }

  static EventText of(byte[] record) {
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(record)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME || token.isScalarValue()) {
          texts.add(parser.getText());
        }
      }
    } catch (IOException e) {
      texts.clear();
      texts.add(new String(record, StandardCharsets.UTF_8)); // a line of text, not JSON
    }
    return new EventText(texts);
  }

  /** In characters. */
  long length() {
    return length;
  }

  List<String> with(Event event) {
    List<String> all = new ArrayList<>(texts);
    all.addAll(namesOf(event));
    return all;
  }

  /** Names that context headers may have told instead of the record. */
  static List<String> namesOf(Event event) {
    List<String> names = new ArrayList<>(4);
    add(names, event.scope().agent());
    add(names, event.scope().thread());
    add(names, event.scope().task());
    add(
        names,
        switch (event.fact()) {
          case Fact.ToolCall call -> call.name();
          case Fact.ToolProgress running -> running.name();
          case Fact.ToolResult result -> result.name();
          default -> null;
        });
    return names;
  }

  private static void add(List<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }
}
