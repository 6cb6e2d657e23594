// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.DeliveryRefusedException.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordSplitterTest {
  private static final RecordFormat JSON = RecordFormat.JSON;
  private static final RecordFormat LINES = RecordFormat.JSON_LINES;
  private static final RecordFormat SSE = RecordFormat.EVENT_STREAM;
  private static final RecordFormat TEXT = RecordFormat.TEXT;
  private static final RecordFormat SNIFFED = RecordFormat.SNIFFED;

  private final RecordSplitter splitter =
      new RecordSplitter(Limits.DEFAULT.withRequest(1 << 20, 5));

  @Test
  void delimitsObjectsAndArrays() throws Exception {
    splits(JSON, "{\"a\":1}", "{\"a\":1}");
    splits(JSON, "\uFEFF {\"a\":1} ", "{\"a\":1}");
    splits(JSON, "{\n  \"a\": {\n  }\n}\n", "{\n  \"a\": {\n  }\n}");
    splits(JSON, "{\"a\":\"}{\\\"\"}", "{\"a\":\"}{\\\"\"}");
    splits(JSON, "[]");
    splits(JSON, " [ ] \n");
    splits(JSON, "[{\"a\":\"],[\"},{\"b\":[1,{}]} ]", "{\"a\":\"],[\"}", "{\"b\":[1,{}]}");
    splits(JSON, "[1,\"x\",null]", "1", "\"x\"", "null");
    splits(JSON, "{\"a\":1}{\"b\":2}", "{\"a\":1}", "{\"b\":2}");
    splits(JSON, "{\n\"a\":1}\n{\n\"b\":2}", "{\n\"a\":1}", "{\n\"b\":2}");
    splits(JSON, "{\"a\":1}\n{\"b\"\n{\"c\":3}\n", "{\"a\":1}", "{\"b\"", "{\"c\":3}");
  }

  @Test
  void keepsTheWholeRecordsOfWhatWasCutOff() throws Exception {
    splits(JSON, "[{\"a\":1},{\"b\":", "{\"a\":1}", "TRUNCATED {\"b\":");
    splits(JSON, "[{\"a\":1},", "{\"a\":1}", "TRUNCATED ");
    splits(JSON, "[{\"a\":1}", "{\"a\":1}", "TRUNCATED ");
    splits(JSON, "[{\"a\":\"x", "TRUNCATED {\"a\":\"x");
    splits(JSON, "[", "TRUNCATED ");
    splits(JSON, "{\"a\":1} {\"b\"", "{\"a\":1}", "TRUNCATED {\"b\"");
    refuses(JSON, "{\"a\":1", Code.TRUNCATED);
  }

  @Test
  void namesWhatIsNoRecord() throws Exception {
    splits(JSON, "[{\"a\":1},,{\"b\":2}]", "{\"a\":1}", "INVALID_JSON ", "{\"b\":2}");
    splits(JSON, "[{\"a\":1}] x", "{\"a\":1}", "INVALID_JSON x");
    splits(JSON, "{\"a\":1} x", "{\"a\":1} x");
    refuses(JSON, "hello", Code.INVALID_JSON);
    refuses(JSON, " \n", Code.BAD_REQUEST);
    refuses(SSE, "", Code.BAD_REQUEST);
    refuses(JSON, "{\"a\":1,".repeat(3), Code.TRUNCATED);
    refuses(LINES, "1\n2\n3\n4\n5\n6", Code.TOO_LARGE);
  }

  @Test
  void aLineOfTextBetweenObjectsHidesNoneOfThem() throws Exception {
    String[] records = {"{\"a\":1}", "Reading prompt", "\u001b[1mon stdin", "{\"b\":2}"};
    String body = String.join("\r\n", records) + "\n";
    splits(JSON, body, records);
    splits(SNIFFED, body, records);
    splits(
        SNIFFED,
        body + "Script done",
        "{\"a\":1}",
        records[1],
        records[2],
        "{\"b\":2}",
        "Script done");
  }

  @Test
  void refusesOtherEncodings() {
    for (var charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE)) {
      byte[] body = "{\"a\":1}".getBytes(charset);
      DeliveryRefusedException refused =
          assertThrows(
              DeliveryRefusedException.class, () -> splitter.split(body, body.length, SNIFFED));
      assertEquals(Code.INVALID_ENCODING, refused.code());
    }
    byte[] gzip = {0x1f, (byte) 0x8b, 8, 0};
    assertEquals(
        Code.INVALID_ENCODING,
        assertThrows(
                DeliveryRefusedException.class, () -> splitter.split(gzip, gzip.length, SNIFFED))
            .code());
  }

  @Test
  void delimitsLines() throws Exception {
    splits(LINES, "{\"a\":1}\r\n\n  \n{\"b\":2}\n", "{\"a\":1}", "{\"b\":2}");
    splits(LINES, "{\"a\":1}\nnope\n{\"b\"", "{\"a\":1}", "nope", "{\"b\"");
    splits(TEXT, "one\r\n\n  two \n", "one", "  two");
    assertTrue(split(LINES, "{\"a\":1}\n{\"b\"").list().getLast().last());
    assertTrue(split(TEXT, "x").list().getLast().text());
  }

  @Test
  void delimitsEventStreams() throws Exception {
    splits(SSE, "data: {\"a\":1}\n\ndata:{\"b\":2}\n\n", "{\"a\":1}", "{\"b\":2}");
    splits(SSE, "event: x\r\nid: 7\r\ndata: {\"a\":1}\r\n\r\n: hi\r\n", "{\"a\":1}");
    splits(SSE, "data: {\ndata: \"a\":1}\n\n", "{\n\"a\":1}");
    splits(SSE, "data: 1\rdata: 2\r\rdata: 3\r\r", "1\n2", "3");
    splits(SSE, "data: {\"a\":1}\n\ndata: [DONE]\n\n", "{\"a\":1}");
    splits(SSE, ": nothing yet\n\n");
    splits(SSE, "data: {\"a\":1}\n\ndata: {\"b\"", "{\"a\":1}", "{\"b\"");
    assertTrue(split(SSE, "data: {\"b\"").list().getLast().last());
    assertTrue(split(SSE, "data: {}").endsStream());
  }

  @Test
  void tellsTheFormatByTheFirstByte() throws Exception {
    splits(SNIFFED, "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}", "{\"b\":2}");
    splits(SNIFFED, "[{\"a\":1}]", "{\"a\":1}");
    splits(
        SNIFFED,
        "[2026-01-01] started\n[2026-01-02] ended\n",
        "[2026-01-01] started",
        "[2026-01-02] ended");
    splits(SNIFFED, "data: {}\n\n", "{}");
    splits(SNIFFED, "event: e\ndata: {}\n\n", "{}");
    splits(SNIFFED, ":\n\ndata: {}\n\n", "{}");
    splits(SNIFFED, "plain words\nand more", "plain words", "and more");
  }

  @Test
  void knowsItsMediaTypes() {
    assertEquals(JSON, RecordFormat.of("application/json; charset=UTF-8"));
    assertEquals(JSON, RecordFormat.of("Application/JSON;charset=\"utf-8\"; x=y"));
    assertEquals(LINES, RecordFormat.of("application/x-ndjson"));
    assertEquals(LINES, RecordFormat.of("application/jsonl"));
    assertEquals(SSE, RecordFormat.of("text/event-stream"));
    assertEquals(TEXT, RecordFormat.of("text/plain;charset=us-ascii"));
    assertEquals(SNIFFED, RecordFormat.of(null));
    assertEquals(SNIFFED, RecordFormat.of("application/x-www-form-urlencoded"));
    assertEquals(null, RecordFormat.of("application/json; charset=utf-16"));
    assertEquals(null, RecordFormat.of("text/html"));
    assertEquals(null, RecordFormat.of("application/octet-stream"));
  }

  private void splits(RecordFormat format, String body, String... records) throws Exception {
    List<String> found =
        split(format, body).list().stream()
            .map(
                piece -> {
                  String text =
                      new String(piece.in(), piece.from(), piece.length(), StandardCharsets.UTF_8);
                  return piece.rejection() == null ? text : piece.rejection().code() + " " + text;
                })
            .toList();
    assertEquals(List.of(records), found, body);
  }

  private RecordSplitter.Pieces split(RecordFormat format, String body) throws Exception {
    byte[] padded = (body + "{garbage").getBytes(StandardCharsets.UTF_8);
    return splitter.split(padded, padded.length - "{garbage".length(), format);
  }

  private void refuses(RecordFormat format, String body, Code code) {
    DeliveryRefusedException refused =
        assertThrows(DeliveryRefusedException.class, () -> split(format, body), body);
    assertEquals(code, refused.code(), body);
  }
}
