// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of real clients that live beside the project, not in it: {@code ../shared/corpus} of the
 * project's folder, or where the system property {@code ledgerline.corpus} says.
 */
record Corpus(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The corpus; skips the test that asks for it where there is none. */
  static Corpus orSkip() {
    Path folder = find();
    assumeTrue(folder != null, "skipped: there is no ../shared/corpus beside the project");
    return new Corpus(folder == null ? Path.of("") : folder);
  }

  private static @Nullable Path find() {
    String named = System.getProperty("ledgerline.corpus");
    if (named != null) {
      return Files.isDirectory(Path.of(named)) ? Path.of(named) : null;
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared/corpus");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return null;
  }

  JsonNode truth(String source) {
    return json(text(source + "/truth.json"));
  }

  String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String file) {
    return Files.exists(folder.resolve(file));
  }

  /** The records of a file, as the collector would split its body. */
  List<String> records(String file) {
    String text = text(file);
    if (file.endsWith(".sse")) {
      return dataOf(text);
    }
    return file.endsWith(".json")
        ? elementsOf(text)
        : text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static List<String> dataOf(String sse) {
    List<String> records = new ArrayList<>();
    for (String line : sse.split("\r\n|\n|\r", -1)) {
      if (line.startsWith("data:")) {
        records.add(line.substring("data:".length()).strip());
      }
    }
    return records;
  }

  static List<String> elementsOf(String array) {
    return json(array).valueStream().map(JsonNode::toString).toList();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
