// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.State;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What holds for every machine that comes with Ledgerline, and what one of each must know. */
class StandardMachinesTest {
  @Test
  void everyStateIsABeginningOrCanBeReached() {
    for (StateMachine machine : StateMachine.standard()) {
      Set<String> reached = new HashSet<>(machine.begins());
      machine.transitions().forEach(rule -> reached.add(rule.to()));
      for (MachineState state : machine.states()) {
        boolean needsToBe = state.means() != State.UNKNOWN;
        assertTrue(!needsToBe || reached.contains(state.name()), machine + ": " + state.name());
      }
    }
  }

  @Test
  void onlyAThreadATaskAndATurnToldTwiceGoOnAfterAnEnd() {
    Set<String> goOn = new HashSet<>();
    for (StateMachine machine : StateMachine.standard()) {
      Set<String> ends =
          machine.states().stream()
              .filter(state -> state.means().terminal())
              .map(MachineState::name)
              .collect(Collectors.toSet());
      machine.transitions().stream()
          .filter(rule -> ends.contains(rule.from()))
          .forEach(rule -> goOn.add(machine.name() + " " + rule.from()));
    }
    assertEquals(
        Set.of(
            "codex-thread systemError",
            "symphony-claim Released",
            "symphony-session Failed",
            "symphony-session Cancelled",
            "symphony-session TimedOut",
            "symphony-session StartupFailed"),
        goOn);
  }

  @Test
  void theDialectsAreJudgedByTheMachineOfTheirSpecification() {
    assertEquals("agent-protocol", judge("agent-protocol", Entity.RUN));
    assertEquals("canonical-task", judge("agent-protocol", Entity.TASK));
    for (String dialect : List.of("symphony-log", "symphony-event", "symphony-state")) {
      assertEquals("symphony-attempt", judge(dialect, Entity.RUN));
      assertEquals("symphony-session", judge(dialect, Entity.TURN));
      assertEquals("symphony-claim", judge(dialect, Entity.TASK));
    }
    for (String dialect : List.of("codex-app-server", "codex-exec", "codex-rollout")) {
      assertEquals("codex-turn", judge(dialect, Entity.RUN));
      assertEquals("codex-thread", judge(dialect, Entity.THREAD));
    }
    assertEquals("symphony-article", judge("symphony-article", Entity.TASK));
    assertEquals("canonical-run", judge("otlp", Entity.RUN));
    assertEquals("canonical-run", judge("agentic", Entity.RUN));
    assertEquals(List.of(), Judges.of("symphony-log").hides());
    assertEquals(1, Judges.of("symphony-state").hides().size());
  }

  @Test
  void theWordsOfTheSpecificationsNameTheStates() {
    named(
        "symphony-claim", "Unclaimed", "Claimed", "Running", "RetryQueued", "Released", "Blocked");
    named(
        "symphony-attempt",
        "PreparingWorkspace",
        "BuildingPrompt",
        "LaunchingAgentProcess",
        "InitializingSession",
        "StreamingTurn",
        "Finishing",
        "Succeeded",
        "Failed",
        "TimedOut",
        "Stalled",
        "CanceledByReconciliation");
    named("codex-turn", "inProgress", "completed", "failed", "interrupted");
    named("codex-thread", "notLoaded", "idle", "active", "systemError");
  }

  private static void named(String machine, String... states) {
    List<String> names =
        StateMachine.standard(machine).states().stream().map(MachineState::name).toList();
    for (String state : states) {
      assertTrue(names.contains(state), machine + " lacks " + state);
    }
  }

  private static String judge(String dialect, Entity entity) {
    return String.valueOf(Judges.of(dialect).of(entity));
  }
}
