// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.State;
import dev.ledgerline.event.Word;
import dev.ledgerline.state.Lines.Line;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the file of a machine:
 *
 * <pre>
 * machine NAME
 * title WHAT IT IS
 * judges run, turn, thread, task
 * source THE SPECIFICATION IN FULL
 * cite ITS SHORT NAME
 * begins with STATE, STATE
 *
 * state NAME means CANONICAL STATE
 *   said WORD, WORD
 *   that is, TEXT [PLACE]
 * from STATE, STATE to STATE, STATE
 *   when TRIGGER [PLACE]
 * rule NAME
 *   that is, TEXT [PLACE]
 * </pre>
 *
 * {@code from any} is from every state whose meaning is not terminal, but never to itself. Strict:
 * what it does not know, what is missing and what is said twice is an error with its line.
 */
final class MachineFile {
  private static final List<String> WORDS =
      List.of(
          "machine",
          "title",
          "judges",
          "source",
          "cite",
          "begins with",
          "state",
          "said",
          "that is,",
          "from",
          "when",
          "rule");

  private final Lines lines;
  private final Map<String, String> head = new LinkedHashMap<>();
  private final Map<String, MachineState> states = new LinkedHashMap<>();
  private final Set<Entity> judges = EnumSet.noneOf(Entity.class);
  private final List<String> begins = new ArrayList<>();
  private final List<TransitionRule> transitions = new ArrayList<>();
  private final Map<Rule, Clause> rules = new EnumMap<>(Rule.class);
  private final Map<Rule, String> ruleTexts = new EnumMap<>(Rule.class);

  private MachineFile(Lines lines) {
    this.lines = lines;
  }

  static StateMachine read(String file, String text) {
    return new MachineFile(new Lines(file, text, WORDS)).read();
  }

  private StateMachine read() {
    int beginsAt = 0;
    for (Line line = lines.next(); line != null; line = lines.next()) {
      if (line.inside()) {
        throw lines.wrong(line.number(), "belongs to nothing above it");
      }
      switch (line.word()) {
        case "judges" -> judged(line);
        case "begins with" -> {
          beginsAt = line.number();
          begins.addAll(lines.names(line));
        }
        case "state" -> state(line);
        case "from" -> from(line);
        case "rule" -> rule(line);
        case "said", "that is,", "when" ->
            throw lines.wrong(line.number(), "\"" + line.word() + "\" must be indented");
        default -> {
          if (head.put(line.word(), line.rest()) != null) {
            throw lines.wrong(line.number(), "a second \"" + line.word() + "\"");
          }
        }
      }
    }
    for (String begin : begins) {
      known(beginsAt, begin);
    }
    if (begins.isEmpty() || judges.isEmpty()) {
      throw lines.wrong(lines.number(), "\"judges\" and \"begins with\" are required");
    }
    return new StateMachine(
        required("machine"),
        required("title"),
        judges,
        required("source"),
        List.copyOf(states.values()),
        begins,
        transitions,
        rules,
        ruleTexts);
  }

  private String required(String word) {
    String rest = head.get(word);
    if (rest == null) {
      throw lines.wrong(lines.number(), "\"" + word + "\" is required, before what needs it");
    }
    return rest;
  }

  private void judged(Line line) {
    for (String name : lines.names(line)) {
      Entity entity = Word.of(Entity.class, name);
      if (entity == null) {
        throw lines.wrong(line.number(), "nothing is called " + name);
      }
      judges.add(entity);
    }
  }

  private void state(Line line) {
    String[] parts = line.rest().split(" means ", -1);
    State means = parts.length == 2 ? Word.of(State.class, parts[1].strip()) : null;
    if (means == null) {
      throw lines.wrong(line.number(), "expected \"state NAME means STATE OF api.md\"");
    }
    String name = parts[0].strip();
    if (name.isEmpty() || name.equals("any") || name.contains(",")) {
      throw lines.wrong(line.number(), "a state cannot be called \"" + name + "\"");
    }
    List<String> words = List.of();
    Line text = null;
    for (Line more = lines.nextInside(); more != null; more = lines.nextInside()) {
      if (more.word().equals("said") && words.isEmpty()) {
        words = lines.names(more);
      } else if (more.word().equals("that is,") && text == null) {
        text = more;
      } else {
        throw lines.wrong(more.number(), "a state has one \"said\" and one \"that is,\"");
      }
    }
    if (text == null) {
      throw lines.wrong(line.number(), "state " + name + " does not say what it is");
    }
    Clause clause = lines.clause(required("cite"), text);
    if (states.put(name, new MachineState(name, means, words, Lines.text(text), clause)) != null) {
      throw lines.wrong(line.number(), "a second state " + name);
    }
    if (states.size() > StateMachine.MAX_STATES) {
      throw lines.wrong(line.number(), "more than " + StateMachine.MAX_STATES + " states");
    }
  }

  private void from(Line line) {
    String[] parts = line.rest().split(" to ", -1);
    if (parts.length != 2) {
      throw lines.wrong(line.number(), "expected \"from STATE, STATE to STATE, STATE\"");
    }
    boolean any = parts[0].strip().equals("any");
    List<String> from = any ? notEnded() : lines.names(line.number(), parts[0]);
    List<String> to = lines.names(line.number(), parts[1]);
    from.forEach(state -> known(line.number(), state));
    to.forEach(state -> known(line.number(), state));
    int before = transitions.size();
    Set<String> triggers = new HashSet<>();
    for (Line when = lines.nextInside(); when != null; when = lines.nextInside()) {
      if (!when.word().equals("when")) {
        throw lines.wrong(when.number(), "a transition has \"when\" lines only");
      }
      Clause clause = lines.clause(required("cite"), when);
      if (!triggers.add(Lines.text(when))) {
        throw lines.wrong(when.number(), "the same trigger again");
      }
      for (String one : from) {
        for (String other : to) {
          if (!any || !one.equals(other)) {
            transitions.add(new TransitionRule(one, other, Lines.text(when), clause));
          }
        }
      }
    }
    if (transitions.size() == before) {
      throw lines.wrong(line.number(), "a transition without a \"when\"");
    }
  }

  private List<String> notEnded() {
    return states.values().stream()
        .filter(state -> !state.means().terminal())
        .map(MachineState::name)
        .toList();
  }

  private void known(int line, String state) {
    if (!states.containsKey(state)) {
      throw lines.wrong(line, "no state " + state + " above");
    }
  }

  private void rule(Line line) {
    Rule rule = Rule.of(line.rest());
    if (rule == null) {
      throw lines.wrong(line.number(), "no rule is called \"" + line.rest() + "\"");
    }
    Line text = lines.nextInside();
    if (text == null || !text.word().equals("that is,")) {
      throw lines.wrong(line.number(), "a rule is followed by \"that is,\"");
    }
    if (rules.put(rule, lines.clause(required("cite"), text)) != null) {
      throw lines.wrong(line.number(), "the same rule again");
    }
    ruleTexts.put(rule, Lines.text(text));
  }
}
