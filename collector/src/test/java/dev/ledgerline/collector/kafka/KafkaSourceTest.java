// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.House;
import dev.ledgerline.event.Event;
import dev.ledgerline.log.Entry;
import dev.ledgerline.log.Position;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, a real log; the broker is killed, the collector is, and groups are shared. */
@Timeout(180)
class KafkaSourceTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path brokerFolder;
  private static Broker broker;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    broker = new Broker(brokerFolder);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  private static String topic(TestInfo test, int partitions) throws Exception {
    String topic = test.getTestMethod().orElseThrow().getName();
    broker.createTopic(topic, partitions);
    return topic;
  }

  private static KafkaSettings settings(String topics, String more) {
    return KafkaSettings.parse(
        "bootstrap=" + broker.address() + " topics=" + topics + " session.timeout.ms=6000 " + more);
  }

  private static KafkaSource source(House house, String topics, String more) {
    return KafkaSource.start(
        settings(topics, more), house.collector, new Admission(64 << 20, Duration.ofSeconds(1)));
  }

  private static byte[] output(int i) {
    return "{\"type\":\"TextOutput\",\"run_id\":\"r-%d\",\"id\":%d,\"content\":\"n %d\"}"
        .formatted(i % 7, i, i)
        .getBytes(UTF_8);
  }

  /** Sends and waits until the broker has all of it. */
  @SafeVarargs
  private static void send(ProducerRecord<byte[], byte[]>... records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (ProducerRecord<byte[], byte[]> record : records) {
        sent.add(producer.send(record));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  private static void sendOutputs(String topic, int from, int to) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = from; i < to; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, output(i))));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  /** Waits for the log to grow until it is so. */
  private static void await(House house, BooleanSupplier so) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    Position seen = Position.START;
    while (!so.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it did not happen in " + LONG);
      house.log.awaitBeyond(seen, Duration.ofMillis(100));
      seen = house.log.end();
    }
  }

  private static boolean holds(House house, int events) {
    return house.collector.ledger().accounts().stream().mapToLong(a -> a.stored()).sum() >= events;
  }

  private static List<String> ids(House house) throws Exception {
    return house.events().stream().map(e -> e.nativeId()).sorted().toList();
  }

  private static List<String> numbers(int to) {
    return java.util.stream.IntStream.range(0, to).mapToObj(Integer::toString).sorted().toList();
  }

  @Test
  void aMessageIsARecordWithKeyAndHeadersAsItsContext(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    ProducerRecord<byte[], byte[]> message =
        new ProducerRecord<>(
            topic, "th-9".getBytes(UTF_8), "{\"type\":\"TextOutput\",\"id\":1}".getBytes(UTF_8));
    message.headers().add("Ledgerline-Run", "r-1".getBytes(UTF_8));
    message.headers().add("agent", "scribe".getBytes(UTF_8));
    message.headers().add("Ledgerline-Source", "desk".getBytes(UTF_8));
    message.headers().add("Ledgerline-Dialect", "agent-protocol".getBytes(UTF_8));
    send(message);
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "key=thread")) {
      await(house, () -> holds(house, 1));
      Event event = house.events().getFirst();
      assertEquals("r-1", event.scope().run());
      assertEquals("th-9", event.scope().thread());
      assertEquals("scribe", event.scope().agent());
      assertEquals("desk", event.source());
      await(house, () -> source.lag() == 0 && source.messages() == 1);
    }
  }

  @Test
  void aMessageMayHoldSeveralRecordsAndTextIsOneRecord(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    send(
        new ProducerRecord<>(
            topic,
            ("[" + new String(output(0), UTF_8) + "," + new String(output(1), UTF_8) + "]")
                .getBytes(UTF_8)),
        new ProducerRecord<>(topic, output(2)),
        new ProducerRecord<>(topic, "two lines\nof text".getBytes(UTF_8)),
        new ProducerRecord<>(topic, null, (byte[]) null));
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "")) {
      await(house, () -> source.messages() == 3 && source.empty() == 1);
      assertEquals(numbers(3), ids(house));
      Entry.Refused text = house.refused().getFirst();
      assertEquals("two lines\nof text", new String(text.record(), UTF_8));
    }
  }

  @Test
  void aBadMessageIsInQuarantineWithTopicPartitionAndOffset(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    send(
        new ProducerRecord<>(topic, output(0)),
        new ProducerRecord<>(topic, "{\"type\":\"TextOutput\",".getBytes(UTF_8)),
        new ProducerRecord<>(topic, output(1)),
        new ProducerRecord<>(topic, new byte[] {' '}),
        new ProducerRecord<>(topic, output(2)));
    try (House house = new House(folder);
        KafkaSource source = source(house, topic + ":agent-protocol", "")) {
      await(house, () -> source.messages() == 5);
      assertEquals(numbers(3), ids(house));
      List<Entry.Refused> refused = house.refused();
      assertEquals(List.of(1L, 3L), refused.stream().map(Entry.Refused::number).toList());
      assertTrue(
          String.valueOf(refused.getFirst().stream()).matches("kafka/" + topic + "@.+/0"),
          refused.getFirst().stream());
    }
  }

  @Test
  void aDialectThatDoesNotExistIsSaidInQuarantine(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, output(0));
    message.headers().add("Ledgerline-Dialect", "klingon".getBytes(UTF_8));
    send(message, new ProducerRecord<>(topic, output(1)));
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "")) {
      await(house, () -> source.messages() == 2);
      assertEquals(List.of("1"), ids(house));
      assertTrue(house.refused().getFirst().rejection().message().contains("no dialect"));
    }
  }

  @Test
  void whatIsReadAgainIsRecognised(TestInfo test) throws Exception {
    String topic = topic(test, 2);
    sendOutputs(topic, 0, 500);
    try (House house = new House(folder);
        KafkaSource first = source(house, topic, "group=first")) {
      await(house, () -> first.messages() == 500);
    }
    try (House house = new House(folder);
        KafkaSource again = source(house, topic, "group=second")) {
      await(house, () -> again.messages() == 500);
      assertEquals(numbers(500), ids(house));
    }
  }

  @Test
  void aGroupGoesOnWhereItsOffsetsWereCommitted(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    sendOutputs(topic, 0, 100);
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "")) {
      await(house, () -> source.messages() == 100);
    }
    sendOutputs(topic, 100, 150);
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "")) {
      await(house, () -> holds(house, 150));
      await(house, () -> source.lag() == 0);
      assertEquals(50, source.messages());
    }
  }

  @Test
  void aTopicMadeAnewUnderTheSameNameIsAnother(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    send(new ProducerRecord<>(topic, "{\"type\":\"TextOutput\",\"run_id\":\"a\"}".getBytes(UTF_8)));
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "")) {
      await(house, () -> source.messages() == 1);
    }
    broker.deleteTopic(topic);
    broker.createTopic(topic, 1);
    send(new ProducerRecord<>(topic, "{\"type\":\"TextOutput\",\"run_id\":\"b\"}".getBytes(UTF_8)));
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "group=later")) {
      await(house, () -> source.messages() == 1);
      assertEquals(
          Set.of("a", "b"),
          house.events().stream().map(e -> e.scope().run()).collect(Collectors.toSet()));
      assertEquals(List.of(), house.refused());
    }
  }

  @Test
  void readingIsPausedWhileThereIsNoRoomAndNothingIsRefused(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    sendOutputs(topic, 0, 50);
    Admission room = new Admission(1 << 20, Duration.ofMillis(10));
    try (House house = new House(folder)) {
      KafkaSource source;
      try (Admission.Hold all = room.hold()) {
        all.atLeast(1 << 20);
        source = KafkaSource.start(settings(topic, ""), house.collector, room);
        await(house, () -> source.pauses() > 0);
        assertEquals(0, source.messages());
        assertTrue(String.valueOf(source.trouble()).startsWith("paused"), source.trouble());
      }
      try (source) {
        await(house, () -> source.messages() == 50);
        sendOutputs(topic, 50, 60);
        await(house, () -> source.messages() == 60);
        assertEquals(numbers(60), ids(house));
      }
    }
  }

  @Test
  void nothingIsLostOrDoubledWhenTheBrokerIsKilledInTheMiddle(TestInfo test) throws Exception {
    String topic = topic(test, 1);
    int many = 20_000;
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "");
        KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, output(i))));
        if (i == many / 2) {
          await(house, () -> source.messages() > 0);
          broker.kill();
          await(house, () -> "no broker answers".equals(source.trouble()));
          broker.start();
        }
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
      await(house, () -> holds(house, many));
      await(house, () -> source.trouble() == null);
      assertEquals(numbers(many), ids(house));
    }
  }

  @Test
  void aTopicThatIsNotThereIsSaidAndReadOnceItIs(TestInfo test) throws Exception {
    String topic = test.getTestMethod().orElseThrow().getName();
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "metadata.max.age.ms=500")) {
      await(house, () -> String.valueOf(source.trouble()).startsWith("there is no such topic"));
      broker.createTopic(topic, 1);
      sendOutputs(topic, 0, 1);
      await(house, () -> holds(house, 1));
      await(house, () -> source.trouble() == null);
    }
  }

  @Test
  void twoCollectorsOfAGroupShareThePartitionsAndAFirstThatLeavesLosesNothing(TestInfo test)
      throws Exception {
    String topic = topic(test, 4);
    try (House one = new House(folder.resolve("one"));
        House two = new House(folder.resolve("two"))) {
      KafkaSource first = source(one, topic, "group=pair");
      int sent = 2_000;
      sendOutputs(topic, 0, sent);
      await(one, () -> first.messages() > 0);
      try (KafkaSource second = source(two, topic, "group=pair")) {
        long end = System.nanoTime() + LONG.toNanos();
        while (second.messages() == 0) { // until then the first gets them all
          assertTrue(System.nanoTime() < end, "the second was given no partition in " + LONG);
          sendOutputs(topic, sent, sent + 100);
          sent += 100;
        }
        first.close();
        sendOutputs(topic, sent, sent + 2_000);
        sent += 2_000;
        int every = sent;
        await(two, () -> first.messages() + second.messages() >= every && second.lag() == 0);
      }
      List<String> all = new ArrayList<>(ids(one));
      all.addAll(ids(two));
      assertEquals(numbers(sent), all.stream().sorted().toList());
    }
  }

  @Test
  void aCollectorThatDiesBeforeItsCommitReadsAgainAndDoublesNothing(TestInfo test)
      throws Exception {
    String topic = topic(test, 1);
    sendOutputs(topic, 0, 300);
    House dying = new House(folder);
    // no offset of this group is ever committed: it is another group after the crash
    try (KafkaSource source = source(dying, topic, "group=dies")) {
      await(dying, () -> source.messages() == 300);
    }
    dying.crash();
    sendOutputs(topic, 300, 400);
    try (House house = new House(folder);
        KafkaSource source = source(house, topic, "group=lives")) {
      await(house, () -> source.messages() == 400);
      assertEquals(new TreeSet<>(numbers(400)), new TreeSet<>(ids(house)));
      assertEquals(400, ids(house).size());
    }
  }
}
