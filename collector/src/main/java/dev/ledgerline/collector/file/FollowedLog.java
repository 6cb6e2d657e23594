// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One log that is being read. Used by one thread. */
final class FollowedLog {
  /** So long a line of text waits for lines that continue it. */
  private static final long HOLD_NANOS = 100_000_000L;

  /** So long the last, broken line of a file waits that something has taken the place of. */
  private static final long BROKEN_NANOS = 500_000_000L;

  /** So long a file that was renamed is watched: its writer may not have heard of it yet. */
  private static final long LINGER_NANOS = 60_000_000_000L;

  /** Times of files are no finer than some milliseconds, on some disks than two seconds. */
  private static final long YOUNG_NANOS = 2_500_000_000L;

  /** A log that is renamed faster than one can look is looked at later. */
  private static final int TRIES = 10;

  /** So long a name may be missing because a rotation is at it. */
  private static final long ROTATION_NANOS = 500_000_000L;

  /** Files that are known again; a wrap set of more of them is known whole all the same. */
  private static final int REMEMBERED = 64;

  /** What was about to be sent from a file: up to that byte, so many records. */
  private record Unsure(TrackedFile file, long to, int records) {}

  private final LogFiles files;
  private final @Nullable String givenStream;
  private final Batches batches;
  private final StateFolder state;
  private final Consumer<String> notices;
  private final LongSupplier nanoTime;

  private final List<TrackedFile> tracked = new ArrayList<>();
  private final List<Place> finished = new ArrayList<>();
  private @Nullable String stream;
  private long next;
  private @Nullable Unsure unsure;
  private boolean unsaved;
  private boolean resolved;

  /** Something was in the middle of a change when it was looked at last. */
  private boolean unsettled = true;

  /** Written in a circle: no name is always the newest. */
  private boolean circle;

  private final long begun;
  private boolean restored;

  /** The file that is being written, as it was seen last. */
  private @Nullable Seen newest;

  /** What was changed before was there before the log was first seen, and is not meant. */
  private final long since;

  /**
   * A log that goes on where its cursor says.
   *
   * @param older its older files count, too, when it is seen for the first time
   * @param stream null: named after the log and its first record
   */
  FollowedLog(
      LogFiles files,
      boolean older,
      @Nullable String stream,
      Batches batches,
      StateFolder state,
      Consumer<String> notices,
      LongSupplier nanoTime)
      throws IOException {
    this.files = files;
    this.givenStream = stream;
    this.batches = batches;
    this.state = state;
    this.notices = notices;
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
    Cursor cursor = state.load(files.cursorName());
    if (cursor != null) {
      this.restored = true;
      this.stream = cursor.stream();
      this.next = cursor.next();
      this.circle = cursor.circle();
      this.finished.addAll(cursor.finished());
      for (Place place : cursor.open()) {
        tracked.add(new TrackedFile(place, null, null, begun));
      }
      Cursor.Sending sending = cursor.sending();
      if (sending != null) {
        this.unsure = new Unsure(tracked.get(sending.file()), sending.to(), sending.records());
      }
    }
    this.since = older || restored ? Long.MIN_VALUE : firstMoment();
  }

  private long firstMoment() throws IOException {
    return files.oldestFirst(false).stream()
        .filter(file -> !file.path().equals(files.name()))
        .mapToLong(file -> file.modifiedMillis() + 1)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  String name() {
    return files.name().toString();
  }

  /** Looks what has become of its files. Cheap while nothing but the newest has changed. */
  void look() throws IOException {
    look(false);
  }

  private void look(boolean toTheEnd) throws IOException {
    Seen seen = canBeOrdered(toTheEnd) ? files.newest(circle) : null;
    if (seen == null) {
      return; // not there yet, or not there for a moment
    }
    TrackedFile last = tracked.isEmpty() ? null : tracked.getLast();
    boolean same;
    if (last != null && seen.path().equals(last.path) && seen.key().equals(last.place.key())) {
      same = hasOnlyGrown(last, seen);
      if (!same) {
        last.lose(); // what was in it may stand in a copy
      }
    } else {
      same = seen.equals(newest);
    }
    newest = seen;
    if (!same || unsettled) {
      resolve();
    }
  }

  /**
   * Whether one can tell in which order its files were written. That the name is missing does not
   * make a circle of them: a rotation may be at it.
   */
  private boolean canBeOrdered(boolean toTheEnd) {
    boolean set = files.isWrapSet();
    if (set || files.isNamed()) {
      circle = set;
      return true;
    }
    if (resolved || restored) {
      return circle || !resolved; // in the middle of a rotation what was open goes on being read
    }
    circle = toTheEnd || nanoTime.getAsLong() - begun >= ROTATION_NANOS;
    return circle;
  }

  /**
   * Whether the newest file is as it was but for its end. One that was emptied and filled up to the
   * same size shows by its time, or by its content where that is too young to tell.
   */
  private boolean hasOnlyGrown(TrackedFile last, Seen seen) {
    if (GzipFile.is(seen.path())) {
      return true;
    }
    if (seen.size() < last.place.leastBytes()) {
      return false;
    }
    long now = nanoTime.getAsLong();
    boolean touched = seen.modifiedMillis() != last.place.modifiedMillis();
    last.place = last.place.in(seen.key(), seen.modifiedMillis());
    last.reached(seen.size(), now);
    if (seen.size() != last.place.at() || !(touched || !last.isQuietFor(YOUNG_NANOS, now))) {
      return true;
    }
    return last.isAsRead();
  }

  /** Finds out which file is which. */
  private void resolve() throws IOException {
    unsettled = true;
    Resolution.Known known = new Resolution.Known(tracked, finished, circle, newestKnown());
    for (int i = 0; i < TRIES; i++) {
      List<Seen> seen = files.oldestFirst(circle);
      if (seen.isEmpty()) {
        return;
      }
      Resolution resolution = new Resolution(files.name(), known, seen, nanoTime.getAsLong());
      if (hasOnlyGrown(seen, files.oldestFirst(circle)) && resolution.holds()) {
        commit(resolution, seen);
        return;
      }
      resolution.drop(); // they were renamed while they were looked at
    }
  }

  private static boolean hasOnlyGrown(List<Seen> before, List<Seen> after) {
    boolean only = before.size() == after.size();
    for (int i = 0; i < before.size() && only; i++) {
      only = before.get(i).grewTo(after.get(i));
    }
    return only;
  }

  /** Where nothing is left of what was known, time has to tell what is new. */
  private long newestKnown() {
    return Stream.concat(tracked.stream().map(file -> file.place), finished.stream())
        .mapToLong(Place::modifiedMillis)
        .max()
        .orElse(since);
  }

  private void commit(Resolution resolution, List<Seen> order) {
    resolved = true;
    unsettled = resolution.isUnsettled();
    resolution.found().forEach(TrackedFile::foundAt);
    for (TrackedFile file : List.copyOf(tracked)) {
      if (!resolution.found().containsKey(file)) {
        file.path = null;
        if (!file.isAsRead()) {
          gone(file);
        }
      }
    }
    unsaved |= !resolution.adopted().isEmpty();
    tracked.addAll(resolution.adopted());
    // what has no name any more is older than what has one
    List<Path> paths = order.stream().map(Seen::path).toList();
    tracked.sort(
        Comparator.comparingInt(file -> file.path == null ? -1 : paths.indexOf(file.path)));
    restored = false;
  }

  private void gone(TrackedFile file) {
    Unsure lost = unsure;
    boolean wasSent = lost != null && lost.file == file;
    if (lost != null && wasSent) {
      skip(lost);
    }
    if (file.hasUnread() || wasSent || (restored && file == tracked.getLast())) {
      notices.accept(
          name()
              + ": a file of it was overwritten or removed while nobody looked; what it may have had"
              + " behind byte "
              + file.place.at()
              + " is lost");
    }
    finish(file);
  }

  /** Their numbers may have been used, so they are not used again. */
  private void skip(Unsure lost) {
    next += lost.records;
    unsure = null;
    unsaved = true;
  }

  private void finish(TrackedFile file) {
    file.close();
    tracked.remove(file);
    finished.add(file.place);
    if (finished.size() > REMEMBERED) {
      finished.removeFirst();
    }
    unsaved = true;
  }

  /**
   * The next records, null where there are none now.
   *
   * @param toTheEnd nothing is expected any more: what is there is whole
   */
  @Nullable Batch next(boolean toTheEnd) throws IOException {
    if (!resolved && toTheEnd) {
      look(true);
    }
    if (!resolved) {
      return null;
    }
    if (unsure != null) {
      return again(unsure);
    }
    for (TrackedFile file : List.copyOf(tracked)) {
      boolean last = file == tracked.getLast();
      Content content = file.content();
      if (content == null) {
        unsettled = true; // renamed since it was found; nothing is sent before it is found again
        return null;
      }
      long now = nanoTime.getAsLong();
      if (content.reaches(file.place.at())) {
        boolean whole =
            toTheEnd || content.isFinal() || (!last && file.isQuietFor(BROKEN_NANOS, now));
        boolean waited = !last || file.isQuietFor(HOLD_NANOS, now);
        Batches.Found found = batches.read(file, content, whole, waited, now);
        if (found == null) {
          file.lose();
          resolve();
          return next(toTheEnd); // of other files: what is lost is not tracked any more
        }
        file.place = found.head();
        if (!found.records().isEmpty()) {
          return batch(file, found);
        }
        if (found.after().at() > file.place.at()) {
          file.place = found.after(); // blank lines
          unsaved = true;
        }
      }
      boolean unread = content.reaches(file.place.at());
      if (unread && !last) {
        return null; // the end of one file comes before the beginning of the next
      }
      if (!unread && (content.isFinal() || (!last && mayGo(file, now)))) {
        finish(file);
      }
    }
    return null;
  }

  private boolean mayGo(TrackedFile file, long now) {
    return tracked.size() > REMEMBERED || file.isQuietFor(LINGER_NANOS, now);
  }

  private Batch batch(TrackedFile file, Batches.Found found) {
    String named = stream;
    if (named == null) {
      named = givenStream == null ? streamFor(found.records().getFirst()) : givenStream;
      stream = named;
    }
    return new Batch(this, file, found.after(), named, next, found.records());
  }

  /** The same log makes the same name, also when its cursor was lost. */
  private String streamFor(byte[] firstRecord) {
    int bytes = Math.min(firstRecord.length, Place.HEAD);
    String file = files.name().getFileName().toString();
    return (file.length() > 200 ? file.substring(0, 200) : file)
        + "-"
        + Place.hash(
            batches.host() + "\0" + files.name() + "\0" + Place.hash(firstRecord, 0, bytes));
  }

  /** What was about to be sent when we were stopped: the same bytes make the same records. */
  private @Nullable Batch again(Unsure sent) throws IOException {
    Content content = sent.file.content();
    Batches.Found found = content == null ? null : batches.readAgain(sent.file, content, sent.to);
    if (found == null) {
      sent.file.lose(); // renamed or emptied since it was found
      unsettled = true;
      return null;
    }
    if (found.records().size() != sent.records) {
      skip(sent); // lost, or joined by another rule now: rather twice than never
      return null;
    }
    return batch(sent.file, found);
  }

  /** Writes down what will be sent. */
  void begin(Batch batch) throws IOException {
    unsure = new Unsure(batch.file(), batch.after().at(), batch.records().size());
    save();
  }

  /** The server has it. */
  void done(Batch batch) {
    batch.file().place =
        batch.after().in(batch.file().place.key(), batch.file().place.modifiedMillis());
    next += batch.records().size();
    unsure = null;
    unsaved = true;
  }

  /** Writes down what is acknowledged, if that is not written. */
  void settle() throws IOException {
    if (unsaved && unsure == null && stream != null) {
      save();
    }
  }

  private void save() throws IOException {
    String named = stream;
    if (named != null) {
      Unsure sent = unsure;
      state.save(
          files.cursorName(),
          new Cursor(
              name(),
              named,
              next,
              circle,
              tracked.stream().map(file -> file.place).toList(),
              List.copyOf(finished),
              sent == null
                  ? null
                  : new Cursor.Sending(tracked.indexOf(sent.file), sent.to, sent.records)));
      unsaved = false;
    }
  }

  List<TrackedFile> open() {
    return tracked.stream().filter(TrackedFile::isOpen).toList();
  }

  void close() throws IOException {
    settle();
    tracked.forEach(TrackedFile::close);
  }
}
