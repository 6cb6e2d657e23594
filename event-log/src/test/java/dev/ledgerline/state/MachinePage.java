// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Word;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes docs/state-machines.md from the files. */
final class MachinePage {
  private static final String FILES = "../event-log/src/main/resources/dev/ledgerline/state/";

  private static final String HEAD =
      """
      # State machines

      What a run, a turn, a thread or a task may do, by the specification of the system that it comes from. Each machine is a
      plain-text file that can be read aloud; this page is made from those files, and a test fails where the two differ.

      - A state has the name that its source gives it; *means* is the canonical state that Ledgerline shows for it.
      - The last column says where it stands: section or heading of the specification that the machine names, or "our reading"
        where we concluded it.
      - A change that no line allows is kept, flagged `illegal_transition`, and a violation with the clause of the state that it
        goes to, or of the end that it comes after.
      - What a record does not show is unknown and never a violation: a beginning that was not told, an end that we concluded, a
        state that the machine lacks, a step that the source says it took and no event tells.
      - A record may be joined anywhere. The states after *begins with* are those with which a complete one opens.
      - In a diagram an arrow from the frame starts in every state inside it, and ends that are reached in the same way share a
        box.

      `GET /v1/runs/{run}/verdict` says what the machines think of a run; `ledgerline run RUN` prints it.

      ## Who judges what

      | Dialect | Machines | What its records cannot show |
      |---|---|---|
      """;

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  private MachinePage() {}

  static String make() {
    MachinePage page = new MachinePage();
    page.out.print(HEAD);
    for (Judges judges : Judges.all()) {
      page.line(
          "| %s | %s | %s |"
              .formatted(
                  judges.dialect().equals(Judges.ANY_OTHER) ? "any other" : code(judges.dialect()),
                  judges.machines().stream()
                      .map(machine -> "[" + machine.name() + "](#" + machine.name() + ")")
                      .collect(Collectors.joining(", ")),
                  String.join("; ", judges.hides())));
    }
    StateMachine.standard().forEach(page::machine);
    return page.text.toString();
  }

  private void machine(StateMachine machine) {
    line("");
    line("## %s".formatted(machine.name()));
    line("");
    line(
        "%s. Judges: %s. Source: %s. File: [%s.txt](%s%s.txt)."
            .formatted(
                machine.title(),
                machine.judges().stream()
                    .map(Word::word)
                    .sorted()
                    .collect(Collectors.joining(", ")),
                machine.source(),
                machine.name(),
                FILES,
                machine.name()));
    line("");
    diagram(machine);
    line("");
    line("Begins with %s.".formatted(codes(machine.begins())));
    line("");
    line("| State | means | also said | that is | Where |");
    line("|---|---|---|---|---|");
    for (MachineState state : machine.states()) {
      line(
          "| %s | %s | %s | %s | %s |"
              .formatted(
                  code(state.name()),
                  code(state.means().word()),
                  codes(state.words()),
                  state.text(),
                  state.clause().place()));
    }
    line("");
    line("| From | to | when | Where |");
    line("|---|---|---|---|");
    transitions(machine);
    for (Rule rule : Rule.values()) {
      Clause clause = machine.clause(rule);
      if (clause != null) {
        line("");
        line(
            "Rule: %s, that is, %s (%s)."
                .formatted(rule.words(), machine.text(rule), clause.place()));
      }
    }
  }

  private record Trigger(String when, Clause clause) {}

  /** One row for each line of the file that begins with "when". */
  private void transitions(StateMachine machine) {
    Map<Trigger, List<TransitionRule>> byTrigger = new LinkedHashMap<>();
    for (TransitionRule rule : machine.transitions()) {
      byTrigger
          .computeIfAbsent(new Trigger(rule.when(), rule.clause()), t -> new ArrayList<>())
          .add(rule);
    }
    List<String> goingOn = goingOn(machine);
    byTrigger.forEach(
        (trigger, rules) -> {
          Map<Set<String>, SequencedSet<String>> targets = new LinkedHashMap<>();
          Map<String, SequencedSet<String>> sources = new LinkedHashMap<>();
          rules.forEach(
              rule ->
                  sources.computeIfAbsent(rule.to(), t -> new LinkedHashSet<>()).add(rule.from()));
          sources.forEach(
              (to, from) -> targets.computeIfAbsent(from, f -> new LinkedHashSet<>()).add(to));
          targets.forEach(
              (from, to) ->
                  line(
                      "| %s | %s | %s | %s |"
                          .formatted(
                              from.size() > 2 && from.equals(Set.copyOf(goingOn))
                                  ? "any that has not ended"
                                  : codes(from),
                              codes(to),
                              trigger.when(),
                              trigger.clause().place())));
        });
  }

  private static List<String> goingOn(StateMachine machine) {
    return machine.states().stream()
        .filter(state -> !state.means().terminal())
        .map(MachineState::name)
        .toList();
  }

  /**
   * Mermaid. States that have not ended stand in a frame; ends that are reached from the same
   * states are one node, and what every state in the frame may become is one arrow.
   */
  private void diagram(StateMachine machine) {
    SequencedSet<String> frame = frame(machine);
    line("```mermaid");
    line("stateDiagram-v2");
    for (MachineState state : machine.states()) {
      if (frame.contains(state.name()) && !state.name().equals(state.means().word())) {
        line("  state \"%s\" as %s".formatted(label(state), state.name()));
      }
    }
    line("  state \"not ended\" as not_ended {");
    SequencedSet<String> inside = new LinkedHashSet<>();
    machine.begins().stream()
        .filter(frame::contains)
        .forEach(begin -> inside.add("    [*] --> " + begin));
    SequencedMap<String, SequencedSet<String>> ends = new LinkedHashMap<>();
    SequencedSet<String> outside = new LinkedHashSet<>();
    for (TransitionRule rule : machine.transitions()) {
      if (frame.contains(rule.from()) && frame.contains(rule.to())) {
        inside.add("    " + rule.from() + " --> " + rule.to());
      } else if (frame.contains(rule.from())) {
        ends.computeIfAbsent(rule.to(), to -> new LinkedHashSet<>()).add(rule.from());
      } else if (frame.contains(rule.to())) {
        outside.add("  end_" + rule.from() + " --> " + rule.to());
      }
    }
    inside.forEach(this::line);
    line("  }");
    machine.begins().stream()
        .filter(begin -> !frame.contains(begin))
        .forEach(begin -> ends.computeIfAbsent(begin, b -> new LinkedHashSet<>()).add("[*]"));
    Map<Set<String>, List<MachineState>> groups = new LinkedHashMap<>();
    for (MachineState state : machine.states()) {
      if (ends.containsKey(state.name())) {
        Set<String> sources = Set.copyOf(ends.get(state.name()));
        boolean goesOn = outside.stream().anyMatch(arrow -> arrow.contains("end_" + state.name()));
        Set<String> key = goesOn ? Set.of(state.name()) : sources;
        groups.computeIfAbsent(key, k -> new ArrayList<>()).add(state);
      }
    }
    for (List<MachineState> group : groups.values()) {
      String node = "end_" + group.getFirst().name();
      String label = group.stream().map(MachinePage::label).collect(Collectors.joining("<br/>"));
      line("  state \"%s\" as %s".formatted(label, node));
      SequencedSet<String> sources =
          ends.getOrDefault(group.getFirst().name(), new LinkedHashSet<>());
      if (sources.containsAll(frame)) {
        line("  not_ended --> " + node);
      } else {
        sources.forEach(source -> line("  " + source + " --> " + node));
      }
    }
    outside.forEach(this::line);
    line("```");
  }

  private static String label(MachineState state) {
    String means = state.means().word();
    return state.name().equals(means) ? means : state.name() + " (" + means + ")";
  }

  /** States that have not ended, without one that nothing leads to and that leads nowhere. */
  private static SequencedSet<String> frame(StateMachine machine) {
    List<String> goingOn = goingOn(machine);
    SequencedSet<String> frame = new LinkedHashSet<>();
    for (String state : goingOn) {
      boolean linked =
          machine.begins().contains(state)
              || machine.transitions().stream()
                  .anyMatch(
                      rule ->
                          (rule.from().equals(state) && goingOn.contains(rule.to()))
                              || rule.to().equals(state));
      if (linked) {
        frame.add(state);
      }
    }
    return frame;
  }

  private static String codes(Iterable<String> words) {
    List<String> codes = new ArrayList<>();
    words.forEach(word -> codes.add(code(word)));
    return String.join(", ", codes);
  }

  private static String code(String word) {
    return "`" + word + "`";
  }

  private void line(String line) {
    out.print(line);
    out.print('\n');
  }
}
