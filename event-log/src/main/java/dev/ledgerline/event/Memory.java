// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.event;

import org.jspecify.annotations.Nullable;

/**
 * What a dialect remembers between records of one source, by keys that it chooses (a stream, a
 * thread, a run). Bounded: the least recently used entries are forgotten, and a dialect that finds
 * nothing goes on and marks what it derives. After a restart it is rebuilt by decoding the end of
 * the log again, so entries must follow from records alone.
 */
public interface Memory {
  /** What was remembered under that key, null where nothing is or it was forgotten. */
  <T extends Record> @Nullable T recall(String key, Class<T> type);

  /** Remembers an immutable value. */
  void remember(String key, Record value);

  void forget(String key);
}
