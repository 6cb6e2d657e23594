// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Rejection.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordReaderTest {
  private final RecordReader reader = new RecordReader(Limits.DEFAULT, Redaction.off());

  @Test
  void readsWhatIsJson() {
    var reading = read("{\"a\":[1,2.5,123456789012345678901234567890,true,null,\"x\\u0000\"]}");
    assertNull(reading.rejection());
    assertEquals(6, reading.record().json().get("a").size());
    assertEquals("x\0", reading.record().json().at("/a/5").textValue());
  }

  @Test
  void namesWhatIsNot() {
    rejects("{\"a\":}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":1} x", Code.INVALID_JSON, null);
    rejects("{\"a\":1}{\"a\":1}", Code.INVALID_JSON, null);
    rejects("{\"a\":NaN}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":Infinity}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":'x'}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":1,}", Code.INVALID_JSON, null);
    rejects("{\"a\":01}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":\"\t\"}", Code.INVALID_JSON, "/a");
    rejects("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", Code.INVALID_JSON, "/a/b");
    rejects("{\"a\":[1,", Code.INVALID_JSON, null);
    rejects("\0{}", Code.INVALID_JSON, null);
  }

  @Test
  void saysWhenTheLastRecordWasCutOff() {
    byte[] bytes = "{\"a\":\"b".getBytes(StandardCharsets.UTF_8);
    var reading = reader.read(new Piece(bytes, 0, bytes.length, false, true, null));
    assertNotNull(reading.rejection());
    assertEquals(Code.TRUNCATED, reading.rejection().code());
  }

  @Test
  void saysWhichOfOurLimitsARecordIsOver() {
    for (int length : new int[] {257, 1_025, 100_000}) {
      var reading = read("{\"a\":{\"b\":1,\"" + "k".repeat(length) + "\":1}}");
      assertNotNull(reading.rejection());
      assertEquals(
          "a key is longer than 256 bytes, which is the limit", reading.rejection().message());
    }
    rejects("{\"a\":{\"b\":1,\"" + "k".repeat(100_000) + "\":1}}", Code.TOO_LARGE, "/a");
    for (String number : new String[] {"9".repeat(100_000), "0." + "1".repeat(100_000)}) {
      var reading = read("{\"n\":" + number + "}");
      assertNotNull(reading.rejection());
      assertEquals(
          "a number has more than 1000 digits, which is the limit", reading.rejection().message());
      rejects("{\"n\":" + number + "}", Code.TOO_LARGE, "/n");
    }
  }

  @Test
  void holdsTheLimits() {
    rejects("[".repeat(1_000_000), Code.TOO_DEEP, null);
    rejects("{\"a\":".repeat(1_000_000), Code.TOO_DEEP, null);
    assertNull(read("[".repeat(100) + "]".repeat(100)).rejection());
    rejects("[".repeat(101) + "]".repeat(101), Code.TOO_DEEP, null);
    assertNull(read("{\"" + "k".repeat(256) + "\":1}").rejection());
    rejects("{\"" + "k".repeat(257) + "\":1}", Code.TOO_LARGE, null);
    rejects("{\"" + "ä".repeat(129) + "\":1}", Code.TOO_LARGE, null);
    rejects("{\"" + "k".repeat(7_000_000) + "\":1}", Code.TOO_LARGE, null);
    assertNull(read("{\"n\":" + "1".repeat(1_000) + "}").rejection());
    rejects("{\"n\":" + "1".repeat(1_001) + "}", Code.TOO_LARGE, null);
    rejects("{\"n\":" + "1".repeat(100_000) + "}", Code.TOO_LARGE, null);
    rejects("{\"n\":0." + "1".repeat(100_000) + "}", Code.TOO_LARGE, null);
    rejects("{\"n\":1e" + "1".repeat(100_000) + "}", Code.TOO_LARGE, null);
    assertNull(read("{" + keys(10_000) + "}").rejection());
    rejects("{" + keys(10_001) + "}", Code.TOO_LARGE, null);
    rejects("{\"s\":\"" + "x".repeat(8 << 20) + "\"}", Code.TOO_LARGE, null);
  }

  private static String keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"k" + i + "\":1")
        .collect(Collectors.joining(","));
  }

  @Test
  void readsOnlyUtf8() {
    for (String hex :
        new String[] {
          "ff", "c0af", "e080af", "eda080", "f5808080", "f08080af", "c3", "e282", "80"
        }) {
      byte[] bad = java.util.HexFormat.of().parseHex("22" + hex + "22");
      var reading = reader.read(Piece.json(bad, 0, bad.length));
      assertNotNull(reading.rejection(), hex);
      assertEquals(Code.INVALID_ENCODING, reading.rejection().code(), hex);
      assertTrue(Arrays.equals(bad, reading.record().bytes()));
    }
    assertNull(read("{\"ä€😀\u202e\":\"\u0085 abcdefgh ü\"}").rejection());
  }

  @Test
  void takesAnyTextAsALine() {
    byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
    byte[] text = "{not json".getBytes(StandardCharsets.UTF_8);
    var good = reader.read(new Piece(json, 0, json.length, true, false, null));
    var line = reader.read(new Piece(text, 0, text.length, true, false, null));
    assertTrue(good.record().isJson());
    assertFalse(line.record().isJson());
    assertNull(line.rejection());
  }

  @Test
  void repeatsNoTextOfTheSenderInErrors() {
    var reading = read("{\"password\": hunter2hunter2}");
    assertNotNull(reading.rejection());
    assertFalse(reading.rejection().message().contains("hunter2"), reading.rejection().message());
  }

  private RecordReader.Reading read(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return reader.read(Piece.json(bytes, 0, bytes.length));
  }

  private void rejects(String text, Code code, @Nullable String pointer) {
    var reading = read(text);
    String shown = text.substring(0, Math.min(40, text.length()));
    assertNotNull(reading.rejection(), shown);
    assertEquals(code, reading.rejection().code(), shown + ": " + reading.rejection());
    if (pointer != null) {
      assertEquals(pointer, reading.rejection().pointer(), shown);
    }
    assertFalse(reading.record().isJson());
  }
}
