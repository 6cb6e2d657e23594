// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.EventId;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.Firmness;
import dev.ledgerline.event.Fact.StateChange;
import dev.ledgerline.event.Quality;
import dev.ledgerline.event.State;
import dev.ledgerline.state.Clause;
import dev.ledgerline.state.Judges;
import dev.ledgerline.state.Replay;
import dev.ledgerline.state.Replay.Breach;
import dev.ledgerline.state.Replay.Move;
import dev.ledgerline.state.Rule;
import dev.ledgerline.state.StateMachine;
import dev.ledgerline.state.Verdict;
import dev.ledgerline.state.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run while it is folded: the run itself, and each turn, thread and task that its events
 * tell of, by the machines of the dialect that the run began in.
 */
final class RunJudge {
  /** Turns, threads and tasks followed at a time; the one that was silent longest is let go. */
  private static final int MAX_FOLLOWED = 1_000;

  /** What could not be judged, as listed; the rest is counted. */
  private static final int MAX_UNKNOWN = 100;

  /** The one that ended is told where its machine has no word for how it ended. */
  private static final Clause ENDED = new Clause("canonical machine", "12.1");

  private record Followed(Entity entity, @Nullable String id) {}

  private final Judges judges;
  private final Replay run;
  private final Map<Followed, Replay> others = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Violation> violations = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private int count;
  private int unknownCount;

  /** The beginning of the run was told by the source, or named in its words. */
  private boolean opened;

  /** What the record begins with. */
  private final String first;

  private Replay.@Nullable Mark beforeSoftEnd;

  /**
   * @param event the first of the run
   */
  RunJudge(Event event) {
    judges = Judges.of(event.dialect());
    run = new Replay(judges.ofRuns());
    first = event.nativeType();
  }

  // --- the run itself

  /** What the run's machine says of a change of its state. */
  Move move(StateChange change, State from) {
    Move move = run.move(change, Entity.RUN.word());
    if (from.terminal() && move.breach() == null) {
      // What was not in the words of the machine may have ended it all the same.
      String message = "a run that ended does not change";
      Breach breach = new Breach(ENDED, List.of(), change.to().word(), message);
      return new Move(breach, move.known(), move.gap(), move.opens(), move.to());
    }
    return move;
  }

  /** The run goes there, allowed or not. */
  void took(Move move, StateChange change, Event event, long seq) {
    boolean softEnd = change.firmness() == Firmness.SOFT && change.to().terminal();
    beforeSoftEnd = softEnd ? run.mark() : null;
    run.take(move, change);
    noteUnknown(move, change, event, seq);
  }

  /** The source told a beginning, whether or not the run was known to have begun. */
  void opened(Move move) {
    opened |= move.opens();
  }

  void concluded(State to) {
    run.concluded(to);
  }

  void leftSoftEnd() {
    if (beforeSoftEnd != null) {
      run.backTo(beforeSoftEnd);
      beforeSoftEnd = null;
    }
  }

  // --- what else has states

  /**
   * A change of something in the run or around it; null where it is allowed or judged by nobody.
   */
  @Nullable Breach changed(StateChange change, Event event, long seq) {
    StateMachine machine = judges.of(change.entity());
    if (machine == null) {
      return null;
    }
    Followed key = new Followed(change.entity(), idOf(change, event));
    Replay replay = others.computeIfAbsent(key, k -> new Replay(machine));
    if (others.size() > MAX_FOLLOWED) {
      others.remove(others.keySet().iterator().next());
    }
    Move move = replay.move(change, change.entity().word());
    Breach breach = change.firmness() == Firmness.REOPENS ? null : move.breach();
    if (breach != null && change.firmness() == Firmness.SOFT) {
      return null; // a conclusion is no breach, and overrules nothing
    }
    if (breach == null || !replay.ended()) {
      replay.take(move, change);
      noteUnknown(move, change, event, seq);
    }
    if (breach != null) {
      violated(breach, event, seq);
    }
    return breach;
  }

  private static @Nullable String idOf(StateChange change, Event event) {
    if (change.entityId() != null) {
      return change.entityId();
    }
    return switch (change.entity()) {
      case TURN -> event.scope().turn();
      case THREAD -> event.scope().thread();
      case TASK -> event.scope().task();
      default -> null;
    };
  }

  // --- rules

  /** Whether the machine asks that the run begins with its start. */
  boolean asksForItsStart() {
    return run.machine().clause(Rule.BEGINS_WITH_ITS_START) != null;
  }

  void startIsMissing(Event event, long seq) {
    ruleBroken(
        Rule.BEGINS_WITH_ITS_START,
        run.machine().openingWords(),
        event,
        seq,
        "the run does not begin with its start");
  }

  /**
   * A result came without a call.
   *
   * @return whether that breaks a rule; of a run whose beginning is not known the call may be older
   */
  boolean resultWithoutCall(Event event, Fact.ToolResult result, long seq) {
    if (run.machine().clause(Rule.RESULT_ANSWERS_A_CALL) == null) {
      return false;
    }
    if (!opened && !asksForItsStart()) {
      unknown("what " + named(event, seq) + " is the result of: the record begins later");
      return false;
    }
    String tool = result.name() == null ? "a tool" : result.name();
    ruleBroken(
        Rule.RESULT_ANSWERS_A_CALL,
        List.of("a call of " + tool),
        event,
        seq,
        "a result without a call that is open");
    return true;
  }

  /** Something that the run did came after its end. */
  void followsTheEnd(Event event, Fact fact, long seq) {
    if (isOfItsWork(fact)) {
      ruleBroken(
          Rule.NOTHING_FOLLOWS_THE_END,
          List.of(),
          event,
          seq,
          event.nativeType() + " follows the end of the run");
    }
  }

  /** What is said about a run or counted may well come later; what it does may not. */
  private static boolean isOfItsWork(Fact fact) {
    return switch (fact) {
      case Fact.Message m -> true;
      case Fact.Reasoning r -> true;
      case Fact.ToolCall c -> true;
      case Fact.ToolProgress p -> true;
      case Fact.ToolResult r -> true;
      case Fact.ModelRequest r -> true;
      case Fact.ModelResponse r -> true;
      case Fact.WaitOpened w -> true;
      case Fact.ArtifactProduced a -> true;
      case Fact.Handoff h -> true;
      default -> false; // a change of state is judged as one
    };
  }

  private void ruleBroken(Rule rule, List<String> expected, Event event, long seq, String message) {
    Clause clause = run.machine().clause(rule);
    if (clause != null) {
      add(seq, event.id(), clause.toString(), expected, event.nativeType(), message);
    }
  }

  /** The dialect found a rule of the source broken. */
  void ruleBroken(Fact.RuleBroken broken, Event event, long seq) {
    List<String> expected = broken.expected().isEmpty() ? List.of() : List.of(broken.expected());
    add(seq, event.id(), broken.clause(), expected, broken.seen(), broken.message());
  }

  void violated(Breach breach, Event event, long seq) {
    add(
        seq,
        event.id(),
        breach.clause().toString(),
        breach.expected(),
        breach.seen(),
        breach.message());
  }

  private void add(
      long seq, EventId id, String clause, List<String> expected, String seen, String message) {
    count++;
    if (violations.size() < Verdict.MAX_VIOLATIONS) {
      violations.add(new Violation(seq, id, clause, expected, seen, message));
    }
  }

  // --- what is not known

  private void noteUnknown(Move move, StateChange change, Event event, long seq) {
    String word = change.nativeTo() == null ? change.to().word() : change.nativeTo();
    boolean ours = change.quality() == Quality.SYNTHESIZED;
    if (!move.known() && !ours) {
      unknown(
          "whether a "
              + change.entity().word()
              + " may become \""
              + word
              + "\" ("
              + named(event, seq)
              + "): its machine has no such state");
    } else if (move.gap()) {
      State from = change.from() == null ? State.UNKNOWN : change.from();
      unknown(
          "how the "
              + change.entity().word()
              + " became "
              + from.word()
              + " before "
              + named(event, seq)
              + ": no event tells it");
    }
  }

  private static String named(Event event, long seq) {
    return event.nativeType() + ", event " + seq;
  }

  private void unknown(String phrase) {
    unknownCount++;
    if (unknown.size() < MAX_UNKNOWN) {
      unknown.add(phrase);
    }
  }

  // --- the verdict

  int violations() {
    return count;
  }

  /** The same as the verdict's, without making its lists. */
  Verdict.Result result(State state) {
    boolean allKnown =
        opened
            && unknownCount == 0
            && judges.hides().isEmpty()
            && state != State.LOST
            && state != State.UNKNOWN;
    return Verdict.result(count, allKnown);
  }

  Verdict verdict(State state) {
    List<String> all = new ArrayList<>(judges.hides());
    if (!opened) {
      all.add("how the run began: its record begins with " + first + ", no start is told");
    }
    all.addAll(unknown);
    if (unknownCount > unknown.size()) {
      all.add("and " + (unknownCount - unknown.size()) + " more of these");
    }
    if (state == State.LOST) {
      all.add("how the run ended: no event tells it, that it is lost is a conclusion");
    } else if (state == State.UNKNOWN) {
      all.add("what became of the run: no event tells its state");
    }
    return new Verdict(result(state), run.machine().name(), violations, count, all);
  }
}
