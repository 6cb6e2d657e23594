// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ledgerline.collector.DeliveryRefusedException;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.RecordFormat;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.collector.Trial;
import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.log.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LintTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String STARTED = "{\"id\":1,\"run_id\":\"r\",\"type\":\"RunStarted\"}\n";

  @Test
  void aCleanLogHasNoFindings() throws Exception {
    LintReport report =
        lint(
            STARTED
                + "{\"id\":2,\"run_id\":\"r\",\"type\":\"RunCompleted\",\"finish_reason\":\"success\"}\n");
    assertEquals(List.of(), report.findings());
    assertEquals(2, report.records());
    assertEquals("completed", report.runs().getFirst().summary().state().word());
    assertEquals("ok", report.runs().getFirst().summary().verdict().word());
  }

  @Test
  void whatWouldBeRejectedIsNamedWithItsLineAndPointer() throws Exception {
    LintReport report = lint(STARTED + "\n{broken\n{\"type\":\"ToolCall\"}\n");
    assertEquals(List.of("3 invalid_json null", "4 missing_field /run_id"), shown(report));
    assertEquals(2, report.rejected());
  }

  @Test
  void theSchemaNamesTheFieldThatIsWrong() throws Exception {
    LintReport report =
        lint(
            STARTED
                + "{\"id\":2,\"run_id\":\"r\",\"type\":\"TextOutput\",\"depth\":\"deep\",\"content\":null}\n");
    assertEquals(List.of("2 schema /depth"), shown(report));
  }

  @Test
  void headersStandInForWhatARecordLacks() throws Exception {
    Origin origin = new Origin(null, null, null, new Entry.Headers("r", null, null, null));
    LintReport report = lint("{\"id\":1,\"type\":\"RunStarted\"}\n", origin, null);
    assertEquals(List.of(), report.findings());
  }

  @Test
  void anUnknownTypeIsAFinding() throws Exception {
    LintReport report = lint(STARTED + "{\"id\":2,\"run_id\":\"r\",\"type\":\"BirdSeen\"}\n");
    assertEquals(List.of("2 unknown_type null"), shown(report));
  }

  @Test
  void twoContentsUnderOneIdAreAConflictAndTheSameTwiceIsNone() throws Exception {
    LintReport report =
        lint(STARTED + STARTED + "{\"id\":1,\"run_id\":\"r\",\"type\":\"TextOutput\"}\n");
    assertEquals(List.of("3 conflict null"), shown(report));
    assertEquals(1, report.duplicates());
  }

  @Test
  void whatComesAfterTheEndIsAFinding() throws Exception {
    LintReport report =
        lint(
            STARTED
                + "{\"id\":2,\"run_id\":\"r\",\"type\":\"RunCompleted\",\"finish_reason\":\"success\"}\n"
                + "{\"id\":3,\"run_id\":\"r\",\"type\":\"TextOutput\",\"content\":\"late\"}\n");
    assertEquals(List.of(3L), lines(report));
  }

  @Test
  void aRunThatIsOnlyWrittenOutOfOrderIsJudgedInTheOrderOfItsSource() throws Exception {
    LintReport report =
        lint(
            STARTED
                + "{\"id\":3,\"run_id\":\"r\",\"type\":\"RunCompleted\",\"finish_reason\":\"success\"}\n"
                + "{\"id\":2,\"run_id\":\"r\",\"type\":\"TextOutput\",\"content\":\"late\"}\n");
    assertEquals(List.of("3 order /id"), shown(report));
    assertEquals("ok", report.runs().getFirst().summary().verdict().word());
  }

  @Test
  void aRunThatIsTooLongToBeSortedSaysSo() throws Exception {
    Lint lint = new Lint(trial(Origin.UNTOLD, null), Origin.UNTOLD, (line, outcome) -> {});
    byte[] started = STARTED.getBytes(StandardCharsets.UTF_8);
    lint.record(1, started, 0, started.length, false);
    int events = 30_010; // more than are kept
    for (int i = 2; i <= events; i++) {
      byte[] text =
          ("{\"id\":" + i + ",\"run_id\":\"r\",\"type\":\"TextOutput\",\"content\":\"x\"}")
              .getBytes(StandardCharsets.UTF_8);
      lint.record(i, text, 0, text.length, false);
    }
    byte[] back =
        "{\"id\":0,\"run_id\":\"r\",\"type\":\"TextOutput\"}".getBytes(StandardCharsets.UTF_8);
    lint.record(events + 1L, back, 0, back.length, false);
    LintReport report = lint.end();
    assertFalse(report.runs().getFirst().wholly());
  }

  @Test
  void aRunThatGoesOnAfterItWasLetGoSaysSo() throws Exception {
    Lint lint = new Lint(trial(Origin.UNTOLD, null), Origin.UNTOLD, (line, outcome) -> {});
    long line = 1;
    for (int run = 0; run <= 2_001; run++) { // more than are folded at a time
      byte[] text =
          ("{\"id\":"
                  + (run == 2_001 ? 2 : 1)
                  + ",\"run_id\":\""
                  + run % 2_001
                  + "\",\"type\":\""
                  + (run == 2_001 ? "TextOutput" : "RunStarted")
                  + "\"}")
              .getBytes(StandardCharsets.UTF_8);
      lint.record(line++, text, 0, text.length, false);
    }
    LintReport report = lint.end();
    assertEquals(List.of(), report.findings());
    assertEquals(2_001, report.runsInAll());
    assertFalse(report.runs().getFirst().wholly());
    assertTrue(report.runs().getLast().wholly());
  }

  @Test
  void aReportIsJsonWithWhatEachRecordBecame() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] body = (STARTED + "{broken\n").getBytes(StandardCharsets.UTF_8);
    try (LintJson json = new LintJson(out, true)) {
      Lint lint = new Lint(trial(Origin.UNTOLD, null), Origin.UNTOLD, json::record);
      lint.body(body, body.length, RecordFormat.JSON_LINES);
      json.report(lint.end());
    }
    JsonNode report = JSON.readTree(out.toByteArray());
    assertEquals("state", report.at("/records/0/events/0/kind").asText());
    assertEquals("r", report.at("/records/0/events/0/run_id").asText());
    assertEquals("invalid_json", report.at("/records/1/error/code").asText());
    assertEquals(2, report.at("/findings/0/line").asInt());
    assertEquals(1, report.at("/summary/by_kind/state").asInt());
    assertEquals("r", report.at("/runs/0/run_id").asText());
  }

  @Test
  void anUnknownDialectIsRefused() {
    assertThrows(DeliveryRefusedException.class, () -> trial(Origin.UNTOLD, "swahili"));
  }

  @Test
  void theSchemaCheckAgreesWithTheGoldenExamples() throws Exception {
    NativeSchema schema = new NativeSchema();
    Path golden = Path.of("../event-log/src/test/resources/golden/native");
    for (String line : Files.readAllLines(golden.resolve("valid.jsonl"))) {
      assertEquals(List.of(), schema.check(JSON.readTree(line), java.util.Set.of()), line);
    }
    for (String line : Files.readAllLines(golden.resolve("invalid.jsonl"))) {
      assertFalse(schema.check(JSON.readTree(line), java.util.Set.of()).isEmpty(), line);
    }
  }

  /**
   * Every case of the corpus with a log of one of our dialects, whatever else comes to be there.
   */
  @TestFactory
  Stream<DynamicTest> seededBreachesAreFoundAndCleanLogsAreClean() throws IOException {
    Path corpus = corpus();
    assumeTrue(corpus != null, "skipped: there is no ../shared/corpus beside the project");
    List<DynamicTest> tests = new ArrayList<>();
    for (String source : List.of("agent-protocol", "codex", "symphony", "symphony-ports")) {
      Path folder = Path.of("" + corpus, source);
      JsonNode cases = JSON.readTree(folder.resolve("truth.json").toFile()).path("cases");
      for (var c : cases.properties()) {
        try (Stream<Path> files = Files.list(folder)) {
          files
              .filter(file -> isLogOf(file, c.getKey()))
              .sorted()
              .forEach(
                  file ->
                      tests.add(
                          dynamicTest(
                              source + "/" + file.getFileName(), () -> check(file, c.getValue()))));
        }
      }
    }
    return tests.stream();
  }

  private static boolean isLogOf(Path file, String name) {
    String base = file.getFileName().toString();
    return List.of(
            ".events.jsonl", ".exec.jsonl", ".rollout.jsonl", ".appserver.jsonl", ".symphony.log")
        .stream()
        .anyMatch(
            ending ->
                base.equals(name + ending)
                    || (base.startsWith(name + ".process") && base.endsWith(ending)));
  }

  private static void check(Path file, JsonNode truth) throws Exception {
    byte[] body = Files.readAllBytes(file);
    Lint lint = new Lint(trial(Origin.UNTOLD, null), Origin.UNTOLD, (line, outcome) -> {});
    lint.body(body, body.length, RecordFormat.TEXT);
    LintReport report = lint.end();
    boolean understood =
        report.rejected() < report.records() && !report.byDialect().containsKey("unknown");
    assumeTrue(understood, "skipped: no dialect reads it yet");
    List<Long> expected = new ArrayList<>();
    truth.path("violations").forEach(v -> expected.add(v.path("line").asLong()));
    if (expected.isEmpty()) {
      assertEquals(List.of(), report.findings());
    } else {
      List<Long> found = lines(report);
      assertTrue(
          found.containsAll(expected), () -> expected + " are not all in " + report.findings());
    }
  }

  private static LintReport lint(String text) throws Exception {
    return lint(text, Origin.UNTOLD, null);
  }

  private static LintReport lint(String text, Origin origin, @Nullable String dialect)
      throws Exception {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Lint lint = new Lint(trial(origin, dialect), origin, (line, outcome) -> {});
    lint.body(body, body.length, RecordFormat.JSON_LINES);
    return lint.end();
  }

  private static Trial trial(Origin origin, @Nullable String dialect)
      throws DeliveryRefusedException {
    return new Trial(
        Dialects.standard().inOrder(), Limits.DEFAULT, Redaction.off(), dialect, origin, NOW);
  }

  private static List<String> shown(LintReport report) {
    return report.findings().stream()
        .map(f -> f.line() + " " + f.code() + " " + f.pointer())
        .toList();
  }

  private static List<Long> lines(LintReport report) {
    return report.findings().stream().map(Finding::line).distinct().toList();
  }

  private static @Nullable Path corpus() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/corpus"))) {
        return at.resolve("shared/corpus");
      }
    }
    return null;
  }
}
