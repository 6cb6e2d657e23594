// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Memory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A memory without a bound. */
final class MapMemory implements Memory {
  private final Map<String, Record> values = new HashMap<>();

  @Override
  public <T extends Record> @Nullable T recall(String key, Class<T> type) {
    Record value = values.get(key);
    return type.isInstance(value) ? type.cast(value) : null;
  }

  @Override
  public void remember(String key, Record value) {
    values.put(key, value);
  }

  @Override
  public void forget(String key) {
    values.remove(key);
  }

  Map<String, Record> values() {
    return Map.copyOf(values);
  }

  /** Back to what was remembered before: a record that is not stored leaves no trace. */
  void restore(Map<String, Record> earlier) {
    values.clear();
    values.putAll(earlier);
  }
}
