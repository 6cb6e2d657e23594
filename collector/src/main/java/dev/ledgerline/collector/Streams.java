// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector;

import java.util.LinkedHashMap;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the streams of one lane ended and what they were written in: the most recently used ones.
 * Used under the lock of its lane.
 */
final class Streams {
  /**
   * The end of a stream.
   *
   * @param next the number of the record to come
   * @param dialect the last that claimed a record of it, null while none did
   */
  record End(long next, @Nullable String dialect) {
    static final End NONE = new End(0, null);
  }

  private final IntSupplier most;
  private final LinkedHashMap<String, End> ends = new LinkedHashMap<>(16, 0.75f, true);

  Streams(IntSupplier most) {
    this.most = most;
  }

  End end(String stream) {
    End end = ends.get(stream);
    return end == null ? End.NONE : end;
  }

  /** Moves the end on, never back: a body that was sent again ends before it. */
  void advance(String stream, long next, @Nullable String dialect) {
    End before = end(stream);
    ends.put(
        stream,
        new End(Math.max(before.next(), next), dialect == null ? before.dialect() : dialect));
    var eldest = ends.entrySet().iterator();
    for (int over = ends.size() - Math.max(1, most.getAsInt()); over > 0; over--) {
      eldest.next();
      eldest.remove();
    }
  }

  /** All streams, the least recently used first. */
  void forEach(BiConsumer<String, End> consumer) {
    ends.forEach(consumer);
  }

  int size() {
    return ends.size();
  }
}
