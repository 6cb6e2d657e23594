// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A follower that can be killed at any point, and what a server keeps of what it sends: each number
 * of a stream once, and never another record under it. Time goes only where it is told to.
 */
final class Shipping implements AutoCloseable {
  /** Where it is killed. */
  enum Death {
    BEFORE_SENDING,
    AFTER_SENDING,
    AFTER_DONE
  }

  private final List<Path> paths;
  private final Path stateFolder;
  private final Joining joining;
  private final Map<String, TreeMap<Long, String>> streams = new LinkedHashMap<>();
  private final List<String> notices = new ArrayList<>();
  private long now = 1;
  private StateFolder state;
  private Follower follower;
  private int repeats;

  Shipping(Path stateFolder, Joining joining, Path... paths) throws IOException {
    this.paths = List.of(paths);
    this.stateFolder = stateFolder;
    this.joining = joining;
    this.state = opened(stateFolder);
    this.follower = newFollower();
  }

  private static StateFolder opened(Path folder) throws IOException {
    StateFolder opened = StateFolder.open(folder);
    assertNotNull(opened, "somebody has the lock");
    return opened;
  }

  private Follower newFollower() {
    return new Follower(
        paths, new Follower.Settings(joining, null, "host"), state, notices::add, () -> now);
  }

  void later(long millis) {
    now += millis * 1_000_000L;
  }

  void look() throws IOException {
    later(1_000);
    follower.look();
  }

  /** Ships what there is. */
  void ship() throws IOException {
    look();
    shipWithoutLooking();
  }

  /** Ships what there is of the files that are known. */
  void shipWithoutLooking() throws IOException {
    for (Batch batch = follower.next(false); batch != null; batch = follower.next(false)) {
      follower.begin(batch);
      receive(batch);
      follower.done(batch);
    }
    follower.settle();
  }

  /** One look and one batch, soon after the last. */
  void turn() throws IOException {
    later(50);
    follower.look();
    Batch batch = follower.next(false);
    if (batch == null) {
      follower.settle();
      return;
    }
    follower.begin(batch);
    receive(batch);
    follower.done(batch);
  }

  void shipToTheEnd() throws IOException {
    look();
    for (int quiet = 0; quiet < 3; ) {
      Batch batch = follower.next(true);
      if (batch == null) {
        look(); // a file that was replaced under it is found again
        quiet++;
        continue;
      }
      quiet = 0;
      follower.begin(batch);
      receive(batch);
      follower.done(batch);
    }
    follower.settle();
  }

  /** Ships one batch and is killed; does nothing where there is none. */
  void dieWith(Death death) throws IOException {
    look();
    Batch batch = follower.next(false);
    if (batch != null) {
      follower.begin(batch);
      if (death != Death.BEFORE_SENDING) {
        receive(batch);
      }
      if (death == Death.AFTER_DONE) {
        follower.done(batch);
      }
    }
    restart();
  }

  /** As after a kill: nothing is written any more. */
  void restart() throws IOException {
    state.close();
    state = opened(stateFolder);
    follower = newFollower();
  }

  private void receive(Batch batch) {
    TreeMap<Long, String> stream = streams.computeIfAbsent(batch.stream(), s -> new TreeMap<>());
    long number = batch.first();
    for (byte[] record : batch.records()) {
      String text = new String(record, StandardCharsets.UTF_8);
      String before = stream.putIfAbsent(number, text);
      if (before != null) {
        assertEquals(before, text, "another record under number " + number);
        repeats++;
      }
      number++;
    }
  }

  /** What the server holds of the only stream, in the order of the numbers. */
  List<String> received() {
    assertEquals(1, streams.size(), () -> "streams " + streams.keySet());
    return receivedOf(streams.keySet().iterator().next());
  }

  List<String> receivedOf(String stream) {
    @Nullable TreeMap<Long, String> records = streams.get(stream);
    return records == null ? List.of() : List.copyOf(records.values());
  }

  List<String> streams() {
    return List.copyOf(streams.keySet());
  }

  /** Records that were sent more than once. */
  int repeats() {
    return repeats;
  }

  List<String> notices() {
    return notices;
  }

  @Override
  public void close() throws IOException {
    follower.close();
    state.close();
  }
}
