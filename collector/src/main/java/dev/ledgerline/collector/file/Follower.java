// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows logs, and remembers how far. Used by one thread, in turns of
 *
 * <pre>
 *   look()            what has become of the files
 *   next(false)       records, or null
 *   begin(batch)      durable: this will be sent
 *   …                 the server has acknowledged them
 *   done(batch)
 *   settle()          when there is nothing more: durable: this was acknowledged
 * </pre>
 *
 * <p>It looks at names and sizes again and again: that works alike on all disks, shared ones too,
 * and sees what was written while nobody could look. A look costs at most a twentieth of the time.
 */
public final class Follower implements AutoCloseable {
  /**
   * How to follow.
   *
   * @param joining which lines belong together
   * @param stream the name of the stream of the only log, or what the names of all begin with;
   *     null: as usual
   * @param host keeps apart what is called the same on two machines
   */
  public record Settings(Joining joining, @Nullable String stream, String host) {}

  /** More would be a folder that is not meant; each costs some hundred bytes and a look. */
  private static final int MOST_LOGS = 20_000;

  /** Files that are open because they may be renamed or deleted under us. */
  private static final int MOST_OPEN = 256;

  private static final int LOOKS_SHARE = 20;
  private static final long SHORTEST_NANOS = 40_000_000L;

  private final Inputs inputs;
  private final boolean onlyFiles;
  private final Settings settings;
  private final StateFolder state;
  private final Consumer<String> notices;
  private final LongSupplier nanoTime;
  private final Batches batches;
  private final Map<LogFiles, FollowedLog> logs = new LinkedHashMap<>();
  private final List<FollowedLog> inOrder = new ArrayList<>();
  private int turn;
  private long nextLook;
  private boolean looked;
  private boolean tooMany;

  /**
   * A follower that has not looked yet.
   *
   * @param paths files and folders
   * @param notices takes sentences about what was lost or cannot be followed
   * @param nanoTime as {@link System#nanoTime}
   */
  public Follower(
      List<Path> paths,
      Settings settings,
      StateFolder state,
      Consumer<String> notices,
      LongSupplier nanoTime) {
    List<Path> absolute =
        paths.stream().map(path -> path.toAbsolutePath().normalize()).distinct().toList();
    this.inputs = new Inputs(absolute);
    this.onlyFiles = absolute.stream().noneMatch(Files::isDirectory);
    this.settings = settings;
    this.state = state;
    this.notices = notices;
    this.nanoTime = nanoTime;
    this.batches = new Batches(settings.joining(), settings.host());
  }

  /**
   * Looks what has become of the files, unless it has just done so.
   *
   * @return whether it looked
   */
  public boolean look() throws IOException {
    long now = nanoTime.getAsLong();
    if (looked && now - nextLook < 0) {
      return false;
    }
    for (Map.Entry<LogFiles, Boolean> log : found().entrySet()) {
      if (!logs.containsKey(log.getKey())) {
        add(log.getKey(), log.getValue());
      }
    }
    for (FollowedLog log : inOrder) {
      log.look();
    }
    closeWhatIsQuiet();
    looked = true;
    long took = nanoTime.getAsLong() - now;
    nextLook = now + Math.max(SHORTEST_NANOS, took * LOOKS_SHARE);
    return true;
  }

  /** Whether a name that is no file stands for a log all the same, as that of a wrap set does. */
  public static boolean isThere(Path path) throws IOException {
    return !new LogFiles(path.toAbsolutePath().normalize()).oldestFirst(true).isEmpty();
  }

  /** Named files do not become more. */
  private Map<LogFiles, Boolean> found() throws IOException {
    return looked && onlyFiles ? Map.of() : inputs.logs(this::isKnown);
  }

  private boolean isKnown(LogFiles log) {
    return logs.containsKey(log) || (!looked && state.has(log.cursorName()));
  }

  private void add(LogFiles files, boolean older) throws IOException {
    if (inOrder.size() == MOST_LOGS) {
      if (!tooMany) {
        notices.accept("there are more than " + MOST_LOGS + " logs; the others are not followed");
        tooMany = true;
      }
      return;
    }
    FollowedLog log =
        new FollowedLog(files, older, stream(files), batches, state, notices, nanoTime);
    logs.put(files, log);
    inOrder.add(log);
  }

  private @Nullable String stream(LogFiles files) throws IOException {
    String given = settings.stream();
    if (given == null || (onlyFiles && inputs.logs(this::isKnown).size() == 1)) {
      return given;
    }
    return given
        + "/"
        + files.name().getFileName()
        + "-"
        + Place.hash(settings.host() + "\0" + files.name());
  }

  /**
   * The next records of any log, each in turn; null when there are none now.
   *
   * @param toTheEnd nothing is expected any more: last lines without an end are whole
   */
  public @Nullable Batch next(boolean toTheEnd) throws IOException {
    for (int i = 0; i < inOrder.size(); i++) {
      turn = (turn + 1) % inOrder.size();
      Batch batch = inOrder.get(turn).next(toTheEnd);
      if (batch != null) {
        return batch;
      }
    }
    return null;
  }

  /** Writes down what will be sent; until {@link #done}, a restart begins with it. */
  public void begin(Batch batch) throws IOException {
    batch.of().begin(batch);
  }

  /** The server has them, or has said for good that it does not want them. */
  public void done(Batch batch) {
    batch.of().done(batch);
  }

  /** Writes down what is acknowledged where that is not written yet. */
  public void settle() throws IOException {
    for (FollowedLog log : inOrder) {
      log.settle();
    }
  }

  /** Logs that were found so far. */
  public int logs() {
    return inOrder.size();
  }

  private void closeWhatIsQuiet() {
    List<TrackedFile> open = new ArrayList<>();
    inOrder.forEach(log -> open.addAll(log.open()));
    if (open.size() > MOST_OPEN) {
      open.sort(Comparator.comparingLong(TrackedFile::quietSince));
      open.stream()
          .filter(file -> !file.hasUnread())
          .limit(open.size() - MOST_OPEN)
          .forEach(TrackedFile::close);
    }
  }

  @Override
  public void close() throws IOException {
    for (FollowedLog log : inOrder) {
      log.close();
    }
  }
}
