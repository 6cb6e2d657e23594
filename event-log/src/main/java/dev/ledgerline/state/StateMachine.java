// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.State;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What a specification allows a run, turn, thread or task to do. Immutable; made from a file by
 * {@link MachineFile}.
 *
 * <p>A source may say less than its machine knows: four phases of a Symphony attempt mean {@code
 * starting}. So a place in a machine is a set of states, one bit for each in the order of the file,
 * and a change is a breach only where no state of the set allows it.
 */
public final class StateMachine {
  /** One bit of a {@code long} for each. */
  static final int MAX_STATES = 63;

  private final String name;
  private final String title;
  private final Set<Entity> judges;
  private final String source;
  private final List<MachineState> states;
  private final List<String> begins;
  private final List<TransitionRule> transitions;
  private final Map<Rule, Clause> rules;
  private final Map<Rule, String> ruleTexts;

  private final Map<String, Integer> index = new HashMap<>();
  private final Map<String, Long> byWord = new HashMap<>();
  private final long[] byMeaning = new long[State.values().length];
  private final long[] next;
  private final long beginning;
  private final long reachable;

  StateMachine(
      String name,
      String title,
      Set<Entity> judges,
      String source,
      List<MachineState> states,
      List<String> begins,
      List<TransitionRule> transitions,
      Map<Rule, Clause> rules,
      Map<Rule, String> ruleTexts) {
    this.name = name;
    this.title = title;
    this.judges = Set.copyOf(judges);
    this.source = source;
    this.states = List.copyOf(states);
    this.begins = List.copyOf(begins);
    this.transitions = List.copyOf(transitions);
    this.rules = rules.isEmpty() ? Map.of() : new EnumMap<>(rules);
    this.ruleTexts = Map.copyOf(ruleTexts);
    for (int i = 0; i < states.size(); i++) {
      MachineState state = states.get(i);
      long bit = 1L << i;
      index.put(state.name(), i);
      byMeaning[state.means().ordinal()] |= bit;
      byWord.merge(state.name(), bit, (a, b) -> a | b);
      state.words().forEach(word -> byWord.merge(word, bit, (a, b) -> a | b));
    }
    next = new long[states.size()];
    for (TransitionRule rule : transitions) {
      next[place(rule.from())] |= 1L << place(rule.to());
    }
    beginning = begins.stream().mapToLong(begin -> 1L << place(begin)).reduce(0, (a, b) -> a | b);
    reachable = LongStream.of(next).reduce(beginning, (a, b) -> a | b);
  }

  /** One of the machines that come with Ledgerline. */
  public static StateMachine standard(String name) {
    return StandardMachines.named(name);
  }

  /** Every machine that comes with Ledgerline, in the order in which a reader meets them. */
  public static List<StateMachine> standard() {
    return StandardMachines.all();
  }

  public String name() {
    return name;
  }

  public String title() {
    return title;
  }

  /** What may be judged by it. */
  public Set<Entity> judges() {
    return judges;
  }

  /** The specification in full: what, where, which version. */
  public String source() {
    return source;
  }

  public List<MachineState> states() {
    return states;
  }

  /** Names of the states with which a complete record opens. */
  public List<String> begins() {
    return begins;
  }

  public List<TransitionRule> transitions() {
    return transitions;
  }

  /** The clause of a rule, null where this machine does not have it. */
  public @Nullable Clause clause(Rule rule) {
    return rules.get(rule);
  }

  /** The rule in a sentence. */
  public String text(Rule rule) {
    return ruleTexts.getOrDefault(rule, rule.words());
  }

  /** What opens a complete record, in the source's words where it has others than the states'. */
  public List<String> openingWords() {
    return states.stream()
        .filter(state -> begins.contains(state.name()))
        .map(state -> state.words().isEmpty() ? state.name() : state.words().getFirst())
        .toList();
  }

  // --- places: sets of states

  /**
   * The states that a change may mean: those that the source's word names, and where it names
   * several, or none, those of the canonical state.
   *
   * @return 0 where the machine knows neither
   */
  long named(State means, @Nullable String word) {
    long named = word == null ? 0 : byWord.getOrDefault(word, 0L);
    long meant = byMeaning[means.ordinal()];
    if ((named & meant) != 0) {
      return named & meant;
    }
    return Long.bitCount(named) == 1 || meant == 0 ? named : meant;
  }

  boolean knows(@Nullable String word) {
    return word != null && byWord.containsKey(word);
  }

  long meaning(State state) {
    return byMeaning[state.ordinal()];
  }

  /** Where one may go from there. */
  long after(long place) {
    long reached = 0;
    for (long rest = place; rest != 0; rest &= rest - 1) {
      reached |= next[Long.numberOfTrailingZeros(rest)];
    }
    return reached;
  }

  /** Where a complete record begins. */
  long beginning() {
    return beginning;
  }

  boolean opens(long place) {
    return (place & beginning) != 0;
  }

  /**
   * Whether anything leads there: a state that nothing leads to is a mistake wherever it is told.
   */
  boolean canBeReached(long place) {
    return (place & reachable) != 0;
  }

  /** The states of a place, in the order of the file. */
  List<MachineState> at(long place) {
    List<MachineState> at = new ArrayList<>(Long.bitCount(place));
    for (long rest = place; rest != 0; rest &= rest - 1) {
      at.add(states.get(Long.numberOfTrailingZeros(rest)));
    }
    return at;
  }

  /** The states of a place by name; by meaning where they are several with one meaning. */
  String words(long place) {
    List<MachineState> at = at(place);
    Set<String> words = new LinkedHashSet<>();
    if (at.size() == 1) {
      words.add(at.getFirst().name());
    } else {
      at.forEach(state -> words.add(state.means().word()));
    }
    return String.join(" or ", words);
  }

  private int place(String state) {
    Integer place = index.get(state);
    if (place == null) {
      throw new IllegalArgumentException("no state " + state + " in " + name);
    }
    return place;
  }

  @Override
  public String toString() {
    return name;
  }
}
