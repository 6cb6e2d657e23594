// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An agent that tells what it does to a topic, with a made-up model and tool. Start it with the
 * bootstrap servers and the topic; it needs kafka-clients on the class path.
 */
final class Agent {
  private final KafkaProducer<String, String> producer;
  private final String topic;
  private final String run = UUID.randomUUID().toString();
  private int id;

  Agent(String bootstrap, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            // acks=all: what is sent is kept; the key keeps a run in one partition, in its order
            Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 20),
            new StringSerializer(),
            new StringSerializer());
  }

  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      System.err.println("Agent.java BOOTSTRAP TOPIC");
      System.exit(2);
    }
    new Agent(arguments[0], arguments[1]).work();
  }

  private void work() {
    tell("RunStarted", "\"title\":\"Which trains run tonight?\"");
    tell("ToolCall", "\"function_name\":\"timetable\",\"args\":{\"from\":\"Bern\"}");
    tell("ToolResult", "\"function_name\":\"timetable\",\"text_result\":\"23:02, 23:32\"");
    tell("TextOutput", "\"content\":\"The last two leave at 23:02 and 23:32.\"");
    tell("RunCompleted", "\"finish_reason\":\"success\"");
    producer.close(); // sends what is left, and waits for the acknowledgements
    System.out.println("told run " + run);
  }

  private void tell(String type, String fields) {
    String event =
        "{\"id\":%d,\"run_id\":\"%s\",\"agent\":\"conductor\",\"timestamp\":\"%s\",\"type\":\"%s\",%s}"
            .formatted(++id, run, Instant.now(), type, fields);
    ProducerRecord<String, String> message = new ProducerRecord<>(topic, run, event);
    message.headers().add("Ledgerline-Source", "night-desk".getBytes(StandardCharsets.UTF_8));
    producer.send(
        message,
        (sent, failure) -> {
          if (failure != null) {
            System.err.println("not sent: " + failure.getMessage());
          }
        });
  }
}
