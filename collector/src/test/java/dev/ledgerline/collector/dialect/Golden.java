// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of records that one dialect reads, with what they become beside it. A line {@code #
 * context: run=… thread=…} sets the headers of the records that follow, {@code # end} is the end of
 * their stream.
 */
record Golden(String dialect, Path file) {
  static final Instant OBSERVED = Instant.parse("2026-03-01T12:00:00Z");

  private static final Path FOLDER = Path.of("src/test/resources/golden");

  /** What happens at one line. */
  sealed interface Line {
    /** A record arrives. */
    record Sent(String record, Context context) implements Line {}

    /** The sender closes the stream. */
    record Ended(Context context) implements Line {}
  }

  static Stream<Golden> all() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(jsonl|log)"))
          .sorted()
          .map(file -> new Golden(file.getName(file.getNameCount() - 2).toString(), file))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    Context context = context("");
    for (String line : read(file).lines().toList()) {
      if (line.startsWith("# context:")) {
        context = context(line.substring("# context:".length()));
      } else if (line.equals("# end")) {
        lines.add(new Line.Ended(context));
      } else if (!line.isBlank()) {
        lines.add(new Line.Sent(line, context));
      }
    }
    return lines;
  }

  Path expected() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.replaceFirst("\\.(jsonl|log)$", ".expected.txt"));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Context context(String headers) {
    return new Context(
        "pond",
        header(headers, "stream"),
        null,
        header(headers, "run"),
        header(headers, "thread"),
        header(headers, "agent"),
        header(headers, "task"),
        OBSERVED);
  }

  private static @Nullable String header(String headers, String name) {
    for (String pair : headers.strip().split(" ")) {
      if (pair.startsWith(name + "=")) {
        return pair.substring(name.length() + 1);
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return dialect + "/" + file.getFileName();
  }
}
