// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(60)
final class CommandsTest {
  private static final String EVENTS =
      """
      {"id":1,"run_id":"r1","thread_id":"t1","agent":"planner","type":"RunStarted","role":"system","depth":0}
      {"id":2,"run_id":"r1","thread_id":"t1","agent":"planner","type":"TextOutput","role":"assistant","depth":0,"content":"quince \\u001b[2J jam"}
      {"id":3,"run_id":"r1","thread_id":"t1","agent":"planner","type":"WaitForInput","role":"assistant","depth":0,"request_keys":{"city":"which city?"}}
      """;

  @TempDir private Path data = Path.of("");

  /** What a command did. */
  private record Ran(int exitCode, String out, String err) {
    JsonNode json() throws Exception {
      return new ObjectMapper().readTree(out);
    }
  }

  @Test
  void whatIsShippedCanBeListedShownAndFound() throws Exception {
    try (TestServer server = new TestServer(data)) {
      Ran shipped = ship(server, EVENTS, "--source", "kitchen");
      assertEquals(0, shipped.exitCode, shipped.err);
      assertTrue(shipped.err.contains("3 stored"), shipped.err);
      awaitIndexed(server);

      Ran runs = run(server, "runs");
      assertEquals(0, runs.exitCode, runs.err);
      assertTrue(runs.out.contains("r1") && runs.out.contains("waiting"), runs.out);
      assertEquals("kitchen", run(server, "runs", "--json").json().at("/items/0/source").asText());
      Ran one = run(server, "run", "r1");
      assertTrue(one.out.contains("human_input") || one.out.contains("WAIT"), one.out);
      assertTrue(one.out.contains("\\u001b[2J") && !one.out.contains("\u001b"), one.out);
      assertEquals(3, run(server, "run", "r1", "--json").json().at("/run/events").asInt());
      Ran found = run(server, "search", "quince");
      assertTrue(found.out.contains("r1") && found.out.contains("quince"), found.out);
      assertEquals(
          2, run(server, "search", "quince", "--json").json().at("/items/0/event/seq").asInt());
      Ran waits = run(server, "waits", "--json");
      assertEquals("r1", waits.json().at("/items/0/run_id").asText(), waits.out);
    }
  }

  @Test
  void saysWhyARunIsNotDoneAndWhatItCost() throws Exception {
    try (TestServer server = new TestServer(data)) {
      ship(server, EVENTS, "--source", "kitchen");
      awaitIndexed(server);
      Ran one = run(server, "run", "r1");
      assertTrue(one.out.contains("stuck") && one.out.contains("a human's answer"), one.out);
      assertTrue(one.out.contains("human: answer"), one.out);
      assertTrue(one.out.contains("cost so far"), one.out);
      JsonNode json = run(server, "run", "r1", "--json").json();
      assertEquals("human_input", json.at("/why/cause").asText());
      assertTrue(json.at("/time/total_ms").isNumber(), json.toString());
      Ran waits = run(server, "waits");
      assertTrue(waits.out.contains("WHO") && waits.out.contains("human"), waits.out);
    }
  }

  @Test
  void showsATaskWithItsAttempts() throws Exception {
    String lines =
        """
        {"id":1,"run_id":"r1","task_id":"MT-12","agent":"planner","type":"RunStarted","depth":0}
        {"id":2,"run_id":"r1","task_id":"MT-12","agent":"planner","type":"RunCompleted","depth":0,"finish_reason":"error"}
        """;
    try (TestServer server = new TestServer(data)) {
      Ran shipped = ship(server, lines);
      assertEquals(0, shipped.exitCode, shipped.err);
      awaitIndexed(server);
      Ran task = run(server, "task", "MT-12");
      assertEquals(0, task.exitCode, task.err);
      assertTrue(task.out.contains("failed") && task.out.contains("ATTEMPT"), task.out);
      assertEquals("r1", run(server, "task", "MT-12", "--json").json().at("/why/run_id").asText());
      Ran none = run(server, "task", "MT-13");
      assertEquals(2, none.exitCode);
      assertTrue(none.err.contains("no task with id or identifier MT-13"), none.err);
    }
  }

  @Test
  void aRunThatBreaksItsMachineIsShownWithItsClausesAndIsAFinding() throws Exception {
    String broken =
        """
        {"id":1,"run_id":"r2","agent":"a","type":"RunStarted"}
        {"id":2,"run_id":"r2","agent":"a","type":"RunCompleted","finish_reason":"success"}
        {"id":3,"run_id":"r2","agent":"a","type":"RunCompleted","finish_reason":"error"}
        """;
    String late = "{\"run_id\":\"r3\",\"type\":\"StateTransition\",\"to\":\"waiting\"}\n";
    try (TestServer server = new TestServer(data)) {
      ship(server, EVENTS + broken + late);
      awaitIndexed(server);

      Ran sound = run(server, "run", "r1");
      assertEquals(0, sound.exitCode, sound.out);
      assertTrue(sound.out.contains("ok by agent-protocol"), sound.out);
      Ran violated = run(server, "run", "r2");
      assertEquals(1, violated.exitCode, violated.out);
      assertTrue(violated.out.contains("violated by agent-protocol"), violated.out);
      assertTrue(violated.out.contains("a run that ended does not change"), violated.out);
      assertTrue(violated.out.contains("Agent Protocol, Pseudo-code example"), violated.out);
      Ran json = run(server, "run", "r2", "--json");
      assertEquals(1, json.exitCode);
      assertEquals(3, json.json().at("/verdict/violations/0/seq").asInt(), json.out);
      assertEquals("violated", server.json("/v1/runs/r2/verdict").path("result").asText());
      Ran unknown = run(server, "run", "r3");
      assertEquals(0, unknown.exitCode, unknown.out);
      assertTrue(unknown.out.contains("NOT KNOWN\nhow the run began: "), unknown.out);
      String help = run(server, "run", "--help").out;
      assertTrue(help.contains("1   a violation"), help);
    }
  }

  @Test
  void shippingTheSameStreamAgainStoresNothingTwice() throws Exception {
    String lines =
        """
        {"run_id":"r1","type":"TextOutput","agent":"a","content":"no id of its own"}
        {"run_id":"r1","type":"TextOutput","agent":"a","content":"nor this"}
        """;
    try (TestServer server = new TestServer(data)) {
      Ran first = ship(server, lines, "--stream", "s1", "--dialect", "agent-protocol");
      assertTrue(first.err.contains("2 stored"), first.err);
      Ran second = ship(server, lines, "--stream", "s1", "--dialect", "agent-protocol");
      assertTrue(second.err.contains("0 stored, 2 stored before"), second.err);
    }
  }

  @Test
  void aBadLineIsNamedAndTheOthersAreKept() throws Exception {
    try (TestServer server = new TestServer(data)) {
      Ran shipped = ship(server, EVENTS + "{broken\n");
      assertEquals(1, shipped.exitCode, shipped.err);
      assertTrue(shipped.err.contains("record 3 rejected: invalid_json"), shipped.err);
      assertTrue(shipped.err.contains("3 stored") && shipped.err.contains("1 rejected"));
    }
  }

  @Test
  void aRecordIsDeliveredBeforeTheInputEnds() throws Exception {
    try (TestServer server = new TestServer(data)) {
      FutureTask<Ran> shipping;
      try (PipedOutputStream agent = new PipedOutputStream()) {
        PipedInputStream input = new PipedInputStream(agent);
        shipping = new FutureTask<>(() -> run(input, "ship", "-", "--url", server.url()));
        Thread.ofPlatform().start(shipping);
        String first = EVENTS.lines().findFirst().orElseThrow();
        agent.write((first + "\n").getBytes(StandardCharsets.UTF_8));
        agent.flush();
        Ran tailed = run(server, "tail", "--since", "0", "--count", "1", "--json");
        assertEquals("r1", tailed.json().path("run_id").asText(), tailed.out);
      }
      assertEquals(0, shipping.get().exitCode);
    }
  }

  @Test
  void shipGoesOnWhenTheServerComesBack() throws Exception {
    String url;
    int port;
    try (TestServer server = new TestServer(data)) {
      url = server.url();
      port = java.net.URI.create(url).getPort();
    }
    FutureTask<Ran> shipping =
        new FutureTask<>(
            () ->
                run(
                    new ByteArrayInputStream(EVENTS.getBytes(StandardCharsets.UTF_8)),
                    "ship",
                    "-",
                    "--url",
                    url));
    Thread.ofVirtual().start(shipping);
    try (TestServer server = new TestServer(data, java.util.Map.of(Setting.PORT, "" + port))) {
      Ran shipped = shipping.get();
      assertEquals(0, shipped.exitCode, shipped.err);
      assertTrue(shipped.err.contains("3 stored"), shipped.err);
      assertEquals(url, server.url());
    }
  }

  @Test
  void aServerThatIsNotThereIsExitCodeThree() throws Exception {
    String[] nobody = {"--url", "http://127.0.0.1:1"};
    for (String command : new String[] {"runs", "waits", "tail"}) {
      Ran ran = run(InputStream.nullInputStream(), command, nobody[0], nobody[1]);
      assertEquals(3, ran.exitCode, command);
      assertTrue(ran.err.contains("no server answers at"), ran.err);
      assertEquals("", ran.out);
    }
    Ran shipped =
        run(
            new ByteArrayInputStream("{}\n".getBytes(StandardCharsets.UTF_8)),
            "ship",
            "-",
            nobody[0],
            nobody[1],
            "--give-up-after",
            "0");
    assertEquals(3, shipped.exitCode, shipped.err);
  }

  @Test
  void aQuestionThatMakesNoSenseIsExitCodeTwo() throws Exception {
    try (TestServer server = new TestServer(data)) {
      Ran badQuery = run(server, "runs", "agnet:coder");
      assertEquals(2, badQuery.exitCode, badQuery.err);
      assertTrue(badQuery.err.contains("agent"), badQuery.err);
      Ran noRun = run(server, "run", "nothing");
      assertEquals(2, noRun.exitCode, noRun.err);
      assertTrue(noRun.err.contains("nothing"), noRun.err);
    }
  }

  @Test
  void anUnknownCommandOrOptionIsNamedWithTheNearest() {
    Ran command = run(InputStream.nullInputStream(), "serv");
    assertEquals(2, command.exitCode);
    assertTrue(command.err.contains("serve"), command.err);
    Ran option = run(InputStream.nullInputStream(), "serve", "--prot", "1");
    assertEquals(2, option.exitCode);
    assertTrue(option.err.contains("\"--prot\"; did you mean \"--port\"?"), option.err);
    assertFalse(option.err.contains("Usage:"), option.err);
    Ran other = run(InputStream.nullInputStream(), "runs", "--limits=5");
    assertEquals(2, other.exitCode);
    assertTrue(other.err.contains("did you mean \"--limit\"?"), other.err);
    Ran open = run(InputStream.nullInputStream(), "serve", "--host", "0.0.0.0");
    assertEquals(2, open.exitCode);
    assertTrue(open.err.contains("--api-keys"), open.err);
  }

  @Test
  void anEventThatSaysNothingIsShownByItsType() throws Exception {
    try (TestServer server = new TestServer(data)) {
      ship(server, "{\"id\":1,\"run_id\":\"quiet\",\"type\":\"RunStarted\"}\n");
      awaitIndexed(server);
      Ran shown = run(server, "run", "quiet");
      assertTrue(shown.out.contains("state  RunStarted"), shown.out);
    }
  }

  @Test
  void everyCommandExplainsItself() {
    Ran all = run(InputStream.nullInputStream(), "--help");
    assertEquals(0, all.exitCode);
    for (CommandLine command :
        Main.commandLine(InputStream.nullInputStream()).getSubcommands().values()) {
      String name = command.getCommandName();
      assertTrue(all.out.contains(name), all.out);
      Ran help = run(InputStream.nullInputStream(), name, "--help");
      assertEquals(0, help.exitCode);
      assertTrue(help.out.contains("Usage: ledgerline " + name), help.out);
    }
  }

  @Test
  void theDemoTellsItsStoriesThroughTheDoor() {
    Ran demo =
        run(
            InputStream.nullInputStream(),
            "demo",
            "--once",
            "--fast",
            "--port",
            "0",
            "--data",
            data.toString());
    assertEquals(0, demo.exitCode, demo.err);
    assertTrue(demo.out.startsWith("Ledgerline is ready on http://127.0.0.1:"), demo.out);
  }

  private static void awaitIndexed(TestServer server) throws Exception {
    String end = server.json("/v1/status").at("/positions/durable").asText();
    server.get("/v1/runs?after_position=" + end);
  }

  private static Ran ship(TestServer server, String lines, String... options) {
    List<String> arguments = new ArrayList<>(List.of("ship", "-", "--url", server.url()));
    arguments.addAll(Arrays.asList(options));
    return run(
        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
        arguments.toArray(String[]::new));
  }

  private static Ran run(TestServer server, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--url", server.url()));
    return run(InputStream.nullInputStream(), all.toArray(String[]::new));
  }

  private static Ran run(InputStream input, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(input)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
