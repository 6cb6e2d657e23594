// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.query.RunWait;
import dev.ledgerline.run.Wait;
import dev.ledgerline.run.audit.Period;
import dev.ledgerline.run.audit.Stretch;
import dev.ledgerline.run.audit.TimeClass;
import dev.ledgerline.run.audit.TimeLedger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the time of a task went: into its attempts, and between them into timers, waiting for a
 * place to run or for somebody, or nobody knows. What went on inside an attempt its own ledger
 * says.
 *
 * @param inRunsMillis attempts that overlap count once
 * @param between of the time in which no attempt ran; with {@code inRunsMillis} it adds up to
 *     {@code totalMillis}
 */
public record TaskTime(
    Instant from, Instant to, long totalMillis, long inRunsMillis, TimeLedger between) {

  static TaskTime of(Task task, List<Retry> retries, List<RunWait> waits, Instant now) {
    Instant from = now;
    Instant last = Instant.MIN;
    for (Task.Attempt attempt : task.attempts()) {
      from = earlier(from, attempt.startedAt());
      last = later(last, attempt.startedAt());
      last = attempt.endedAt() == null ? last : later(last, attempt.endedAt());
    }
    for (Retry retry : retries) {
      from = earlier(from, retry.at());
      last = later(last, retry.at());
    }
    boolean over = task.state().terminal() || task.state() == State.UNKNOWN;
    Instant to = last.equals(Instant.MIN) ? from : over ? last : later(last, now);
    List<Period> gaps = gaps(attempts(task, to), new Period(from, to));
    List<Stretch> stretches = new ArrayList<>();
    for (Retry retry : retries) {
      Instant due = retry.dueAt() == null ? retry.at() : retry.dueAt();
      TimeClass of = retry.lacksCapacity() ? TimeClass.CAPACITY : TimeClass.TIMER;
      stretches.add(new Stretch(of, retry.at(), due));
    }
    for (RunWait waiting : waits) {
      Wait wait = waiting.interval();
      Instant resolved = wait.resolvedAt() == null ? to : wait.resolvedAt();
      stretches.add(new Stretch(TimeClass.of(wait.kind()), wait.openedAt(), resolved));
    }
    TimeLedger between = TimeLedger.of(gaps, stretches);
    long total = to.toEpochMilli() - from.toEpochMilli();
    return new TaskTime(from, to, total, total - between.totalMillis(), between);
  }

  /** By their start; one of which nobody told the end lasts until the next begins. */
  private static List<Period> attempts(Task task, Instant to) {
    List<Task.Attempt> byStart = new ArrayList<>(task.attempts());
    byStart.sort(Comparator.comparing(Task.Attempt::startedAt));
    List<Period> periods = new ArrayList<>();
    for (int i = 0; i < byStart.size(); i++) {
      Instant next = i + 1 < byStart.size() ? byStart.get(i + 1).startedAt() : to;
      Instant ended = byStart.get(i).endedAt();
      periods.add(new Period(byStart.get(i).startedAt(), ended == null ? next : ended));
    }
    return periods;
  }

  private static List<Period> gaps(List<Period> attempts, Period whole) {
    List<Period> gaps = new ArrayList<>();
    Instant at = whole.from();
    for (Period attempt : attempts) {
      if (attempt.from().isAfter(at)) {
        gaps.add(new Period(at, attempt.from()));
      }
      at = later(at, attempt.to());
    }
    if (whole.to().isAfter(at)) {
      gaps.add(new Period(at, whole.to()));
    }
    return gaps;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
