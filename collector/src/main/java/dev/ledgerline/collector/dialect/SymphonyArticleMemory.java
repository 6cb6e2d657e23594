// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.collector.dialect;

import dev.ledgerline.event.Memory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is remembered between the messages of the articles. */
final class SymphonyArticleMemory {
  /** Runs of a stream that are open at a time; older ones are forgotten. */
  private static final int MOST_OPEN = 64;

  /** The run of a task, and who works at it. */
  record TaskKnown(@Nullable String run, @Nullable String agent) {}

  /** A run, and whether anything was done in it since it began. */
  record RunKnown(@Nullable String task, boolean working, boolean ended) {}

  /** Whose wait a token resolves. */
  record Yielded(@Nullable String run, @Nullable String task, @Nullable String agent) {}

  /** The runs of a stream that have not ended. */
  record OpenRuns(List<String> runs) {}

  private final Memory memory;
  private final @Nullable String stream;

  SymphonyArticleMemory(Memory memory, @Nullable String stream) {
    this.memory = memory;
    this.stream = stream;
  }

  @Nullable TaskKnown task(@Nullable String id) {
    return id == null ? null : memory.recall("task/" + id, TaskKnown.class);
  }

  void remember(String id, TaskKnown task) {
    memory.remember("task/" + id, task);
  }

  @Nullable RunKnown run(@Nullable String id) {
    return id == null ? null : memory.recall("run/" + id, RunKnown.class);
  }

  void remember(String id, RunKnown run) {
    memory.remember("run/" + id, run);
  }

  @Nullable Yielded yielded(@Nullable String wait) {
    return wait == null ? null : memory.recall("wait/" + wait, Yielded.class);
  }

  void remember(String wait, Yielded yielded) {
    memory.remember("wait/" + wait, yielded);
  }

  /** The run that is open in this stream, where it is the only one. */
  @Nullable String onlyOpenRun() {
    OpenRuns open = memory.recall(streamKey(), OpenRuns.class);
    return open == null || open.runs().size() != 1 ? null : open.runs().getFirst();
  }

  void open(String id) {
    OpenRuns open = memory.recall(streamKey(), OpenRuns.class);
    List<String> runs = new ArrayList<>(open == null ? List.of() : open.runs());
    if (!runs.contains(id)) {
      runs.add(id);
      if (runs.size() > MOST_OPEN) {
        runs.removeFirst();
      }
      memory.remember(streamKey(), new OpenRuns(List.copyOf(runs)));
    }
  }

  void close(String id) {
    OpenRuns open = memory.recall(streamKey(), OpenRuns.class);
    if (open != null) {
      memory.remember(
          streamKey(), new OpenRuns(open.runs().stream().filter(r -> !r.equals(id)).toList()));
    }
  }

  private String streamKey() {
    return stream == null ? "stream" : "stream/" + stream;
  }
}
