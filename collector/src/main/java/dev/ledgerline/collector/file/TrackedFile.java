// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A file of a log that may still have more. It is read by what is open, not by its name. */
final class TrackedFile {
  /** What is acknowledged of it. */
  Place place;

  /** Its name as last seen; null while it is not known which file it is now. */
  @Nullable Path path;

  /** Up to where it reached when it was looked at last, and when that changed (nanoTime). */
  private long end;

  private long grown;
  private @Nullable Content open;

  TrackedFile(Place place, @Nullable Path path, long now) {
    this.place = place;
    this.path = path;
    this.end = place.at();
    this.grown = now;
  }

  /** What the platform says a file is, by its name. */
  static String key(BasicFileAttributes attributes) {
    return attributes.fileKey() == null ? "" : attributes.fileKey().toString();
  }

  static Content open(Path path) throws IOException {
    return GzipFile.is(path) ? new GzipFile(path) : new PlainFile(path);
  }

  /** Its content; null where there is no such file any more. */
  @Nullable Content content() {
    if (open == null && path != null) {
      try {
        open = open(path);
      } catch (IOException e) {
        path = null; // the next look finds it again, if it is anywhere
      }
    }
    return open;
  }

  boolean isOpen() {
    return open != null;
  }

  /** It is where it was, under whatever name. */
  void foundAt(Path path, BasicFileAttributes attributes) {
    if (!key(attributes).equals(place.key()) || GzipFile.is(path)) {
      close(); // a copy: what is open may have been truncated
    }
    this.path = path;
    place = place.in(key(attributes), attributes.lastModifiedTime().toMillis());
  }

  /** What is open under this name has become another file's content. */
  void lose() {
    close();
    path = null;
  }

  void close() {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      // it was only read
    }
    open = null;
  }

  void reached(long end, long now) {
    if (end != this.end) {
      this.end = end;
      this.grown = now;
    }
  }

  /** It was empty whenever it was looked at: only the platform can say which file it is. */
  boolean isBlank() {
    return place.leastBytes() == 0;
  }

  /** Nothing was added for so long. */
  boolean isQuietFor(long nanos, long now) {
    return now - grown >= nanos;
  }

  long quietSince() {
    return grown;
  }

  /** Whether it is known to hold bytes that are not acknowledged. */
  boolean hasUnread() {
    return end > place.at();
  }

  /** Whether what was read of it stands at that path, too. */
  static boolean stands(Place place, Path path, BasicFileAttributes attributes) {
    boolean gzip = GzipFile.is(path);
    if (place.leastBytes() == 0) {
      return !place.key().isEmpty() && place.key().equals(key(attributes));
    }
    if (!gzip && attributes.size() < place.leastBytes()) {
      return false;
    }
    byte[] bytes = new byte[Place.HEAD];
    try (Content file = open(path)) {
      return file.read(0, bytes, 0, place.headBytes()) == place.headBytes()
          && place.isHead(bytes)
          && file.read(place.at() - place.tailBytes(), bytes, 0, place.tailBytes())
              == place.tailBytes()
          && (place.at() == 0 || Place.hash(bytes, 0, place.tailBytes()).equals(place.tail()))
          && (!gzip || new GzipFile(path).isWhole());
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether less stands there than is known of the other, and it begins like it. */
  static boolean begins(Place place, Path other, Path path, BasicFileAttributes attributes) {
    if (GzipFile.is(path) || attributes.size() >= place.leastBytes()) {
      return false;
    }
    int bytes = (int) Math.min(Place.HEAD, attributes.size());
    byte[] there = new byte[bytes];
    byte[] here = new byte[bytes];
    try (Content file = open(path);
        Content known = open(other)) {
      return file.read(0, there, 0, bytes) == bytes
          && known.read(0, here, 0, bytes) == bytes
          && Arrays.equals(there, here);
    } catch (IOException e) {
      return false;
    }
  }

  static @Nullable BasicFileAttributes attributes(Path path) {
    try {
      BasicFileAttributes read = Files.readAttributes(path, BasicFileAttributes.class);
      return read.isRegularFile() ? read : null;
    } catch (IOException e) {
      return null;
    }
  }
}
