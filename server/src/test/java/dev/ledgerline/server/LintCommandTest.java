// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LintCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLEAN =
      """
      {"id":1,"run_id":"r","type":"RunStarted"}
      {"id":2,"run_id":"r","type":"RunCompleted","finish_reason":"success"}
      """;

  /** Line 3 is blank, line 5 is a record over two lines. */
  private static final String BAD =
      """
      {"id":1,"run_id":"r","type":"RunStarted"}
      {broken

      {"id":2,"run_id":"r","type":"TextOutput","depth":"deep"}
      {"id":3,"run_id":"r",
       "type":"RunCompleted","finish_reason":"success"
      }
      {"id":4,"run_id":"r","type":"TextOutput","api_key":"sk-live-0123456789abcdefghij","content":"late"}
      """;

  @TempDir private Path temp = Path.of("");

  private record Ran(int exitCode, String out, String err) {}

  @Test
  void aCleanLogIsExitCodeZero() throws Exception {
    Ran ran = lint("", file("clean.jsonl", CLEAN).toString());
    assertEquals(0, ran.exitCode, ran.out + ran.err);
    assertTrue(
        ran.out.contains("2 records (agent-protocol), 2 events, 1 runs, 0 findings"), ran.out);
  }

  @Test
  void findingsAreNamedByFileAndLine() throws Exception {
    Path file = file("bad.jsonl", BAD);
    Ran ran = lint("", file.toString());
    assertEquals(1, ran.exitCode, ran.out + ran.err);
    assertTrue(ran.out.contains(file + ":2: invalid_json: "), ran.out);
    assertTrue(ran.out.contains(file + ":4: native-event.schema.json: "), ran.out);
    assertTrue(ran.out.contains("(/depth)"), ran.out);
    assertTrue(ran.out.contains(file + ":8: "), ran.out);
    assertFalse(ran.out.contains(file + ":5: "), ran.out);
  }

  @Test
  void jsonIsPrintedAndNothingElse() throws Exception {
    Ran ran = lint(BAD, "-", "--json", "--records");
    assertEquals(1, ran.exitCode, ran.err);
    assertEquals("", ran.err);
    JsonNode report = JSON.readTree(ran.out);
    assertEquals(5, report.at("/summary/records").asInt(), ran.out);
    assertEquals(5, report.at("/records/3/line").asInt(), ran.out);
    assertEquals("violated", report.at("/runs/0/verdict").asText(), ran.out);
    assertFalse(ran.out.contains("0123456789abcdefghij"), "a secret was printed");
  }

  @Test
  void aCompressedFileAnArrayAndAnEventStreamAreRead() throws Exception {
    Path gzip = temp.resolve("clean.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(CLEAN.getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(0, lint("", gzip.toString()).exitCode);
    Ran array = lint("[" + CLEAN.strip().replace("\n", ",\n") + "]", "-");
    assertEquals(0, array.exitCode, array.out + array.err);
    assertTrue(array.out.contains("2 records"), array.out);
    Ran stream = lint("data: " + CLEAN.strip().replace("\n", "\n\ndata: ") + "\n\n", "-");
    assertTrue(stream.out.contains("2 records"), stream.out + stream.err);
  }

  @Test
  void aLineThatIsTooLongIsAFindingAndTheNextIsRead() {
    Ran ran = lint("{\"a\":\"" + "x".repeat(70 << 20) + "\"}\n" + CLEAN, "-");
    assertEquals(1, ran.exitCode, ran.err);
    assertTrue(ran.out.contains("-:1: too_large: "), ran.out);
    assertTrue(ran.out.contains("3 records") && ran.out.contains("1 findings"), ran.out);
  }

  @Test
  void whatCannotBeAskedIsAUsageError() throws Exception {
    assertEquals(2, lint("", temp + "/nothing").exitCode);
    Ran dialect = lint(CLEAN, "-", "--dialect", "swahili");
    assertEquals(2, dialect.exitCode, dialect.err);
    assertTrue(dialect.err.contains("agent-protocol"), dialect.err);
    assertEquals(2, lint("").exitCode);
  }

  @Test
  void aServerJudgesTheSameAndStoresNothing() throws Exception {
    try (TestServer server = new TestServer(temp.resolve("data"))) {
      HttpResponse<String> answer = server.post("v1/lint", "application/x-ndjson", BAD);
      assertEquals(200, answer.statusCode(), answer.body());
      JsonNode report = JSON.readTree(answer.body());
      assertEquals(2, report.at("/findings/0/line").asInt(), answer.body());
      assertEquals("invalid_json", report.at("/records/1/error/code").asText(), answer.body());
      assertEquals(400, server.post("v1/lint", "application/json", "").statusCode());
      assertEquals(
          404, server.post("v1/lint?dialect=swahili", "application/json", CLEAN).statusCode());
      assertEquals(415, server.post("v1/lint", "image/png", CLEAN).statusCode());
      JsonNode status = server.json("v1/status");
      assertEquals(0, status.path("sources").size(), status.toString());
      assertEquals(0, server.json("v1/quarantine").path("items").size());
      assertTrue(server.json("openapi.json").path("paths").has("/v1/lint"));
    }
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(temp.resolve(name), text);
  }

  private static Ran lint(String input, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "lint";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all);
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
