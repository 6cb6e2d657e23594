// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.log.Position;
import dev.ledgerline.query.MemoryLog;
import dev.ledgerline.query.MemoryRuns;
import dev.ledgerline.query.Runs;
import dev.ledgerline.query.Story;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TailStreamTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final MemoryLog log = new MemoryLog();
  private final MemoryRuns store = new MemoryRuns();
  private final TestServer server =
      new TestServer(
          new Runs(store, log, () -> Story.NOON, Duration.ofSeconds(10), Map::of, "0.1.0-test"));

  @AfterEach
  void stop() {
    server.close();
  }

  /** One message of a stream of events. */
  private record Message(@Nullable String event, @Nullable String data, @Nullable String id) {
    JsonNode json() throws IOException {
      return JSON.readTree(data);
    }
  }

  /** Reads messages as they come. */
  private static final class Reader implements AutoCloseable {
    private final BufferedReader lines;
    private final HttpResponse<InputStream> response;

    /** Returns once the stream has begun, so everything that is appended later is in it. */
    Reader(HttpResponse<InputStream> response) throws IOException {
      this.response = response;
      this.lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      String first = lines.readLine();
      assertTrue(first.startsWith(": after "), first);
      assertEquals("", lines.readLine());
    }

    Message next() throws IOException {
      String event = null;
      String data = null;
      String id = null;
      while (true) {
        String line = lines.readLine();
        if (line == null) {
          throw new IOException("the stream has ended");
        }
        if (line.isEmpty() && data != null) {
          return new Message(event, data, id);
        }
        int colon = line.indexOf(": ");
        switch (colon < 0 ? "" : line.substring(0, colon)) {
          case "event" -> event = line.substring(7);
          case "data" -> data = line.substring(6);
          case "id" -> id = line.substring(4);
          default -> assertTrue(line.isEmpty() || line.startsWith(":"), line);
        }
      }
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  private Reader tail(String parameters, String... headers) throws Exception {
    HttpResponse<InputStream> response = server.stream("/v1/tail" + parameters, headers);
    assertEquals(200, response.statusCode());
    assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElseThrow());
    return new Reader(response);
  }

  private Position append(String... names) {
    Event[] events = new Event[names.length];
    for (int i = 0; i < names.length; i++) {
      events[i] = Story.event("r", names[i], new Fact.ToolCall("c", "grep", "/args"));
    }
    return log.append(Story.recorded("{\"args\":{\"a\":1}}", events));
  }

  @Test
  void sendsEventsAsTheyBecomeDurable() throws Exception {
    append("before");
    try (Reader reader = tail("")) {
      append("now");
      Message message = reader.next();
      assertEquals("event", message.event());
      assertEquals("0-2", message.id());
      JsonNode event = message.json();
      assertTrue(event.get("seq").isNull());
      assertEquals(17, event.get("order").intValue());
      assertEquals("0-2", event.get("position").textValue());
      assertEquals("now", event.get("native_id").textValue());
      assertEquals(
          "{\"name\":\"grep\",\"call_id\":\"c\",\"args\":{\"a\":1}}", event.get("tool").toString());
    }
  }

  @Test
  void beginsWithEverythingWhereAskedTo() throws Exception {
    append("a");
    append("b");
    try (Reader reader = tail("?since=0")) {
      assertEquals("a", reader.next().json().get("native_id").textValue());
      assertEquals("b", reader.next().json().get("native_id").textValue());
    }
  }

  @Test
  void givesAnEntryOfSeveralEventsOneIdAtItsEnd() throws Exception {
    append("a1", "a2", "a3");
    append("b1");
    try (Reader reader = tail("?since=0")) {
      assertNull(reader.next().id());
      assertNull(reader.next().id());
      assertEquals("0-1", reader.next().id());
      assertEquals("0-2", reader.next().id());
    }
  }

  @Test
  void sendsOnlyWhatMatchesAndStillNamesTheEndOfEachEntry() throws Exception {
    Event call = Story.event("r", "call", new Fact.ToolCall("c", "grep", null));
    Event line = Story.event("r", "line", new Fact.LogLine(null));
    log.append(Story.recorded("{}", call, line));
    log.append(Story.recorded("{}", line));
    log.append(Story.recorded("{\"text\":\"a needle\"}", line));
    try (Reader reader = tail("?since=0&q=tool:grep+OR+needle")) {
      Message first = reader.next();
      assertEquals("call", first.json().get("native_id").textValue());
      assertEquals("0-1", first.id());
      assertEquals("0-3", reader.next().id());
    }
  }

  @Test
  void resumesWithoutLossOrRepetitionWhereverItBroke() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sent.add("e" + i);
      append("e" + i);
    }
    List<String> seen = new ArrayList<>();
    String last = "0";
    while (seen.size() < sent.size()) {
      try (Reader reader = tail("?since=0", "Last-Event-ID", last)) {
        for (int i = 0; i < 7 && seen.size() < sent.size(); i++) {
          Message message = reader.next();
          seen.add(message.json().get("native_id").textValue());
          last = Objects.requireNonNull(message.id());
        }
      }
    }
    assertEquals(sent, seen);
  }

  @Test
  void saysWhichPositionsAreGone() throws Exception {
    for (int i = 1; i <= 5; i++) {
      append("e" + i);
    }
    log.retire(Position.of(3));
    try (Reader reader = tail("?since=0-1")) {
      Message gap = reader.next();
      assertEquals("gap", gap.event());
      assertEquals("{\"from\":\"0-2\",\"to\":\"0-3\"}", gap.data());
      assertEquals("0-3", gap.id());
      assertEquals("e4", reader.next().json().get("native_id").textValue());
    }
  }

  @Test
  void goesOnBehindADamagedEntry() throws Exception {
    append("before");
    log.enqueue(List.of(new byte[] {1, 2, 3}));
    append("behind");
    try (Reader reader = tail("?since=0")) {
      assertEquals("0-1", reader.next().id());
      Message gap = reader.next();
      assertEquals("{\"from\":\"0-2\",\"to\":\"0-2\"}", gap.data());
      assertEquals("behind", reader.next().json().get("native_id").textValue());
    }
    store.show(Position.of(1));
    assertTrue(server.json("/v1/status").contains("\"lag\":{\"events\":2,\"ms\":0}"));
  }

  @Test
  void keepsEverythingForASlowReader() throws Exception {
    String large = "x".repeat(20_000);
    try (Reader reader = tail("")) {
      for (int i = 0; i < 500; i++) {
        Event event = Story.event("r", i + large, new Fact.LogLine(null));
        log.append(Story.recorded("{}", event));
      }
      for (int i = 0; i < 500; i++) {
        assertEquals(i + large, reader.next().json().get("native_id").textValue());
      }
    }
  }

  @Test
  void countsOpenTailsAndEndsThemWithTheServer() throws Exception {
    try (Reader reader = tail("")) {
      assertTrue(server.json("/metrics").contains("ledgerline_tails 1\n"));
      server.close();
      assertThrows(IOException.class, reader::next);
    }
  }
}
