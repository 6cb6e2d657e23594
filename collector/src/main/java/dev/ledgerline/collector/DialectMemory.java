// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import dev.ledgerline.event.Memory;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the dialects of one lane remember: the most recently used entries. Used under the lock of
 * its lane.
 */
final class DialectMemory {
  /** Whose it is: dialects cannot see what others remember, nor of other sources. */
  record Key(String source, String dialect, String name) {}

  private final IntSupplier most;
  private final LinkedHashMap<Key, Record> entries = new LinkedHashMap<>(16, 0.75f, true);

  DialectMemory(IntSupplier most) {
    this.most = most;
  }

  void put(Key key, Record value) {
    entries.put(key, value);
    var eldest = entries.entrySet().iterator();
    for (int over = entries.size() - Math.max(1, most.getAsInt()); over > 0; over--) {
      eldest.next();
      eldest.remove();
    }
  }

  /** All entries, the least recently used first. */
  void forEach(BiConsumer<Key, Record> consumer) {
    entries.forEach(consumer);
  }

  int size() {
    return entries.size();
  }

  /** Changes to come: of one request, as long as it is not in the log. */
  Changes changes() {
    return new Changes();
  }

  /**
   * What one request changes. The changes of a record are kept apart until it is known that it is
   * stored: a duplicate must leave no trace.
   */
  final class Changes {
    /** Null values are forgotten entries. */
    private final Map<Key, @Nullable Record> ofRequest = new HashMap<>();

    private final Map<Key, @Nullable Record> ofRecord = new HashMap<>();

    /** What a dialect sees and changes while it reads one record. */
    Memory view(String source, String dialect) {
      return new Memory() {
        @Override
        public <T extends Record> @Nullable T recall(String name, Class<T> type) {
          Record value = current(new Key(source, dialect, name));
          return type.isInstance(value) ? type.cast(value) : null;
        }

        @Override
        public void remember(String name, Record value) {
          ofRecord.put(new Key(source, dialect, name), value);
        }

        @Override
        public void forget(String name) {
          ofRecord.put(new Key(source, dialect, name), null);
        }
      };
    }

    private @Nullable Record current(Key key) {
      if (ofRecord.containsKey(key)) {
        return ofRecord.get(key);
      }
      return ofRequest.containsKey(key) ? ofRequest.get(key) : entries.get(key);
    }

    /** The record is stored, as far as this request is. */
    void keepRecord() {
      if (!ofRecord.isEmpty()) {
        ofRequest.putAll(ofRecord);
        ofRecord.clear();
      }
    }

    /** The record is not stored. */
    void dropRecord() {
      ofRecord.clear();
    }

    /** The request is in the log. */
    void commit() {
      ofRequest.forEach(
          (key, value) -> {
            if (value == null) {
              entries.remove(key);
            } else {
              put(key, value);
            }
          });
      ofRequest.clear();
    }
  }
}
