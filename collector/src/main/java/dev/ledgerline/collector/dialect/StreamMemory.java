// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Context;
import dev.ledgerline.event.Memory;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one dialect, which forgets nothing about the present when an old request is sent
 * again: a record whose number in its stream has been read before leaves no trace.
 */
final class StreamMemory implements Memory {
  private final Memory memory;
  private final String dialect;
  private final boolean again;

  record Newest(long number) {}

  private StreamMemory(Memory memory, String dialect, boolean again) {
    this.memory = memory;
    this.dialect = dialect;
    this.again = again;
  }

  /** For reading one record, which is marked as read. */
  static StreamMemory forRecord(String dialect, Context context, Memory memory) {
    Long number = context.number();
    if (context.stream() == null || number == null) {
      return new StreamMemory(memory, dialect, false);
    }
    String key = dialect + "/newest/" + context.stream();
    Newest newest = memory.recall(key, Newest.class);
    if (newest != null && number <= newest.number()) {
      return new StreamMemory(memory, dialect, true);
    }
    memory.remember(key, new Newest(number));
    return new StreamMemory(memory, dialect, false);
  }

  /** For what is concluded between records. */
  static StreamMemory between(String dialect, Memory memory) {
    return new StreamMemory(memory, dialect, false);
  }

  /** The same, without leaving a trace. */
  StreamMemory unchanged() {
    return new StreamMemory(memory, dialect, true);
  }

  @Override
  public <T extends Record> @Nullable T recall(String key, Class<T> type) {
    return memory.recall(dialect + "/" + key, type);
  }

  @Override
  public void remember(String key, Record value) {
    if (!again) {
      memory.remember(dialect + "/" + key, value);
    }
  }

  @Override
  public void forget(String key) {
    if (!again) {
      memory.forget(dialect + "/" + key);
    }
  }
}
