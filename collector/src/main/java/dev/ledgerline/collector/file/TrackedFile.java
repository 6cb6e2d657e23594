// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Path;
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

  TrackedFile(Place place, @Nullable Path path, @Nullable Content open, long now) {
    this.place = place;
    this.path = path;
    this.open = open;
    this.end = place.at();
    this.grown = now;
  }

  /**
   * Its content; null where its name is gone or has become another file's, so that one has to look
   * again: what is read under a name is only its own if what was read before stands there.
   */
  @Nullable Content content() {
    if (open == null && path != null) {
      open = Content.openWith(place, path);
      path = open == null ? null : path;
    }
    return open;
  }

  boolean isOpen() {
    return open != null;
  }

  /** Whether what was read of it still stands in it. */
  boolean isAsRead() {
    Content content = content();
    return content != null && content.has(place);
  }

  /** It is where it was, under whatever name. */
  void foundAt(Seen file) {
    if (!file.key().equals(place.key())) {
      close(); // a copy: what is open may have been truncated
    }
    path = file.path();
    place = place.in(file.key(), file.modifiedMillis());
  }

  /** What is open, or what has its name, is not its content any more. */
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
}
