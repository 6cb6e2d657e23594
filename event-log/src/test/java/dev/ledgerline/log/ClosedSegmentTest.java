// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Segments that a process closed and had no time to seal. */
@Timeout(60)
class ClosedSegmentTest {
  private static final Path FOLDER = Path.of("/log");
  private static final FileLogOptions OPTIONS =
      FileLogOptions.defaults().withSegmentBytes(20_000).withDiskLimits(0, 1.0);

  private final FaultStorage storage = new FaultStorage();
  private final Losses losses = new Losses(storage);
  private ConcurrentNavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();

  @BeforeEach
  void writeWithoutSealing() throws Exception {
    LogWriter writer = new LogWriter(folder(), new DurableEnd(0), () -> {});
    writer.start();
    for (int i = 1; i <= 1_000; i++) {
      writer.enqueue(List.of(("entry " + i).getBytes(UTF_8)));
    }
    writer.close();
    assertTrue(segments.size() > 2);
  }

  @Test
  void everyEntryIsFoundThoughOpeningDidNotReadThem() throws Exception {
    recover();
    for (Segment segment : segments.values()) {
      RawSegment raw = (RawSegment) segment;
      for (long position = raw.last(); position >= raw.first(); position--) {
        assertEquals("entry " + position, read(raw, position));
      }
    }
    assertEquals(List.of(), losses.all());
  }

  @Test
  void damageIsFoundWhenTheyAreRead() throws Exception {
    Segment second = segments.higherEntry(1L).getValue();
    byte[] content = storage.content(second.file());
    content[content.length / 2] ^= 1;
    recover();
    assertEquals(List.of(), losses.all());

    RawSegment raw = (RawSegment) segments.get(second.first());
    assertNotNull(raw);
    List<String> entries = all(raw);

    assertEquals(raw.last() - raw.first(), entries.size());
    Recovery.Loss loss = losses.all().getFirst();
    assertEquals(loss.first(), loss.last());
    for (long position = raw.first(); position <= raw.last(); position++) {
      if (position != loss.first().number()) {
        assertEquals("entry " + position, read(raw, position));
      }
    }
    assertEquals(1, losses.all().size());
  }

  @Test
  void aFileThatEndsTooEarlyIsALoss() throws Exception {
    Segment second = segments.higherEntry(1L).getValue();
    long lastBefore = second.last();
    try (StorageFile file = storage.open(second.file())) {
      BlockReader blocks = new BlockReader(file, SegmentHeader.BYTES, second.first(), 64 << 10);
      for (int i = 0; i < 100; i++) {
        assertNull(blocks.next(file.size()));
      }
      file.truncate(blocks.offset());
    }
    recover();
    RawSegment raw = (RawSegment) segments.get(second.first());
    assertNotNull(raw);

    assertEquals(100, all(raw).size());
    assertEquals(
        List.of(
            new Recovery.Loss(
                Position.of(second.first() + 100),
                Position.of(lastBefore),
                String.valueOf(second.file().getFileName()),
                "the file ends")),
        losses.all());
  }

  @Test
  void aSegmentThatCannotBeSealedDoesNotKeepTheNextFromIt() throws Exception {
    Segment first = segments.firstEntry().getValue();
    Segment second = segments.higherEntry(first.first()).getValue();
    storage.delete(first.file());
    SegmentKeeper keeper = new SegmentKeeper(folder(), new BlockCache(OPTIONS.blockCacheBytes()));
    keeper.start(() -> false);
    keeper.awaitIdle();
    keeper.close();
    assertInstanceOf(RawSegment.class, segments.get(first.first()));
    assertInstanceOf(SealedSegment.class, segments.get(second.first()));
  }

  private LogWriter.Folder folder() {
    return new LogWriter.Folder(
        FOLDER,
        new UUID(1, 2),
        OPTIONS,
        storage,
        segments,
        new FreeSpace(FOLDER, storage, OPTIONS),
        losses);
  }

  private void recover() throws IOException {
    LogFolder folder =
        new LogFolder(FOLDER, OPTIONS, storage, losses, new BlockCache(OPTIONS.blockCacheBytes()));
    folder.recover();
    assertEquals(new UUID(1, 2), folder.id());
    assertEquals(1_000, folder.last());
    segments = folder.segments();
  }

  private static String read(RawSegment segment, long position) throws IOException {
    try (Segment.Reader reader = segment.read(position, 1_000)) {
      EventLog.LogEntry entry = reader.next();
      assertNotNull(entry);
      assertEquals(position, entry.position().number());
      return new String(entry.bytes(), UTF_8);
    }
  }

  private static List<String> all(RawSegment segment) throws IOException {
    List<String> entries = new ArrayList<>();
    try (Segment.Reader reader = segment.read(segment.first(), 1_000)) {
      for (EventLog.LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
        entries.add(new String(entry.bytes(), UTF_8));
      }
    }
    return entries;
  }
}
