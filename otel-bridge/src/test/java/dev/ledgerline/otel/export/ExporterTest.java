// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.otel.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Scope;
import dev.ledgerline.event.State;
import dev.ledgerline.event.query.QueryParser;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.Position;
import dev.ledgerline.otel.Signal;
import dev.ledgerline.otel.export.LoopbackTarget.Asked;
import dev.ledgerline.otel.export.LoopbackTarget.Behaviour;
import dev.ledgerline.otel.export.LoopbackTarget.Reply;
import dev.ledgerline.otel.export.LoopbackTarget.Reset;
import dev.ledgerline.otel.export.LoopbackTarget.Stall;
import dev.ledgerline.otel.export.LoopbackTarget.StallWithin;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExporterTest {
  private static final Settings FAST = fast(Duration.ofSeconds(5), Settings.DEFAULT.limits());

  private static Settings fast(Duration timeout, Settings.Limits limits) {
    Settings.Pace pace =
        new Settings.Pace(
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(10),
            Duration.ofMillis(10),
            timeout,
            new Backoff(Duration.ofMillis(10), Duration.ofMillis(40)),
            Duration.ofSeconds(1));
    return new Settings(pace, limits, Settings.DEFAULT.silence());
  }

  private @TempDir Path folder;
  private ToldLog told;

  /** Whatever was told has settled, and nothing is silent for long. */
  private final InstantSource clock = () -> told.after(Duration.ofMinutes(5));

  @BeforeEach
  void open() throws Exception {
    told = new ToldLog(folder.resolve("log"));
  }

  @AfterEach
  void close() throws Exception {
    told.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Target.Protocol.class,
      names = {"HTTP_PROTOBUF", "HTTP_JSON"})
  void runsArriveAsSpansLogsAndMetrics(Target.Protocol protocol) throws Exception {
    told.wholeRun("r1", "t1");
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(
                Target.of("a", backend.url())
                    .over(protocol)
                    .withHeaders(Map.of("Authorization", "Bearer secret")))) {
      backend.await(() -> backend.received().spans().size() == 4);
      backend.await(() -> !backend.asked(Signal.METRICS).isEmpty());
      caughtUp(backend, exporter);

      assertEquals(9, backend.received().records().size());
      assertEquals(
          1, backend.received().metric("ledgerline.runs").getSum().getDataPoints(0).getAsInt());
      Asked one = backend.asked(Signal.TRACES).getFirst();
      assertEquals("Bearer secret", one.header("Authorization"));
      assertEquals("gzip", one.header("Content-encoding"));
      assertTrue(one.header("User-agent").startsWith("Ledgerline/"));
      Progress progress = exporter.progress();
      assertEquals(told.log.end(), progress.position());
      assertEquals(4, progress.outcomes().get("traces sent"));
      assertEquals(9, progress.outcomes().get("logs sent"));
      assertFalse(progress.toString().contains("secret"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void whatMayBeTriedAgainIsSentAgainAsItWas(int status) throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget((signal, n, body) -> Reply.of(n < 3 ? status : 200));
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.LOGS)))) {
      backend.await(() -> backend.received().records().size() == 9);
      List<Asked> asked = backend.asked(Signal.LOGS);
      assertEquals(4, asked.size());
      asked.forEach(a -> assertArrayEquals(asked.getFirst().body(), a.body()));
      assertEquals(3, exporter.progress().retries());
    }
  }

  @Test
  void aTargetIsLeftAloneForAsLongAsItAsks() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, body) ->
                    n == 0
                        ? new Reply(503, Map.of("Retry-After", "1"), new byte[0])
                        : Reply.of(200));
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.LOGS)))) {
      backend.await(() -> backend.received().records().size() == 9);
      List<Asked> asked = backend.asked(Signal.LOGS);
      long between = asked.get(1).nanos() - asked.get(0).nanos();
      assertTrue(between >= TimeUnit.MILLISECONDS.toNanos(1_000), between + " ns");
      caughtUp(backend, exporter);
      assertEquals(Exporter.State.RUNNING, exporter.progress().state());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 408, 422, 500, 501})
  void whatIsRefusedForGoodIsDroppedOnceAndCountedAndTheRestGoesOn(int status) throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget((signal, n, body) -> Reply.of(n == 0 ? status : 200));
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.LOGS)))) {
      backend.await(() -> exporter.progress().outcomes().containsKey("logs dropped:" + status));
      told.tell("r1", null, new Fact.LogLine("info"), "later");
      backend.await(() -> backend.received().records().size() == 1);
      caughtUp(backend, exporter);

      assertEquals(2, backend.asked(Signal.LOGS).size());
      assertEquals(9, exporter.progress().outcomes().get("logs dropped:" + status));
      assertEquals("later", backend.received().records().getFirst().getBody().getStringValue());
      assertTrue(String.valueOf(exporter.progress().failure()).startsWith("" + status));
    }
  }

  @Test
  void aRequestThatIsTooLargeIsSplitAndAnItemThatIsTooLargeByItselfDropped() throws Exception {
    told.begin("r1", null);
    told.tell("r1", null, new Fact.LogLine("info"), "x".repeat(3_000));
    told.end("r1", null);
    Behaviour small = (signal, n, body) -> Reply.of(body.length > 2_000 ? 413 : 200);
    try (LoopbackTarget backend = new LoopbackTarget(small);
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.LOGS)))) {
      backend.await(() -> backend.received().records().size() == 3);
      caughtUp(backend, exporter);
      assertEquals(1, exporter.progress().outcomes().get("logs dropped:too_large"));
      assertEquals(3, exporter.progress().outcomes().get("logs sent"));
      assertEquals(0, exporter.progress().retries());
      Set<Integer> sizes = new HashSet<>();
      for (Asked asked : backend.asked(Signal.LOGS)) {
        assertTrue(sizes.add(asked.body().length), "nothing is sent again as it was");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void aPartialSuccessIsNeverSentAgain(String encoding) throws Exception {
    told.wholeRun("r1", null);
    ExportTraceServiceResponse partly =
        ExportTraceServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportTracePartialSuccess.newBuilder()
                    .setRejectedSpans(1)
                    .setErrorMessage("too old"))
            .build();
    byte[] body = encoding.equals("json") ? OtlpJson.bytes(partly) : partly.toByteArray();
    Map<String, String> type =
        Map.of(
            "Content-Type",
            encoding.equals("json") ? "application/json" : "application/x-protobuf");
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, request) -> n == 0 ? new Reply(200, type, body) : Reply.of(200));
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.TRACES)))) {
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      assertEquals(4, new HashSet<>(backend.received().spans()).size());
      assertEquals(1, exporter.progress().outcomes().get("traces rejected"));
      assertEquals(3, exporter.progress().outcomes().get("traces sent"));
      assertEquals(0, exporter.progress().retries());
      assertTrue(String.valueOf(exporter.progress().failure()).contains("too old"));
    }
  }

  @Test
  void aConnectionThatBreaksAndATargetThatStallsGetTheSameAgain() throws Exception {
    told.wholeRun("r1", null);
    Settings impatient = fast(Duration.ofMillis(300), Settings.DEFAULT.limits());
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, body) ->
                    switch (n) {
                      case 0 -> new Reset();
                      case 1 -> new Stall();
                      case 2 -> new StallWithin();
                      default -> Reply.of(200);
                    });
        Exporter exporter =
            start(Target.of("a", backend.url()).only(Set.of(Signal.TRACES)), impatient)) {
      backend.await(() -> backend.received().spans().size() == 4);
      List<Asked> asked = backend.asked(Signal.TRACES);
      assertArrayEquals(asked.get(0).body(), asked.get(1).body());
      assertArrayEquals(asked.get(0).body(), asked.get(2).body());
      assertArrayEquals(asked.get(0).body(), asked.get(3).body());
      assertTrue(exporter.progress().retries() >= 3);
    }
  }

  @Test
  void whatWasAcknowledgedIsNotSentAgainWhileAnotherSignalFails() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, body) -> Reply.of(signal == Signal.TRACES && n < 5 ? 503 : 200));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      List<LogRecord> records = backend.received().records();
      assertEquals(9, records.size());
      assertEquals(9, new HashSet<>(records).size());
      assertTrue(exporter.progress().retries() >= 5);
    }
  }

  @Test
  void aTargetThatIsDownQueuesNothingAndGetsEverythingWhenItIsBack() throws Exception {
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> Reply.of(503));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      for (int i = 0; i < 300; i++) {
        told.wholeRun("r" + i, null);
      }
      backend.await(() -> exporter.progress().state() == Exporter.State.RETRYING);
      Progress down = exporter.progress();
      assertEquals(told.log.end().number(), down.position().number() + down.lagEntries());
      assertTrue(down.lagEntries() > 0);
      assertTrue(down.lagMillis() > 0);
      assertNotNull(down.failure());

      backend.behave(LoopbackTarget.TAKES_ALL);
      backend.await(() -> backend.received().spans().size() == 1_200);
      backend.await(() -> backend.received().records().size() == 2_700);
      caughtUp(backend, exporter);
      assertEquals(1_200, new HashSet<>(ids(backend.received().spans())).size());
      assertEquals(0, exporter.progress().lagEntries());
      assertEquals(0, exporter.progress().lagMillis());
      assertEquals(Exporter.State.RUNNING, exporter.progress().state());
      for (Asked asked : backend.asked(Signal.TRACES)) {
        assertTrue(asked.body().length < 3 << 20);
      }
    }
  }

  @Test
  void aTargetThatDoesNotKnowUsIsAskedOnceAndLosesNothing() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> Reply.of(401))) {
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> exporter.progress().state() == Exporter.State.HALTED);
        assertEquals(1, backend.asked(Signal.LOGS).size());
        assertEquals(Position.START, exporter.progress().position());
        assertEquals(Map.of(), exporter.progress().outcomes());
      }
      backend.behave(LoopbackTarget.TAKES_ALL);
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> backend.received().spans().size() == 4);
        assertEquals(9, backend.received().records().size());
        caughtUp(backend, exporter);
      }
    }
  }

  @Test
  void aSignalThatATargetDoesNotKnowIsLeftOutAndTheOthersGoOn() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget((signal, n, body) -> Reply.of(signal == Signal.TRACES ? 200 : 404));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> backend.received().spans().size() == 4);
      told.wholeRun("r2", null);
      backend.await(() -> backend.received().spans().size() == 8);
      caughtUp(backend, exporter);
      assertEquals(1, backend.asked(Signal.LOGS).size());
      assertEquals(18, exporter.progress().outcomes().get("logs dropped:unsupported"));
    }
  }

  @Test
  void whatIsNoTargetAtAllGetsNothingAndLosesNothing() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> Reply.of(404));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> exporter.progress().state() == Exporter.State.HALTED);
      assertEquals(Position.START, exporter.progress().position());
      assertEquals(Map.of(), exporter.progress().outcomes());
    }
  }

  @Test
  void aSignalThatWasTakenAndIsNotKnownAnyMoreLosesNothing() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget((signal, n, body) -> Reply.of(n == 0 ? 200 : 404));
        Exporter exporter = start(Target.of("a", backend.url()).only(Set.of(Signal.LOGS)))) {
      backend.await(() -> backend.received().records().size() == 9);
      caughtUp(backend, exporter);
      told.tell("r1", null, new Fact.LogLine("info"), "later");
      backend.await(() -> exporter.progress().state() == Exporter.State.HALTED);
      assertEquals(1, exporter.progress().lagEntries());
    }
  }

  @Test
  void aRedirectIsNotFollowedAndLosesNothing() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, body) ->
                    new Reply(307, Map.of("Location", "http://elsewhere/v1/logs"), new byte[0]));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> exporter.progress().state() == Exporter.State.HALTED);
      assertTrue(String.valueOf(exporter.progress().failure()).contains("http://elsewhere"));
      assertEquals(9, exporter.progress().lagEntries());
    }
  }

  @Test
  void aWebPageIsNoAcknowledgementHoweverWellItWent() throws Exception {
    told.wholeRun("r1", null);
    Map<String, String> page = Map.of("Content-Type", "text/html; charset=utf-8");
    try (LoopbackTarget backend =
            new LoopbackTarget(
                (signal, n, body) -> new Reply(200, page, "<h1>Log in</h1>".getBytes(UTF_8)));
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> exporter.progress().state() == Exporter.State.HALTED);
      assertTrue(String.valueOf(exporter.progress().failure()).contains("web page"));
      assertEquals(9, exporter.progress().lagEntries());
    }
  }

  @Test
  void aHostWithoutAnAddressIsTriedAgainAndNamed() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter = start(Target.of("a", URI.create("http://nowhere.invalid:4318")))) {
      backend.await(() -> exporter.progress().state() == Exporter.State.RETRYING);
      assertEquals("no address is known of nowhere.invalid:4318", exporter.progress().failure());
    }
  }

  @Test
  void anExporterThatDiesSendsTheSameSpansAgainAndNoOthers() throws Exception {
    Path cursor = folder.resolve("export").resolve("a.json");
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL)) {
      told.begin("r1", "t1");
      told.middle("r1", "t1");
      Path kept = folder.resolve("kept.json");
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> backend.received().spans().size() == 3);
        backend.await(() -> contains(cursor, told.log.end().toString()));
        Files.copy(cursor, kept);
        told.end("r1", "t1");
        told.wholeRun("r2", "t1");
        backend.await(() -> backend.received().spans().size() == 8);
        caughtUp(backend, exporter);
      }
      Files.copy(kept, cursor, StandardCopyOption.REPLACE_EXISTING); // as a crash leaves it
      List<Span> before = List.copyOf(backend.received().spans());
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> backend.received().spans().size() >= 13);
        caughtUp(backend, exporter);
      }
      List<Span> again = backend.received().spans().subList(8, 13);
      assertEquals(new HashSet<>(before.subList(3, 8)), new HashSet<>(again));
      assertEquals(13, backend.received().spans().size());
      long runs = backend.received().metric("ledgerline.runs").getSum().getDataPoints(0).getAsInt();
      assertEquals(2, runs, "counted once, however often it was sent");
    }
  }

  @Test
  void aTargetThatIsStartedAgainGetsNothingTwice() throws Exception {
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL)) {
      for (int i = 0; i < 3; i++) {
        told.wholeRun("r" + i, null);
        int spans = 4 * (i + 1);
        try (Exporter exporter = start(Target.of("a", backend.url()))) {
          backend.await(() -> backend.received().spans().size() >= spans);
          caughtUp(backend, exporter);
        }
      }
      assertEquals(12, backend.received().spans().size());
      assertEquals(27, backend.received().records().size());
    }
  }

  @Test
  void targetsGoOnEachAtItsOwnPace() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget up = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        LoopbackTarget down = new LoopbackTarget((signal, n, body) -> Reply.of(503));
        Exporter first = start(Target.of("up", up.url()));
        Exporter second = start(Target.of("down", down.url()))) {
      up.await(() -> up.received().spans().size() == 4);
      caughtUp(up, first);
      down.await(() -> second.progress().state() == Exporter.State.RETRYING);
      assertEquals(0, first.progress().lagEntries());
      assertEquals(9, second.progress().lagEntries());
    }
  }

  @Test
  void aNewTargetMayBeginWithWhatComesNow() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter = start(Target.of("a", backend.url()).from(Target.From.NOW))) {
      backend.await(() -> exporter.progress().position().equals(told.log.end()));
      told.wholeRun("r2", null);
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      assertEquals(9, backend.received().records().size());
    }
  }

  @Test
  void whereATargetBeginsIsDecidedOnceHoweverLateItTakesAnything() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> Reply.of(503))) {
      Target now = Target.of("a", backend.url()).from(Target.From.NOW);
      try (Exporter exporter = start(now)) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
        told.wholeRun("r2", null);
        backend.await(() -> exporter.progress().state() == Exporter.State.RETRYING);
      }
      backend.behave(LoopbackTarget.TAKES_ALL);
      try (Exporter exporter = start(now)) {
        backend.await(() -> backend.received().spans().size() == 4);
        caughtUp(backend, exporter);
      }
    }
  }

  @Test
  void whatTheLogLetsGoOfBeforeATargetEverTookAnythingIsCounted() throws Exception {
    told.close();
    FileLogOptions small = FileLogOptions.defaults().withSegmentBytes(2_000);
    told = new ToldLog(folder.resolve("small"), small);
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget((signal, n, body) -> Reply.of(503))) {
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> exporter.progress().state() == Exporter.State.RETRYING);
      }
      told.wholeRun("r2", null);
      told.close();
      told = new ToldLog(folder.resolve("small"), small); // what is closed can be let go of
      told.log.retire(told.log.end());
      long gone = told.log.start().number();
      assertEquals(told.log.end().number(), gone, "all of it");
      backend.behave(LoopbackTarget.TAKES_ALL);
      try (Exporter exporter = start(Target.of("a", backend.url()))) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
        assertEquals(gone, exporter.progress().missedEntries());
      }
      try (Exporter exporter = start(Target.of("another", backend.url()))) {
        backend.await(() -> exporter.progress().position().equals(told.log.end()));
        assertEquals(0, exporter.progress().missedEntries(), "it was promised nothing of it");
      }
    }
  }

  @Test
  void aFilterChoosesWhatGoesOut() throws Exception {
    told.wholeRun("r1", "t1");
    told.wholeRun("r2", "t2");
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(Target.of("a", backend.url()).matching(QueryParser.parse("thread:t2")))) {
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      assertEquals(9, backend.received().records().size());
      backend
          .received()
          .spans()
          .forEach(s -> assertTrue(Received.attributes(s.getAttributesList()).containsValue("r2")));
    }
  }

  @Test
  void anEventIsOfTheAgentOfItsRunWhereItNamesNone() throws Exception {
    told.begin("r1", null); // of the agent planner
    Scope nobody = Scope.of("r1", null, null);
    told.tell(nobody, new Fact.LogLine("info"), "by nobody");
    told.tell(nobody.withAgent("coder"), new Fact.LogLine("info"), "by another");
    told.end("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(Target.of("a", backend.url()).matching(QueryParser.parse("agent:planner")))) {
      backend.await(() -> backend.received().spans().size() == 1);
      caughtUp(backend, exporter);
      assertEquals(4, backend.received().records().size(), "all but what another says");
    }
  }

  @Test
  void runsInWhichSomethingFailedGoOutWhole() throws Exception {
    told.begin("r1", null);
    told.end("r1", null);
    told.begin("r2", null);
    told.tell("r2", null, new Fact.ToolCall("c1", "search", "/args"), "search");
    told.tell(
        "r2",
        null,
        Fact.StateChange.reported(Entity.RUN, State.FAILED, "RunFailed").because("no more money"),
        "fails");
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(Target.of("a", backend.url()).matching(QueryParser.parse("error:*")))) {
      backend.await(() -> backend.received().spans().size() == 2);
      caughtUp(backend, exporter);
      backend
          .received()
          .spans()
          .forEach(s -> assertTrue(Received.attributes(s.getAttributesList()).containsValue("r2")));
    }
  }

  @Test
  void aCursorThatCannotBeReadIsSetAsideAndItsTargetBeginsAnew() throws Exception {
    told.wholeRun("r1", null);
    Path export = Files.createDirectories(folder.resolve("export"));
    Files.writeString(export.resolve("a.json"), "{\"position\":");
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter = start(Target.of("a", backend.url()))) {
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      assertTrue(Files.exists(export.resolve("a.json.damaged")));
    }
  }

  @Test
  void requestsAreBoundedInNumberAndBytes() throws Exception {
    for (int i = 0; i < 20; i++) {
      told.wholeRun("r" + i, null);
    }
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(
                Target.of("a", backend.url()),
                fast(Duration.ofSeconds(5), new Settings.Limits(10, 1 << 20, 100, 1_000)))) {
      backend.await(() -> backend.received().spans().size() == 80);
      backend.await(() -> backend.received().records().size() == 180);
      caughtUp(backend, exporter);
      for (ExportTraceServiceRequest request : backend.received().traces) {
        int spans =
            request.getResourceSpansList().stream()
                .flatMap(r -> r.getScopeSpansList().stream())
                .mapToInt(s -> s.getSpansCount())
                .sum();
        assertTrue(spans <= 10);
      }
    }
  }

  @Test
  void oneSignalCanHaveItsOwnPath() throws Exception {
    told.wholeRun("r1", null);
    try (LoopbackTarget backend = new LoopbackTarget(LoopbackTarget.TAKES_ALL);
        Exporter exporter =
            start(
                Target.of("a", URI.create(backend.url() + "/otlp/v1/traces"))
                    .only(EnumSet.of(Signal.TRACES))
                    .compressed(false))) {
      backend.await(() -> backend.received().spans().size() == 4);
      caughtUp(backend, exporter);
      assertEquals("", backend.asked(Signal.TRACES).getFirst().header("Content-encoding"));
    }
  }

  private Exporter start(Target target) throws Exception {
    return start(target, FAST);
  }

  private Exporter start(Target target, Settings settings) throws Exception {
    return Exporter.start(told.log, target, folder.resolve("export"), settings, "1", clock);
  }

  private void caughtUp(LoopbackTarget backend, Exporter exporter) throws InterruptedException {
    backend.await(
        () ->
            exporter.progress().position().equals(told.log.end())
                && exporter.progress().openRuns() == 0
                && Files.exists(folder.resolve("export")));
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains('"' + text + '"');
    } catch (IOException e) {
      return false; // being replaced just now
    }
  }

  private static List<String> ids(List<Span> spans) {
    List<String> ids = new ArrayList<>();
    spans.forEach(s -> ids.add(Received.hex(s.getSpanId())));
    return ids;
  }
}
