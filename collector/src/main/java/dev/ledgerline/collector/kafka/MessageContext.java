// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.kafka;

import dev.ledgerline.collector.Message;
import dev.ledgerline.collector.Origin;
import dev.ledgerline.collector.kafka.KafkaSettings.KeyNames;
import dev.ledgerline.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What key and headers say about a message. Headers have the names that they have over HTTP, in any
 * case ({@code Ledgerline-Run}), or the plain names of the fields ({@code run_id}); their values
 * are UTF-8.
 *
 * @param idBytes longer names are not taken: the limit of ids
 */
record MessageContext(KafkaSettings settings, int idBytes) {

  Message message(ConsumerRecord<byte[], byte[]> record, String stream) {
    String source = settings.source();
    String dialect = settings.topics().get(record.topic());
    String run = null;
    String thread = null;
    String agent = null;
    String task = null;
    for (Header header : record.headers()) {
      String value = text(header.value());
      if (value == null) {
        continue;
      }
      switch (header.key().toLowerCase(Locale.ROOT)) {
        case "ledgerline-dialect" -> dialect = value;
        case "ledgerline-source" -> source = value;
        case "ledgerline-run", "run_id" -> run = value;
        case "ledgerline-thread", "thread_id" -> thread = value;
        case "ledgerline-agent", "agent" -> agent = value;
        case "ledgerline-task", "task_id" -> task = value;
        default -> {}
      }
    }
    String key = settings.key() == KeyNames.NONE ? null : text(record.key());
    if (key != null) {
      switch (settings.key()) {
        case RUN -> run = run == null ? key : run;
        case THREAD -> thread = thread == null ? key : thread;
        case TASK -> task = task == null ? key : task;
        case AGENT -> agent = agent == null ? key : agent;
        case NONE -> {}
      }
    }
    Origin origin =
        new Origin(source, stream, record.offset(), new Entry.Headers(run, thread, agent, task));
    return new Message(record.value(), dialect, origin);
  }

  private @Nullable String text(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0 || bytes.length > idBytes) {
      return null;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
