// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Memory;
import dev.ledgerline.event.TokenUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of the snapshots of one instance. */
final class SymphonyStateMemory {
  /** Whole seconds, summed over agents that end: a sum may be so much smaller and go on. */
  private static final double SECONDS_SLACK = 5;

  /**
   * The newest snapshot.
   *
   * @param tokens and {@code seconds}: the sums of the instance
   * @param rows by issue
   */
  record Seen(
      @Nullable Instant at,
      @Nullable Long tokens,
      @Nullable Double seconds,
      Map<String, SeenRow> rows) {}

  /**
   * An issue in it.
   *
   * @param run the run that it has or had last, null where none was seen
   * @param turnFailed whether the newest turn was told to have failed
   * @param signOfLife the newest that was passed on
   * @param waitId what it waits for, null where it is not blocked
   */
  record SeenRow(
      SymphonyRow row,
      @Nullable String run,
      boolean turnFailed,
      @Nullable Instant signOfLife,
      @Nullable String waitId) {}

  /**
   * What a thread spent.
   *
   * @param run in which
   * @param before what it had spent before that run
   * @param most the highest reading
   */
  record Spent(String run, TokenUsage before, TokenUsage most) {}

  /** The streams of a source of which the newest snapshot is remembered, the oldest first. */
  record Streams(List<String> keys) {}

  /** A snapshot is large for a memory: so many of one source at most. */
  private static final int MOST_STREAMS = 64;

  private static final String STREAMS = "streams";

  private final Memory memory;
  private final String stream;

  SymphonyStateMemory(Memory memory, @Nullable String stream) {
    this.memory = memory;
    this.stream = stream == null ? "snapshot" : "snapshot/" + stream;
  }

  @Nullable Seen seen() {
    return memory.recall(stream, Seen.class);
  }

  void remember(Seen seen) {
    memory.remember(stream, seen);
    Streams known = memory.recall(STREAMS, Streams.class);
    if (known == null || !known.keys().contains(stream)) {
      List<String> keys = new ArrayList<>(known == null ? List.of() : known.keys());
      keys.add(stream);
      if (keys.size() > MOST_STREAMS) {
        memory.forget(keys.removeFirst());
      }
      memory.remember(STREAMS, new Streams(List.copyOf(keys)));
    }
  }

  @Nullable Spent spent(String thread) {
    return memory.recall("spent/" + thread, Spent.class);
  }

  void remember(String thread, Spent spent) {
    memory.remember("spent/" + thread, spent);
  }

  /** Whether the sums of an instance were begun anew. */
  static boolean fell(
      @Nullable Long tokensBefore,
      @Nullable Double secondsBefore,
      @Nullable Long tokens,
      @Nullable Double seconds) {
    boolean fewer = tokensBefore != null && tokensBefore > (tokens == null ? 0 : tokens);
    boolean shorter =
        secondsBefore != null && seconds != null && seconds < secondsBefore - SECONDS_SLACK;
    return fewer || shorter;
  }
}
