// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What the broker calls topics: an id that is never used again, not even for the same name. Used by
 * one thread.
 */
final class TopicIds {
  private final KafkaSettings settings;
  private final Map<String, String> known = new HashMap<>();

  TopicIds(KafkaSettings settings) {
    this.settings = settings;
  }

  /**
   * The id, after an {@code @}; empty where the broker will never tell it to us.
   *
   * @throws KafkaException it could not be asked now
   */
  String suffix(String topic) throws InterruptedException {
    String suffix = known.get(topic);
    if (suffix == null) {
      suffix = ask(topic);
      known.put(topic, suffix);
    }
    return suffix;
  }

  private String ask(String topic) throws InterruptedException {
    try (Admin client = Admin.create(adminSettings())) {
      return "@"
          + client
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get()
              .values()
              .iterator()
              .next()
              .topicId();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException
          || e.getCause() instanceof UnsupportedVersionException) {
        return "";
      }
      throw new KafkaException("the broker does not tell the id of topic " + topic, e.getCause());
    }
  }

  private Map<String, Object> adminSettings() {
    Map<String, Object> admin = new LinkedHashMap<>();
    for (Map.Entry<String, Object> setting : settings.clientSettings().entrySet()) {
      if (AdminClientConfig.configNames().contains(setting.getKey())) {
        admin.put(setting.getKey(), setting.getValue());
      }
    }
    return admin;
  }
}
