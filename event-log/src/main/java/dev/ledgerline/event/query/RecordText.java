// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * The text that a record adds: what can be found by words and phrases, decided here for the index
 * and for the live tail. These are its keys and values, decoded, each by itself so that no phrase
 * goes over the edge of a value; {@code null} is no text. A record that is not JSON is one text.
 *
 * <p>A string that is JSON itself (arguments of a tool call often are) is a text, and where it has
 * escapes its keys and values are too: in {@code {"q":"a\\nb"}} the word {@code b} can be found.
 */
public final class RecordText {
  private static final JsonFactory JSON = new JsonFactory();

  /** JSON in JSON in JSON; nobody writes more of it by hand or on purpose. */
  private static final int MAX_DEPTH = 3;

  private RecordText() {}

  /**
   * Hands over each text of the record in turn.
   *
   * @param record UTF-8
   */
  public static void each(byte[] record, Consumer<String> text) {
    int first = 0;
    while (first < record.length && record[first] <= ' ' && record[first] >= 0) {
      first++;
    }
    boolean json = first < record.length && "{[\"".indexOf(record[first]) >= 0;
    if (!json || !walk(record, text)) {
      text.accept(new String(record, StandardCharsets.UTF_8));
    }
  }

  /** False if it is no JSON after all. */
  private static boolean walk(byte[] record, Consumer<String> text) {
    try (JsonParser parser = JSON.createParser(record)) {
      walk(parser, text, 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void walk(JsonParser parser, Consumer<String> text, int depth) throws IOException {
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      switch (token) {
        case FIELD_NAME -> text.accept(parser.currentName());
        case VALUE_STRING -> string(parser.getText(), text, depth);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
            text.accept(parser.getText());
        default -> {}
      }
    }
  }

  private static void string(String value, Consumer<String> text, int depth) {
    if (value.isEmpty()) {
      return;
    }
    text.accept(value);
    char first = value.charAt(0);
    if (depth < MAX_DEPTH && (first == '{' || first == '[') && value.indexOf('\\') > 0) {
      try (JsonParser parser = JSON.createParser(value)) {
        walk(parser, text, depth + 1);
      } catch (IOException e) {
        // It only looked like JSON; what was found in it until here is in it.
      }
    }
  }
}
