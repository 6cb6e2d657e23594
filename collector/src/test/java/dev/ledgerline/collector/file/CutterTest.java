// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CutterTest {
  @Test
  void eachLineOfJsonIsARecordAtOnce() {
    assertCut(Joining.USUAL, false, "{\"a\":1}\n{\"b\":2}\n{\"c\"", "{\"a\":1}", "{\"b\":2}");
  }

  @Test
  void aLineOfTextWaitsForWhatMayContinueIt() {
    assertCut(Joining.USUAL, false, "one\ntwo\n", "one");
    assertCut(Joining.USUAL, true, "one\ntwo\n", "one", "two");
    assertCut(Joining.NONE, false, "one\ntwo\n", "one", "two");
  }

  @Test
  void aLineWithoutAnEndIsHeldUntilNothingCanFollow() {
    assertCut(Joining.NONE, false, "one\ntw", "one");
    assertCut(Joining.NONE, true, "one\ntw", "one", "tw");
  }

  @Test
  void blankLinesByteOrderMarksAndHolesAreNoRecords() {
    assertCut(
        Joining.USUAL,
        true,
        "\uFEFF{\"a\":1}\r\n\n \t\n\0\0\0{\"b\":2}\n",
        "{\"a\":1}",
        "{\"b\":2}");
  }

  @Test
  void aStackTraceBelongsToTheLineBeforeIt() {
    assertCut(
        Joining.USUAL,
        true,
        "10:00 error: no boat\n\tat Pond.row(Pond.java:7)\nCaused by: Storm: wind\n\t... 3 more\n10:01"
            + " info: back\n",
        "10:00 error: no boat, at Pond.row(Pond.java:7), Caused by: Storm: wind, ... 3 more",
        "10:01 info: back");
  }

  @Test
  void whatPythonRaisedBelongsToItsTraceback() {
    assertCut(
        Joining.USUAL,
        true,
        """
        ERROR no boat
        Traceback (most recent call last):
          File "pond.py", line 7, in row
            oar()
        pond.Storm: wind
        INFO back
        """,
        "ERROR no boat, Traceback (most recent call last):, File \"pond.py\", line 7, in row, oar(),"
            + " pond.Storm: wind",
        "INFO back");
  }

  @Test
  void jsonOverSeveralLinesIsOneRecord() {
    assertCut(
        Joining.USUAL,
        true,
        "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n",
        "{ \"a\": 1 }",
        "{ \"b\": 2 }");
  }

  @Test
  void aTornLineOfJsonDoesNotSwallowTheNext() {
    assertCut(Joining.USUAL, true, "{\"a\":\"to\n{\"b\":2}\n", "{\"a\":\"to", "{\"b\":2}");
  }

  @Test
  void aRuleSaysWhereRecordsBegin() {
    Joining rule = Joining.beginningWith(Pattern.compile("\\d\\d:\\d\\d "));
    assertCut(rule, true, "10:00 one\nmore\n10:01 two\n", "10:00 one, more", "10:01 two");
  }

  @Test
  void commasAtTheEndOfALineStay() {
    assertCut(Joining.USUAL, true, "a,\nb,\n  c\n", "a,", "b, c");
  }

  @Test
  void aClosedRangeIsCutTheSameWayHoweverItWasReached() {
    String text = "a\n b\nc\n{\"d\":1}\n e\nf\n\n g\n{\n \"h\":1\n}\ni";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Cutter cutter = new Cutter(Joining.USUAL);
    List<String> whole = texts(cutter.cut(bytes, 0, bytes.length, true, 100).records());
    for (int most = 1; most < 5; most++) {
      List<String> pieces = new ArrayList<>();
      int at = 0;
      while (at < bytes.length) {
        Cutter.Cut cut = cutter.cut(bytes, at, bytes.length, true, most);
        List<String> again =
            texts(cutter.cut(bytes, at, cut.consumed(), true, Integer.MAX_VALUE).records());
        assertEquals(texts(cut.records()), again);
        pieces.addAll(again);
        at = cut.consumed();
      }
      assertEquals(whole, pieces);
    }
  }

  private static void assertCut(Joining joining, boolean closed, String text, String... records) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Cutter.Cut cut = new Cutter(joining).cut(bytes, 0, bytes.length, closed, 100);
    assertEquals(List.of(records), texts(cut.records()));
  }

  private static List<String> texts(List<byte[]> records) {
    return records.stream().map(record -> new String(record, StandardCharsets.UTF_8)).toList();
  }
}
