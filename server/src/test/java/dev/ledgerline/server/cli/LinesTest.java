// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.file.Joining;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Test
  void linesComeInOrderWithoutTheirEndsAndBlankOnesAreLeftOut() throws Exception {
    Lines lines =
        new Lines(
            new ByteArrayInputStream("a\r\n \nb\n\nc".getBytes(StandardCharsets.UTF_8)),
            Joining.USUAL);
    List<String> all = new ArrayList<>();
    for (List<byte[]> batch = lines.batch(); !batch.isEmpty(); batch = lines.batch()) {
      batch.forEach(line -> all.add(new String(line, StandardCharsets.UTF_8)));
    }
    assertEquals(List.of("a", "b", "c"), all);
  }

  @Test
  void whatIsReadAheadIsBoundInBytesHoweverLongLinesAre() throws Exception {
    int length = 1 << 20;
    long most = 100L * (length + 1);
    AtomicLong produced = new AtomicLong();
    Lines lines =
        new Lines(
            new InputStream() {
              @Override
              public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
              }

              @Override
              public int read(byte[] bytes, int offset, int wanted) {
                int n = (int) Math.min(wanted, most - produced.get());
                for (int i = 0; i < n; i++) {
                  boolean end = produced.incrementAndGet() % (length + 1) == 0;
                  bytes[offset + i] = (byte) (end ? '\n' : 'x');
                }
                return n == 0 ? -1 : n;
              }
            },
            Joining.NONE);
    long taken = 0;
    for (List<byte[]> batch = lines.batch(); !batch.isEmpty(); batch = lines.batch()) {
      for (byte[] line : batch) {
        taken += line.length + 1;
      }
      assertTrue(produced.get() - taken <= Lines.AHEAD_BYTES + 2L * length, "read too far ahead");
    }
    assertEquals(most, taken);
  }
}
