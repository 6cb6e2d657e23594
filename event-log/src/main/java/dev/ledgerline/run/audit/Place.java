// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A run, a step or a wait in the tree of what stands inside what; times are epoch milliseconds. */
final class Place {
  /** What ended last comes first; of what ended together, what took longest. */
  static final Comparator<Place> BACKWARDS =
      Comparator.<Place>comparingLong(place -> -place.to)
          .thenComparingLong(place -> place.from)
          .thenComparing(place -> place.run)
          .thenComparing(place -> String.valueOf(place.step))
          .thenComparing(place -> String.valueOf(place.wait));

  /** More of what began before are not tried to find what encloses a wait or a child run. */
  private static final int MAX_TRIED = 1_000;

  final String run;
  final @Nullable String step;
  final @Nullable String wait;
  long from;
  long to;
  final List<Place> inside = new ArrayList<>();

  Place(String run, @Nullable String step, @Nullable String wait, long from, long to) {
    this.run = run;
    this.step = step;
    this.wait = wait;
    this.from = from;
    this.to = Math.max(from, to);
  }

  boolean isOf(Segment segment) {
    return run.equals(segment.run())
        && Objects.equals(step, segment.step())
        && Objects.equals(wait, segment.waitId());
  }

  /** What is told as inside of it made it last at least as long. */
  void stretchOver(Place other) {
    if (other.to > other.from) {
      from = Math.min(from, other.from);
      to = Math.max(to, other.to);
    }
  }

  /**
   * The innermost step of this run that encloses the place, this one if none does. What is inside
   * must stand in the order of its beginnings.
   */
  Place around(Place place) {
    Place found = this;
    for (Place next = enclosing(found, place); next != null; next = enclosing(found, place)) {
      found = next;
    }
    return found;
  }

  private @Nullable Place enclosing(Place in, Place place) {
    int last = beginningUpTo(in.inside, place.from);
    for (int i = last; i >= 0 && i > last - MAX_TRIED; i--) {
      Place candidate = in.inside.get(i);
      if (candidate.to >= place.to && candidate.to > candidate.from) {
        return candidate;
      }
    }
    return null;
  }

  /** The last that begins by then, -1 where none does. */
  private static int beginningUpTo(List<Place> sorted, long from) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).from <= from) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }
}
