// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ledgerline.collector.kafka.Broker;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.EntryCodec;
import dev.ledgerline.log.EventLog;
import dev.ledgerline.log.FileLog;
import dev.ledgerline.log.FileLogOptions;
import dev.ledgerline.log.LocalStorage;
import dev.ledgerline.log.Position;
import dev.ledgerline.server.cli.Api;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker, Ledgerline and the target that it exports to, each a process, each of which dies, ends
 * or hangs while agents go on. {@code -Dstop.seed} repeats a run, {@code -Dstop.turns} makes it
 * longer.
 */
final class StopInTurnsTest {
  private static final String TOPIC = "agents";
  private static final int PARTITIONS = 3;

  /** What each run says, and the spans that it becomes. */
  private static final List<String> RUN =
      List.of(
          "\"type\":\"RunStarted\"",
          "\"type\":\"ToolCall\",\"function_name\":\"grep\",\"call_id\":\"c\"",
          "\"type\":\"ToolResult\",\"call_id\":\"c\",\"text_result\":\"3\"",
          "\"type\":\"RunCompleted\",\"finish_reason\":\"success\"");

  private static final int SPANS = 2;

  private static final int MILLIS_BETWEEN_RUNS = 20;
  private static final int LONGEST_AWAY_MILLIS = 3_000;
  private static final int LONGEST_AT_WORK_MILLIS = 4_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;

  /** Somebody who may be away. */
  private interface Peer {
    void leave(SplittableRandom random) throws Exception;

    void comeBack() throws Exception;
  }

  @Test
  @Timeout(1_800)
  void everyMessageAndEverySpanArrivesOnceWhoeverIsStopped() throws Exception {
    long seed = Long.getLong("stop.seed", System.nanoTime() & 0xffff_ffffL);
    int turns = Integer.getInteger("stop.turns", 3);
    String about = "seed " + seed;
    SplittableRandom random = new SplittableRandom(seed);
    int port = freePort();
    boolean grpc = random.nextBoolean();
    try (Broker broker = new Broker(folder.resolve("broker"))) {
      broker.createTopic(TOPIC, PARTITIONS);
      List<String> reading =
          List.of(
              "--kafka",
              "bootstrap=%s topics=%s session.timeout.ms=6000".formatted(broker.address(), TOPIC),
              "--export",
              "next=http://127.0.0.1:%d,signals=traces%s"
                  .formatted(port, grpc ? ",protocol=grpc" : ""));
      List<String> receiving =
          List.of(grpc ? "--grpc-port" : "--otlp-port", Integer.toString(port));
      try (Server first = new Server(folder.resolve("first"), reading);
          Server next = new Server(folder.resolve("next"), receiving);
          Agents agents = new Agents(broker.producer())) {
        List<Peer> peers = List.of(new Brokerage(broker), first, next);
        int turn = random.nextInt(peers.size());
        for (int i = 0; i < turns; i++) {
          pause(random, LONGEST_AT_WORK_MILLIS);
          Peer one = peers.get((turn + i) % peers.size());
          Peer other = peers.get((turn + i + 1) % peers.size());
          boolean both = random.nextInt(4) == 0;
          one.leave(random);
          if (both) {
            other.leave(random);
          }
          pause(random, LONGEST_AWAY_MILLIS);
          one.comeBack();
          if (both) {
            other.comeBack();
          }
        }
        int runs = agents.finish();
        next.await(about, s -> stored(s) >= (long) SPANS * runs && lag(s) == 0);
        JsonNode told = first.await(about, s -> s.at("/exports/0/lag/events").asLong() == 0);
        assertEquals("running", told.at("/exports/0/state").asText(), told + about);
        assertEquals((long) SPANS * runs, stored(next.status()), "spans with other ids, " + about);
        assertEquals(runs, next.completed(runs), about);
        assertEquals(runs, first.completed(runs), about);
        assertEquals(0, first.end(), "an orderly end, " + about);
        assertEquals(agents.stood(), committed(broker), "offsets, " + about);
        assertEquals(agents.stood(), inTheLog(), about);
      }
    }
  }

  private static long stored(JsonNode status) {
    return status.at("/sources/0/stored").asLong();
  }

  private static long lag(JsonNode status) {
    return status.at("/lag/events").asLong();
  }

  private static void pause(SplittableRandom random, int longest) throws InterruptedException {
    Thread.sleep(random.nextInt(20, longest)); // the point at which it happens
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The next offset of each partition as the group has it. */
  private static Map<Integer, Long> committed(Broker broker) throws Exception {
    Map<Integer, Long> committed = new TreeMap<>();
    try (var admin = broker.admin()) {
      admin
          .listConsumerGroupOffsets("ledgerline")
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, at) -> committed.put(partition.partition(), at.offset()));
    }
    return committed;
  }

  /** How many messages of each partition are there, from the first one on, each once. */
  private Map<Integer, Long> inTheLog() throws IOException {
    Map<Integer, Long> counts = new TreeMap<>();
    Path log = folder.resolve("first/log");
    try (FileLog kept = FileLog.open(log, FileLogOptions.defaults(), new LocalStorage());
        EventLog.Cursor cursor = kept.read(Position.START)) {
      for (var at = cursor.next(); at != null; at = cursor.next()) {
        if (EntryCodec.decode(at.bytes()) instanceof Entry.Recorded recorded) {
          String stream = String.valueOf(recorded.stream());
          int partition = Integer.parseInt(stream.substring(stream.lastIndexOf('/') + 1));
          assertTrue(stream.startsWith("kafka/" + TOPIC), stream);
          long next = counts.getOrDefault(partition, 0L);
          assertEquals(next, recorded.number(), "the next message of " + stream);
          counts.put(partition, next + 1);
        }
      }
    }
    return counts;
  }

  /** Tells runs until it is told to finish. */
  private static final class Agents implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final CountDownLatch finishing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().start(this::tell);
    private int runs;

    Agents(KafkaProducer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    private void tell() {
      try {
        while (!finishing.await(MILLIS_BETWEEN_RUNS, TimeUnit.MILLISECONDS)) {
          String run = "r-" + runs++;
          for (int i = 0; i < RUN.size(); i++) {
            String event =
                "{\"id\":%d,\"run_id\":\"%s\",\"agent\":\"a\",%s}".formatted(i, run, RUN.get(i));
            sent.add(
                producer.send(
                    new ProducerRecord<>(TOPIC, run.getBytes(UTF_8), event.getBytes(UTF_8))));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** How many runs it told, all of which the broker has. */
    int finish() throws Exception {
      finishing.countDown();
      thread.join();
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
      return runs;
    }

    /** The next offset of each partition. */
    Map<Integer, Long> stood() throws Exception {
      Map<Integer, Long> next = new TreeMap<>();
      for (Future<RecordMetadata> each : sent) {
        next.merge(each.get().partition(), each.get().offset() + 1, Math::max);
      }
      assertEquals(sent.size(), next.values().stream().mapToLong(n -> n).sum());
      return next;
    }

    @Override
    public void close() {
      finishing.countDown();
      producer.close(Duration.ZERO);
    }
  }

  private record Brokerage(Broker broker) implements Peer {
    @Override
    public void leave(SplittableRandom random) throws Exception {
      broker.kill();
    }

    @Override
    public void comeBack() throws Exception {
      broker.start();
    }
  }

  /** A Ledgerline that is killed, told to end, or held. */
  private static final class Server implements Peer, AutoCloseable {
    private final Path data;
    private final List<String> arguments;
    private ServerProcess process;
    private boolean held;

    Server(Path data, List<String> arguments) throws IOException {
      this.data = data;
      this.arguments = arguments;
      this.process = ServerProcess.start(data, arguments);
    }

    @Override
    public void leave(SplittableRandom random) throws Exception {
      switch (random.nextInt(3)) {
        case 0 -> process.kill();
        case 1 -> assertEquals(0, process.terminate(), "an orderly end");
        default -> {
          signal("-STOP");
          held = true;
        }
      }
    }

    @Override
    public void comeBack() throws Exception {
      if (held) {
        signal("-CONT");
        held = false;
      } else {
        process = ServerProcess.start(data, arguments);
      }
    }

    private void signal(String which) throws Exception {
      new ProcessBuilder("kill", which, Long.toString(process.pid())).start().waitFor();
    }

    int end() throws InterruptedException {
      return process.terminate();
    }

    JsonNode status() throws InterruptedException {
      return ask("/v1/status", Map.of());
    }

    private JsonNode ask(String path, Map<String, ?> parameters) throws InterruptedException {
      try (Api api = new Api(process.url(), null)) {
        return api.get(path, parameters);
      }
    }

    /** Its status once it is as expected. */
    JsonNode await(String about, Predicate<JsonNode> expected) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      JsonNode status = status();
      while (!expected.test(status)) {
        assertTrue(System.nanoTime() < deadline, status + ", " + about);
        status = status();
      }
      return status;
    }

    /** How many of the runs are there, completed and with their tool. */
    int completed(int runs) throws InterruptedException {
      int completed = 0;
      @Nullable String cursor = null;
      do {
        Map<String, Object> page = new TreeMap<>(Map.of("q", "state:completed", "limit", 200));
        if (cursor != null) {
          page.put("cursor", cursor);
        }
        JsonNode answer = ask("/v1/runs", page);
        for (JsonNode run : answer.path("items")) {
          assertEquals(1, run.path("tool_calls").asInt(), run.toString());
          completed++;
        }
        cursor = answer.path("next_cursor").textValue();
      } while (cursor != null && completed <= runs);
      return completed;
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
