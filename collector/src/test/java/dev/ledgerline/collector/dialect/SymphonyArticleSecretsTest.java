// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token to resume by is a key to the run: it is recognised, and never kept. */
class SymphonyArticleSecretsTest {
  private static final Context TOPIC =
      new Context("pond", "topic", null, null, null, null, null, Golden.OBSERVED);

  @TempDir private Path folder;

  @Test
  void theTokenIsNowhereOnTheDiskAndStillResolvesItsWait() throws Exception {
    List<String> records =
        List.of(
            yielded("t-1", "res_of_the_first"),
            yielded("t-2", "res_of_the_second"),
            """
            {"symphony_event":"resume","resume_token":"res_of_the_first","decision":"approved"}""");
    try (RealCollector collector = new RealCollector(folder, null)) {
      collector.post(records, TOPIC, 0, false);
      Recorder recorded = collector.recorded();
      assertEquals(List.of("approval approved"), recorded.waits("t-1"));
      assertEquals(List.of("approval open"), recorded.waits("t-2"));
      assertEquals(State.WAITING, recorded.state("t-2"));
      for (Event event : recorded.events()) {
        assertFalse(event.summary().contains("res_of"), event.summary());
        if (event.fact() instanceof Fact.WaitOpened opened) {
          assertTrue(opened.waitId().matches("token-[0-9a-f]{16}"), opened.waitId());
        }
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains("res_of"), file.toString());
      }
    }
  }

  private static String yielded(String task, String token) {
    return """
        {"symphony_event":"yield_to_human","task_id":"%s","reason":"clay","context":{"proposed_action":"blast"},\
        "resume_token":"%s"}"""
        .formatted(task, token);
  }
}
