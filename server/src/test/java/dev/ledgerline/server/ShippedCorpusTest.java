// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Logs of the corpus, shipped whole and while they are written, cut and rotated at random places
 * with a new shipper for each piece, give the runs that one request with all of it gives. A log
 * that no dialect reads yet joins when its dialect does.
 */
class ShippedCorpusTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SOURCES =
      List.of("agentic", "agent-protocol", "codex", "symphony", "symphony-ports");

  /** Pieces that a log is written in. */
  private static final int PIECES = 4;

  @TempDir static Path temp;
  private static @Nullable TestServer server;

  @AfterAll
  static void closeTheServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsShippedIsWhatIsPosted() throws Exception {
    Path corpus = corpus();
    assumeTrue(corpus != null, "skipped: there is no ../shared/corpus beside the project");
    List<DynamicTest> tests = new ArrayList<>();
    for (String source : SOURCES) {
      try (Stream<Path> files = Files.list(Path.of("" + corpus, source))) {
        files
            .filter(ShippedCorpusTest::isLog)
            .sorted()
            .forEach(
                file ->
                    tests.add(
                        dynamicTest(source + "/" + file.getFileName(), () -> check(source, file))));
      }
    }
    return tests.stream();
  }

  private static boolean isLog(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".jsonl") || name.endsWith(".symphony.log");
  }

  private static void check(String source, Path file) throws Exception {
    TestServer to = running();
    byte[] all = Files.readAllBytes(file);
    String name = source + "-" + file.getFileName();
    String posted = "posted " + name;
    HttpResponse<String> answer =
        to.send(
            to.request("v1/events")
                .header(
                    "Content-Type", name.endsWith(".log") ? "text/plain" : "application/x-ndjson")
                .header("Ledgerline-Source", encoded(posted))
                .header("Ledgerline-Stream", "all")
                .POST(BodyPublishers.ofByteArray(all)));
    JsonNode receipt = JSON.readTree(answer.body());
    assertTrue(answer.statusCode() < 300, answer.body());
    assumeTrue(receipt.path("stored").asInt() > 0, "skipped: no dialect reads it yet");

    Path folder = Files.createDirectories(temp.resolve(name));
    Files.copy(file, folder.resolve("whole.log"));
    String whole = "whole " + name;
    ship(to, whole, folder.resolve("whole.log"), folder.resolve("state-whole"));
    assertEquals(runs(to, posted), runs(to, whole));

    long seed = Long.getLong("ship.seed", System.nanoTime() & 0xffff_ffffL);
    String rotated = "rotated " + name;
    inPieces(to, all, rotated, folder, new SplittableRandom(seed));
    assertEquals(runs(to, posted), runs(to, rotated), "seed " + seed);
  }

  private static void inPieces(
      TestServer to, byte[] all, String source, Path folder, SplittableRandom random)
      throws Exception {
    int[] cuts = new int[PIECES + 1];
    for (int i = 1; i < PIECES; i++) {
      cuts[i] = random.nextInt(all.length + 1);
    }
    cuts[PIECES] = all.length;
    Arrays.sort(cuts);
    Path live = folder.resolve("live.log");
    for (int i = 0; i < PIECES; i++) {
      int from = cuts[i];
      boolean atALine = from > 0 && all[from - 1] == '\n';
      if ((i > 0 && atALine) || i == 2) {
        int rest = endOfLine(all, from); // who rotates does so between two lines
        append(live, Arrays.copyOfRange(all, from, rest));
        from = rest;
        for (int n = PIECES; n > 0; n--) {
          Path older = folder.resolve("live.log." + n);
          if (Files.exists(older)) {
            Files.move(older, folder.resolve("live.log." + (n + 1)));
          }
        }
        if (random.nextBoolean()) {
          Files.move(live, folder.resolve("live.log.1"));
        } else {
          Files.copy(live, folder.resolve("live.log.1"));
          Files.write(live, new byte[0]);
        }
      }
      append(live, Arrays.copyOfRange(all, from, Math.max(from, endOfLine(all, cuts[i + 1]))));
      cuts[i + 1] = Math.max(from, endOfLine(all, cuts[i + 1]));
      ship(to, source, live, folder.resolve("state-rotated"));
    }
  }

  private static int endOfLine(byte[] all, int from) {
    int end = from;
    while (end > 0 && end < all.length && all[end - 1] != '\n') {
      end++;
    }
    return end;
  }

  private static void append(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void ship(TestServer to, String source, Path file, Path state) {
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(InputStream.nullInputStream())
            .setErr(new PrintWriter(err))
            .execute(
                "ship",
                "--once",
                "--url",
                to.url(),
                "--source",
                source,
                "--state",
                state.toString(),
                file.toString());
    assertTrue(exitCode <= 1, err.toString()); // some of these have records to be rejected
  }

  /** What is the same for the same records, whoever sent them and when. */
  private static List<String> runs(TestServer from, String source) throws Exception {
    String end = from.json("v1/status").at("/positions/durable").asText();
    String q = encoded("source:\"" + source + "\"");
    List<String> runs = new ArrayList<>();
    for (JsonNode run :
        from.json("v1/runs?limit=1000&q=" + q + "&after_position=" + end).path("items")) {
      StringBuilder shown = new StringBuilder();
      for (String field :
          List.of(
              "run_id",
              "thread_id",
              "task_id",
              "agent",
              "agents",
              "dialect",
              "state",
              "reason",
              "events",
              "steps",
              "errors",
              "tool_calls",
              "failed_tools",
              "model_calls",
              "waits",
              "usage",
              "verdict",
              "violations",
              "title")) {
        shown.append(field).append('=').append(run.path(field)).append(' ');
      }
      runs.add(shown.toString());
    }
    return runs.stream().sorted().toList();
  }

  private static @Nullable Path corpus() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("shared/corpus"))) {
        return at.resolve("shared/corpus");
      }
    }
    return null;
  }

  private static TestServer running() throws Exception {
    TestServer running = server;
    if (running == null) {
      running = new TestServer(temp.resolve("data"));
      running.awaitReady();
      server = running;
    }
    return running;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
