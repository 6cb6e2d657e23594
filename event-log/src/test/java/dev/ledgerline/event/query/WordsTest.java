// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void lettersAndDigitsOfAnyScriptAreWordsAndAllElseSeparates() {
    assertEquals(List.of("src", "main", "java", "17"), Words.of("src/Main.java:17"));
    assertEquals(List.of("tool", "call"), Words.of("tool_call"));
    assertEquals(List.of("größe", "日", "本", "語", "привет"), Words.of("Größe 日本語! Привет"));
    assertEquals(List.of("𝒳1"), Words.of("𝒳1"));
    assertEquals(List.of("𐐨x"), Words.of("𐐀X"));
    assertEquals(List.of(), Words.of(" -> 🙂 \u0000"));
    assertEquals(List.of(), Words.of(""));
  }

  @Test
  void composedAndDecomposedLettersAreTheSame() {
    assertEquals(Words.of("Caf\u00e9"), Words.of("Cafe\u0301"));
    assertEquals(Words.folded("CAF\u00c9 \"x\""), Words.folded("cafe\u0301 \"X\""));
  }

  @Test
  void veryLongWordsGoOnInPieces() {
    List<String> words = Words.of("x".repeat(600) + " y");
    assertEquals(List.of(255, 255, 90, 1), words.stream().map(String::length).toList());
    List<String> pairs = Words.of("𝒳".repeat(200));
    assertEquals(400, String.join("", pairs).length());
  }

  @Test
  void offsetsPointIntoTheText() {
    Words words = new Words("  Hello, Wörld");
    assertTrue(words.next());
    assertEquals("Hello", words.text().substring(words.start(), words.end()));
    assertTrue(words.next());
    assertEquals("wörld", words.word());
    assertEquals("Wörld", words.text().substring(words.start(), words.end()));
    assertEquals("wörld", new String(words.chars(), 0, words.length()));
    assertFalse(words.next());
    assertFalse(words.next());

    words.reset("again");
    assertTrue(words.next());
    assertEquals("again", words.word());
  }

  @Test
  void aRecordIsItsDecodedKeysAndValues() {
    assertEquals(
        List.of("type", "Tool\nCall", "n", "1.50", "ok", "true", "none", "list", "a", "key", "b"),
        texts(
            "{\"type\":\"Tool\\nCall\",\"n\":1.50,\"ok\":true,\"none\":null,\"list\":[\"a\",{\"key\":\"b\"}]}"));
  }

  @Test
  void jsonInAStringIsTakenApartWhereItHasEscapes() {
    assertEquals(
        List.of("args", "{\"q\":\"a\\nb\"}", "q", "a\nb"),
        texts("{\"args\":\"{\\\"q\\\":\\\"a\\\\nb\\\"}\"}"));
    assertEquals(List.of("args", "{\"q\":1}"), texts("{\"args\":\"{\\\"q\\\":1}\"}"));
    assertEquals(List.of("args", "{\\ no"), texts("{\"args\":\"{\\\\ no\"}"));
  }

  @Test
  void whatIsNotJsonIsOneText() {
    assertEquals(List.of("plain line"), texts("plain line"));
    assertEquals(List.of("{\"a\": broken"), texts("{\"a\": broken"));
    assertEquals(List.of(""), texts(""));
  }

  private static List<String> texts(String record) {
    List<String> texts = new ArrayList<>();
    RecordText.each(record.getBytes(UTF_8), texts::add);
    return texts;
  }
}
