// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
  private final boolean older;
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
  private boolean unsettled;

  /** Written in a circle: no name is always the newest. */
  private boolean circle;

  private final long begun;
  private boolean restored;
  private String signed = "";

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
    this.older = older;
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
        tracked.add(new TrackedFile(place, null, begun));
      }
      Cursor.Sending sending = cursor.sending();
      if (sending != null) {
        this.unsure = new Unsure(tracked.get(sending.file()), sending.to(), sending.records());
      }
    }
  }

  String name() {
    return files.name().toString();
  }

  /** Looks what has become of its files. Cheap while nothing but the newest has changed. */
  void look() throws IOException {
    look(false);
  }

  private void look(boolean toTheEnd) throws IOException {
    if (!canBeOrdered(toTheEnd)) {
      return;
    }
    Path live = files.live(circle);
    BasicFileAttributes attributes = live == null ? null : TrackedFile.attributes(live);
    if (live == null || attributes == null) {
      return; // not there yet, or not there for a moment
    }
    TrackedFile last = tracked.isEmpty() ? null : tracked.getLast();
    String key = TrackedFile.key(attributes);
    long modified = attributes.lastModifiedTime().toMillis();
    if (resolved
        && !unsettled
        && last != null
        && live.equals(last.path)
        && key.equals(last.place.key())
        && (GzipFile.is(live) || attributes.size() >= last.place.leastBytes())) {
      if (isAsItWas(last, live, attributes)) {
        return;
      }
      if (!last.isBlank()) {
        last.lose();
      }
    }
    String signature = live + " " + key + " " + attributes.size() + " " + modified;
    if (resolved && !unsettled && last == null && signature.equals(signed)) {
      return;
    }
    signed = signature;
    if (last != null
        && live.equals(last.path)
        && key.equals(last.place.key())
        && attributes.size() < last.place.leastBytes()) {
      last.lose(); // truncated; what was in it may stand in a copy
    }
    resolve();
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
   * Whether the newest file has only grown. One that was emptied and filled up to the same size
   * shows by its time, or by its content where that is too young to tell.
   */
  private boolean isAsItWas(TrackedFile last, Path live, BasicFileAttributes attributes) {
    long modified = attributes.lastModifiedTime().toMillis();
    boolean touched = modified != last.place.modifiedMillis();
    if (last.isBlank() && !GzipFile.is(live)) {
      return !touched && attributes.size() == 0; // what it was filled with may stand in a copy
    }
    last.place = last.place.in(last.place.key(), modified);
    if (GzipFile.is(live)) {
      return true;
    }
    last.reached(attributes.size(), nanoTime.getAsLong());
    boolean young = !last.isQuietFor(YOUNG_NANOS, nanoTime.getAsLong());
    return attributes.size() != last.place.at()
        || !(touched || young)
        || TrackedFile.stands(last.place, live, attributes);
  }

  /** Finds out which file is which. */
  private void resolve() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      List<Seen> seen = seen();
      Resolution resolution = new Resolution(seen);
      if (isSame(seen, seen())) {
        commit(resolution);
        return;
      }
      resolution.drop(); // they were renamed while they were looked at
    }
    unsettled = true;
  }

  private void commit(Resolution resolution) {
    resolved = true;
    unsettled = resolution.unsettled;
    List<Path> order = resolution.seen.stream().map(Seen::path).toList();
    resolution.found.forEach(
        (file, seen) -> {
          file.place = resolution.begun.getOrDefault(seen, file.place);
          file.foundAt(seen.path, seen.attributes);
        });
    for (TrackedFile file : List.copyOf(tracked)) {
      if (!resolution.found.containsKey(file)) {
        file.path = null;
        if (!file.isOpen()) {
          gone(file);
        }
      }
    }
    unsaved |= !resolution.adopted.isEmpty();
    tracked.addAll(resolution.adopted);
    // what has no name any more is older than what has one
    tracked.sort(
        Comparator.comparingInt(file -> file.path == null ? -1 : order.indexOf(file.path)));
    restored = false;
  }

  /** A file of the log as it was when it was looked at. */
  private record Seen(Path path, BasicFileAttributes attributes) {}

  private List<Seen> seen() throws IOException {
    List<Seen> seen = new ArrayList<>();
    for (Path path : files.oldestFirst(circle)) {
      BasicFileAttributes attributes = TrackedFile.attributes(path);
      if (attributes != null) {
        seen.add(new Seen(path, attributes));
      }
    }
    return seen;
  }

  private static boolean isSame(List<Seen> before, List<Seen> after) {
    boolean same = before.size() == after.size();
    for (int i = 0; i < before.size() && same; i++) {
      Seen one = before.get(i);
      Seen two = after.get(i);
      same =
          one.path.equals(two.path)
              && TrackedFile.key(one.attributes).equals(TrackedFile.key(two.attributes))
              && one.attributes.size() <= two.attributes.size();
    }
    return same;
  }

  /** Which file is which, found out without changing anything. */
  private final class Resolution {
    private final List<Seen> seen;
    private final Map<TrackedFile, Seen> found = new LinkedHashMap<>();

    /** What begins now those that were blank. */
    private final Map<Seen, Place> begun = new LinkedHashMap<>();

    private final List<TrackedFile> adopted = new ArrayList<>();

    /** A file is still being made; it has to be looked at again. */
    private boolean unsettled;

    Resolution(List<Seen> seen) throws IOException {
      this.seen = seen;
      boolean first = tracked.isEmpty() && finished.isEmpty() && stream == null;
      boolean all = circle || (first && older);
      int oldestKnown = Integer.MAX_VALUE;
      List<Integer> unknown = new ArrayList<>();
      // a copy has the same content: first those that are still the same file
      for (TrackedFile known : tracked) {
        for (Seen file : seen) {
          if (TrackedFile.key(file.attributes).equals(known.place.key()) && isFound(known, file)) {
            break;
          }
        }
      }
      for (int i = 0; i < seen.size(); i++) {
        Seen file = seen.get(i);
        if (!find(file)) {
          unknown.add(i);
        } else if (!begun.containsKey(file) || !isLive(file.path)) {
          oldestKnown = Math.min(oldestKnown, i);
        }
      }
      for (int i : unknown) {
        Seen file = seen.get(i);
        // what was there before the log was first seen was not meant then, and is not now
        if (all || isLive(file.path) || i > oldestKnown || (!first && isYoung(file, oldestKnown))) {
          adopt(file);
        }
      }
    }

    private boolean find(Seen file) throws IOException {
      if (found.containsValue(file)) {
        return true;
      }
      for (TrackedFile known : tracked) {
        if (isFound(known, file)) {
          return true;
        }
      }
      for (Map.Entry<TrackedFile, Seen> known : found.entrySet()) {
        Place place = begun.getOrDefault(known.getValue(), known.getKey().place);
        if (place.leastBytes() > 0 && TrackedFile.stands(place, file.path, file.attributes)) {
          return true; // a copy
        }
      }
      for (Place known : finished) {
        if (known.at() > 0 && TrackedFile.stands(known, file.path, file.attributes)) {
          return true;
        }
      }
      return false;
    }

    private boolean isFound(TrackedFile known, Seen file) throws IOException {
      if (found.containsKey(known)
          || found.containsValue(file)
          || !TrackedFile.stands(known.place, file.path, file.attributes)) {
        return false;
      }
      found.put(known, file);
      if (known.isBlank()) {
        begun.put(file, beginning(known.place, file.path));
      }
      return true;
    }

    private static Place beginning(Place place, Path path) throws IOException {
      try (Content content = TrackedFile.open(path)) {
        return Batches.withHead(place, content, 1);
      } catch (NoSuchFileException e) {
        return place; // renamed while it is looked at
      }
    }

    /** Where nothing is left of what was known, time has to tell. */
    private boolean isYoung(Seen file, int oldestKnown) {
      long newest =
          tracked.isEmpty()
              ? (finished.isEmpty() ? 0 : finished.getLast().modifiedMillis())
              : tracked.getLast().place.modifiedMillis();
      return oldestKnown == Integer.MAX_VALUE
          && file.attributes.lastModifiedTime().toMillis() >= newest;
    }

    private void adopt(Seen file) throws IOException {
      boolean gzip = GzipFile.is(file.path);
      boolean older = !isLive(file.path) && !circle;
      if (older && !gzip && file.attributes.size() == 0) {
        return; // the beginning of a copy, or nothing
      }
      if ((gzip && !new GzipFile(file.path).isWhole()) || (older && isBeginningOfTheKnown(file))) {
        unsettled = true;
        return;
      }
      Place start =
          Place.start(
              TrackedFile.key(file.attributes), file.attributes.lastModifiedTime().toMillis());
      TrackedFile adopting = new TrackedFile(start, file.path, nanoTime.getAsLong());
      adopted.add(adopting);
      Content content = adopting.content(); // open, it can be renamed and deleted
      if (content != null) {
        adopting.place = Batches.withHead(start, content, 1);
      }
      if (!gzip) {
        adopting.reached(file.attributes.size(), nanoTime.getAsLong());
      }
    }

    /** A copy that is being made. */
    private boolean isBeginningOfTheKnown(Seen file) {
      return found.entrySet().stream()
          .anyMatch(
              known ->
                  TrackedFile.begins(
                      known.getKey().place, known.getValue().path, file.path, file.attributes));
    }

    void drop() {
      adopted.forEach(TrackedFile::close);
    }
  }

  private boolean isLive(Path path) {
    return path.equals(files.name());
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
        unsettled = true;
        return null;
      }
      long now = nanoTime.getAsLong();
      if (file.isBlank() && file.path != null && content.reaches(0)) {
        resolve(); // it was empty; what it was filled with may stand in a copy by now
        return file.isBlank() ? null : next(toTheEnd);
      }
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
    Batches.Found found = readAgain(sent);
    for (int i = 0; found == null && i < TRIES; i++) {
      sent.file.lose(); // renamed since it was found
      resolve();
      if (unsure == null) {
        return null;
      }
      found = readAgain(sent);
    }
    if (found == null || found.records().size() != sent.records) {
      skip(sent); // gone, or joined by another rule now: rather twice than never
      return null;
    }
    return batch(sent.file, found);
  }

  private Batches.@Nullable Found readAgain(Unsure sent) throws IOException {
    Content content = sent.file.content();
    return content == null ? null : batches.readAgain(sent.file, content, sent.to);
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
