// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A real broker in a process of its own, which can be killed and started again on its data. */
public final class Broker implements AutoCloseable {
  private static final int START_SECONDS = 120;

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  public Broker(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.port = freePort();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("broker.properties"), properties(freePort()));
    Process format =
        java(
            "kafka.tools.StorageTool",
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            folder.resolve("broker.properties").toString());
    String said =
        new String(format.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (format.waitFor() != 0) {
      throw new IOException("the broker's storage was not formatted: " + said);
    }
    start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String properties(int controllerPort) {
    return String.join(
        "\n",
        "process.roles=broker,controller",
        "node.id=1",
        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners=PLAINTEXT://127.0.0.1:" + port,
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=PLAINTEXT",
        "log.dirs=" + folder.resolve("data"),
        "offsets.topic.replication.factor=1",
        "offsets.topic.num.partitions=1",
        "transaction.state.log.replication.factor=1",
        "transaction.state.log.min.isr=1",
        "share.coordinator.state.topic.replication.factor=1",
        "share.coordinator.state.topic.min.isr=1",
        "group.initial.rebalance.delay.ms=0",
        // a broker that was killed is let back in when its old session has ended
        "broker.session.timeout.ms=3000",
        "broker.heartbeat.interval.ms=500",
        "auto.create.topics.enable=false");
  }

  private Process java(String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  public void start() throws IOException, InterruptedException {
    Process started = java("kafka.Kafka", folder.resolve("broker.properties").toString());
    process = started;
    CountDownLatch ready = new CountDownLatch(1);
    List<String> tail = new ArrayList<>();
    Thread.ofVirtual().start(() -> follow(started, ready, tail));
    if (!ready.await(START_SECONDS, TimeUnit.SECONDS) || !started.isAlive()) {
      started.destroyForcibly();
      throw new IOException("the broker did not start: " + String.join("\n", tail));
    }
  }

  private static void follow(Process started, CountDownLatch ready, List<String> tail) {
    try (BufferedReader out = started.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.contains("Kafka Server started")) {
          ready.countDown();
        }
        synchronized (tail) {
          tail.add(line);
          if (tail.size() > 50) {
            tail.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      // it was killed
    }
    ready.countDown();
  }

  /** As a power cut would. */
  public void kill() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  public void createTopic(String name, int partitions)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    }
  }

  void deleteTopic(String name) throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(name)).all().get();
    }
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", address()));
  }

  public KafkaProducer<byte[], byte[]> producer() {
    Properties settings = new Properties();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
