// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

final class LogLineTest {
  @Test
  void aForgedLineStaysInsideItsLine() {
    LogRecord record = new LogRecord(Level.INFO, "run r1\n2026 INFO x: all is well\u001b[2J\u202e");
    record.setLoggerName("dev.ledgerline.collector");
    record.setInstant(Instant.parse("2026-11-21T10:00:00.5Z"));
    assertEquals(
        "2026-11-21T10:00:00.500Z INFO dev.ledgerline.collector: "
            + "run r1\\u000a2026 INFO x: all is well\\u001b[2J\\u202e\n",
        new LogLine().format(record));
  }

  @Test
  void anExceptionIsPartOfTheLine() {
    LogRecord record = new LogRecord(Level.SEVERE, "failed");
    record.setLoggerName("x");
    record.setThrown(new IllegalStateException("a\nb", new IOException("disk")));
    String line = new LogLine().format(record);
    assertEquals(1, line.lines().count());
    assertTrue(line.contains("a\\u000ab") && line.contains("disk"), line);
  }
}
