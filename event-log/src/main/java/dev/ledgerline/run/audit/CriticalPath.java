// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run.audit;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chain of steps that determined when a run ended: had one of them been shorter, the run would
 * have ended sooner.
 *
 * <p>It is found backwards. At any moment the step that ended last before it is what was waited
 * for; inside that step the same is asked again, and it goes on where that step began. A step that
 * went on beside it did not hold anything up. Time in which nothing inside ended belongs to the
 * step around it, or to the run alone. Waits and child runs stand inside the innermost step that
 * encloses them.
 */
public final class CriticalPath {
  private CriticalPath() {}

  /**
   * Without a gap from the beginning of the run to {@link History#until}; empty pieces left out.
   */
  public static List<Segment> of(Family family, Instant now) {
    Place root = PlaceTree.of(family, now);
    List<Segment> backwards = new ArrayList<>();
    Deque<Frame> frames = new ArrayDeque<>();
    frames.push(new Frame(root));
    while (!frames.isEmpty()) {
      Frame frame = frames.peek();
      Place next = frame.next();
      if (next != null) {
        add(backwards, frame.place, next.to, frame.at);
        frames.push(new Frame(next));
        continue;
      }
      add(backwards, frame.place, frame.place.from, frame.at);
      frames.pop();
      Frame around = frames.peek();
      if (around != null) {
        around.at = frame.place.from;
      }
    }
    return exact(backwards.reversed(), family.run(), now);
  }

  /** Where a walk through a place has come, from its end towards its beginning. */
  private static final class Frame {
    private final Place place;
    private long at;
    private int looked;

    Frame(Place place) {
      this.place = place;
      this.at = place.to;
    }

    @Nullable Place next() {
      while (looked < place.inside.size()) {
        Place candidate = place.inside.get(looked++);
        if (candidate.to <= at && candidate.to > candidate.from) {
          return candidate;
        }
      }
      return null;
    }
  }

  private static void add(List<Segment> backwards, Place place, long from, long to) {
    if (from >= to) {
      return;
    }
    Instant end = Instant.ofEpochMilli(to);
    if (!backwards.isEmpty() && place.isOf(backwards.getLast())) {
      end = backwards.removeLast().to();
    }
    Segment segment =
        new Segment(place.run, place.step, place.wait, Instant.ofEpochMilli(from), end);
    backwards.add(segment);
  }

  /** Milliseconds were compared; the ends of the whole are what the run says of itself. */
  private static List<Segment> exact(List<Segment> path, History run, Instant now) {
    if (path.isEmpty()) {
      return List.of();
    }
    List<Segment> exact = new ArrayList<>(path);
    Segment first = exact.getFirst();
    exact.set(
        0,
        new Segment(first.run(), first.step(), first.waitId(), run.run().startedAt(), first.to()));
    Segment last = exact.getLast();
    exact.set(
        exact.size() - 1,
        new Segment(last.run(), last.step(), last.waitId(), last.from(), run.until(now)));
    return List.copyOf(exact);
  }
}
