// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of the files that are there is which of those that were read, and which are new. It changes
 * nothing that is known: its files may be renamed while it looks, and then it is thrown away.
 */
final class Resolution {
  /**
   * What is known of a log.
   *
   * @param circle no name is always the newest
   * @param since of what stands alone, only what was changed then or later is meant
   */
  record Known(List<TrackedFile> tracked, List<Place> finished, boolean circle, long since) {}

  private final Path name;
  private final Known known;
  private final long now;
  private final Map<TrackedFile, Seen> found = new LinkedHashMap<>();
  private final List<TrackedFile> adopted = new ArrayList<>();
  private boolean unsettled;

  Resolution(Path name, Known known, List<Seen> oldestFirst, long now) throws IOException {
    this.name = name;
    this.known = known;
    this.now = now;
    // a copy has the same content: first those that are still the same file
    for (TrackedFile file : known.tracked) {
      for (Seen seen : oldestFirst) {
        if (seen.key().equals(file.place.key()) && stands(file.place, seen)) {
          found.put(file, seen);
          break;
        }
      }
    }
    List<Seen> unknown = new ArrayList<>();
    boolean any = false;
    for (Seen seen : oldestFirst) {
      if (isKnown(seen)) {
        if (!any) {
          // what was there before the log was first seen was not meant then, and is not now
          unknown.clear();
        }
        any = true;
      } else {
        unknown.add(seen);
      }
    }
    // the newest first: no copy of it is taken for one of what it is filled with later
    for (Seen seen : unknown.reversed()) {
      if (any || known.circle || isNamed(seen) || seen.modifiedMillis() >= known.since) {
        adopt(seen, oldestFirst.getLast());
      }
    }
  }

  /** Files that are known, and where they are. */
  Map<TrackedFile, Seen> found() {
    return found;
  }

  /** Files that are new, and open: they can be renamed and deleted. */
  List<TrackedFile> adopted() {
    return adopted;
  }

  /** Whether a file is still being made, so that it has to be looked at again. */
  boolean isUnsettled() {
    return unsettled;
  }

  /** Whether nothing that is new was emptied meanwhile. */
  boolean holds() {
    return adopted.stream().allMatch(TrackedFile::isAsRead);
  }

  void drop() {
    adopted.forEach(TrackedFile::close);
  }

  private boolean isNamed(Seen seen) {
    return seen.path().equals(name);
  }

  private static boolean stands(Place place, Seen seen) throws IOException {
    if (!GzipFile.is(seen.path()) && seen.size() < place.leastBytes()) {
      return false;
    }
    try (Content content = Content.openWith(place, seen.path())) {
      return content != null;
    }
  }

  /** Whether it is a file that was read, or a copy of one. */
  private boolean isKnown(Seen seen) {
    if (found.containsValue(seen)) {
      return true;
    }
    try (Content content = Content.open(seen.path())) {
      for (TrackedFile file : known.tracked) {
        if (content.has(file.place) && content.isWhole()) {
          found.putIfAbsent(file, seen);
          return true;
        }
      }
      return known.finished.stream().anyMatch(content::has) && content.isWhole();
    } catch (IOException e) {
      return false; // renamed just now
    }
  }

  private void adopt(Seen seen, Seen newest) throws IOException {
    Content content;
    try {
      content = Content.open(seen.path());
    } catch (IOException e) {
      unsettled = true;
      return;
    }
    if (!content.isWhole() || isPartOf(newest, seen, content)) {
      unsettled = true;
      content.close();
      return;
    }
    Place start = Place.start(seen.key(), seen.modifiedMillis()).withHead(content, 1);
    if (seen.size() == 0 || start.headBytes() == 0) {
      content.close(); // what it is filled with may stand in a copy, or is one
      return;
    }
    TrackedFile file = new TrackedFile(start, seen.path(), content, now);
    file.reached(content.isFinal() ? 0 : seen.size(), now);
    adopted.add(file);
  }

  /** Whether all of it stands in the newest, too: it is a copy that is being made. */
  private boolean isPartOf(Seen newest, Seen seen, Content content) throws IOException {
    if (!isNamed(newest) || isNamed(seen) || content.isFinal() || seen.size() == 0) {
      return false;
    }
    byte[] tail = new byte[(int) Math.min(Place.TAIL, seen.size())];
    int n = content.read(seen.size() - tail.length, tail, 0, tail.length);
    return stands(
        Place.start(seen.key(), 0).withHead(content, 1).read(tail, 0, n, seen.size()), newest);
  }
}
