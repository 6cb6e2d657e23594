// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must hold for every page, by looking at their files. */
class PagesAsFilesTest {
  private static final Path CLASSES = Path.of("target/classes");
  private static final List<Path> SOURCES =
      List.of(Path.of("src/main/java"), Path.of("src/main/resources"));

  /** Ways to make markup of text: what agents send must never get near one. */
  private static final Pattern MARKUP =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|new Html\\(|unsafeHTML|executeJs\\(");

  @Test
  void everyPageIsMounted() throws Exception {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name =
            CLASSES.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
        Class<?> type = Class.forName(name, false, getClass().getClassLoader());
        if (type.isAnnotationPresent(Route.class)
            || HasErrorParameter.class.isAssignableFrom(type)) {
          found.add(name);
        }
      }
    }
    assertEquals(
        WebUi.VIEWS.stream().map(Class::getName).collect(Collectors.toCollection(TreeSet::new)),
        found);
  }

  @Test
  void nothingMakesMarkupOfText() throws IOException {
    for (Path folder : SOURCES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertFalse(
              MARKUP.matcher(Files.readString(file)).find(), file + " makes markup of text");
        }
      }
    }
  }
}
