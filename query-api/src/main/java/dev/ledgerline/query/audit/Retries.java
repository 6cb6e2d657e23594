// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.query.audit;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.Fact.RetryScheduled;
import dev.ledgerline.indexer.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Audits the retries of a task. Symphony documents them (SPEC 8.4): the check for a continuation
 * comes after 1,000 ms; after a failure the n-th attempt comes after 10,000 ms, doubled each time,
 * up to {@code max_retry_backoff_ms}, 300,000 unless configured, which no log tells. Of other
 * sources only what they announced is held against what came.
 */
final class Retries {
  private static final long CONTINUATION_MILLIS = 1_000;
  private static final long FIRST_MILLIS = 10_000;
  private static final long USUAL_CAP_MILLIS = 300_000;

  /** So much too early is the grain of timers and of logs. */
  private static final long GRAIN_MILLIS = 50;

  private final List<Event> words;
  private final List<Task.Attempt> attempts;
  private final Instant now;

  /** The longest delay after a failure that was seen: a lower cap than the usual would be it. */
  private final long longest;

  private Retries(List<Event> words, List<Task.Attempt> attempts, Instant now) {
    this.words = words;
    this.attempts = attempts;
    this.now = now;
    this.longest =
        words.stream()
            .map(event -> event.fact() instanceof RetryScheduled retry ? retry : null)
            .filter(Objects::nonNull)
            .filter(retry -> retry.error() != null)
            .map(RetryScheduled::delayMillis)
            .filter(Objects::nonNull)
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
  }

  /**
   * @param words about the task, as they arrived
   * @param attempts of the task
   */
  static List<Retry> of(List<Event> words, List<Task.Attempt> attempts, Instant now) {
    List<Event> inOrder = new ArrayList<>(words);
    inOrder.sort(Comparator.comparing(Event::at));
    List<Task.Attempt> byStart = new ArrayList<>(attempts);
    byStart.sort(Comparator.comparing(Task.Attempt::startedAt));
    return new Retries(inOrder, byStart, now).all();
  }

  private List<Retry> all() {
    List<Retry> retries = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).fact() instanceof RetryScheduled retry) {
        retries.add(audited(words.get(i), retry, replacing(i)));
      }
    }
    return List.copyOf(retries);
  }

  /** The word that ended the retry: another one in its place, or the end of the task. */
  private @Nullable Event replacing(int scheduled) {
    for (Event later : words.subList(scheduled + 1, words.size())) {
      boolean ends =
          later.fact() instanceof Fact.StateChange change
              && change.entity() == Entity.TASK
              && change.to().terminal();
      if (ends || later.fact() instanceof RetryScheduled) {
        return later;
      }
    }
    return null;
  }

  private Retry audited(Event event, RetryScheduled retry, @Nullable Event replaced) {
    Instant due =
        retry.dueAt() != null
            ? retry.dueAt()
            : retry.delayMillis() == null ? null : event.at().plusMillis(retry.delayMillis());
    Judgement delay = ofDelay(event, retry);
    Task.Attempt next = next(event, replaced);
    Long late =
        next == null || due == null
            ? null
            : (Long) Duration.between(due, next.startedAt()).toMillis();
    Judgement start = ofStart(next, late, due, replaced);
    return new Retry(
        event.at(),
        retry.attempt(),
        retry.delayMillis(),
        due,
        expected(event, retry),
        next == null ? null : next.startedAt(),
        next == null ? null : next.run(),
        late,
        Judgement.both(delay.ok, start.ok),
        delay.note == null ? start.note : start.note == null ? delay.note : delay + "; " + start,
        retry.error());
  }

  /** What is to be said of one side of it. */
  private record Judgement(@Nullable Boolean ok, @Nullable String note) {
    static final Judgement FINE = new Judgement(true, null);

    static @Nullable Boolean both(@Nullable Boolean a, @Nullable Boolean b) {
      if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) {
        return false;
      }
      return (a == null || b == null) ? null : (Boolean) true;
    }

    @Override
    public String toString() {
      return String.valueOf(note);
    }
  }

  /**
   * The attempt that began next, unless something came in between; not the one that scheduled it.
   */
  private Task.@Nullable Attempt next(Event event, @Nullable Event replaced) {
    for (Task.Attempt attempt : attempts) {
      boolean later = !attempt.startedAt().isBefore(event.at().minusMillis(1));
      if (later && !attempt.run().equals(event.scope().run())) {
        return replaced != null && replaced.at().isBefore(attempt.startedAt()) ? null : attempt;
      }
    }
    return null;
  }

  private static @Nullable Long expected(Event event, RetryScheduled retry) {
    boolean documented =
        event.dialect().startsWith("symphony") && !event.dialect().equals("symphony-article");
    if (!documented) {
      return null;
    }
    if (retry.error() == null) {
      return CONTINUATION_MILLIS;
    }
    Long uncapped = uncapped(retry);
    return uncapped == null ? null : (Long) Math.min(uncapped, USUAL_CAP_MILLIS);
  }

  private static @Nullable Long uncapped(RetryScheduled retry) {
    Integer attempt = retry.attempt();
    return attempt == null || attempt < 1
        ? null
        : (Long) (FIRST_MILLIS << Math.min(attempt - 1, 32));
  }

  private Judgement ofDelay(Event event, RetryScheduled retry) {
    Long expected = expected(event, retry);
    Long delay = retry.delayMillis();
    if (expected == null || expected.equals(delay)) {
      return Judgement.FINE;
    }
    if (delay == null) {
      return new Judgement(null, "the delay was not told");
    }
    String differs = "a delay of " + delay + " ms where " + expected + " ms are documented";
    if (retry.error() == null) {
      return new Judgement(false, differs + " for a continuation");
    }
    if (delay < expected && delay == longest) {
      return new Judgement(null, differs + ", unless max_retry_backoff_ms is " + delay);
    }
    if (delay > expected && delay <= Objects.requireNonNull(uncapped(retry)) && delay == longest) {
      return new Judgement(
          null, differs + ", unless max_retry_backoff_ms is " + delay + " or more");
    }
    return new Judgement(false, differs);
  }

  private Judgement ofStart(
      Task.@Nullable Attempt next,
      @Nullable Long late,
      @Nullable Instant due,
      @Nullable Event replaced) {
    if (next != null) {
      return late != null && late < -GRAIN_MILLIS
          ? new Judgement(false, "the next attempt began " + -late + " ms before it was due")
          : Judgement.FINE;
    }
    if (replaced != null) {
      return new Judgement(
          true,
          replaced.fact() instanceof RetryScheduled
              ? "scheduled again before an attempt began"
              : "the task ended before an attempt began");
    }
    return due != null && due.isBefore(now)
        ? new Judgement(null, "no attempt began since it was due")
        : new Judgement(null, "still to come");
  }
}
