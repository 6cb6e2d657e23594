// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer goes on, and the follower may be killed, before each single operation on a file. */
@Timeout(300)
class InterleavedRotationTest {
  /** More would be the same again; {@code -Dinterleaved.runs} goes further. */
  private static final int RUNS = Integer.getInteger("interleaved.runs", 40);

  @TempDir private Path temp = Path.of("");

  @Test
  void orderIsKeptWhateverIsWrittenOrKilledBetweenTwoOperations() throws Exception {
    long first = Long.getLong("interleaved.seed", System.nanoTime() & 0xffff_ffffL);
    for (long seed = first; seed < first + RUNS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Rotations rotations = new Rotations(temp.resolve("random-" + seed));
      for (int i = random.nextInt(1, 12); i > 0; i--) {
        rotations.write(random.nextInt(1, 30));
        rotations.rotate(random.nextBoolean());
        if (random.nextBoolean()) {
          rotations.write(random.nextInt(1, 4));
        }
        if (random.nextInt(4) == 0) {
          rotations.compress();
        }
      }
      rotations.write(1);
      int pace = 1 << random.nextInt(8);
      int life = 1 << random.nextInt(4, 12);
      try (Shipping shipping = rotations.shipping()) {
        rotations.follow(
            shipping,
            () -> {
              if (random.nextInt(pace) == 0) {
                rotations.step();
              }
              if (random.nextInt(life) == 0) {
                for (int i = random.nextInt(40); i > 0; i--) {
                  rotations.step();
                }
                throw new Killed();
              }
            },
            "seed " + seed);
      }
    }
  }

  @Test
  void orderIsKeptWhereverARotationFallsAfterARestart() throws Exception {
    for (int at = 0; at < 100; at++) {
      restartAndRotate(false, at);
      restartAndRotate(true, at);
    }
  }

  /** Rotates while nobody looks, and once more before that operation of the one that comes back. */
  private void restartAndRotate(boolean copied, int at) throws IOException {
    String run = (copied ? "copied" : "renamed") + " at " + at;
    Rotations rotations = new Rotations(temp.resolve(run));
    int[] operation = {0};
    try (Shipping shipping = rotations.shipping()) {
      rotations.write(20); // so much was read of a file that is longer than those that follow
      rotations.all();
      shipping.ship();
      for (int i = 0; i < 3; i++) {
        rotations.write(6 - i);
        rotations.rotate(i == 1);
        rotations.write(1);
      }
      rotations.all();
      shipping.restart();
      rotations.rotate(copied);
      rotations.write(1);
      rotations.follow(
          shipping,
          () -> {
            if (operation[0]++ == at) {
              rotations.all();
            }
          },
          run);
    }
  }

  /** Nothing in the follower catches it. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What a writer will do, in steps that cannot be divided. */
  private static final class Rotations {
    private final Path folder;
    private final Path log;
    private final List<String> written = new ArrayList<>();
    private final Deque<InterleavedDisk.Meanwhile> steps = new ArrayDeque<>();
    private InterleavedDisk.Meanwhile meanwhile = () -> {};
    private int older;

    Rotations(Path folder) throws IOException {
      this.folder = Files.createDirectories(folder.resolve("logs"));
      this.log = this.folder.resolve("app.log");
    }

    Shipping shipping() throws IOException {
      Path logs = new InterleavedDisk(() -> meanwhile.act()).path(folder);
      return new Shipping(folder.resolveSibling("state"), Joining.USUAL, logs);
    }

    /** Ships while that is done before each operation, and at last what is left. */
    void follow(Shipping shipping, InterleavedDisk.Meanwhile before, String run)
        throws IOException {
      for (int turn = 0; turn < 200 && !steps.isEmpty(); turn++) {
        meanwhile = before;
        boolean killed = false;
        try {
          shipping.turn();
        } catch (Killed e) {
          killed = true;
        }
        meanwhile = () -> {};
        if (killed) {
          shipping.restart();
        }
        step(); // nobody leaves a rotation half done for so long that it looks like a circle
      }
      all();
      shipping.shipToTheEnd();
      assertEquals(written, shipping.received(), run);
      assertEquals(List.of(), shipping.notices(), run);
    }

    void write(int records) {
      steps.add(
          () -> {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < records; i++) {
              String record = "{\"n\":" + written.size() + "}";
              written.add(record);
              text.append(record).append('\n');
            }
            Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          });
    }

    void rotate(boolean copied) {
      for (int i = older; i > 0; i--) {
        for (String ending : List.of("", ".gz")) {
          Path from = folder.resolve("app.log." + i + ending);
          Path to = folder.resolve("app.log." + (i + 1) + ending);
          steps.add(() -> moveWhereItIs(from, to));
        }
      }
      older++;
      Path newest = folder.resolve("app.log.1");
      if (copied) {
        steps.add(() -> Files.createFile(newest));
        steps.add(() -> Files.write(newest, Arrays.copyOf(bytes(), bytes().length / 2)));
        steps.add(() -> Files.write(newest, bytes()));
        steps.add(() -> Files.write(log, new byte[0])); // keeps its inode
      } else {
        steps.add(() -> Files.move(log, newest));
        write(1);
      }
    }

    private void moveWhereItIs(Path from, Path to) throws IOException {
      if (Files.exists(from)) {
        Files.move(from, to);
      } else {
        step();
      }
    }

    /** The last but one. */
    void compress() {
      Path file = folder.resolve("app.log.2");
      Path compressed = folder.resolve("app.log.2.gz");
      steps.add(() -> writeWhereItIs(file, compressed, 2));
      steps.add(() -> writeWhereItIs(file, compressed, 1));
      steps.add(() -> Files.deleteIfExists(file));
    }

    private static void writeWhereItIs(Path file, Path compressed, int part) throws IOException {
      if (Files.exists(file)) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
          Files.copy(file, out);
        }
        Files.write(compressed, Arrays.copyOf(bytes.toByteArray(), bytes.size() / part));
      }
    }

    private byte[] bytes() throws IOException {
      return Files.readAllBytes(log);
    }

    void step() throws IOException {
      InterleavedDisk.Meanwhile step = steps.poll();
      if (step != null) {
        step.act();
      }
    }

    void all() throws IOException {
      while (!steps.isEmpty()) {
        step();
      }
    }
  }
}
