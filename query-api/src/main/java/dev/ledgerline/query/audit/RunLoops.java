// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Runs of a task that complete and begin again without an end: at least {@value #TIMES} that
 * completed within a minute. Symphony logs failed turns as completed and then goes on for ever.
 */
final class RunLoops {
  private static final int TIMES = 3;
  private static final Duration WITHIN = Duration.ofMinutes(1);

  private RunLoops() {}

  /** A series of such runs, by when they ended. */
  record Loop(List<String> runs, Instant from, Instant to) {}

  static List<Loop> of(List<Task.Attempt> attempts) {
    List<Ended> ended =
        attempts.stream()
            .filter(attempt -> attempt.state() == State.COMPLETED && attempt.endedAt() != null)
            .map(attempt -> new Ended(attempt.run(), Objects.requireNonNull(attempt.endedAt())))
            .sorted(Comparator.comparing(Ended::at))
            .toList();
    List<Loop> loops = new ArrayList<>();
    int from = 0;
    int inLoop = -1;
    for (int i = 0; i < ended.size(); i++) {
      boolean close = i >= TIMES - 1 && isClose(ended.get(i - TIMES + 1), ended.get(i));
      if (close) {
        from = inLoop == i - 1 && inLoop >= 0 ? from : i - TIMES + 1;
        inLoop = i;
      }
      boolean last = i == ended.size() - 1;
      if (inLoop >= 0 && (!close || last)) {
        loops.add(loop(ended.subList(from, inLoop + 1)));
        inLoop = -1;
      }
    }
    return loops;
  }

  private record Ended(String run, Instant at) {}

  private static boolean isClose(Ended first, Ended last) {
    return Duration.between(first.at, last.at).compareTo(WITHIN) <= 0;
  }

  private static Loop loop(List<Ended> ended) {
    return new Loop(
        ended.stream().map(Ended::run).toList(), ended.getFirst().at, ended.getLast().at);
  }
}
