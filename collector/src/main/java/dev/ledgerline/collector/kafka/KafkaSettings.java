// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Which topics to read from where, and how: words {@code name=value}, separated by blanks, for
 * example {@code bootstrap=127.0.0.1:9092 topics=runs,logs:symphony-log group=ledgerline}.
 *
 * @param bootstrap brokers, {@code host:port,…}
 * @param topics name and dialect; null: told from each record
 * @param group of consumers that share the partitions
 * @param source what the records say they came from; null: their dialect
 * @param key what the key of a message names, where the record itself does not
 * @param client settings of Kafka's own consumer: every word with a dot in its name, and what the
 *     file of {@code config=} says
 */
public record KafkaSettings(
    String bootstrap,
    Map<String, @Nullable String> topics,
    String group,
    @Nullable String source,
    KeyNames key,
    Map<String, String> client) {

  /** What the key of a message is the id of. */
  public enum KeyNames {
    NONE,
    RUN,
    THREAD,
    TASK,
    AGENT
  }

  /** Records of one poll; with their values they have to fit into memory twice. */
  private static final int MAX_POLL_RECORDS = 5_000;

  private static final int MAX_FETCH_BYTES = 16 << 20;

  /** What would break a promise of ours if somebody changed it. */
  private static final List<String> OURS =
      List.of(
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  /**
   * Reads the words of a setting.
   *
   * @throws IllegalArgumentException with a message for who wrote them
   */
  public static KafkaSettings parse(String text) {
    Map<String, String> words = new LinkedHashMap<>();
    Map<String, String> client = new LinkedHashMap<>();
    for (String word : text.strip().split("\\s+")) {
      int at = word.indexOf('=');
      if (at < 1) {
        throw new IllegalArgumentException("'" + word + "' is not name=value");
      }
      String name = word.substring(0, at);
      (name.contains(".") ? client : words).put(name, word.substring(at + 1));
    }
    String file = words.remove("config");
    if (file != null) {
      properties(Path.of(file)).forEach(client::putIfAbsent);
    }
    KafkaSettings settings =
        new KafkaSettings(
            required(words, "bootstrap"),
            topics(required(words, "topics")),
            words.getOrDefault("group", "ledgerline"),
            words.get("source"),
            keyNames(words.getOrDefault("key", "none")),
            Map.copyOf(client));
    words.keySet().removeAll(List.of("bootstrap", "topics", "group", "source", "key"));
    if (!words.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no "
              + words.keySet().iterator().next()
              + "; there are bootstrap, topics, group, source, key, config, and every setting of"
              + " Kafka's consumer that has a dot in its name");
    }
    for (String ours : OURS) {
      if (client.containsKey(ours)) {
        throw new IllegalArgumentException(ours + " is set by Ledgerline");
      }
    }
    return settings;
  }

  private static String required(Map<String, String> words, String name) {
    String value = words.get(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(name + "=… is needed");
    }
    return value;
  }

  private static Map<String, @Nullable String> topics(String text) {
    Map<String, @Nullable String> topics = new LinkedHashMap<>();
    for (String topic : text.split(",")) {
      int colon = topic.indexOf(':');
      String name = colon < 0 ? topic : topic.substring(0, colon);
      if (name.isBlank()) {
        throw new IllegalArgumentException("topics=NAME[:DIALECT],…");
      }
      topics.put(name, colon < 0 ? null : topic.substring(colon + 1));
    }
    return topics;
  }

  private static KeyNames keyNames(String word) {
    try {
      return KeyNames.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("key is one of none, run, thread, task, agent", e);
    }
  }

  private static Map<String, String> properties(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    return settings;
  }

  /** Everything that Kafka's client is told; there is no other place. */
  Map<String, Object> clientSettings() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, MAX_FETCH_BYTES);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"); // nothing is to be missed
    all.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, COOPERATIVE);
    all.put(ConsumerConfig.CLIENT_ID_CONFIG, "ledgerline");
    all.putAll(client);
    all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return all;
  }

  /** Partitions that stay where they are go on being read while others move. */
  private static final String COOPERATIVE =
      org.apache.kafka.clients.consumer.CooperativeStickyAssignor.class.getName();
}
