// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Limits;
import dev.ledgerline.collector.Redaction;
import dev.ledgerline.collector.dialect.Dialects;
import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Flag;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.Position;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An instance on loopback that answers as it is told, poll by poll. */
@Timeout(30)
class SymphonyScrapeTest {
  private static final Duration AT_ONCE = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How the instance answers one poll. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @TempDir private Path folder;

  private final LinkedBlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

  /** A permit for each poll. */
  private final Semaphore asked = new Semaphore(0);

  private HttpServer instance;
  private FileLog log;
  private Collector collector;

  @BeforeEach
  void open() throws IOException {
    openCollector();
    instance = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    instance.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    instance.createContext("/", this::answer);
    instance.start();
  }

  private void openCollector() throws IOException {
    log = FileLog.open(folder.resolve("log"));
    collector =
        new Collector(
            log,
            Dialects.standard().inOrder(),
            Limits.DEFAULT,
            Redaction.on(new byte[32]),
            InstantSource.system());
    collector.recover(folder.resolve("collector"));
  }

  @AfterEach
  void close() throws IOException {
    instance.stop(0);
    collector.close();
    log.close();
  }

  /** The last answer that was told is given again and again. */
  private void answer(HttpExchange exchange) throws IOException {
    asked.release();
    Answer next = answers.size() > 1 ? answers.poll() : answers.peek();
    if (next == null) {
      exchange.sendResponseHeaders(503, -1);
    } else {
      next.to(exchange);
    }
    exchange.close();
  }

  private static Answer ok(String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  private static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  private static String state(int second, String running, String retrying) {
    return """
        {"generated_at":"2026-11-21T10:00:%02dZ","counts":{"running":0,"retrying":0},
         "running":[%s],"retrying":[%s],
         "codex_totals":{"input_tokens":0,"output_tokens":0,"total_tokens":0,"seconds_running":%d}}
        """
        .formatted(second, running, retrying, second);
  }

  private static String runs(String issue) {
    return """
        {"issue_id":"%s","issue_identifier":"MT-1","state":"In Progress","session_id":null,
         "turn_count":0,"started_at":"2026-11-21T10:00:01Z","tokens":{"total_tokens":0}}
        """
        .formatted(issue);
  }

  private static String retries(String issue, String due) {
    return """
        {"issue_id":"%s","issue_identifier":"MT-1","attempt":2,"due_at":"%s","error":"boom"}
        """
        .formatted(issue, due);
  }

  private SymphonyScrape start() {
    return start(instance.getAddress().getPort());
  }

  private SymphonyScrape start(int port) {
    ScrapeTarget target = ScrapeTarget.parse("symphony=http://127.0.0.1:" + port);
    return SymphonyScrape.start(target, AT_ONCE, PATIENCE, collector);
  }

  /** Who asks again knows what became of the poll before. */
  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      assertTrue(asked.tryAcquire(20, TimeUnit.SECONDS), () -> "never: " + what);
    }
  }

  private List<Event> events() throws IOException {
    List<Event> events = new ArrayList<>();
    try (EventLog.Cursor cursor = log.read(Position.START)) {
      for (var entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (EntryCodec.decode(entry.bytes()) instanceof Entry.Recorded recorded) {
          events.addAll(recorded.events());
        }
      }
    }
    return events;
  }

  @Test
  void deliversASnapshotOnceHoweverOftenItIsTold() throws Exception {
    for (int second = 1; second <= 5; second++) {
      answers.add(ok(state(second, runs("i-1"), "")));
    }
    try (SymphonyScrape scrape = start()) {
      await("all have been asked for", () -> scrape.polls() > 6);
      assertEquals(1, scrape.snapshots());
      assertEquals(0, scrape.failures());
    }
    List<Event> events = events();
    assertFalse(events.isEmpty());
    String source = "127.0.0.1:" + instance.getAddress().getPort();
    for (Event event : events) {
      assertEquals(source, event.source());
      assertFalse(event.flags().contains(Flag.NO_IDENTITY));
    }
  }

  @Test
  void whatChangesBetweenTwoPollsBecomesEvents() throws Exception {
    answers.add(ok(state(1, runs("i-1"), "")));
    answers.add(ok(state(2, "", retries("i-1", "2026-11-21T10:00:20Z"))));
    answers.add(ok(state(3, "", retries("i-1", "2026-11-21T10:00:21Z")))); // jitter
    try (SymphonyScrape scrape = start()) {
      await("all have been asked for", () -> scrape.polls() > 4);
      assertEquals(2, scrape.snapshots());
    }
    List<String> said = new ArrayList<>();
    for (Event event : events()) {
      if (event.fact() instanceof Fact.StateChange change && change.entity() == Entity.RUN) {
        said.add(change.to().word());
      } else if (event.fact() instanceof Fact.RetryScheduled retry) {
        said.add("attempt " + retry.attempt());
      }
    }
    assertEquals(List.of("starting", "failed", "attempt 2"), said);
  }

  @Test
  void afterARestartWhatIsKnownSaysNothingNew() throws Exception {
    answers.add(ok(state(1, runs("i-1"), "")));
    try (SymphonyScrape scrape = start()) {
      await("it is stored", () -> scrape.snapshots() == 1);
    }
    int events = events().size();
    collector.close();
    log.close();
    openCollector();
    try (SymphonyScrape scrape = start()) {
      await("it is stored", () -> scrape.snapshots() == 1);
    }
    assertEquals(events, events().size());
  }

  @Test
  void aTwoHundredThatCarriesAnErrorIsNotTrusted() throws Exception {
    answers.add(
        ok(
            "{\"generated_at\":\"2026-11-21T10:00:01Z\",\"error\":{\"code\":\"snapshot_timeout\"}}"));
    answers.add(ok("[]"));
    answers.add(ok("no JSON"));
    answers.add(ok("{\"running\":[]}"));
    answers.add(status(204));
    answers.add(status(500));
    answers.add(ok(state(2, runs("i-1"), "")));
    try (SymphonyScrape scrape = start()) {
      await("all is well", () -> scrape.trouble() == null);
      assertEquals(6, scrape.failures());
      assertEquals(1, scrape.snapshots());
    }
  }

  @Test
  void isNotSentElsewhere() throws Exception {
    CountDownLatch elsewhere = new CountDownLatch(1);
    instance.createContext("/elsewhere", exchange -> elsewhere.countDown());
    answers.add(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });
    try (SymphonyScrape scrape = start()) {
      await("two failures", () -> scrape.failures() > 1);
      assertEquals("status 302", scrape.trouble());
    }
    assertEquals(1, elsewhere.getCount());
  }

  @Test
  void readsNoMoreThanASnapshotMayHave() throws Exception {
    answers.add(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] much = new byte[1 << 16];
          for (int i = 0; i < 64; i++) { // 4 MiB
            exchange.getResponseBody().write(much);
          }
        });
    try (SymphonyScrape scrape = start()) {
      await("a failure", () -> scrape.failures() > 0);
      assertTrue(String.valueOf(scrape.trouble()).contains("more than"), scrape.trouble());
      assertEquals(0, scrape.snapshots());
    }
  }

  @Test
  void anAnswerThatDripsIsGivenUp() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    answers.add(
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          awaitQuietly(over);
        });
    ScrapeTarget target =
        ScrapeTarget.parse("symphony=http://127.0.0.1:" + instance.getAddress().getPort());
    Duration soon = Duration.ofMillis(300);
    try (SymphonyScrape scrape = SymphonyScrape.start(target, AT_ONCE, soon, collector)) {
      await("a failure", () -> scrape.failures() > 0);
      assertTrue(String.valueOf(scrape.trouble()).startsWith("no answer"), scrape.trouble());
    } finally {
      over.countDown();
    }
  }

  @Test
  void endsWhileAnAnswerIsOutstanding() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    answers.add(exchange -> awaitQuietly(over));
    ScrapeTarget target =
        ScrapeTarget.parse("symphony=http://127.0.0.1:" + instance.getAddress().getPort());
    SymphonyScrape scrape = SymphonyScrape.start(target, AT_ONCE, Duration.ofMinutes(5), collector);
    assertTrue(asked.tryAcquire(20, TimeUnit.SECONDS));
    long before = System.nanoTime();
    scrape.close();
    assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(3));
    over.countDown();
  }

  @Test
  void goesOnWhenTheInstanceIsBack() throws Exception {
    int port = instance.getAddress().getPort();
    answers.add(ok(state(1, runs("i-1"), "")));
    instance.stop(0);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerSocket away = new ServerSocket(port, 50, loopback);
    try (SymphonyScrape scrape = start(port)) {
      while (scrape.failures() == 0) {
        away.accept().close();
      }
      away.close();
      instance = HttpServer.create(new InetSocketAddress(loopback, port), 0);
      instance.createContext("/", this::answer);
      instance.start();
      await("it is back", () -> scrape.snapshots() == 1);
    }
  }

  @Test
  void asksAnInstanceThatIsAwayLessAndLessOften() {
    Duration second = Duration.ofSeconds(1);
    for (int round = 0; round < 200; round++) {
      assertWithin(1_000, 2_000, SymphonyScrape.backOff(second, 0));
      assertWithin(4_000, 8_000, SymphonyScrape.backOff(second, 2));
      assertWithin(30_000, 60_000, SymphonyScrape.backOff(second, 1_000_000));
      assertWithin(150_000, 300_000, SymphonyScrape.backOff(Duration.ofMinutes(5), 3));
    }
  }

  private static void assertWithin(long least, long most, Duration pause) {
    assertTrue(pause.toMillis() >= least && pause.toMillis() <= most, pause::toString);
  }

  @Test
  void aTargetIsAnInstanceOrItsState() {
    assertEquals(
        "http://127.0.0.1:4000/api/v1/state",
        ScrapeTarget.parse("symphony=http://127.0.0.1:4000").uri().toString());
    ScrapeTarget behind = ScrapeTarget.parse("symphony=https://agents.example/one/state?x=1");
    assertEquals("https://agents.example/one/state?x=1", behind.uri().toString());
    assertEquals("agents.example:443", behind.source());
    for (String bad :
        List.of(
            "http://127.0.0.1",
            "symphony=ftp://host",
            "symphony=file:///etc/passwd",
            "symphony=http://me:secret@host",
            "symphony=http://",
            "symphony=:")) {
      String why =
          String.valueOf(
              assertThrows(IllegalArgumentException.class, () -> ScrapeTarget.parse(bad))
                  .getMessage());
      assertFalse(why.contains("secret"), why);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
