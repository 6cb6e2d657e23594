// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /**
   * Written in a circle, or without a file that has the name alone: no name is always the newest.
   */
  private boolean circle;

  private boolean restored;
  private String seen = "";

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
    Cursor cursor = state.load(cursorName());
    if (cursor != null) {
      this.restored = true;
      this.stream = cursor.stream();
      this.next = cursor.next();
      this.finished.addAll(cursor.finished());
      for (Place place : cursor.open()) {
        tracked.add(new TrackedFile(place, null, nanoTime.getAsLong()));
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

  private String cursorName() {
    return files.name().getFileName().toString().replaceAll("[^A-Za-z0-9._-]", "_")
        + "-"
        + Place.hash(files.name().toString());
  }

  /** Looks what has become of its files. Cheap while nothing but the newest has changed. */
  void look() throws IOException {
    if (resolved && !circle && !Files.exists(files.name())) {
      return; // in the middle of a rotation; what was open goes on being read
    }
    Path live = files.live();
    BasicFileAttributes attributes = live == null ? null : TrackedFile.attributes(live);
    if (live == null || attributes == null) {
      return; // not there yet, or not there for a moment
    }
    TrackedFile last = tracked.isEmpty() ? null : tracked.getLast();
    String key = TrackedFile.key(attributes);
    long modified = attributes.lastModifiedTime().toMillis();
    if (resolved
        && last != null
        && live.equals(last.path)
        && key.equals(last.place.key())
        && (GzipFile.is(live) || attributes.size() >= last.place.leastBytes())) {
      if (isAsItWas(last, live, attributes)) {
        return;
      }
      last.lose();
    }
    String signature = live + " " + key + " " + attributes.size() + " " + modified;
    if (resolved && last == null && signature.equals(seen)) {
      return;
    }
    seen = signature;
    if (last != null
        && live.equals(last.path)
        && key.equals(last.place.key())
        && attributes.size() < last.place.leastBytes()) {
      last.lose(); // truncated; what was in it may stand in a copy
    }
    resolve();
  }

  /**
   * Whether the newest file has only grown. One that was emptied and filled up to the same size
   * shows by its time, or by its content where that is too young to tell.
   */
  private boolean isAsItWas(TrackedFile last, Path live, BasicFileAttributes attributes) {
    long modified = attributes.lastModifiedTime().toMillis();
    boolean touched = modified != last.place.modifiedMillis();
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
    boolean first = tracked.isEmpty() && finished.isEmpty() && stream == null;
    circle |= files.isWrapSet() || (!resolved && !Files.exists(files.name()));
    boolean allKnown = true;
    long newest = tracked.isEmpty() ? 0 : tracked.getLast().place.modifiedMillis();
    Set<TrackedFile> found = new HashSet<>();
    List<Path> unknown = new ArrayList<>();
    List<Path> all = files.oldestFirst();
    for (Path path : all) {
      BasicFileAttributes attributes = TrackedFile.attributes(path);
      if (attributes == null || (first && !older && !circle && !isLive(path))) {
        continue;
      }
      TrackedFile known = known(path, attributes, found);
      if (known != null) {
        found.add(known);
        known.foundAt(path, attributes);
      } else if (isNew(path, attributes, found)) {
        boolean counts =
            first || circle || isLive(path) || attributes.lastModifiedTime().toMillis() >= newest;
        if (counts && GzipFile.is(path) && !new GzipFile(path).isWhole()) {
          allKnown = false; // it is being compressed
        } else if (counts) {
          unknown.add(path);
        }
      }
    }
    resolved = allKnown;
    for (TrackedFile file : List.copyOf(tracked)) {
      if (!found.contains(file) && !file.isOpen()) {
        gone(file);
      }
    }
    for (Path path : unknown) {
      adopt(path);
    }
    // what has no name any more is older than what has one
    tracked.sort(Comparator.comparingInt(file -> file.path == null ? -1 : all.indexOf(file.path)));
    restored = false;
  }

  private @Nullable TrackedFile known(
      Path path, BasicFileAttributes attributes, Set<TrackedFile> found) {
    for (TrackedFile file : tracked) {
      if (!found.contains(file) && TrackedFile.stands(file.place, path, attributes)) {
        return file;
      }
    }
    return null;
  }

  /** Not a copy of what is or was followed already. */
  private boolean isNew(Path path, BasicFileAttributes attributes, Set<TrackedFile> found) {
    for (TrackedFile file : found) {
      if (file.place.at() > 0 && TrackedFile.stands(file.place, path, attributes)) {
        return false;
      }
    }
    for (Place place : finished) {
      if (place.at() > 0 && TrackedFile.stands(place, path, attributes)) {
        return false;
      }
    }
    return true;
  }

  private void adopt(Path path) throws IOException {
    BasicFileAttributes attributes = TrackedFile.attributes(path);
    if (attributes == null) {
      resolved = false;
      return;
    }
    Place start =
        Place.start(TrackedFile.key(attributes), attributes.lastModifiedTime().toMillis());
    TrackedFile file = new TrackedFile(start, path, nanoTime.getAsLong());
    tracked.add(file);
    unsaved = true;
    Content content = file.content(); // open, it can be renamed and deleted
    if (content != null) {
      file.place = Batches.withHead(start, content, 1);
    }
    if (!GzipFile.is(path)) {
      file.reached(attributes.size(), nanoTime.getAsLong());
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
        resolved = false;
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
    if (found == null || found.records().size() != sent.records) {
      skip(sent); // gone, or joined by another rule now: rather twice than never
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
          cursorName(),
          new Cursor(
              name(),
              named,
              next,
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
