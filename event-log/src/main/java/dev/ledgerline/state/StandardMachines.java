// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machines whose files lie beside this class, read once. */
final class StandardMachines {
  private static final List<String> NAMES =
      List.of(
          "agent-protocol",
          "symphony-claim",
          "symphony-attempt",
          "symphony-session",
          "codex-turn",
          "codex-thread",
          "symphony-article",
          "canonical-run",
          "canonical-task");

  private static final Map<String, StateMachine> MACHINES = new LinkedHashMap<>();

  static {
    for (String name : NAMES) {
      MACHINES.put(name, MachineFile.read(name + ".txt", text(name + ".txt")));
    }
  }

  private StandardMachines() {}

  static StateMachine named(String name) {
    StateMachine machine = MACHINES.get(name);
    if (machine == null) {
      throw new IllegalArgumentException("no machine called " + name + "; there are " + NAMES);
    }
    return machine;
  }

  static List<StateMachine> all() {
    return List.copyOf(MACHINES.values());
  }

  static String text(String file) {
    try (InputStream in = StandardMachines.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
