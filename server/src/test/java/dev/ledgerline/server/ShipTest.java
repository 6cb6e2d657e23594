// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files on their way into a server, through the real command. */
@Timeout(300)
final class ShipTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temp = Path.of("");
  private Path data = Path.of("");
  private Path logs = Path.of("");
  private Path log = Path.of("");
  private int written;

  @BeforeEach
  void makeFolders() throws IOException {
    data = temp.resolve("data");
    logs = Files.createDirectory(temp.resolve("logs"));
    log = logs.resolve("agent.log");
  }

  @Test
  void filesAreShippedOnceHoweverOftenOneAsks() throws Exception {
    write(5);
    try (TestServer server = new TestServer(data)) {
      Ran first = ship(server.url(), log.toString(), "--once", "--json");
      assertEquals(0, first.exitCode, first.err);
      assertEquals(5, JSON.readTree(first.out).path("stored").asInt(), first.out);
      write(2);
      Ran second = ship(server.url(), log.toString(), "--once", "--json");
      assertEquals(2, JSON.readTree(second.out).path("records").asInt(), second.out);
      assertEachOnceInOrder(server.url());
    }
  }

  @Test
  void aLostStateMakesNoDoubles() throws Exception {
    write(5);
    try (TestServer server = new TestServer(data)) {
      ship(server.url(), log.toString(), "--once");
      Ran again =
          ship(server.url(), log.toString(), "--once", "--state", temp + "/other", "--json");
      assertEquals(5, JSON.readTree(again.out).path("duplicates").asInt(), again.out);
      assertEachOnceInOrder(server.url());
    }
  }

  @Test
  void whatIsRejectedIsNamedAndDoesNotStopTheRest() throws Exception {
    write(1);
    append("no agent says this\n");
    write(1);
    try (TestServer server = new TestServer(data)) {
      Ran shipped = ship(server.url(), log.toString(), "--once");
      assertEquals(1, shipped.exitCode, shipped.err);
      assertTrue(shipped.err.contains("record 1 rejected: unknown_dialect"), shipped.err);
      assertTrue(shipped.err.contains("2 stored"), shipped.err);
    }
  }

  @Test
  void aStackTraceIsOneRecord() throws Exception {
    append("10:00 error: no boat\n\tat Pond.row\n\tat Pond.main\n10:01 info: back\n");
    try (TestServer server = new TestServer(data)) {
      Ran shipped = ship(server.url(), log.toString(), "--once", "--run", "r", "--json");
      assertEquals(2, JSON.readTree(shipped.out).path("stored").asInt(), shipped.err);
    }
  }

  @Test
  void aBodyThatIsTooLargeIsSplit() throws Exception {
    write(64);
    Map<Setting, String> small = Map.of(Setting.MAX_REQUEST_BYTES, "2000");
    try (TestServer server = new TestServer(data, small)) {
      Ran shipped = ship(server.url(), log.toString(), "--once");
      assertEquals(0, shipped.exitCode, shipped.err);
      assertEachOnceInOrder(server.url());
    }
  }

  @Test
  void whoShipsTwiceAtATimeAndWhatDoesNotExistIsAUsageError() throws Exception {
    write(1);
    try (TestServer server = new TestServer(data)) {
      Ran missing = ship(server.url(), logs + "/nothing.log", "--once");
      assertEquals(2, missing.exitCode, missing.err);
      Ran dialect = ship(server.url(), log.toString(), "--once", "--dialect", "swahili");
      assertEquals(2, dialect.exitCode, dialect.err);
      assertTrue(dialect.err.contains("404"), dialect.err);
      Ran mixed = ship(server.url(), "-", log.toString());
      assertEquals(2, mixed.exitCode, mixed.err);
    }
  }

  @Test
  void aLineReachesTheServerSoonAndTheEndIsOrderly() throws Exception {
    try (TestServer server = new TestServer(data)) {
      Process shipper = start("ship", "--url", server.url(), "--state", state(), logs.toString());
      try {
        write(1);
        awaitEvents(server.url(), 1); // the process is there
        long slowest = 0;
        for (int i = 2; i < 12; i++) {
          write(1);
          long start = System.nanoTime();
          awaitEvents(server.url(), i);
          slowest = Math.max(slowest, System.nanoTime() - start);
        }
        // polls, holds, sends and asks: two seconds only where the machine does other things
        assertTrue(slowest < 2_000_000_000L, "slowest " + slowest / 1_000_000 + " ms");
        shipper.destroy();
        assertTrue(shipper.waitFor(20, TimeUnit.SECONDS), "still there");
        assertEquals(0, shipper.exitValue());
        Ran rest = ship(server.url(), logs.toString(), "--once", "--state", state(), "--json");
        assertEquals(0, JSON.readTree(rest.out).path("records").asInt(), rest.out);
      } finally {
        shipper.destroyForcibly().waitFor();
      }
    }
  }

  /** {@code -Dkill.seed} repeats a run, {@code -Dkill.times} makes it longer. */
  @Test
  void nothingIsLostOrDoubledHoweverOftenShipperAndServerAreKilled() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime() & 0xffff_ffffL);
    int kills = Integer.getInteger("kill.times", 6);
    SplittableRandom random = new SplittableRandom(seed);
    Running server = serve(0);
    int port = URI.create(server.url).getPort();
    Process shipper = start("ship", "--url", server.url, "--state", state(), logs.toString());
    try {
      for (int i = 0; i < kills; i++) {
        busily(random, random.nextInt(500, 2_500));
        if (i % 3 == 1) {
          server.process.destroyForcibly().waitFor();
          busily(random, random.nextInt(100, 1_000));
          server = serve(port);
        } else {
          shipper.destroyForcibly().waitFor();
          busily(random, random.nextInt(1, 200));
          shipper = start("ship", "--url", server.url, "--state", state(), logs.toString());
        }
      }
      shipper.destroy();
      assertTrue(shipper.waitFor(20, TimeUnit.SECONDS), "still there, seed " + seed);
      Ran rest = ship(server.url, logs.toString(), "--once", "--state", state());
      assertEquals(0, rest.exitCode, () -> "seed " + seed + ": " + rest.err);
      assertEachOnceInOrder(server.url);
    } finally {
      shipper.destroyForcibly().waitFor();
      server.process.destroyForcibly().waitFor();
    }
  }

  private int rotations;

  /** Writes for that long, and rotates now and then. */
  private void busily(SplittableRandom random, int millis) throws Exception {
    long end = System.nanoTime() + millis * 1_000_000L;
    while (System.nanoTime() < end) {
      write(random.nextInt(1, 30));
      if (random.nextInt(12) == 0) {
        for (int i = rotations; i > 0; i--) {
          Files.move(logs.resolve("agent.log." + i), logs.resolve("agent.log." + (i + 1)));
        }
        rotations++;
        if (random.nextBoolean()) {
          Files.move(log, logs.resolve("agent.log.1"));
        } else {
          Files.copy(log, logs.resolve("agent.log.1"));
          Files.write(log, new byte[0]); // keeps its inode
        }
        write(1);
      }
      Thread.sleep(random.nextInt(30)); // the pace of the writer
    }
  }

  /** Records without an id: only stream and number tell them apart. */
  private void write(int records) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < records; i++) {
      text.append("{\"run_id\":\"r\",\"type\":\"TextOutput\",\"agent\":\"a\",\"content\":\"n")
          .append(written++)
          .append("\"}\n");
    }
    append(text.toString());
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private String state() {
    return temp.resolve("state").toString();
  }

  private List<Integer> assertEachOnce(String url) throws Exception {
    awaitEvents(url, written);
    TreeMap<Integer, Integer> seen = new TreeMap<>();
    List<Integer> order = new ArrayList<>();
    for (long after = 0; ; ) {
      JsonNode page =
          get(url, "v1/runs/r/events?payload=true&limit=1000&after=" + after).path("items");
      for (JsonNode event : page) {
        int n = Integer.parseInt(event.at("/payload/content").asText().substring(1));
        seen.merge(n, 1, Integer::sum);
        order.add(n);
        after = event.path("seq").asLong();
      }
      if (page.isEmpty()) {
        break;
      }
    }
    seen.values().removeIf(times -> times == 1);
    assertEquals(Map.of(), seen, "doubled");
    assertEquals(written, order.size(), "lost");
    return order;
  }

  private void assertEachOnceInOrder(String url) throws Exception {
    List<Integer> order = assertEachOnce(url);
    List<String> backwards = new ArrayList<>();
    for (int i = 1; i < order.size(); i++) {
      if (order.get(i) < order.get(i - 1)) {
        backwards.add(order.get(i) + " after " + order.get(i - 1));
      }
    }
    assertEquals(List.of(), backwards, "out of order");
  }

  private static void awaitEvents(String url, int events) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      String end = get(url, "v1/status").at("/positions/durable").asText();
      JsonNode run = get(url, "v1/runs/r?after_position=" + end);
      if (run.path("events").asInt() >= events) {
        return;
      }
      assertTrue(System.nanoTime() < deadline, () -> events + " events did not come: " + run);
    }
  }

  private static JsonNode get(String url, String path) throws Exception {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url).resolve(path)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return JSON.readTree(answer.body());
    }
  }

  /** What a command did. */
  private record Ran(int exitCode, String out, String err) {}

  private Ran ship(String url, String... arguments) {
    List<String> all = new ArrayList<>(List.of("ship", "--url", url));
    all.addAll(List.of(arguments));
    if (!all.contains("--state")) {
      all.addAll(List.of("--state", state()));
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(InputStream.nullInputStream())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Ran(exitCode, out.toString(), err.toString());
  }

  private record Running(Process process, String url) {}

  private Running serve(int port) throws IOException {
    Process process = start("serve", "--port", "" + port, "--data", data.toString());
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    @Nullable String line = out.readLine();
    assertTrue(line != null && line.startsWith("Ledgerline is ready on "), "it said " + line);
    return new Running(process, String.valueOf(line).substring("Ledgerline is ready on ".length()));
  }

  /** A process of its own, as the launcher starts it. */
  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.ledgerline.server.Main"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
