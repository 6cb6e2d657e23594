// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows one run, turn, thread or task through its machine. It may be joined at any point: of what
 * came before the first change nothing is said. Each change costs the same. Not safe for use by
 * several threads.
 */
public final class Replay {
  /**
   * What a machine says of a change before it is taken.
   *
   * @param breach null where it is allowed
   * @param known false where the machine has no such state, so that nothing could be judged
   * @param gap the source says that it came from where nothing had told it was
   * @param opens it is how a complete record begins, by the source's own word
   */
  public record Move(@Nullable Breach breach, boolean known, boolean gap, boolean opens, long to) {}

  /**
   * Why a change is not allowed.
   *
   * @param expected the states that were allowed
   */
  public record Breach(Clause clause, List<String> expected, String seen, String message) {}

  /** A place to return to. */
  public record Mark(long place, boolean guessed) {}

  private final StateMachine machine;

  /** A set of states; 0 while it is nowhere that the machine knows. */
  private long place;

  /** Nothing but conclusions led here, which the source's own word overrules. */
  private boolean guessed = true;

  public Replay(StateMachine machine) {
    this.machine = machine;
  }

  public StateMachine machine() {
    return machine;
  }

  /**
   * What the machine says of a change. It stands where it stood.
   *
   * @param what a noun for messages: "run"
   */
  public Move move(StateChange change, String what) {
    String word = change.nativeTo();
    if (change.to() == State.UNKNOWN && !machine.knows(word)) {
      return new Move(null, false, false, false, 0);
    }
    long to = machine.named(change.to(), word);
    if (to == 0) {
      return new Move(null, false, false, false, 0);
    }
    boolean opens = machine.opens(to) && isOwnWord(change);
    if (place == 0 || (guessed && !ended())) {
      boolean possible = machine.canBeReached(to);
      Breach breach = possible ? null : breach(to, word, what, machine.beginning());
      return new Move(breach, true, false, opens, to);
    }
    long allowed = machine.after(place);
    if ((allowed & to) != 0) {
      return new Move(null, true, false, opens, allowed & to);
    }
    if (isGap(change, to)) {
      return new Move(null, true, true, opens, to);
    }
    return new Move(breach(to, word, what, allowed), true, false, opens, to);
  }

  /** Goes where a move leads, allowed or not. */
  public void take(Move move, StateChange change) {
    place = move.to();
    guessed &= !isOwnWord(change);
  }

  /**
   * Follows what was concluded from other facts: that is never judged, and where the machine has no
   * such state it stands where it stood.
   */
  public void concluded(State to) {
    long meant = machine.meaning(to);
    if (meant != 0 && (meant & place) == 0) {
      place = meant;
    }
  }

  public Mark mark() {
    return new Mark(place, guessed);
  }

  public void backTo(Mark mark) {
    place = mark.place();
    guessed = mark.guessed();
  }

  /** Whether the machine knows no way on from here. */
  public boolean ended() {
    return place != 0 && machine.after(place) == 0;
  }

  /** The source said so itself, or the dialect named the state in the source's words. */
  private boolean isOwnWord(StateChange change) {
    return change.quality() == Quality.REPORTED || machine.knows(change.nativeTo());
  }

  /** Whether the source itself says that it came from elsewhere, and from there it may go. */
  private boolean isGap(StateChange change, long to) {
    State from = change.from();
    if (from == null || ended()) {
      return false;
    }
    long told = machine.named(from, change.nativeFrom());
    return (told & place) == 0 && (machine.after(told) & to) != 0;
  }

  private Breach breach(long to, @Nullable String word, String what, long allowed) {
    String there = machine.words(to);
    String seen = word == null || word.equals(there) ? there : there + " (" + word + ")";
    List<String> expected = machine.at(allowed).stream().map(MachineState::name).toList();
    Clause ofTarget = machine.at(to).getFirst().clause();
    if (ended()) {
      Clause ofEnd = machine.at(place).getFirst().clause();
      return new Breach(ofEnd, expected, seen, "a " + what + " that ended does not change");
    }
    if ((to & place) != 0) {
      String again = "a " + what + " that is " + there + " does not become so again";
      return new Breach(ofTarget, expected, seen, again);
    }
    String message =
        place == 0
            ? "a " + what + " does not begin with " + seen
            : "a " + what + " does not go from " + machine.words(place) + " to " + seen;
    return new Breach(ofTarget, expected, seen, message);
  }
}
