// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file of this package. A line that begins in the first column opens an item, an
 * indented one belongs to the item above; {@code #} opens a comment line.
 */
final class Lines {
  /**
   * @param word the words that it begins with, one of those asked for
   * @param rest what follows
   */
  record Line(int number, boolean inside, String word, String rest) {}

  private final String file;
  private final List<Line> lines = new ArrayList<>();
  private int at;

  /**
   * @param words with which a line may begin
   */
  Lines(String file, String text, List<String> words) {
    this.file = file;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String said = line.strip();
      if (said.isEmpty() || said.startsWith("#")) {
        continue;
      }
      lines.add(line(number, !line.startsWith(said), said, words));
    }
  }

  private Line line(int number, boolean inside, String said, List<String> words) {
    for (String word : words) {
      if (said.startsWith(word + " ")) {
        return new Line(number, inside, word, said.substring(word.length() + 1).strip());
      }
    }
    throw new MalformedMachineException(
        file, number, "\"" + said + "\" begins with none of " + String.join(", ", words));
  }

  @Nullable Line next() {
    return at < lines.size() ? lines.get(at++) : null;
  }

  /** The next line if it belongs to the item above. */
  @Nullable Line nextInside() {
    return at < lines.size() && lines.get(at).inside() ? lines.get(at++) : null;
  }

  /** The number of the last line that was given out, 0 before the first. */
  int number() {
    return at == 0 ? 0 : lines.get(at - 1).number();
  }

  MalformedMachineException wrong(int line, String problem) {
    return new MalformedMachineException(file, line, problem);
  }

  /** A text that ends with the place that says so, in square brackets. */
  Clause clause(String spec, Line line) {
    int open = line.rest().lastIndexOf('[');
    if (open < 0 || !line.rest().endsWith("]")) {
      throw wrong(line.number(), "does not end with its source in square brackets");
    }
    String place = line.rest().substring(open + 1, line.rest().length() - 1).strip();
    if (place.isEmpty() || text(line).isEmpty()) {
      throw wrong(line.number(), "text and source must not be empty");
    }
    return new Clause(spec, place);
  }

  /** The text before that place. */
  static String text(Line line) {
    return line.rest().substring(0, line.rest().lastIndexOf('[')).strip();
  }

  /** Names with commas between them. */
  List<String> names(Line line) {
    return names(line.number(), line.rest());
  }

  List<String> names(int line, String list) {
    List<String> names = new ArrayList<>();
    for (String name : list.split(",", -1)) {
      if (name.isBlank()) {
        throw wrong(line, "an empty name");
      }
      if (names.contains(name.strip())) {
        throw wrong(line, name.strip() + " is named twice");
      }
      names.add(name.strip());
    }
    return names;
  }
}
