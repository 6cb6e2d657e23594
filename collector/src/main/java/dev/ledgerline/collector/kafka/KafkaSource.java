// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import dev.ledgerline.collector.Admission;
import dev.ledgerline.collector.Collector;
import dev.ledgerline.collector.Message;
import dev.ledgerline.event.IntakeUnavailableException;
import dev.ledgerline.event.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics into the collector, as a member of a consumer group. An offset is committed only
 * when everything before it is durable; what is read again after a crash is recognised by its
 * partition and offset. Where the collector has no room the partitions are paused, and nothing is
 * given up: the group goes on to see this member, and the lag shows.
 *
 * <p>One thread does it all; it is not a virtual one, since the client holds locks of its own.
 */
public final class KafkaSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);
  private static final Duration POLL = Duration.ofMillis(250);

  /** About ten seconds; a group that rebalances is quicker. */
  private static final int IDLE_POLLS_TO_SAY = 40;

  /** Bounds the end of the process, too: a broker that is away must not hold it up. */
  private static final Duration LAST_COMMIT = Duration.ofSeconds(3);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** The collector says how long to wait; Kafka's own polls must go on meanwhile. */
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final Collector collector;
  private final Admission admission;
  private final MessageContext context;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable KafkaConsumer<byte[], byte[]> current;
  private volatile @Nullable String trouble = "not connected yet";

  private final LongAdder messages = new LongAdder();
  private final LongAdder empty = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder pauses = new LongAdder();
  private volatile long lag;

  // Of the thread.
  private final Map<TopicPartition, OffsetAndMetadata> durable = new HashMap<>();
  private final TopicIds topicIds;
  private int idlePolls;

  private KafkaSource(KafkaSettings settings, Collector collector, Admission admission) {
    this.settings = settings;
    this.collector = collector;
    this.admission = admission;
    this.context = new MessageContext(settings, collector.limits().idBytes());
    this.topicIds = new TopicIds(settings);
    this.thread = Thread.ofPlatform().name("kafka-" + settings.group()).unstarted(this::run);
  }

  /** Starts to read; a broker that cannot be reached is tried again for ever. */
  public static KafkaSource start(
      KafkaSettings settings, Collector collector, Admission admission) {
    KafkaSource source = new KafkaSource(settings, collector, admission);
    source.thread.start();
    return source;
  }

  public KafkaSettings settings() {
    return settings;
  }

  /** Messages whose records are durable, duplicates and rejected ones too. */
  public long messages() {
    return messages.sum();
  }

  /** Messages without a value (tombstones), which say nothing. */
  public long empty() {
    return empty.sum();
  }

  /** Records that went to quarantine. */
  public long rejected() {
    return rejected.sum();
  }

  /** Times that reading was paused since there was no room. */
  public long pauses() {
    return pauses.sum();
  }

  /** Messages in its partitions that it has not read, as of the newest poll. */
  public long lag() {
    return lag;
  }

  /** Why nothing is being read; null while all is well. */
  public @Nullable String trouble() {
    return trouble;
  }

  @Override
  public void close() {
    closing.countDown();
    KafkaConsumer<byte[], byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(LAST_COMMIT.multipliedBy(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!isClosing()) {
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              settings.clientSettings(),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        current = consumer;
        follow(consumer);
        return;
      } catch (WakeupException | InterruptedException e) {
        return; // closing
      } catch (RuntimeException e) {
        pause = trouble == null ? FIRST_PAUSE : pause; // it was well until now
        trouble = String.valueOf(e.getMessage());
        LOG.warn("Reading {} failed and is tried again: {}", settings.topics().keySet(), trouble);
      } finally {
        current = null;
      }
      try {
        if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.plus(pause);
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) throws InterruptedException {
    durable.clear();
    Metric connections = connections(consumer);
    consumer.subscribe(List.copyOf(settings.topics().keySet()), new Moves(consumer));
    try {
      while (!isClosing()) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        noteTrouble(consumer, connections);
        if (!polled.isEmpty()) {
          take(consumer, polled);
        }
        lag = lag(consumer);
      }
    } finally {
      commitNow(consumer);
    }
  }

  /** Says once when nothing is read for long; the client itself only tries and tries. */
  private void noteTrouble(KafkaConsumer<byte[], byte[]> consumer, Metric connections) {
    String now = trouble(consumer, connections);
    trouble = now;
    idlePolls = now == null ? 0 : idlePolls + 1;
    if (idlePolls == IDLE_POLLS_TO_SAY) {
      LOG.warn("Nothing of {} is read: {}", settings.topics().keySet(), now);
    }
  }

  /** Partitions stay assigned while the broker is away, so that alone says nothing. */
  private static @Nullable String trouble(
      KafkaConsumer<byte[], byte[]> consumer, Metric connections) {
    if (connections.metricValue() instanceof Number open && open.doubleValue() == 0) {
      return "no broker answers";
    }
    return consumer.assignment().isEmpty()
        ? "there is no such topic, or others have all its partitions"
        : null;
  }

  private static Metric connections(KafkaConsumer<byte[], byte[]> consumer) {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().group().equals("consumer-metrics"))
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .findFirst()
        .orElseThrow();
  }

  private void take(KafkaConsumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> polled)
      throws InterruptedException {
    List<Message> batch = new ArrayList<>(polled.count());
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    long bytes = 0;
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      String stream = stream(partition);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (record.value() == null) {
          empty.increment();
          continue;
        }
        bytes += record.value().length;
        batch.add(context.message(record, stream));
      }
      ends.put(partition, new OffsetAndMetadata(records.getLast().offset() + 1));
    }
    if (!store(consumer, batch, bytes)) {
      return; // closing: what was not stored is not committed
    }
    ends.keySet().retainAll(consumer.assignment()); // what moved away meanwhile is another's
    durable.putAll(ends);
    consumer.commitAsync(
        Map.copyOf(ends),
        (offsets, failure) -> {
          if (failure != null && !(failure instanceof RetriableException)) {
            LOG.warn("Offsets could not be committed, which a later commit makes good", failure);
          }
        });
  }

  /** The number that identifies a message must not mean another one when its topic is made anew. */
  private String stream(TopicPartition partition) throws InterruptedException {
    String topic = partition.topic();
    return "kafka/" + topic + topicIds.suffix(topic) + "/" + partition.partition();
  }

  /** Stores all of it however long that takes; false where the source is being closed. */
  private boolean store(KafkaConsumer<byte[], byte[]> consumer, List<Message> batch, long bytes)
      throws InterruptedException {
    boolean paused = false;
    while (!isClosing()) {
      try (Admission.Hold hold = admission.hold()) {
        hold.atLeast(bytes);
        for (Receipt receipt : collector.take(batch)) {
          rejected.add(receipt.rejected());
        }
        messages.add(batch.size());
        if (paused) {
          consumer.resume(consumer.paused());
        }
        return true;
      } catch (IntakeUnavailableException e) {
        if (!paused) {
          paused = true;
          pauses.increment();
          LOG.info("Reading is paused: {}", e.getMessage());
        }
        trouble = "paused: " + e.getMessage();
        hold(consumer, Duration.ofSeconds(e.retryAfterSeconds()));
      }
    }
    return false;
  }

  /** Waits, and goes on to poll, without which the group would take the partitions away. */
  private void hold(KafkaConsumer<byte[], byte[]> consumer, Duration atLeast) {
    Duration wait = atLeast.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : atLeast;
    long until = System.nanoTime() + wait.toNanos();
    while (!isClosing() && System.nanoTime() < until) {
      consumer.pause(consumer.assignment());
      consumer.poll(POLL); // of paused partitions nothing comes
    }
  }

  private static long lag(KafkaConsumer<byte[], byte[]> consumer) {
    long lag = 0;
    for (TopicPartition partition : consumer.assignment()) {
      lag += consumer.currentLag(partition).orElse(0);
    }
    return lag;
  }

  private void commitNow(KafkaConsumer<byte[], byte[]> consumer) {
    if (durable.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(Map.copyOf(durable), LAST_COMMIT);
    } catch (RebalanceInProgressException | WakeupException e) {
      retryCommit(consumer);
    } catch (KafkaException e) {
      LOG.warn("The last offsets were not committed; what they cover is read again", e);
    }
  }

  /** A wake-up that was meant for a poll ends the first commit. */
  private void retryCommit(KafkaConsumer<byte[], byte[]> consumer) {
    try {
      consumer.commitSync(Map.copyOf(durable), LAST_COMMIT);
    } catch (KafkaException e) {
      LOG.warn("The last offsets were not committed; what they cover is read again", e);
    }
  }

  /** Partitions that come and go. Called within a poll, by the thread. */
  private final class Moves implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> consumer;

    Moves(KafkaConsumer<byte[], byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        LOG.info("Reading {}", partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commitNow(consumer);
      durable.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      durable.keySet().removeAll(partitions);
    }
  }
}
