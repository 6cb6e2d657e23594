// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileLogTest {
  private static final FileLogOptions SMALL =
      FileLogOptions.defaults()
          .withSegmentBytes(20_000)
          .withBlockBytes(2_000)
          .withDiskLimits(0, 1.0);

  @TempDir Path directory;

  @Test
  void entriesComeBackInOrderWithDensePositionsFromOne() throws Exception {
    try (FileLog log = open()) {
      EventLog.Appended first = log.append(List.of(bytes("a"), bytes("b")));
      EventLog.Appended second = log.append(List.of(bytes("c")));

      assertEquals(Position.of(1), first.first());
      assertEquals(Position.of(2), first.last());
      assertEquals(Position.of(3), second.last());
      assertEquals(Position.of(3), log.end());
      assertEquals(Position.of(3), log.enqueued());
      assertEquals(Position.START, log.start());
      assertEquals(List.of("1 a", "2 b", "3 c"), all(log));
    }
  }

  @Test
  void everythingIsThereWhenItIsOpenedAgain() throws Exception {
    UUID id;
    try (FileLog log = open()) {
      id = log.id();
      fill(log, 500);
    }
    for (int round = 1; round <= 3; round++) {
      try (FileLog log = open()) {
        assertEquals(id, log.id());
        assertTrue(log.recovery().clean());
        assertEquals(500 + round - 1, log.end().number());
        log.append(List.of(bytes("more")));
        assertEquals(500 + round, all(log).size());
      }
    }
  }

  @Test
  void getAndCursorSayTheSameAcrossSealedClosedAndActiveSegments() throws Exception {
    try (FileLog log = open()) {
      fill(log, 1_000);
      log.awaitSealed();
      fill(log, 300);
      assertTrue(files(RawSegment.SUFFIX).size() >= 1);
      assertTrue(files(SealedSegment.SUFFIX).size() >= 3);

      List<String> all = all(log);
      assertEquals(1_300, all.size());
      List<Integer> positions = new ArrayList<>();
      for (int position = 1; position <= 1_300; position++) {
        positions.add(position);
      }
      Collections.shuffle(positions, new Random(7));
      for (int position : positions) {
        EventLog.LogEntry entry = log.get(Position.of(position));
        assertNotNull(entry);
        assertEquals(all.get(position - 1), text(entry));
      }
      for (int after : new int[] {0, 1, 63, 64, 65, 500, 999, 1_299, 1_300}) {
        assertEquals(all.subList(after, 1_300), after(log, after));
      }
      assertNull(log.get(Position.START));
      assertNull(log.get(Position.of(1_301)));
    }
  }

  @Test
  void smallBlocksBecomeLargeOnesAndTheirRawFileIsGone() throws Exception {
    FileLogOptions options = SMALL.withBlockBytes(8 << 10);
    try (FileLog log = FileLog.open(directory, options, new LocalStorage())) {
      long raw = 0;
      for (int i = 0; i < 1_000; i++) {
        byte[] entry = bytes("entry " + i + " lorem ipsum");
        raw += Block.HEAD_BYTES + Block.RECORD_HEAD_BYTES + entry.length;
        log.append(List.of(entry));
      }
      log.awaitSealed();

      assertEquals(1, files(RawSegment.SUFFIX).size());
      assertTrue(log.sizeBytes() < raw / 2 + 20_000, "the active one is as it was");
      long onDisk = 0;
      for (Path file : files("log")) {
        onDisk += Files.size(file);
      }
      assertEquals(onDisk, log.sizeBytes());
      assertEquals(1_000, all(log).size());
    }
  }

  @Test
  void aSegmentInLargeBlocksIsSealedWithoutBeingWrittenAgain() throws Exception {
    FileLogOptions options = SMALL.withSegmentBytes(100_000).withBlockBytes(64 << 10);
    Random random = new Random(2);
    List<String> texts = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      try (FileLog log = FileLog.open(directory, options, new LocalStorage())) {
        for (int i = 0; i < 30 && round == 0; i++) {
          List<byte[]> batch = new ArrayList<>();
          for (int j = 0; j < 40; j++) {
            byte[] noise = new byte[400];
            random.nextBytes(noise);
            texts.add(texts.size() + 1 + " " + HexFormat.of().formatHex(noise));
            batch.add(bytes(HexFormat.of().formatHex(noise)));
          }
          log.append(batch);
        }
        log.awaitSealed();
        assertEquals(List.of(), files(SealedSegment.SUFFIX));
        List<Path> files = files(RawSegment.SUFFIX);
        assertTrue(files.size() > 4);
        int sealed = 0;
        for (Path file : files) {
          try (StorageFile opened = new LocalStorage().open(file)) {
            sealed += SealedSegment.hasFooter(opened) ? 1 : 0;
          }
        }
        assertEquals(files.size() - 1, sealed);
        assertTrue(log.recovery().clean());
        assertEquals(texts, all(log));
        for (int i = texts.size(); i > 0; i -= 7) {
          EventLog.LogEntry entry = log.get(Position.of(i));
          assertNotNull(entry);
          assertEquals(texts.get(i - 1), text(entry));
        }
        log.retire(Position.of(round == 0 ? 0 : texts.size() / 2));
      }
    }
    assertTrue(files(RawSegment.SUFFIX).size() <= 4);
  }

  @Test
  void aCursorSurvivesSealingAndRetirementOfWhatItReads() throws Exception {
    try (FileLog log = open();
        EventLog.Cursor cursor = log.read(Position.START)) {
      fill(log, 1_000);
      EventLog.LogEntry first = cursor.next();
      assertNotNull(first);
      log.awaitSealed();
      EventLog.LogEntry second = cursor.next();
      assertNotNull(second);
      assertEquals(2, second.position().number());

      log.retire(Position.of(900));

      long last = 2;
      for (EventLog.LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        assertTrue(entry.position().number() > last);
        last = entry.position().number();
      }
      assertEquals(1_000, last);
    }
  }

  @Test
  void retirementRemovesWholeSegmentsUpToAPosition() throws Exception {
    try (FileLog log = open()) {
      fill(log, 1_000);
      log.awaitSealed();

      log.retire(Position.of(500));

      long start = log.start().number();
      assertTrue(start > 300 && start <= 500, () -> "start " + start);
      assertNull(log.get(Position.of(start)));
      EventLog.LogEntry kept = log.get(Position.of(start + 1));
      assertNotNull(kept);
      assertEquals(1_000 - start, all(log).size());

      log.retire(Position.of(5_000));
      assertTrue(log.start().number() < 1_000);
    }
    try (FileLog log = open()) {
      assertTrue(log.recovery().clean());
      assertEquals(1_000, log.end().number());
    }
  }

  @Test
  void theOldestSegmentsGoWhileTheLogIsTooLarge() throws Exception {
    try (FileLog log =
        FileLog.open(directory, SMALL.withRetention(30_000L, null), new LocalStorage())) {
      fill(log, 2_000);
      log.awaitSealed();
      assertTrue(log.start().number() > 0);
      assertTrue(log.sizeBytes() <= 30_000 + 20_000);
    }
  }

  @Test
  void segmentsGoWhenTheyAreTooOld() throws Exception {
    AtomicLong days = new AtomicLong();
    FileLogOptions options =
        SMALL
            .withClock(() -> Instant.EPOCH.plus(Duration.ofDays(days.get())))
            .withRetention(null, Duration.ofDays(30));
    try (FileLog log = FileLog.open(directory, options, new LocalStorage())) {
      fill(log, 1_000);
      log.awaitSealed();
      assertEquals(Position.START, log.start());

      days.set(31);
      fill(log, 300);
      log.awaitSealed();
      assertTrue(log.start().number() > 0);
    }
  }

  @Test
  void concurrentAppendersGetDensePositionsAndEachItsOwn() throws Exception {
    try (FileLog log = open()) {
      Set<Long> positions = Collections.synchronizedSet(new HashSet<>());
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        int number = t;
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < 50; i++) {
                        try {
                          String text = number + "/" + i;
                          EventLog.Appended appended =
                              log.append(List.of(bytes(text), bytes(text + "'")));
                          positions.add(appended.first().number());
                          positions.add(appended.last().number());
                          EventLog.LogEntry entry = log.get(appended.last());
                          assertNotNull(entry);
                          assertArrayEquals(bytes(text + "'"), entry.bytes());
                        } catch (Exception e) {
                          throw new IllegalStateException(e);
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(1_600, positions.size());
      assertEquals(1_600, log.end().number());
      assertEquals(1_600, all(log).size());
    }
  }

  @Test
  void followersWakeAndReadWhatWasAppended() throws Exception {
    try (FileLog log = open()) {
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch done = new CountDownLatch(1);
      Thread follower =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (EventLog.Cursor cursor = log.read(Position.START)) {
                      while (seen.size() < 200) {
                        EventLog.LogEntry entry = cursor.next();
                        if (entry != null) {
                          seen.add(text(entry));
                        } else {
                          assertTrue(
                              log.awaitBeyond(Position.of(seen.size()), Duration.ofSeconds(30)));
                        }
                      }
                      done.countDown();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  });
      for (int i = 0; i < 200; i++) {
        log.append(List.of(bytes("entry " + i)));
      }
      done.await();
      follower.join();
      assertEquals(all(log), seen);
      assertFalse(log.awaitBeyond(Position.of(200), Duration.ZERO));
      log.awaitDurable(Position.of(200));
    }
  }

  @Test
  void aSecondOpeningIsRefused() throws Exception {
    try (FileLog log = open()) {
      assertNotNull(log);
      IOException e = assertThrows(IOException.class, this::open);
      assertTrue(String.valueOf(e.getMessage()).contains("in use by another process"));
    }
    open().close();
  }

  @Test
  void aClosedLogTakesNothing() throws Exception {
    FileLog log = open();
    log.append(List.of(bytes("a")));
    log.close();
    assertThrows(LogFailedException.class, () -> log.append(List.of(bytes("b"))));
    assertThrows(LogFailedException.class, () -> log.awaitDurable(Position.of(2)));
  }

  @Test
  void anEmptyAppendAndAHugeEntryAreRefused() throws Exception {
    try (FileLog log = open()) {
      assertThrows(IllegalArgumentException.class, () -> log.append(List.of()));
      assertThrows(
          IllegalArgumentException.class,
          () -> log.append(List.of(new byte[Block.MAX_PAYLOAD_BYTES + 1])));
      assertEquals(Position.START, log.enqueued());
    }
  }

  @Test
  void aBatchLargerThanQueueAndSegmentIsWrittenAllTheSame() throws Exception {
    try (FileLog log = FileLog.open(directory, SMALL.withQueueBytes(1_000), new LocalStorage())) {
      log.append(List.of(new byte[3 << 20], new byte[0], bytes("end")));
      log.append(List.of(bytes("after")));
      log.awaitSealed();
      EventLog.LogEntry large = log.get(Position.of(1));
      assertNotNull(large);
      assertEquals(3 << 20, large.bytes().length);
      EventLog.LogEntry empty = log.get(Position.of(2));
      assertNotNull(empty);
      assertEquals(0, empty.bytes().length);
    }
  }

  @Test
  void segmentsOfTwoLogsInOneFolderAreRefused(@TempDir Path other) throws Exception {
    try (FileLog log = open()) {
      fill(log, 300);
    }
    try (FileLog log = FileLog.open(other, SMALL, new LocalStorage())) {
      log.append(List.of(bytes("x")));
    }
    Files.copy(
        other.resolve(Segment.name(1, false)), directory.resolve(Segment.name(90_000, false)));
    IOException e = assertThrows(IOException.class, this::open);
    assertTrue(String.valueOf(e.getMessage()).contains("belongs to log"));
  }

  private FileLog open() throws IOException {
    return FileLog.open(directory, SMALL, new LocalStorage());
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  private static void fill(FileLog log, int entries) throws Exception {
    for (int i = 0; i < entries; i += 50) {
      List<byte[]> batch = new ArrayList<>();
      for (int j = i; j < Math.min(entries, i + 50); j++) {
        batch.add(bytes("entry " + j + " " + "lorem ipsum ".repeat(j % 7)));
      }
      log.append(batch);
    }
  }

  private static List<String> all(FileLog log) throws IOException {
    return after(log, 0);
  }

  private static List<String> after(FileLog log, long position) throws IOException {
    List<String> texts = new ArrayList<>();
    try (EventLog.Cursor cursor = log.read(Position.of(position))) {
      for (EventLog.LogEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        texts.add(text(entry));
      }
    }
    return texts;
  }

  private static String text(EventLog.LogEntry entry) {
    return entry.position().number() + " " + new String(entry.bytes(), UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
