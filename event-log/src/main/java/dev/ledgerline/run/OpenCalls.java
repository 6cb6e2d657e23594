// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open calls, first in, first out. A call that ended leaves its queues when it reaches one of
 * their ends, so the millionth call costs what the first did.
 */
final class OpenCalls {
  private final Map<String, Deque<OpenStep>> byCaller = new HashMap<>();
  private final Map<String, Deque<OpenStep>> byName = new HashMap<>();
  private final Map<Integer, Deque<OpenStep>> byDepth = new HashMap<>();

  void add(OpenStep call) {
    queuesOf(call).forEach(queue -> queue.addLast(call));
  }

  void forgetEnded(OpenStep call) {
    for (Deque<OpenStep> queue : queuesOf(call)) {
      while (!queue.isEmpty() && queue.getFirst().endedAt != null) {
        queue.removeFirst();
      }
      while (!queue.isEmpty() && queue.getLast().endedAt != null) {
        queue.removeLast();
      }
    }
  }

  /** Of that agent and depth, and of that name unless it is null. */
  @Nullable OpenStep oldest(@Nullable String agent, int depth, @Nullable String name) {
    Deque<OpenStep> queue =
        name == null ? byCaller.get(caller(agent, depth)) : byName.get(caller(agent, depth) + name);
    return queue == null ? null : queue.peekFirst();
  }

  @Nullable OpenStep newest(int depth) {
    Deque<OpenStep> queue = byDepth.get(depth);
    return queue == null ? null : queue.peekLast();
  }

  private List<Deque<OpenStep>> queuesOf(OpenStep call) {
    String caller = caller(call.agent, call.depth);
    return List.of(
        byCaller.computeIfAbsent(caller, k -> new ArrayDeque<>()),
        byName.computeIfAbsent(caller + call.knownAs, k -> new ArrayDeque<>()),
        byDepth.computeIfAbsent(call.depth, k -> new ArrayDeque<>()));
  }

  private static String caller(@Nullable String agent, int depth) {
    return depth + "\u0000" + agent + "\u0000";
  }
}
