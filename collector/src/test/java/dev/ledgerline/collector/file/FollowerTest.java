// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FollowerTest {
  @TempDir private Path temp = Path.of("");
  private Path logs = Path.of("");
  private Path log = Path.of("");
  private Path state = Path.of("");
  private final List<String> written = new ArrayList<>();

  @BeforeEach
  void makeFolders() throws IOException {
    logs = Files.createDirectory(temp.resolve("logs"));
    log = logs.resolve("app.log");
    state = temp.resolve("state");
  }

  @Test
  void linesAreShippedAsTheyAreWritten() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      write(log, 2);
      shipping.ship();
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aLineIsNotSentBeforeItIsWhole() throws Exception {
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      append(log, "{\"half\":");
      shipping.ship();
      shipping.later(60_000);
      shipping.ship();
      assertEquals(List.of(), shipping.streams());
      append(log, "1}\n");
      shipping.ship();
      assertEquals(List.of("{\"half\":1}"), shipping.received());
    }
  }

  @Test
  void whatComesAfterARestartIsNeitherLostNorSentUnderAnotherNumber() throws Exception {
    write(log, 5);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      for (Shipping.Death death : Shipping.Death.values()) {
        shipping.dieWith(death);
        write(log, 3);
      }
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received());
      assertTrue(shipping.repeats() > 0, "nothing was unsure");
    }
  }

  @Test
  void aLineThatWasSentBeforeItWasContinuedKeepsItsNumberOverARestart() throws Exception {
    append(log, "10:00 first\n");
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.look();
      shipping.later(500);
      shipping.dieWith(Shipping.Death.AFTER_SENDING);
      append(log, "  and more\n10:01 second\n");
      shipping.shipToTheEnd();
      assertEquals(List.of("10:00 first", "  and more", "10:01 second"), shipping.received());
    }
  }

  @Test
  void aFileThatIsRenamedIsReadToItsEndBeforeTheNext() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      write(log, 2);
      Files.move(log, logs.resolve("app.log.1"));
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(List.of(), shipping.notices());
    }
  }

  @Test
  void severalRotationsBetweenTwoLooksAreAllFound() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      for (int i = 0; i < 3; i++) {
        write(log, 2);
        rotate(99);
        write(log, 1);
      }
      shipping.restart();
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void whatWasRotatedIsInOrderAlsoForOneThatBeginsInTheGapOfARotation() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      write(log, 2);
      rotate(99);
      write(log, 2);
      rotate(99);
      shipping.restart();
      shipping.ship();
      assertEquals(written, shipping.received());
      write(log, 2);
      rotate(99);
      shipping.restart();
      shipping.ship();
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(0, shipping.repeats());
      assertEquals(List.of(), shipping.notices());
    }
  }

  @Test
  void oneThatNeverSawTheLogWaitsForTheGapOfARotationToClose() throws Exception {
    for (int i = 0; i < 3; i++) {
      write(log, 2);
      rotate(99);
    }
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      assertEquals(List.of(), shipping.streams());
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void whatWasRotatedStaysInOrderWhereTheNameDoesNotComeBack() throws Exception {
    for (int i = 0; i < 3; i++) {
      write(log, 2);
      Files.setLastModifiedTime(log, FileTime.fromMillis(1_000L * i));
      rotate(99);
    }
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received());
      write(log, 2);
      rotate(99);
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void whatWasRotatedIsNoLogOfItsOwnInTheGapOfTheNextRotation() throws Exception {
    write(log, 2);
    Files.move(log, logs.resolve("app-2026-11-20.log"));
    gzip(logs.resolve("app-2026-11-20.log"));
    write(log, 2);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      Files.move(log, logs.resolve("app-2026-11-21.log"));
      shipping.look();
      shipping.restart();
      shipping.look();
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(0, shipping.repeats());
    }
  }

  @Test
  void aFileThatWasDeletedAfterItsRotationIsReadAllTheSame() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      write(log, 2);
      Files.delete(log);
      write(log, 2);
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aWriterThatHasNotHeardOfTheRotationLosesNothing() throws Exception {
    write(log, 1);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      Files.move(log, logs.resolve("app.log.1"));
      write(log, 1);
      shipping.ship();
      write(logs.resolve("app.log.1"), 2);
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aFileThatIsCopiedAndTruncatedIsReadToItsEnd() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      write(log, 2);
      copyAndTruncate();
      write(log, 1);
      shipping.ship();
      write(log, 7);
      copyAndTruncate();
      write(log, 20); // longer than before: only its content tells
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aFileThatWasSeenEmptyMayHaveBeenFilledAndCopiedAndFilledAgain() throws Exception {
    write(log, 0);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      for (int i = 0; i < 3; i++) {
        shipping.ship(); // empty
        write(log, 2);
        copyAndTruncate();
        write(log, 3);
        shipping.ship();
        assertEquals(written, shipping.received());
        copyAndTruncate();
        shipping.ship();
        write(log, 2);
        copyAndTruncate();
        write(log, 3);
        shipping.shipWithoutLooking();
        shipping.ship();
        assertEquals(written, shipping.received());
        copyAndTruncate();
        shipping.ship();
        shipping.restart();
      }
    }
  }

  @Test
  void aCopyIsNotSentTooWhetherItsFileIsTruncatedThenOrNot() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      copy();
      write(log, 2);
      shipping.ship(); // not truncated at all
      assertEquals(written, shipping.received());
      copyAndTruncate();
      shipping.ship(); // sees it empty
      write(log, 2);
      copy();
      shipping.ship();
      assertEquals(written, shipping.received());
      truncate();
      write(log, 2);
      shipping.look(); // sees it, and has sent nothing of it
      Files.write(logs.resolve("app.log.1"), new byte[0]);
      shipping.look();
      Files.write(logs.resolve("app.log.1"), java.util.Arrays.copyOf(Files.readAllBytes(log), 5));
      shipping.look();
      copy();
      shipping.ship();
      truncate();
      write(log, 1);
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(List.of(), shipping.notices());
    }
  }

  @Test
  void theHoleOfAWriterThatDoesNotAppendIsNoRecord() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.ship();
      long size = Files.size(log);
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap("{\"after\":1}\n".getBytes(UTF_8)), size);
      }
      written.add("{\"after\":1}");
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void whatWasRotatedIsCompressedWithoutBeingSentAgain() throws Exception {
    write(log, 3);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      write(log, 2);
      rotate(99);
      gzip(logs.resolve("app.log.1"));
      write(log, 1);
      shipping.restart();
      shipping.ship();
      shipping.later(120_000);
      shipping.ship();
      rotate(99);
      write(log, 1);
      shipping.restart();
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(0, shipping.repeats());
    }
  }

  @Test
  void aFolderIsShippedWithWhatWasRotatedBefore() throws Exception {
    for (int i = 0; i < 4; i++) {
      write(log, 2);
      rotate(99);
    }
    gzip(logs.resolve("app.log.4"));
    write(log, 2);
    Files.writeString(logs.resolve("notes.md"), "no log\n");
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aFileAloneIsShippedWithoutWhatWasRotatedBefore() throws Exception {
    write(log, 2);
    rotate(99);
    written.clear();
    write(log, 2);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.shipToTheEnd();
      rotate(99);
      write(log, 1);
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void newFilesInAFolderAreFound() throws Exception {
    write(log, 1);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      Path below = Files.createDirectories(logs.resolve("2026/11/21"));
      write(below.resolve("rollout-2026-11-21T05-00-00.jsonl"), 2);
      write(below.resolve("rollout-2026-11-21T06-00-00.jsonl"), 2);
      shipping.ship();
      assertEquals(3, shipping.streams().size());
      assertEquals(2, shipping.receivedOf(shipping.streams().get(1)).size());
    }
  }

  @Test
  void aCompressedFileIsReadOnce() throws Exception {
    write(log, 5);
    gzip(log);
    Path compressed = logs.resolve("app.log.gz");
    try (Shipping shipping = new Shipping(state, Joining.USUAL, compressed)) {
      shipping.ship();
      shipping.ship();
      shipping.restart();
      shipping.ship();
      assertEquals(written, shipping.received());
      assertEquals(0, shipping.repeats());
    }
  }

  @Test
  void half0fACompressedFileWaits() throws Exception {
    write(log, 200);
    gzip(log);
    Path compressed = logs.resolve("app.log.gz");
    byte[] whole = Files.readAllBytes(compressed);
    Files.write(compressed, java.util.Arrays.copyOf(whole, whole.length / 2));
    try (Shipping shipping = new Shipping(state, Joining.USUAL, compressed)) {
      shipping.ship();
      assertEquals(List.of(), shipping.streams());
      Files.write(compressed, whole);
      shipping.ship();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aWrapSetIsOneLogInTheOrderOfItsWriting() throws Exception {
    WrapSet set = new WrapSet(3);
    for (int i = 0; i < 4; i++) { // the fourth round overwrites the first file
      set.write(4);
      set.next();
    }
    set.write(2);
    int overwritten = 2 * 4;
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.shipToTheEnd();
      assertEquals(written.subList(overwritten, written.size()), shipping.received());
      set.write(3);
      set.next();
      set.write(1);
      set.next();
      set.write(1);
      shipping.shipToTheEnd();
      assertEquals(written.subList(overwritten, written.size()), shipping.received());
      assertEquals(List.of(), shipping.notices());
    }
  }

  @Test
  void aWrapSetThatTheShellNamedFileByFileIsOneLog() throws Exception {
    WrapSet set = new WrapSet(3);
    set.write(2);
    set.next();
    set.write(2);
    Path[] named;
    try (var files = Files.list(logs)) {
      named = files.sorted().toArray(Path[]::new);
    }
    assertEquals(4, named.length);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, named)) {
      shipping.shipToTheEnd();
      set.next();
      set.write(1);
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received());
    }
  }

  @Test
  void aWrapSetWithoutItsIndexIsOrderedByItsTimes() throws Exception {
    Files.writeString(logs.resolve("s.log.1"), "2026-11-21T10:02:00 c\n");
    Files.writeString(logs.resolve("s.log.2"), "2026-11-21T10:00:00 a\n");
    Files.writeString(logs.resolve("s.log.3"), "2026-11-21T10:01:00 b\n");
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.shipToTheEnd();
      assertEquals(
          List.of("a", "b", "c"),
          shipping.received().stream().map(line -> line.substring(line.length() - 1)).toList());
    }
  }

  @Test
  void aCircleThatWasOverwrittenWhileNobodyLookedIsSaid() throws Exception {
    WrapSet set = new WrapSet(2);
    set.write(2);
    try (Shipping shipping = new Shipping(state, Joining.USUAL, logs)) {
      shipping.ship();
      shipping.restart();
      for (int i = 0; i < 3; i++) {
        set.next();
        set.write(2);
      }
      shipping.shipToTheEnd();
      List<String> there = new ArrayList<>(written.subList(0, 2));
      there.addAll(written.subList(4, 8));
      assertEquals(there, shipping.received());
      assertEquals(1, shipping.notices().size(), () -> "" + shipping.notices());
    }
  }

  @Test
  void aLineThatIsLongerThanAnyServerTakesDoesNotStopTheOthers() throws Exception {
    write(log, 1);
    try (OutputStream out = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
      byte[] piece = "x".repeat(1 << 20).getBytes(UTF_8);
      for (int i = 0; i < 20; i++) {
        out.write(piece);
      }
      out.write('\n');
    }
    append(log, "{\"after\":1}\n");
    try (Shipping shipping = new Shipping(state, Joining.USUAL, log)) {
      shipping.dieWith(Shipping.Death.AFTER_DONE);
      shipping.dieWith(Shipping.Death.AFTER_SENDING);
      shipping.ship();
      List<String> received = shipping.received();
      assertEquals(3, received.size());
      assertEquals("{\"after\":1}", received.get(2));
      assertTrue(received.get(1).length() > 8 << 20 && received.get(1).length() < 10 << 20);
    }
  }

  @Test
  void twoDoNotShareAState() throws Exception {
    StateFolder first = StateFolder.open(state);
    assertNotNull(first);
    assertNull(StateFolder.open(state));
    first.close();
    try (StateFolder second = StateFolder.open(state)) {
      assertNotNull(second);
    }
  }

  /** Everything at once, in an order that the seed says. */
  @RepeatedTest(40)
  void whateverHappensNothingIsLostAndNothingIsDoubled() throws Exception {
    long seed = Long.getLong("follow.seed", System.nanoTime() & 0xffff_ffffL);
    SplittableRandom random = new SplittableRandom(seed);
    boolean wrap = random.nextBoolean();
    WrapSet set = new WrapSet(4);
    Path named = wrap ? logs : random.nextBoolean() ? log : logs;
    if (wrap) {
      set.write(1);
    } else {
      Files.delete(logs.resolve("app.log.siz"));
      Files.delete(logs.resolve("app.log.idx"));
      write(log, 1);
    }
    try (Shipping shipping = new Shipping(state, Joining.USUAL, named)) {
      shipping.ship();
      int overwritten = 0; // of a circle, since the last look
      for (int i = 0; i < 60; i++) {
        int action = random.nextInt(8);
        switch (action) {
          case 0, 1, 2 -> {
            if (wrap) {
              set.write(random.nextInt(4));
            } else {
              write(log, random.nextInt(4));
            }
          }
          case 3 -> {
            shipping.ship();
            overwritten = 0;
          }
          case 4 -> shipping.dieWith(Shipping.Death.values()[random.nextInt(3)]);
          case 5 -> {
            if (wrap && overwritten < 3) {
              set.next();
              overwritten++;
            } else if (!wrap && Files.exists(log)) {
              rotate(99);
              if (random.nextBoolean()) {
                shipping.dieWith(Shipping.Death.values()[random.nextInt(3)]);
              }
              write(log, random.nextInt(1, 3));
            }
          }
          case 6 -> {
            if (!wrap && Files.exists(logs.resolve("app.log.2"))) {
              shipping.ship();
              gzip(logs.resolve("app.log.2"));
            }
          }
          default -> {
            if (!wrap && random.nextInt(3) == 0) {
              shipping.ship(); // of two that were truncated between two looks, the first is gone
              write(log, random.nextInt(3));
              copyAndTruncate();
              if (random.nextBoolean()) {
                shipping.ship(); // sees it empty
                write(log, random.nextInt(1, 3));
                copy();
                if (random.nextBoolean()) {
                  shipping.dieWith(Shipping.Death.values()[random.nextInt(3)]);
                }
                truncate();
              }
              write(log, random.nextInt(1, 3));
            }
          }
        }
      }
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received(), "seed " + seed);
      if (!wrap) { // of what is overwritten while nobody looks, nobody knows how long it was
        assertEquals(List.of(), shipping.notices(), "seed " + seed);
      }
    }
  }

  private void write(Path file, int records) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < records; i++) {
      String record = "{\"n\":" + written.size() + "}";
      written.add(record);
      text.append(record).append('\n');
    }
    append(file, text.toString());
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** As logrotate does it. */
  private void rotate(int most) throws IOException {
    for (int i = most; i > 0; i--) {
      for (String ending : List.of("", ".gz")) {
        Path from = logs.resolve("app.log." + i + ending);
        if (Files.exists(from)) {
          Files.move(from, logs.resolve("app.log." + (i + 1) + ending));
        }
      }
    }
    Files.move(log, logs.resolve("app.log.1"));
  }

  private void copyAndTruncate() throws IOException {
    copy();
    truncate();
  }

  private void copy() throws IOException {
    for (int i = 99; i > 0; i--) {
      for (String ending : List.of("", ".gz")) {
        Path from = logs.resolve("app.log." + i + ending);
        if (Files.exists(from)) {
          Files.move(from, logs.resolve("app.log." + (i + 1) + ending));
        }
      }
    }
    Files.copy(log, logs.resolve("app.log.1"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private void truncate() throws IOException {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  private static void gzip(Path file) throws IOException {
    Path compressed = file.resolveSibling(file.getFileName() + ".gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      Files.copy(file, out);
    }
    Files.setLastModifiedTime(compressed, Files.getLastModifiedTime(file));
    Files.delete(file);
  }

  /** As OTP's disk_log writes it, format external. */
  private final class WrapSet {
    private final int most;
    private int current = 1;

    WrapSet(int most) throws IOException {
      this.most = most;
      Files.write(logs.resolve("app.log.siz"), new byte[13]);
      index();
    }

    void write(int records) throws IOException {
      FollowerTest.this.write(logs.resolve("app.log." + current), records);
    }

    void next() throws IOException {
      current = current % most + 1;
      Files.write(logs.resolve("app.log." + current), new byte[0]);
      index();
    }

    private void index() throws IOException {
      ByteBuffer index = ByteBuffer.allocate(10 + 8 * most);
      index.put((byte) 0).putInt(0).put((byte) 2).putInt(current);
      Files.write(logs.resolve("app.log.idx"), index.array());
    }
  }
}
