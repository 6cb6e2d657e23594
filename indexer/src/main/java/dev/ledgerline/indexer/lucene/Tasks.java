// SPDX-FileCopyrightText: The Ledgerline authors
// SPDX-License-Identifier: Apache-2.0
package dev.ledgerline.indexer.lucene;

import dev.ledgerline.event.Entity;
import dev.ledgerline.event.Event;
import dev.ledgerline.event.Fact;
import dev.ledgerline.event.State;
import dev.ledgerline.indexer.Task;
import dev.ledgerline.indexer.lucene.Fields.OfRun;
import dev.ledgerline.indexer.lucene.Fields.OfTask;
import dev.ledgerline.run.RunSummary;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** What runs and the words of its source add up to for a task. */
final class Tasks {
  private Tasks() {}

  /** What a source said last of a task itself, and where. */
  record LastWord(Event event, long ordinal) {}

  /** A run of the task; {@code number} is its ordinal. */
  record Try(RunSummary run, long number) {}

  static boolean isAboutTask(Fact fact) {
    return fact instanceof Fact.RetryScheduled
        || (fact instanceof Fact.StateChange change && change.entity() == Entity.TASK);
  }

  static List<IndexableField> document(BytesRef task, long ordinal) {
    return List.of(
        new StringField(OfTask.ID, task, Field.Store.NO),
        new StringField(OfRun.TASK, task, Field.Store.NO),
        new LongField(OfTask.ORDER, ordinal, Field.Store.NO));
  }

  /**
   * The task.
   *
   * @param name what people call it
   * @param tries its newest runs, oldest first
   * @param firstNumber which attempt the first of them is
   */
  static Task of(
      String id, @Nullable String name, List<Try> tries, int firstNumber, @Nullable LastWord word) {
    Set<String> threads = new LinkedHashSet<>();
    List<Task.Attempt> attempts =
        IntStream.range(0, tries.size())
            .mapToObj(i -> attempt(tries.get(i).run(), firstNumber + i))
            .toList();
    tries.stream().map(t -> t.run().thread()).filter(Objects::nonNull).forEach(threads::add);
    Try newest = Newest.of(tries, t -> t.run().startedAt(), Try::number);
    State state = state(newest, word);
    Instant next =
        state == State.RETRY_SCHEDULED && word != null ? nextAttempt(word.event()) : null;
    return new Task(id, name, state, attempts, next, List.copyOf(threads));
  }

  private static Task.Attempt attempt(RunSummary run, int number) {
    return new Task.Attempt(
        number,
        run.nativeAttempt(),
        run.key().source(),
        run.key().run(),
        run.state(),
        run.startedAt(),
        run.endedAt(),
        run.reason());
  }

  /**
   * The source's newest word stands until a run starts later. Where it only says that the task goes
   * on, its run knows better how.
   */
  private static State state(@Nullable Try newest, @Nullable LastWord word) {
    State said = word == null ? null : said(word.event().fact());
    if (newest == null || word == null || said == null) {
      return newest != null ? ofRun(newest.run()) : said != null ? said : State.UNKNOWN;
    }
    boolean startedLater =
        Newest.isLater(
            newest.run().startedAt(), newest.number(), word.event().at(), word.ordinal());
    boolean goesOn =
        switch (said) {
          case UNKNOWN, SUBMITTED, QUEUED, STARTING, RUNNING -> true;
          default -> false;
        };
    return startedLater || goesOn ? ofRun(newest.run()) : said;
  }

  private static @Nullable State said(Fact fact) {
    return switch (fact) {
      case Fact.RetryScheduled retry -> State.RETRY_SCHEDULED;
      case Fact.StateChange change -> change.to();
      default -> null;
    };
  }

  /**
   * A run that was suspended leaves its task waiting for another run. That a run of Symphony ended
   * does not end its task: it is claimed until it is released, and what becomes of it is told by
   * other lines (SPEC 7.1); where they are missing nobody knows.
   */
  private static State ofRun(RunSummary run) {
    if (run.state() == State.SUSPENDED) {
      return State.WAITING;
    }
    boolean claimed =
        run.dialect().startsWith("symphony") && !run.dialect().equals("symphony-article");
    if (!claimed || !run.state().terminal() || run.state() == State.LOST) {
      return run.state();
    }
    return run.state() == State.CANCELED ? State.RELEASED : State.UNKNOWN;
  }

  private static @Nullable Instant nextAttempt(Event event) {
    if (!(event.fact() instanceof Fact.RetryScheduled retry)) {
      return null;
    }
    if (retry.dueAt() != null) {
      return retry.dueAt();
    }
    return retry.delayMillis() == null ? null : event.at().plusMillis(retry.delayMillis());
  }
}
