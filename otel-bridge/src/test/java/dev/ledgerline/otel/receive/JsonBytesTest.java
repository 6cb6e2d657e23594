// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonBytesTest {
  @Test
  void stringsAreEscapedAsJacksonDoesWhereverTheSpecialBytesStand() {
    Random random = new Random(20261121);
    int[] alphabet = {'a', 'a', 'a', 'z', ' ', '!', '"', '#', '\\', '[', ']', '\n', 0, 0x1f, 0x7f};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n > 0; n--) {
        boolean beyond = random.nextInt(60) == 0;
        text.appendCodePoint(
            beyond ? 0x80 + random.nextInt(0x2000) : alphabet[random.nextInt(alphabet.length)]);
      }
      byte[] utf8 = ("x" + text + "y").getBytes(UTF_8);
      JsonBytes out = new JsonBytes(1).string(utf8, 1, utf8.length - 1);

      String expected =
          "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
      assertEquals(expected, new String(out.toByteArray(), UTF_8));
    }
  }

  @Test
  void whatIsNoUtf8IsReplaced() {
    byte[] bytes = {'a', (byte) 0xff, '"', (byte) 0xe2, (byte) 0x82};

    assertEquals(
        "\"a\ufffd\\\"\ufffd\"",
        new String(new JsonBytes(9).string(bytes, 0, bytes.length).toByteArray(), UTF_8));
  }

  @Test
  void numbersAreWrittenAsLongTellsThem() {
    for (long number : new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      assertEquals(
          Long.toString(number), new String(new JsonBytes(1).number(number).toByteArray(), UTF_8));
    }
  }
}
