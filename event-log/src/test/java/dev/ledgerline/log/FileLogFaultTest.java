// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything that was acknowledged is there exactly once, whatever fails whenever. */
@Timeout(300)
class FileLogFaultTest {
  private static final Path FOLDER = Path.of("/log");
  private static final FileLogOptions SMALL =
      FileLogOptions.defaults().withSegmentBytes(2_500).withBlockBytes(600).withDiskLimits(0, 1.0);

  /** Keeps thousands of expected warnings out of the output. */
  private static final Logger QUIET = Logger.getLogger("dev.ledgerline.log");

  @BeforeAll
  static void silence() {
    QUIET.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    QUIET.setLevel(null);
  }

  /** What the one who appends knows. */
  private static final class Ledger {
    final Map<Long, String> acknowledged = new TreeMap<>();
    final Set<String> sent = new HashSet<>();
    final Set<String> refused = new HashSet<>();
    long retired;
  }

  /**
   * Appends of mixed sizes with rotation, sealing, retirement and a reopening in the middle. Ends
   * at the first failure.
   *
   * @return false if it ended early
   */
  private static boolean run(FaultStorage storage, Ledger ledger) throws InterruptedException {
    Random random = new Random(42);
    int sent = 0;
    for (int session = 0; session < 3; session++) {
      try (FileLog log = FileLog.open(FOLDER, SMALL, storage)) {
        for (int step = 0; step < 24; step++) {
          if (step % 12 == 11) {
            long upTo = Math.max(0, log.end().number() - 5);
            ledger.retired = Math.max(ledger.retired, upTo);
            log.retire(Position.of(upTo));
          }
          List<byte[]> batch = new ArrayList<>();
          List<String> texts = new ArrayList<>();
          for (int i = random.nextInt(4); i >= 0; i--) {
            String text = sent++ + ":" + "x".repeat(random.nextInt(random.nextInt(300) + 1));
            if (step % 8 == 5) {
              text += noise(random, 9_000); // a segment of its own, sealed where it is
            }
            texts.add(text);
            batch.add(text.getBytes(UTF_8));
          }
          ledger.sent.addAll(texts);
          EventLog.Appended appended;
          try {
            appended = log.enqueue(batch);
          } catch (LogFailedException e) {
            ledger.refused.addAll(texts);
            throw e;
          }
          appended.awaitDurable();
          for (int i = 0; i < texts.size(); i++) {
            ledger.acknowledged.put(appended.first().number() + i, texts.get(i));
          }
          log.awaitSealed();
        }
      } catch (IOException | LogFailedException e) {
        return false;
      } catch (LogFullException e) {
        throw new AssertionError(e);
      }
    }
    return true;
  }

  @Test
  void recoversFromAPowerCutAtEveryOperationOfAScript() throws Exception {
    FaultStorage whole = new FaultStorage();
    assertTrue(run(whole, new Ledger()));
    int operations = whole.count();
    assertTrue(operations >= 200, () -> operations + " operations");
    for (int cut = 1; cut <= operations + 1; cut++) {
      for (FaultStorage.Unsynced unsynced : FaultStorage.Unsynced.values()) {
        Random random = new Random(cut);
        FaultStorage storage = new FaultStorage();
        storage.cutPowerAt(cut);
        Ledger ledger = new Ledger();
        run(storage, ledger);
        String what = "cut at " + cut + " " + unsynced;

        FaultStorage after = storage.afterPowerCut(unsynced, random);
        NavigableMap<Long, String> first = verify(after, ledger, what);
        // Recovery itself is interrupted by another cut, and what it found is found again.
        FaultStorage again = after.afterPowerCut(FaultStorage.Unsynced.GONE, random);
        assertEquals(first, verify(again, ledger, what + ", again"));
      }
    }
  }

  @Test
  void recoversFromAPowerCutAtEveryOperationOfRecovery() throws Exception {
    Random random = new Random(7);
    FaultStorage storage = new FaultStorage();
    Ledger ledger = new Ledger();
    storage.cutPowerAt(190);
    run(storage, ledger);
    FaultStorage left = storage.afterPowerCut(FaultStorage.Unsynced.TORN, random);
    for (int cut = 1; cut < 30; cut++) {
      FaultStorage recovering = left.afterPowerCut(FaultStorage.Unsynced.KEPT, random);
      recovering.cutPowerAt(cut);
      try (FileLog log = FileLog.open(FOLDER, SMALL, recovering)) {
        log.awaitSealed();
      } catch (IOException expected) {
        // the power is off
      }
      for (FaultStorage.Unsynced unsynced : FaultStorage.Unsynced.values()) {
        verify(recovering.afterPowerCut(unsynced, random), ledger, "cut at " + cut);
      }
    }
  }

  @Test
  void whatALogShowsAfterAKillIsNotTakenBackByAPowerCut() throws Exception {
    FaultStorage whole = new FaultStorage();
    run(whole, new Ledger());
    for (int kill = 1; kill <= whole.count(); kill++) {
      FaultStorage storage = new FaultStorage();
      storage.cutPowerAt(kill);
      Ledger ledger = new Ledger();
      run(storage, ledger);
      storage.restartProcess();
      String what = "killed before " + kill + ": " + whole.operations().get(kill - 1);
      NavigableMap<Long, String> seen = verify(storage, ledger, what);
      FaultStorage after = storage.afterPowerCut(FaultStorage.Unsynced.GONE, new Random(kill));
      assertEquals(seen, verify(after, ledger, what));
    }
  }

  @Test
  void aPowerCutDuringTheRecoveryFromAKillLosesNeitherFormOfASegment() throws Exception {
    FaultStorage whole = new FaultStorage();
    run(whole, new Ledger());
    List<String> operations = whole.operations();
    for (int at = 0, sealings = 0; sealings < 2; at++) {
      if (!operations.get(at).matches("rename .*\\" + SealedSegment.SUFFIX)) {
        continue;
      }
      sealings++;
      for (int cut = 1; cut <= 8; cut++) {
        for (int seed = 0; seed < 8; seed++) {
          FaultStorage storage = new FaultStorage();
          storage.cutPowerAt(at + 2); // the new name is there, and nothing has made it last
          Ledger ledger = new Ledger();
          run(storage, ledger);
          storage.restartProcess();
          storage.cutPowerAt(storage.count() + cut);
          try (FileLog log = FileLog.open(FOLDER, SMALL, storage)) {
            log.awaitSealed();
          } catch (IOException expected) {
            // the power is off
          }
          FaultStorage after = storage.afterPowerCut(FaultStorage.Unsynced.TORN, new Random(seed));
          verify(after, ledger, "cut at " + cut + " seed " + seed);
        }
      }
    }
  }

  @Test
  void aPowerCutWhileSegmentsAreRetiredLeavesNoHole() throws Exception {
    for (int cut = 1; cut <= 24; cut++) {
      FaultStorage storage = filled(SMALL, 100);
      try (FileLog log = open(storage)) {
        log.awaitSealed();
        storage.cutPowerAt(storage.count() + cut);
        log.retire(log.end());
      } catch (IOException expected) {
        // the power is off
      }
      for (int seed = 0; seed < 8; seed++) {
        FaultStorage after = storage.afterPowerCut(FaultStorage.Unsynced.TORN, new Random(seed));
        try (FileLog log = open(after)) {
          assertEquals(List.of(), log.losses(), "cut at " + cut + " seed " + seed);
          assertEquals(100, log.end().number());
          assertEquals(100 - log.start().number(), read(log).size());
        }
      }
    }
  }

  @Test
  void aFailureOfAnyOperationAcknowledgesNothingWrongAndLeaksNothing() throws Exception {
    FaultStorage whole = new FaultStorage();
    run(whole, new Ledger());
    for (int failing = 1; failing <= whole.count(); failing++) {
      FaultStorage storage = new FaultStorage();
      storage.failAt(failing);
      Ledger ledger = new Ledger();
      run(storage, ledger);
      String what = "operation " + failing + " failed: " + whole.operations().get(failing - 1);

      assertEquals(0, storage.openFiles(), what);
      for (FaultStorage.Unsynced unsynced : FaultStorage.Unsynced.values()) {
        verify(storage.afterPowerCut(unsynced, new Random(failing)), ledger, what);
      }
      // Without a power cut: what a restart of the process sees, and may show, no cut takes back.
      NavigableMap<Long, String> seen = verify(storage, ledger, what);
      FaultStorage after = storage.afterPowerCut(FaultStorage.Unsynced.GONE, new Random(failing));
      assertEquals(seen, verify(after, ledger, what));
    }
  }

  @Test
  void aFailedSyncIsNeverTriedAgainAndEndsTheLog() throws Exception {
    FaultStorage storage = new FaultStorage();
    try (FileLog log = FileLog.open(FOLDER, SMALL, storage)) {
      log.append(List.of(bytes("kept")));
      int before = storage.count();
      storage.failAt(before + 2); // write, sync
      assertThrows(LogFailedException.class, () -> log.append(List.of(bytes("lost"))));
      assertThrows(LogFailedException.class, () -> log.append(List.of(bytes("refused"))));
      assertThrows(LogFailedException.class, () -> log.awaitDurable(Position.of(2)));
      assertEquals(1, log.end().number());
      EventLog.LogEntry kept = log.get(Position.of(1));
      assertNotNull(kept);
      List<String> after = storage.operations().subList(before, storage.count());
      assertEquals(1, after.stream().filter(operation -> operation.startsWith("sync ")).count());
    }
    try (FileLog log = FileLog.open(FOLDER, SMALL, storage)) {
      assertEquals(List.of("kept"), List.copyOf(read(log).values()));
      assertEquals(2, log.append(List.of(bytes("next"))).first().number());
    }
  }

  @Test
  void aRecordTornAtAnyByteIsCutAndReported() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(1 << 20);
    long sound;
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      log.append(List.of(bytes("one"), bytes("two")));
      sound = log.sizeBytes();
      log.append(List.of(bytes("the last record of this log")));
    }
    Path file = FOLDER.resolve(Segment.name(1, false));
    byte[] whole = storage.content(file).clone();
    for (int length = (int) sound; length < whole.length; length++) {
      for (boolean zeros : new boolean[] {false, true}) {
        FaultStorage torn = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1));
        try (StorageFile opened = torn.open(file)) {
          opened.truncate(length);
          if (zeros) {
            opened.write(java.nio.ByteBuffer.allocate(whole.length - length), length);
          }
        }
        boolean clean = length == sound && !zeros;
        try (FileLog log = FileLog.open(FOLDER, options, torn)) {
          assertEquals(List.of("one", "two"), List.copyOf(read(log).values()));
          assertEquals(clean ? 0 : 1, log.recovery().cuts().size());
          if (!clean) {
            Recovery.Cut cut = log.recovery().cuts().getFirst();
            assertEquals(Position.of(2), cut.last());
            assertEquals((zeros ? whole.length : length) - sound, cut.bytes());
            assertEquals(Segment.name(1, false), cut.file());
          }
          assertEquals(List.of(), log.losses());
          assertEquals(3, log.append(List.of(bytes("three"))).first().number());
        }
        try (FileLog log = FileLog.open(FOLDER, options, torn)) {
          assertTrue(log.recovery().clean());
          assertEquals(3, read(log).size());
        }
      }
    }
  }

  @Test
  void ofATornBatchOnlyWholeBlocksAreLeftFromItsBeginning() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(1 << 20).withBlockBytes(8 << 10);
    Random random = new Random(9);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      texts.add(i + ":" + noise(random, 200) + "z".repeat(400));
    }
    long sound;
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      log.append(List.of(bytes("acknowledged")));
      sound = log.sizeBytes();
      log.append(texts.stream().map(FileLogFaultTest::bytes).toList());
    }
    Path file = FOLDER.resolve(Segment.name(1, false));
    int whole = storage.content(file).length;
    assertTrue(whole - sound < 25_000, "not compressed");
    Set<Integer> left = new TreeSet<>();
    for (long length = sound; length < whole; length += 7) {
      FaultStorage torn = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, random);
      try (StorageFile opened = torn.open(file)) {
        opened.truncate(length);
      }
      try (FileLog log = FileLog.open(FOLDER, options, torn)) {
        List<String> read = List.copyOf(read(log).values());
        assertEquals("acknowledged", read.getFirst());
        assertEquals(texts.subList(0, read.size() - 1), read.subList(1, read.size()));
        assertEquals(List.of(), log.losses());
        left.add(read.size());
      }
    }
    assertTrue(left.size() >= 4, () -> "blocks: " + left);
  }

  @Test
  void whateverIsWrongWithTheIndexOfASegmentThatWasSealedWhereItIsNothingIsLost() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(40_000);
    Random random = new Random(4);
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      for (int i = 0; i < 12; i++) {
        log.append(List.of(bytes(noise(random, 12_000))));
      }
      log.awaitSealed();
    }
    NavigableMap<Long, String> all;
    try (FileLog log = open(storage.afterPowerCut(FaultStorage.Unsynced.KEPT, random))) {
      all = read(log);
      assertEquals(12, all.size());
    }
    Path file = FOLDER.resolve(Segment.name(1, false));
    int length = storage.content(file).length;
    int index = length - 48 - 3 * 16;
    for (int at = index; at < length; at++) {
      for (boolean cut : new boolean[] {false, true}) {
        FaultStorage damaged = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, random);
        damaged.content(file)[at] ^= 4;
        if (cut) {
          try (StorageFile opened = damaged.open(file)) {
            opened.truncate(at);
          }
        }
        String what = "byte " + at + (cut ? " cut" : " changed");
        try (FileLog log = open(damaged)) {
          assertEquals(all, read(log), what);
          assertEquals(List.of(), log.losses(), what);
          log.awaitSealed();
          assertEquals(all, read(log), what);
        }
        try (FileLog log = open(damaged)) {
          assertEquals(all, read(log), what);
          assertEquals(List.of(), log.losses(), what);
        }
      }
    }
  }

  /** The bytes of a sender stand at the end of a file as they came. */
  @Test
  void anEntryThatEndsLikeASealedSegmentSealsNothing() throws Exception {
    for (long last : new long[] {0, 2, 1L << 40}) {
      for (int blocks : new int[] {-1, 0, 1, 1 << 28}) {
        for (boolean closed : new boolean[] {false, true}) {
          FaultStorage storage = new FaultStorage();
          byte[] forged =
              new SegmentIndex.Footer(SegmentHeader.BYTES, blocks, 0, last, Instant.EPOCH, 0)
                  .toBytes();
          try (FileLog log = FileLog.open(FOLDER, SMALL.withSegmentBytes(1 << 20), storage)) {
            log.append(List.of(bytes("first")));
            log.append(List.of(forged));
          }
          if (closed) { // and not sealed, by a process that was killed
            Path next = FOLDER.resolve(Segment.name(3, false));
            try (StorageFile file = storage.create(next)) {
              byte[] header = SegmentHeader.of(false, idOf(storage), 3).toBytes();
              file.write(java.nio.ByteBuffer.wrap(header), 0);
              file.sync();
            }
            storage.syncDirectory(FOLDER);
          }
          String what = "last " + last + " blocks " + blocks + (closed ? " closed" : "");
          for (int opening = 0; opening < 2; opening++) {
            try (FileLog log = open(storage)) {
              assertTrue(log.recovery().clean(), what);
              assertEquals(2, log.end().number(), what);
              assertEquals(2, read(log).size(), what);
              log.awaitSealed();
              assertEquals(2, read(log).size(), what);
              assertEquals(List.of(), log.losses(), what);
            }
          }
        }
      }
    }
  }

  private static UUID idOf(FaultStorage storage) throws IOException {
    try (StorageFile file = storage.open(FOLDER.resolve(Segment.name(1, false)))) {
      SegmentHeader header = SegmentHeader.read(file);
      assertNotNull(header);
      return header.log();
    }
  }

  @Test
  void aSoundBlockBetweenTwoDamagedOnesIsKept() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(1 << 20);
    Random random = new Random(11);
    List<Long> ends = new ArrayList<>();
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      for (int i = 0; i < 8; i++) {
        log.append(List.of(bytes(noise(random, 12_000))));
        ends.add(log.sizeBytes());
      }
    }
    byte[] content = storage.content(FOLDER.resolve(Segment.name(1, false)));
    for (int block : new int[] {1, 3}) {
      content[Math.toIntExact(ends.get(block) - 100)] ^= 1;
    }
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      assertEquals(Set.of(2L, 4L), lostPositions(log));
      assertEquals(Set.of(1L, 3L, 5L, 6L, 7L, 8L), readPositions(log));
      log.awaitSealed();
      assertEquals(Set.of(1L, 3L, 5L, 6L, 7L, 8L), readPositions(log));
    }
  }

  @Test
  void aSegmentWithAWrongPositionIsNotSealedAsItIs() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(1 << 20);
    Random random = new Random(12);
    long second;
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      log.append(List.of(bytes(noise(random, 12_000))));
      second = log.sizeBytes();
      log.append(List.of(bytes(noise(random, 12_000))));
      log.append(List.of(bytes(noise(random, 12_000))));
      storage.content(FOLDER.resolve(Segment.name(1, false)))[(int) second + 19] ^= 4;
      log.append(List.of(bytes(noise(random, 2 << 20)))); // begins the next segment
      log.awaitSealed();
      assertEquals(Set.of(2L), lostPositions(log));
      assertEquals(Set.of(1L, 3L, 4L), readPositions(log));
    }
    try (FileLog log = open(storage)) {
      assertEquals(Set.of(1L, 3L, 4L), readPositions(log));
    }
  }

  private static Set<Long> readPositions(FileLog log) throws IOException {
    return new TreeSet<>(read(log).keySet());
  }

  @Test
  void everyBitThatFlipsInASyncedBodyIsDetectedAndTheRestStaysReadable() throws Exception {
    FaultStorage storage = filled(SMALL.withSegmentBytes(1 << 20), 120);
    Path file = FOLDER.resolve(Segment.name(1, false));
    int length = storage.content(file).length;
    NavigableMap<Long, String> all;
    try (FileLog log = open(storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1)))) {
      all = read(log);
    }
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      FaultStorage damaged = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, random);
      int at = SegmentHeader.BYTES + random.nextInt(length - SegmentHeader.BYTES);
      damaged.content(file)[at] ^= (byte) (1 << random.nextInt(8));
      assertOneRecordIsLost(damaged, all, "byte " + at + " seed " + seed);
    }
  }

  @Test
  void everyBitThatFlipsInASealedSegmentIsDetectedAndTheOtherBlocksStayReadable() throws Exception {
    FaultStorage storage = filled(SMALL, 120);
    try (FileLog log = open(storage)) {
      log.awaitSealed();
    }
    NavigableMap<Long, String> all;
    List<Path> sealed = new ArrayList<>();
    try (FileLog log = open(storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1)))) {
      all = read(log);
    }
    for (Path file : storage.files()) {
      if (file.toString().endsWith(SealedSegment.SUFFIX)) {
        sealed.add(file);
      }
    }
    assertTrue(sealed.size() > 3);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 1_000; round++) {
      FaultStorage damaged = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, random);
      Path file = sealed.get(random.nextInt(sealed.size()));
      byte[] content = damaged.content(file);
      int at = SegmentHeader.BYTES + random.nextInt(content.length - SegmentHeader.BYTES);
      content[at] ^= (byte) (1 << random.nextInt(8));
      String what = file + " byte " + at + " seed " + seed;
      try (FileLog log = open(damaged)) {
        NavigableMap<Long, String> left = read(log);
        Set<Long> missing = new TreeSet<>(all.keySet());
        missing.removeAll(left.keySet());
        for (Map.Entry<Long, String> entry : left.entrySet()) {
          assertEquals(all.get(entry.getKey()), entry.getValue(), what);
        }
        // Index and footer say nothing that the blocks do not say: nothing is lost with them.
        assertEquals(missing, lostPositions(log), what);
        for (long position : missing) {
          assertEquals(null, log.get(Position.of(position)), what);
        }
      }
    }
  }

  @Test
  void aBlockOfTheDiskWrittenToAnotherPlaceIsDetected() throws Exception {
    FaultStorage storage = filled(SMALL.withSegmentBytes(1 << 20), 400);
    Path file = FOLDER.resolve(Segment.name(1, false));
    int blocks = storage.content(file).length / 4096;
    assertTrue(blocks >= 8);
    NavigableMap<Long, String> all;
    try (FileLog log = open(storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1)))) {
      all = read(log);
    }
    for (int from = 1; from < blocks; from++) {
      for (int to = 1; to < blocks; to++) {
        if (from == to) {
          continue;
        }
        FaultStorage damaged = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1));
        byte[] content = damaged.content(file);
        System.arraycopy(content.clone(), from * 4096, content, to * 4096, 4096);
        try (FileLog log = open(damaged)) {
          NavigableMap<Long, String> left = read(log);
          assertFalse(log.recovery().losses().isEmpty());
          Set<Long> missing = new TreeSet<>(all.keySet());
          missing.removeAll(left.keySet());
          assertEquals(missing, lostPositions(log), "block " + from + " over " + to);
          assertTrue(missing.size() < 100);
          for (Map.Entry<Long, String> entry : left.entrySet()) {
            assertEquals(all.get(entry.getKey()), entry.getValue());
          }
        }
      }
    }
  }

  @Test
  void soundRecordsAtAWrongPlaceAreNotTakenForThoseThatBelongThere() throws Exception {
    FaultStorage storage = new FaultStorage();
    FileLogOptions options = SMALL.withSegmentBytes(1 << 20);
    NavigableMap<Long, String> all = new TreeMap<>();
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      for (long n = 1; n <= 1_000; n++) {
        String text = String.format("%04d", n); // with its heads 64 bytes: they end with blocks
        all.put(n, text);
        log.append(List.of(bytes(text)));
      }
    }
    Path file = FOLDER.resolve(Segment.name(1, false));
    int blocks = (storage.content(file).length - SegmentHeader.BYTES) / 4096;
    assertTrue(blocks > 10);
    for (int from = 0; from < blocks; from++) {
      for (int to = 0; to < blocks; to++) {
        FaultStorage damaged = storage.afterPowerCut(FaultStorage.Unsynced.KEPT, new Random(1));
        byte[] content = damaged.content(file);
        int source = SegmentHeader.BYTES + from * 4096;
        int target = SegmentHeader.BYTES + to * 4096;
        System.arraycopy(content.clone(), source, content, target, 4096);
        String what = "block " + from + " over " + to;
        try (FileLog log = FileLog.open(FOLDER, options, damaged)) {
          NavigableMap<Long, String> left = read(log);
          NavigableMap<Long, String> expected = new TreeMap<>(all);
          if (from != to) {
            expected.subMap(to * 64L + 1, true, to * 64L + 64, true).clear();
          }
          assertEquals(expected, left, what);
          Set<Long> missing = new TreeSet<>(all.keySet());
          missing.removeAll(left.keySet());
          assertEquals(missing, lostPositions(log), what);
        }
      }
    }
  }

  @Test
  void damageBeforeTheEndIsReportedOnceAndTheFileIsKeptAside() throws Exception {
    FaultStorage storage = filled(SMALL.withSegmentBytes(1 << 20), 50);
    Path file = FOLDER.resolve(Segment.name(1, false));
    byte[] content = storage.content(file);
    content[content.length / 2] ^= 1;
    byte[] asItWas = content.clone();
    long lost;
    try (FileLog log = open(storage)) {
      assertEquals(1, log.recovery().losses().size());
      Recovery.Loss loss = log.recovery().losses().getFirst();
      assertEquals(loss.first(), loss.last());
      assertEquals("checksum does not match", loss.reason());
      lost = loss.first().number();
      assertEquals(null, log.get(loss.first()));
      log.awaitSealed();
      assertEquals(49, read(log).size());
    }
    Path copy = FOLDER.resolve(Segment.name(1, false) + ".damaged");
    assertTrue(Arrays.equals(asItWas, storage.content(copy)));
    try (FileLog log = open(storage)) {
      assertTrue(log.recovery().clean()); // sealing has left the damage behind
      assertEquals(49, read(log).size());
      assertEquals(null, log.get(Position.of(lost)));
      assertEquals(List.of(), log.losses());
    }
  }

  @Test
  void aDamagedHeaderCostsNoEntries() throws Exception {
    FaultStorage storage = filled(SMALL.withSegmentBytes(1 << 20), 50);
    storage.content(FOLDER.resolve(Segment.name(1, false)))[20] ^= 1;
    try (FileLog log = open(storage)) {
      assertEquals(50, read(log).size());
    }
  }

  @Test
  void aLostFileIsReportedWithItsPositions() throws Exception {
    FaultStorage storage = filled(SMALL, 100);
    try (FileLog log = open(storage)) {
      log.awaitSealed();
    }
    List<Path> files = storage.files();
    storage.delete(files.get(2));
    try (FileLog log = open(storage)) {
      assertEquals(1, log.recovery().losses().size());
      Set<Long> lost = lostPositions(log);
      NavigableMap<Long, String> left = read(log);
      assertEquals(100, left.size() + lost.size());
      assertEquals("no file holds them", log.recovery().losses().getFirst().reason());
    }
  }

  @Test
  void aSealedLastFileWithoutItsFooterStillEndsWhereItEnds() throws Exception {
    FaultStorage storage = filled(SMALL, 60);
    try (FileLog log = open(storage)) {
      log.awaitSealed();
    }
    Path last = storage.files().getLast();
    storage.delete(last); // the active one
    Path sealed = storage.files().getLast();
    byte[] content = storage.content(sealed);
    content[content.length - 1] ^= 1;
    try (FileLog log = open(storage)) {
      assertEquals(60, read(log).size());
      assertEquals(61, log.append(List.of(bytes("next"))).first().number());
    }
  }

  @Test
  void refusesBeforeTheDiskIsFullAndGoesOnWhenThereIsRoom() throws Exception {
    FaultStorage storage = new FaultStorage();
    storage.setSpace(new Storage.Space(1_000, 100_000));
    FileLogOptions options = SMALL.withDiskLimits(2_000, 0.95);
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      LogFullException full =
          assertThrows(LogFullException.class, () -> log.append(List.of(bytes("a"))));
      assertTrue(String.valueOf(full.getMessage()).contains("1000 bytes free, 5000 are kept free"));
      assertEquals(Position.START, log.enqueued());

      storage.setSpace(new Storage.Space(50_000, 100_000));
      Position end = null;
      while (end == null) {
        try {
          end = log.append(List.of(bytes("a"))).last();
        } catch (LogFullException notLookedAgainYet) {
          Thread.onSpinWait();
        }
      }
      assertEquals(Position.of(1), end);
    }
  }

  private static FileLog open(FaultStorage storage) throws IOException {
    return FileLog.open(FOLDER, SMALL, storage);
  }

  private static FaultStorage filled(FileLogOptions options, int entries) throws Exception {
    FaultStorage storage = new FaultStorage();
    Random random = new Random(3);
    try (FileLog log = FileLog.open(FOLDER, options, storage)) {
      for (int i = 0; i < entries; i++) {
        log.append(List.of(bytes(i + ":" + random.nextLong() + "y".repeat(random.nextInt(80)))));
      }
    }
    return storage;
  }

  private static void assertOneRecordIsLost(
      FaultStorage damaged, NavigableMap<Long, String> all, String what) throws Exception {
    try (FileLog log = open(damaged)) {
      assertFalse(log.recovery().clean(), what);
      NavigableMap<Long, String> left = read(log);
      assertEquals(all.size() - 1, left.size(), what);
      Set<Long> missing = new TreeSet<>(all.keySet());
      missing.removeAll(left.keySet());
      if (missing.equals(Set.of(all.lastKey()))) {
        // Nothing follows the last record: it looks like one that was being written.
        assertEquals(Position.of(all.lastKey() - 1), log.recovery().cuts().getFirst().last(), what);
      } else {
        assertEquals(missing, lostPositions(log), what);
      }
      for (Map.Entry<Long, String> entry : left.entrySet()) {
        assertEquals(all.get(entry.getKey()), entry.getValue(), what);
      }
    }
  }

  private static Set<Long> lostPositions(FileLog log) {
    Set<Long> positions = new TreeSet<>();
    for (Recovery.Loss loss : log.losses()) {
      for (long at = loss.first().number(); at <= loss.last().number(); at++) {
        positions.add(at);
      }
    }
    return positions;
  }

  /** Opens what is left and checks it against what the one who appended knows. */
  private static NavigableMap<Long, String> verify(FaultStorage storage, Ledger ledger, String what)
      throws Exception {
    NavigableMap<Long, String> found;
    try (FileLog log = open(storage)) {
      found = read(log);
      assertEquals(List.of(), log.losses(), what);
      assertTrue(log.start().number() <= ledger.retired, what);
      for (Map.Entry<Long, String> entry : ledger.acknowledged.entrySet()) {
        if (entry.getKey() > log.start().number()) {
          assertEquals(entry.getValue(), found.get(entry.getKey()), what);
          EventLog.LogEntry one = log.get(Position.of(entry.getKey()));
          assertNotNull(one, what);
          assertEquals(entry.getValue(), new String(one.bytes(), UTF_8), what);
        }
      }
      long expected = log.start().number();
      for (long position : found.keySet()) {
        assertEquals(++expected, position, what);
      }
      assertEquals(new HashSet<>(found.values()).size(), found.size(), what);
      assertTrue(ledger.sent.containsAll(found.values()), what);
      ledger.refused.forEach(text -> assertFalse(found.containsValue(text), what));
    }
    assertEquals(0, storage.openFiles(), what);
    return found;
  }

  private static NavigableMap<Long, String> read(FileLog log) throws IOException {
    TreeMap<Long, String> entries = new TreeMap<>();
    try (EventLog.Cursor cursor = log.read(Position.START)) {
      for (EventLog.@Nullable LogEntry entry = cursor.next();
          entry != null;
          entry = cursor.next()) {
        assertEquals(
            null, entries.put(entry.position().number(), new String(entry.bytes(), UTF_8)));
      }
    }
    return entries;
  }

  /** Text that hardly becomes shorter by compressing. */
  private static String noise(Random random, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) (' ' + random.nextInt(95)));
    }
    return text.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
