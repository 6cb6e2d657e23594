// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import dev.ledgerline.event.Entity;
import dev.ledgerline.state.Lines.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who judges a dialect: the machines of its entities, and what its records cannot show. Read from
 * {@code dialects.txt}:
 *
 * <pre>
 * dialect NAME
 *   judged by MACHINE, MACHINE
 *   hides WHAT ITS RECORDS CANNOT SHOW [SOURCE]
 * </pre>
 *
 * @param dialect a name of api.md, or {@link #ANY_OTHER}
 * @param machines at most one for each entity
 * @param hides why nothing of this dialect can be judged in full; empty where a record may be
 *     complete
 */
public record Judges(String dialect, List<StateMachine> machines, List<String> hides) {
  /** Judges every dialect that no other entry names. */
  public static final String ANY_OTHER = "any other";

  private static final String FILE = "dialects.txt";

  private static final Map<String, Judges> STANDARD = read(FILE, StandardMachines.text(FILE));

  public Judges {
    machines = List.copyOf(machines);
    hides = List.copyOf(hides);
  }

  /** The judges of that dialect. */
  public static Judges of(String dialect) {
    Judges own = STANDARD.get(dialect);
    return own != null ? own : Objects.requireNonNull(STANDARD.get(ANY_OTHER));
  }

  /** All entries, in the order of the file. */
  public static List<Judges> all() {
    return List.copyOf(STANDARD.values());
  }

  /** Null where nobody judges such a thing. */
  public @Nullable StateMachine of(Entity entity) {
    for (StateMachine machine : machines) {
      if (machine.judges().contains(entity)) {
        return machine;
      }
    }
    return null;
  }

  /** The machine of its runs. */
  public StateMachine ofRuns() {
    return Objects.requireNonNull(of(Entity.RUN));
  }

  static Map<String, Judges> read(String file, String text) {
    Lines lines = new Lines(file, text, List.of("dialect", "judged by", "hides"));
    Map<String, Judges> all = new LinkedHashMap<>();
    for (Line line = lines.next(); line != null; line = lines.next()) {
      if (line.inside() || !line.word().equals("dialect")) {
        throw lines.wrong(line.number(), "expected \"dialect NAME\"");
      }
      Judges judges = entry(lines, line);
      if (all.put(judges.dialect(), judges) != null) {
        throw lines.wrong(line.number(), "a second entry for " + judges.dialect());
      }
    }
    if (!all.containsKey(ANY_OTHER)) {
      throw lines.wrong(lines.number(), "no entry for " + ANY_OTHER);
    }
    return all;
  }

  private static Judges entry(Lines lines, Line dialect) {
    List<StateMachine> machines = new ArrayList<>();
    List<String> hides = new ArrayList<>();
    for (Line line = lines.nextInside(); line != null; line = lines.nextInside()) {
      if (line.word().equals("judged by")) {
        for (String name : lines.names(line)) {
          machines.add(machine(lines, line, name));
        }
      } else {
        hides.add(Lines.text(line) + " (" + lines.clause("", line).place() + ")");
      }
    }
    Judges judges = new Judges(dialect.rest(), machines, hides);
    for (Entity entity : Entity.values()) {
      long own = machines.stream().filter(machine -> machine.judges().contains(entity)).count();
      if (own > 1 || (entity == Entity.RUN && own == 0)) {
        throw lines.wrong(dialect.number(), own + " machines judge a " + entity.word());
      }
    }
    return judges;
  }

  private static StateMachine machine(Lines lines, Line line, String name) {
    try {
      return StateMachine.standard(name);
    } catch (IllegalArgumentException e) {
      throw lines.wrong(line.number(), String.valueOf(e.getMessage()));
    }
  }
}
