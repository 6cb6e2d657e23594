// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.server.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How fast a server reads a topic: the events stand in it, in one partition, before the server
 * starts, so that only the broker shares the machine with it.
 */
record KafkaLoad(String bootstrap, Workload workload, long events) {
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final int LOOK_MILLIS = 20;

  /** Fills a new topic and returns its name. */
  String fill() throws InterruptedException, IOException {
    String topic = "ledgerline-bench-" + Long.toHexString(System.nanoTime());
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IOException("no topic could be made at " + bootstrap, e.getCause());
    }
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 10, "batch.size", 131_072);
    byte[] buffer = new byte[Workload.LARGEST];
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long n = 0; n < events; n++) {
        int end = workload.write(0, n, buffer, 0);
        producer.send(new ProducerRecord<>(topic, Arrays.copyOf(buffer, end - 1)));
      }
    }
    return topic;
  }

  /** Deletes what was filled. */
  void clear(String topic) throws InterruptedException, IOException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.deleteTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      throw new IOException("topic " + topic + " could not be deleted", e.getCause());
    }
  }

  /** Waits until that server has stored all of it, and says how fast. */
  void measure(URI server, PrintWriter out) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long first = 0;
    long before = 0;
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest metrics = HttpRequest.newBuilder(server.resolve("/metrics")).build();
      for (long stored = 0; stored < events; stored = stored(http, metrics)) {
        if (first == 0 && stored > 0) {
          first = System.nanoTime();
          before = stored;
        }
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          throw new IOException("only " + stored + " of " + events + " were stored in " + PATIENCE);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
    double seconds = (System.nanoTime() - first) / 1e9;
    out.printf(
        Locale.ROOT,
        "read             %,d messages of one partition in %.1f s, %,.0f/s, each durable%n",
        events - before,
        seconds,
        (events - before) / seconds);
    out.flush();
  }

  private static long stored(HttpClient http, HttpRequest metrics)
      throws IOException, InterruptedException {
    return http.send(metrics, HttpResponse.BodyHandlers.ofLines())
        .body()
        .filter(line -> line.startsWith("ledgerline_kafka_messages_total "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }
}
