// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.State;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MachineFileTest {
  private static final String DOOR =
      """
      # a door
      machine door
      title A door
      judges run, task
      source Doors, second edition
      cite Doors
      begins with shut

      state shut means waiting
        said closed, slammed
        that is, nobody gets through [2.1]
      state open means running
        that is, one gets through [2.1 [Open]]
      state gone means lost
        that is, there is a hole [our reading]

      from shut to open
        when somebody pulls [2.2]
        when somebody pushes [2.3]
      from open to shut
        when nobody holds it [2.2]
      from any to gone
        when it is carried away [our reading]

      rule a result answers a call
        that is, who knocks is let in [3]
      """;

  @Test
  void aFileIsAMachine() {
    StateMachine door = read(DOOR);
    assertEquals("door", door.name());
    assertEquals("A door", door.title());
    assertEquals("Doors, second edition", door.source());
    assertEquals(Set.of(Entity.RUN, Entity.TASK), door.judges());
    assertEquals(List.of("shut"), door.begins());
    assertEquals(List.of("closed"), door.openingWords());
    assertEquals(
        new MachineState(
            "shut",
            State.WAITING,
            List.of("closed", "slammed"),
            "nobody gets through",
            new Clause("Doors", "2.1")),
        door.states().getFirst());
    assertEquals(
        List.of(
            new TransitionRule("shut", "open", "somebody pulls", new Clause("Doors", "2.2")),
            new TransitionRule("shut", "open", "somebody pushes", new Clause("Doors", "2.3")),
            new TransitionRule("open", "shut", "nobody holds it", new Clause("Doors", "2.2")),
            new TransitionRule(
                "shut", "gone", "it is carried away", new Clause("Doors", "our reading")),
            new TransitionRule(
                "open", "gone", "it is carried away", new Clause("Doors", "our reading"))),
        door.transitions());
    assertEquals("Doors 3", String.valueOf(door.clause(Rule.RESULT_ANSWERS_A_CALL)));
    assertEquals("who knocks is let in", door.text(Rule.RESULT_ANSWERS_A_CALL));
    assertNull(door.clause(Rule.NOTHING_FOLLOWS_THE_END));
  }

  @Test
  void anErrorSaysItsLineAndWhatIsWrong() {
    refuses(DOOR.replace("title A door", "titel A door"), 3, "begins with none of machine, title");
    refuses(DOOR.replace("title A door\n", "title A\ntitle B\n"), 4, "a second \"title\"");
    refuses(DOOR.replace("run, task", "run, tusk"), 4, "nothing is called tusk");
    refuses(DOOR.replace("begins with shut", "begins with shat"), 7, "no state shat above");
    refuses(DOOR.replace("means waiting", "means wating"), 9, "expected \"state NAME means");
    refuses(DOOR.replace("said closed, slammed", "said closed,, slammed"), 10, "an empty name");
    refuses(DOOR.replace("said closed, slammed", "said closed, closed"), 10, "named twice");
    refuses(DOOR.replace("through [2.1]\n", "through\n"), 11, "source in square brackets");
    refuses(DOOR.replace("through [2.1]\n", "through [ ]\n"), 11, "must not be empty");
    refuses(DOOR.replace("state open", "state shut"), 12, "a second state shut");
    refuses(DOOR.replace("  that is, one gets through [2.1 [Open]]\n", ""), 12, "what it is");
    refuses(DOOR.replace("from shut to open", "from shut to oben"), 17, "no state oben above");
    refuses(DOOR.replace("from shut to open", "from shut open"), 17, "from STATE, STATE to");
    refuses(DOOR.replace("pushes [2.3]", "pulls [2.3]"), 19, "the same trigger again");
    refuses(DOOR.replace("  when nobody holds it [2.2]\n", ""), 20, "without a \"when\"");
    refuses(DOOR.replace("  when somebody pushes", "when somebody pushes"), 19, "must be indented");
    refuses(DOOR.replace("rule a result answers a call", "rule be nice"), 25, "no rule is called");
    refuses(DOOR.replace("cite Doors\n", ""), 10, "\"cite\" is required");
    refuses("", 0, "are required");
  }

  @Test
  void aMachineHasAtMostAsManyStatesAsALongHasBits() {
    StringBuilder states = new StringBuilder();
    for (int i = 0; i < StateMachine.MAX_STATES - 2; i++) {
      states.append("state s").append(i).append(" means running\n  that is, more [1]\n");
    }
    refuses(DOOR.replace("from shut to open", states + "from shut to open"), 137, "more than 63");
  }

  @Test
  void judgesAreReadWithTheSameCare() {
    Map<String, Judges> all =
        Judges.read(
            "f",
            """
            dialect any other
              judged by canonical-run, canonical-task
            dialect polled
              judged by symphony-attempt
              hides what lies between [9]
            """);
    Judges polled = Objects.requireNonNull(all.get("polled"));
    assertEquals(List.of("what lies between (9)"), polled.hides());
    assertNull(polled.of(Entity.TURN));
    refusesJudges("dialect x\n  judged by canonical-run\n", 2, "no entry for any other");
    refusesJudges("dialect any other\n  judged by cannonical\n", 2, "no machine called cannonical");
    refusesJudges("dialect any other\n  judged by canonical-task\n", 1, "0 machines judge a run");
    refusesJudges(
        "dialect any other\n  judged by canonical-run, codex-turn\n", 1, "2 machines judge a run");
  }

  private static void refusesJudges(String text, int line, String problem) {
    refusal(line, problem, () -> Judges.read("f", text));
  }

  private static void refuses(String text, int line, String problem) {
    refusal(line, problem, () -> read(text));
  }

  private static void refusal(int line, String problem, Runnable reading) {
    String message =
        String.valueOf(assertThrows(MalformedMachineException.class, reading::run).getMessage());
    assertTrue(message.startsWith("f, line " + line + ": "), message);
    assertTrue(message.contains(problem), message);
  }

  private static StateMachine read(String text) {
    return MachineFile.read("f", text);
  }
}
