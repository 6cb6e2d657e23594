// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Records of real clients that live beside the project, not in it: {@code ../shared/corpus} of the
 * project's folder, or where the system property {@code ledgerline.corpus} says.
 */
record Corpus(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The tests that need the corpus; where there is none, one that says so and is skipped. */
  static Stream<DynamicTest> tests(Function<Corpus, Stream<DynamicTest>> tests) {
    Path folder = find();
    return folder != null
        ? tests.apply(new Corpus(folder))
        : Stream.of(
            DynamicTest.dynamicTest(
                "skipped", () -> Assumptions.abort("no ../shared/corpus beside the project")));
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
      byte[] bytes = Files.readAllBytes(folder.resolve(file));
      return new String(file.endsWith(".gz") ? inflated(bytes) : bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] inflated(byte[] bytes) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
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
