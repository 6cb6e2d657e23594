// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ledgerline.log.EventLog.LogEntry;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardEntriesTest {
  private static final int ENTRIES = 2_000;

  @TempDir private Path folder;
  private FileLog log;

  @BeforeEach
  void severalSegments() throws Exception {
    log =
        FileLog.open(
            folder,
            FileLogOptions.defaults().withDiskLimits(0, 1.0).withSegmentBytes(20_000),
            new LocalStorage());
    for (int n = 1; n <= ENTRIES; n++) {
      log.enqueue(List.of(payload(n)));
    }
    log.awaitDurable(log.enqueued());
  }

  @AfterEach
  void close() throws IOException {
    log.close();
  }

  @Test
  void givesTheEntryThatWasAskedForHoweverFarTheNextOneIs() throws Exception {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      try (ForwardEntries entries = new ForwardEntries(log)) {
        int most = 1 + random.nextInt(100);
        for (int n = 1; n <= ENTRIES; n += 1 + random.nextInt(most)) {
          assertEntry(n, entries.get(Position.of(n)));
        }
      }
    }
  }

  @Test
  void givesTheEntryThatWasAskedForInAnyOrder() throws Exception {
    Random random = new Random(12);
    try (ForwardEntries entries = new ForwardEntries(log)) {
      for (int round = 0; round < 50; round++) {
        int from = 1 + random.nextInt(ENTRIES - 20);
        for (int n = from; n < from + 20; n++) {
          assertEntry(n, entries.get(Position.of(n)));
        }
        assertEntry(from + 19, entries.get(Position.of(from + 19)));
      }
    }
  }

  @Test
  void givesNothingForWhatIsNotKeptAndGoesOnBehindIt() throws Exception {
    log.retire(Position.of(ENTRIES / 2));
    long start = log.start().number();
    try (ForwardEntries entries = new ForwardEntries(log)) {
      for (int n = 1; n <= start; n++) {
        assertNull(entries.get(Position.of(n)));
      }
      for (int n = (int) start + 1; n <= ENTRIES; n++) {
        assertEntry(n, entries.get(Position.of(n)));
      }
      assertNull(entries.get(Position.of(ENTRIES + 1)));
    }
  }

  private static byte[] payload(long n) {
    return ("entry " + n).repeat(5).getBytes(StandardCharsets.UTF_8);
  }

  private static void assertEntry(long n, @Nullable LogEntry found) {
    assertNotNull(found, () -> "entry " + n);
    assertEquals(n, found.position().number());
    assertArrayEquals(payload(n), found.bytes());
  }
}
