// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest turns of a session file and the readings of the thread's tokens, in the order of the
 * file, in whatever order they came. Where a record stands is its number in the file, or its time.
 *
 * @param before what the thread had spent before the first of the readings, null where unknown
 * @param marks in order; of two at one place the one that came first
 */
record CodexRolloutCourse(@Nullable TokenUsage before, List<Mark> marks) {
  static final CodexRolloutCourse UNKNOWN = new CodexRolloutCourse(null, List.of());

  /** Of each kind; the first are forgotten. */
  private static final int MOST = 64;

  /** Something at its place. */
  sealed interface Mark {
    long at();
  }

  /**
   * A turn.
   *
   * @param at the first place where it was named
   * @param time of that
   * @param started whether its beginning was told
   * @param end where it ended, null as long as that is not told
   * @param counted whether its tokens are told by {@code token_usage_record}s
   * @param copied whether it is told by another file
   */
  record Turn(
      long at,
      String id,
      @Nullable Instant time,
      boolean started,
      @Nullable Long end,
      @Nullable String model,
      boolean counted,
      boolean copied)
      implements Mark {

    boolean isOpenAt(long place) {
      return end == null || place < end;
    }

    /** Nobody told how it ended. */
    boolean isOpen() {
      return started && end == null && !copied;
    }

    Turn from(long place, @Nullable Instant itsTime) {
      return new Turn(place, id, itsTime, started, end, model, counted, copied);
    }

    Turn started(boolean copied) {
      return new Turn(at, id, time, true, end, model, counted, copied);
    }

    Turn ended(long place) {
      return new Turn(at, id, time, started, place, model, counted, copied);
    }

    Turn with(String itsModel) {
      return new Turn(at, id, time, started, end, itsModel, counted, copied);
    }

    Turn inRecords() {
      return new Turn(at, id, time, started, end, model, true, copied);
    }
  }

  /** The tokens of the thread until there. */
  record Reading(long at, TokenUsage total) implements Mark {}

  @Nullable Turn turn(@Nullable String id) {
    for (Mark mark : marks.reversed()) {
      if (mark instanceof Turn turn && turn.id.equals(id)) {
        return turn;
      }
    }
    return null;
  }

  List<Turn> turns() {
    return marks.stream().filter(Turn.class::isInstance).map(Turn.class::cast).toList();
  }

  /** The turn that goes on at that place, or was the last there. */
  @Nullable Turn turnAt(long place) {
    Turn last = null;
    for (Mark mark : marks) {
      if (mark.at() > place) {
        break;
      }
      last = later(last, mark);
    }
    return last;
  }

  /** A turn that is only named (by a record that came late) takes no place from one that began. */
  private static @Nullable Turn later(@Nullable Turn last, Mark mark) {
    return mark instanceof Turn turn && (turn.started || last == null || !last.started)
        ? turn
        : last;
  }

  /** The one that began before. */
  @Nullable Turn previous(Turn turn) {
    return nearest(marks.subList(0, marks.indexOf(turn)).reversed());
  }

  /** The one that began next. */
  @Nullable Turn next(Turn turn) {
    return nearest(marks.subList(marks.indexOf(turn) + 1, marks.size()));
  }

  private static @Nullable Turn nearest(List<Mark> marks) {
    for (Mark mark : marks) {
      if (mark instanceof Turn turn && turn.started) {
        return turn;
      }
    }
    return null;
  }

  long end() {
    return marks.isEmpty() ? 0 : marks.getLast().at();
  }

  CodexRolloutCourse from(TokenUsage itsBefore) {
    return new CodexRolloutCourse(itsBefore, marks);
  }

  /** In place of what was known of that turn. */
  CodexRolloutCourse with(Turn turn) {
    Turn known = turn(turn.id);
    if (turn.equals(known)) {
      return this;
    }
    List<Mark> changed = new ArrayList<>(marks);
    if (known != null && known.at == turn.at) {
      changed.set(changed.indexOf(known), turn);
      return new CodexRolloutCourse(before, List.copyOf(changed));
    }
    changed.removeIf(mark -> mark.equals(known));
    return inserted(changed, turn);
  }

  /** The same; a reading that repeats the one before it says nothing. */
  CodexRolloutCourse with(Reading reading) {
    int place = placeOf(marks, reading);
    boolean repeats =
        place > 0
            && marks.get(place - 1) instanceof Reading earlier
            && earlier.total.equals(reading.total);
    return repeats ? this : inserted(new ArrayList<>(marks), reading);
  }

  private CodexRolloutCourse inserted(List<Mark> changed, Mark mark) {
    changed.add(placeOf(changed, mark), mark);
    return new CodexRolloutCourse(before, List.copyOf(changed));
  }

  private static int placeOf(List<Mark> marks, Mark mark) {
    int place = marks.size();
    while (place > 0 && marks.get(place - 1).at() > mark.at()) {
      place--;
    }
    return place;
  }

  /** Without what is too much to remember. */
  CodexRolloutCourse bounded() {
    if (marks.size() <= MOST) {
      return this;
    }
    List<Mark> rest = new ArrayList<>(marks);
    removeFirst(rest, mark -> mark instanceof Turn);
    return removeFirst(rest, mark -> mark instanceof Reading) instanceof Reading first
        ? new CodexRolloutCourse(first.total, List.copyOf(rest))
        : new CodexRolloutCourse(before, List.copyOf(rest));
  }

  private static @Nullable Mark removeFirst(List<Mark> marks, Predicate<Mark> kind) {
    if (marks.stream().filter(kind).count() <= MOST) {
      return null;
    }
    Mark first = marks.stream().filter(kind).findFirst().orElseThrow();
    marks.remove(first);
    return first;
  }

  /** What each turn has spent by the readings, where nothing better tells it. */
  Map<String, TokenUsage> spent() {
    Map<String, TokenUsage> spent = new LinkedHashMap<>();
    Turn turn = null;
    Turn spends = null; // since that reading
    TokenUsage from = before;
    TokenUsage to = before;
    for (Mark mark : marks) {
      if (mark instanceof Reading reading) {
        boolean anew = to != null && fell(to, reading.total);
        if (anew || !Objects.equals(turn, spends)) {
          count(spent, spends, from, to);
          spends = turn;
          from = anew ? TokenUsage.UNTOLD : to;
        }
        to = reading.total;
      }
      turn = later(turn, mark);
    }
    count(spent, spends, from, to);
    return spent;
  }

  private static void count(
      Map<String, TokenUsage> spent,
      @Nullable Turn turn,
      @Nullable TokenUsage from,
      @Nullable TokenUsage to) {
    if (turn != null && !turn.counted && !turn.copied && from != null && to != null) {
      spent.merge(turn.id, to.since(from), TokenUsage::plus);
    }
  }

  private static boolean fell(TokenUsage earlier, TokenUsage now) {
    Long was = earlier.effectiveTotal();
    Long is = now.effectiveTotal();
    return was != null && is != null && is < was;
  }
}
